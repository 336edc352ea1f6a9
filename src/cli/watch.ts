import { setTimeout as sleep } from "node:timers/promises";
import type { FindingsAnswer } from "../server/answers.ts";
import { statusLines } from "./statusText.ts";
import { printLines, shownLines, type Terminal } from "./terminal.ts";
import { exitCodes, verdictOf } from "./verdict.ts";

const everySeconds = 2;
const screen = { enter: "\x1b[?1049h\x1b[?25l", leave: "\x1b[?25h\x1b[?1049l", home: "\x1b[H" };
const clear = { line: "\x1b[K", below: "\x1b[J" };

interface Picture {
  readonly lines: readonly string[];
  readonly code: number;
  /** The same as long as nothing has changed but ages. */
  readonly state: string;
}

/**
 * Shows the status until the signal ends it: on a terminal in place, elsewhere each time it has changed.
 * Resolves to the exit code of what was shown last.
 */
export async function watch(
  ask: () => Promise<FindingsAnswer>,
  terminal: Terminal,
  now: () => number,
  signal: AbortSignal,
): Promise<number> {
  let code: number = exitCodes.unknown;
  using show = terminal.columns === Infinity ? onPaper(terminal) : onScreen(terminal);
  while (!signal.aborted) {
    const picture = await look(ask, now);
    code = picture.code;
    show.draw(picture);
    await sleep(everySeconds * 1000, undefined, { signal }).catch(() => {});
  }
  return code;
}

async function look(ask: () => Promise<FindingsAnswer>, now: () => number): Promise<Picture> {
  try {
    const answer = await ask();
    const verdict = verdictOf(answer.analysis);
    const state = JSON.stringify([verdict.state, answer.open.map(({ id, cause }) => [id, cause])]);
    return { lines: statusLines(answer, "table", now()), code: exitCodes[verdict.state], state };
  } catch (error) {
    const { message } = error as Error;
    return { lines: [`Can't tell: ${message}.`], code: exitCodes.unknown, state: message };
  }
}

interface Show extends Disposable {
  draw(picture: Picture): void;
}

function onScreen(terminal: Terminal): Show {
  terminal.write(screen.enter);
  return {
    // One write, and each line is overwritten in place, so that nothing flickers.
    draw({ lines }) {
      const text = shownLines(lines.slice(0, terminal.rows), terminal).map((line) => line + clear.line);
      terminal.write(screen.home + text.join("\r\n") + clear.below);
    },
    [Symbol.dispose]: () => terminal.write(screen.leave),
  };
}

function onPaper(terminal: Terminal): Show {
  let before: string | undefined;
  return {
    draw({ lines, state }) {
      if (state !== before) printLines([...lines, ""], terminal);
      before = state;
    },
    [Symbol.dispose]: () => {},
  };
}
