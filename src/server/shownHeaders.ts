/** Headers that carry secrets. */
const secret = new Set(["Authorization", "Proxy-Authorization", "Cookie", "Set-Cookie"]);

/**
 * A request's headers as `/alive` echoes them: canonical names in alphabetical order, values in order of arrival; without
 * Host, and never one that carries a secret. `rawHeaders` alternates names and values.
 */
export function shownHeaders(rawHeaders: readonly string[]): Record<string, readonly string[]> {
  const shown = new Map<string, string[]>();
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    const name = canonical(rawHeaders[at] ?? "");
    if (name === "Host" || secret.has(name)) continue;
    shown.set(name, [...(shown.get(name) ?? []), rawHeaders[at + 1] ?? ""]);
  }
  return Object.fromEntries([...shown].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** As Go writes a header's name: a capital at the start and after each hyphen. */
function canonical(name: string): string {
  return name.toLowerCase().replace(/(^|-)[a-z]/g, (start) => start.toUpperCase());
}
