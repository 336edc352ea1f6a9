import { once } from "node:events";
import { Worker } from "node:worker_threads";

/** An HTTP server in a thread of its own, which goes on while the test's event loop stands still. */
export interface ThreadedServer extends AsyncDisposable {
  readonly port: number;
  /** Resolves when this many requests have arrived since the last call; each is answered `delayMs` after the last of them. */
  received(count: number): Promise<void>;
  /** Blocks this thread until the server has answered so many requests since its start, and then for this long. */
  standStill(answered: number, milliseconds: number): void;
}

const program = `
  const { workerData: { delayMs, answered }, parentPort } = require("node:worker_threads");
  let waiting = [];
  let wanted = Infinity;
  const answerAll = () => {
    if (waiting.length < wanted) return;
    wanted = Infinity;
    parentPort.postMessage("received");
    const due = waiting;
    waiting = [];
    const tell = () => { Atomics.add(answered, 0, 1); Atomics.notify(answered, 0); };
    setTimeout(() => { for (const response of due) response.end(tell); }, delayMs);
  };
  const server = require("node:http").createServer((request, response) => { waiting.push(response); answerAll(); });
  parentPort.on("message", (count) => { wanted = count; answerAll(); });
  server.listen(0, "127.0.0.1", () => parentPort.postMessage(server.address().port));
`;

export async function startThreadedServer(delayMs: number): Promise<ThreadedServer> {
  const answered = new Int32Array(new SharedArrayBuffer(4));
  const worker = new Worker(program, { eval: true, workerData: { delayMs, answered } });
  const [port] = (await once(worker, "message")) as [number];
  return {
    port,
    async received(count) {
      worker.postMessage(count);
      await once(worker, "message");
    },
    standStill(wanted, milliseconds) {
      for (let seen = 0; seen < wanted; seen = Atomics.load(answered, 0)) Atomics.wait(answered, 0, seen);
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
    },
    async [Symbol.asyncDispose]() {
      await worker.terminate();
    },
  };
}
