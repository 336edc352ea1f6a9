import { once } from "node:events";
import { Worker } from "node:worker_threads";

/** An HTTP server in a thread of its own, which goes on while the test's event loop stands still. */
export interface ThreadedServer extends AsyncDisposable {
  readonly port: number;
  /** Resolves when this many requests have arrived since the last call; each is answered `delayMs` after the last of them. */
  received(count: number): Promise<void>;
}

const program = `
  const { workerData, parentPort } = require("node:worker_threads");
  let waiting = [];
  let wanted = Infinity;
  const answerAll = () => {
    if (waiting.length < wanted) return;
    wanted = Infinity;
    parentPort.postMessage("received");
    const due = waiting;
    waiting = [];
    setTimeout(() => { for (const response of due) response.end(); }, workerData);
  };
  const server = require("node:http").createServer((request, response) => { waiting.push(response); answerAll(); });
  parentPort.on("message", (count) => { wanted = count; answerAll(); });
  server.listen(0, "127.0.0.1", () => parentPort.postMessage(server.address().port));
`;

export async function startThreadedServer(delayMs: number): Promise<ThreadedServer> {
  const worker = new Worker(program, { eval: true, workerData: delayMs });
  const [port] = (await once(worker, "message")) as [number];
  return {
    port,
    async received(count) {
      worker.postMessage(count);
      await once(worker, "message");
    },
    async [Symbol.asyncDispose]() {
      await worker.terminate();
    },
  };
}
