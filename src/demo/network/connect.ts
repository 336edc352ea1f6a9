import { once } from "node:events";
import { Socket } from "node:net";
import type { SocketAddress } from "../../edges.ts";
import { isLost } from "./cross.ts";
import { isSound } from "./path.ts";
import { connectByRelay, type Link } from "./relay.ts";

/** Seconds after the first SYN at which Linux (6.5 and later) sends it again; measured, see `diagnosis.md` 4.3. */
const synSeconds = [0, 1, 2, 3, 4, 5, 7, 11, 19, 35, 67];

export interface ConnectOptions {
  readonly to: SocketAddress;
  readonly localAddress: string;
  readonly link: Link;
  /** Also sound links get a relay, so that faults hit connections that are open already. */
  readonly relayAlways: boolean;
}

/**
 * Starts a connection over a link: it comes about at the first SYN that gets there and whose answer gets back, and never over a
 * black hole. What it says afterwards goes directly, unless something is wrong with the link from the start.
 */
export function connectOverLink(options: ConnectOptions): Socket {
  const { to, localAddress, link } = options;
  const socket = new Socket();
  // Before the real attempt starts it must already look like one, so that what is written meanwhile is kept.
  Object.assign(socket, { connecting: true });
  const begun = performance.now();
  let timer: NodeJS.Timeout | undefined;
  socket.once("close", () => clearTimeout(timer));

  const sendSyn = (step: number) => {
    const [there, back] = [link.there(), link.back()];
    const seconds = there.delaySeconds + back.delaySeconds;
    if (isLost(there, 0) || isLost(back, 0)) return sendLater(step + 1);
    if (seconds > 0) timer = setTimeout(open, seconds * 1000);
    else open();
  };
  const sendLater = (step: number) => {
    const due = synSeconds[step];
    if (due === undefined) return;
    timer = setTimeout(() => sendSyn(step), Math.max(0, begun + due * 1000 - performance.now()));
  };
  const open = () => {
    if (isSound(link.there()) && isSound(link.back()) && !options.relayAlways) {
      socket.connect({ host: to.address, port: to.port, localAddress });
      return;
    }
    openFar(socket, options).catch((error: Error) => socket.destroy(error));
  };
  sendSyn(0);
  return socket;
}

async function openFar(near: Socket, { to, localAddress, link }: ConnectOptions): Promise<void> {
  const far = new Socket({ allowHalfOpen: true });
  near.once("close", () => far.destroy());
  far.connect({ host: to.address, port: to.port, localAddress });
  await once(far, "connect");
  await connectByRelay(near, far.setNoDelay(true), localAddress, link);
}
