import type { ReadStream } from "node:tty";

const controlC = "\x03";

/** Reads single keys; Ctrl-C comes as `q`, since a terminal in raw mode sends no signal. Disposing of it ends the raw mode. */
export function readKeys(terminal: ReadStream, onKey: (key: string) => void): Disposable {
  const onData = (data: Buffer) => {
    const text = data.toString();
    // Keys such as the arrows send a sequence that begins with ESC.
    if (text.startsWith("\x1b")) return;
    for (const key of text) onKey(key === controlC ? "q" : key);
  };
  terminal.setRawMode(true);
  terminal.on("data", onData).resume();
  return {
    [Symbol.dispose]() {
      terminal.off("data", onData).pause();
      terminal.setRawMode(false);
    },
  };
}
