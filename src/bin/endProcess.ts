/** Ends the process as soon as all that it printed has left it: a pipe takes 64 KiB at once, and what waits behind them would be lost. */
export async function endProcess(code: number): Promise<never> {
  await Promise.all([process.stdout, process.stderr].map(emptied));
  process.exit(code);
}

/** Who stops to read, as `head` does, has read enough; without this it would end the process with 1, which means findings. */
export function letReaderGo(stream: NodeJS.WriteStream): void {
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
  });
}

function emptied(stream: NodeJS.WriteStream): Promise<void> {
  letReaderGo(stream);
  if (stream.writableLength === 0) return Promise.resolve();
  return new Promise((resolve) => stream.write("", () => resolve()));
}
