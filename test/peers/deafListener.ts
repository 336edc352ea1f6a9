import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { Worker } from "node:worker_threads";

/** A listening socket whose accept queue is full, so that the kernel drops every SYN to it, as a lossy network would. */
export interface DeafListener extends AsyncDisposable {
  readonly port: number;
  /** Accepts from now on, and answers each connection with an empty 200. */
  listen(): void;
}

const program = `
  const { workerData, parentPort } = require("node:worker_threads");
  const server = require("node:http").createServer((request, response) => response.end());
  server.listen({ host: "127.0.0.1", port: 0, backlog: 0 }, () => {
    parentPort.postMessage(server.address().port);
    // Blocks this thread, so that nobody accepts.
    Atomics.wait(workerData, 0, 0);
  });
`;

export async function startDeafListener(): Promise<DeafListener> {
  const gate = new Int32Array(new SharedArrayBuffer(4));
  const worker = new Worker(program, { eval: true, workerData: gate });
  const [port] = (await once(worker, "message")) as [number];
  const fillers: Socket[] = [];
  // The kernel's queue holds a few more than it was asked for; it is full when a connection hangs.
  for (let full = false; !full; ) {
    const socket = connect({ host: "127.0.0.1", port });
    socket.on("error", () => {});
    fillers.push(socket);
    const connected = once(socket, "connect").then(() => true);
    full = !(await Promise.race([
      connected,
      new Promise<false>((resolve) => setTimeout(resolve, 100, false)),
    ]));
  }
  const open = () => {
    for (const socket of fillers) socket.destroy();
    Atomics.store(gate, 0, 1);
    Atomics.notify(gate, 0);
  };
  return {
    port,
    listen: open,
    async [Symbol.asyncDispose]() {
      open();
      await worker.terminate();
    },
  };
}
