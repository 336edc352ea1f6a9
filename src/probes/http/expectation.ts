/** What an answer must be like. */
export interface Expectation {
  /** Any of these codes, or of a class such as `2xx`, is good; absent means 200. */
  readonly status?: readonly (number | StatusClass)[] | undefined;
  /** What the body's first 64 KiB must hold and match; absent means that the body is not read. */
  readonly body?:
    | { readonly contains?: string | undefined; readonly matches?: RegExp | undefined }
    | undefined;
}

type StatusClass = `${1 | 2 | 3 | 4 | 5}xx`;

export function isExpectedStatus(code: number, { status = [200] }: Expectation): boolean {
  return status.some((good) => good === code || good === `${Math.floor(code / 100)}xx`);
}

/** What a body does not have although it should. */
export function lackOf(
  text: string,
  { contains, matches }: NonNullable<Expectation["body"]>,
): string | undefined {
  if (contains !== undefined && !text.includes(contains))
    return `the body does not contain ${JSON.stringify(contains)}`;
  // Unlike `test`, a search does not go on where the last one ended.
  if (matches !== undefined && text.search(matches) === -1) return `the body does not match ${matches}`;
  return undefined;
}
