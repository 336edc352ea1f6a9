import type { WriteStream } from "node:tty";
import { drawTable, type Picture } from "./table.ts";

const redrawsPerSecond = 2;
const codes = {
  enter: "\x1b[?1049h\x1b[?25l",
  leave: "\x1b[?25h\x1b[?1049l",
  home: "\x1b[H",
  clearLine: "\x1b[K",
  clearBelow: "\x1b[J",
};

/** Draws the picture again and again on the terminal's second screen; disposing of it brings the first one back. */
export function showOnScreen(picture: () => Picture, terminal: WriteStream, color: boolean): Disposable {
  // One write, and each line is overwritten in place, so that nothing flickers.
  const draw = () => {
    const lines = drawTable(picture(), { columns: terminal.columns, lines: terminal.rows, color });
    const text = lines.map((line) => line + codes.clearLine).join("\r\n");
    terminal.write(codes.home + text + codes.clearBelow);
  };
  terminal.write(codes.enter);
  draw();
  const timer = setInterval(draw, 1000 / redrawsPerSecond);
  terminal.on("resize", draw);
  return {
    [Symbol.dispose]() {
      clearInterval(timer);
      terminal.off("resize", draw);
      terminal.write(codes.leave);
    },
  };
}
