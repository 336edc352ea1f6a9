/** Where lines go. */
export interface Terminal {
  /** Infinity, as `rows`, where nobody looks. */
  readonly columns: number;
  readonly rows: number;
  readonly color: boolean;
  write(text: string): void;
}

/** What is needed of standard output. */
interface Output extends Pick<NodeJS.WriteStream, "isTTY" | "columns" | "rows"> {
  write(text: string): unknown;
}

export function terminalOf(stream: Output, environment: NodeJS.ProcessEnv): Terminal {
  return {
    // Asked each time, since a window can be resized.
    get columns() {
      return stream.isTTY ? stream.columns : Infinity;
    },
    get rows() {
      return stream.isTTY ? stream.rows : Infinity;
    },
    color: stream.isTTY && !environment.NO_COLOR,
    write: (text) => void stream.write(text),
  };
}

/** Text from afar, of which nothing may steer the terminal. */
export function harmless(text: string): string {
  return text.replaceAll(/\p{Cc}/gu, "?");
}

/** Lines as they are shown, harmless and as wide as fits. */
export function shownLines(
  lines: readonly string[],
  { columns, color }: Pick<Terminal, "columns" | "color">,
): string[] {
  return lines.map((line) => {
    const plain = harmless(line);
    const cut = plain.length > columns ? `${plain.slice(0, columns - 1)}…` : plain;
    return color ? paint(cut) : cut;
  });
}

export function printLines(lines: readonly string[], terminal: Terminal): void {
  for (const line of shownLines(lines, terminal)) terminal.write(`${line}\n`);
}

/** Lines are coloured by how they begin, which says the same without colour. */
const colors: readonly (readonly [beginning: RegExp, code: string])[] = [
  [/^Healthy:/, "\x1b[32m"],
  [/^\d+ findings? open/, "\x1b[31m"],
  [/^Can't tell:/, "\x1b[33m"],
];
const colorOff = "\x1b[0m";

function paint(line: string): string {
  const color = colors.find(([beginning]) => beginning.test(line))?.[1];
  return color === undefined ? line : color + line + colorOff;
}
