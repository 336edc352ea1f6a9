import { createServer } from "node:net";
import { ports } from "./addresses.ts";
import { type Listener, listen } from "./network/listener.ts";

/** Accepts connections at a node's own address, and has nothing to say. */
export function startKubelet(nodeAddress: string): Promise<Listener> {
  const server = createServer((socket) => socket.on("error", () => {}).resume());
  return listen(server, nodeAddress, ports.kubelet);
}
