import type { Clock, DatagramOptions, Datagrams } from "../../edges.ts";
import { openDatagrams } from "../../realDatagrams.ts";
import { isLost } from "./cross.ts";
import type { Path } from "./path.ts";

export interface DatagramLinks {
  readonly localAddress: string;
  readonly pathTo: (address: string) => Path;
  /** Holds back what has arrived while the process stands still. */
  readonly clock: Pick<Clock, "after">;
}

/**
 * Opens a UDP socket whose datagrams get lost and late on their way out, as the links are at that moment. Those that come in
 * had that behind them, since each sender's socket is such a one.
 * @throws the system's error where it can't be bound or connected.
 */
export async function openDatagramsOverLinks(
  options: DatagramOptions,
  { localAddress, pathTo, clock }: DatagramLinks,
): Promise<Datagrams> {
  const underWay = new Set<() => void>();
  const later = (seconds: number, deliver: () => void) => {
    const cancel = clock.after(seconds, () => {
      underWay.delete(cancel);
      deliver();
    });
    underWay.add(cancel);
  };
  const onMessage: DatagramOptions["onMessage"] = (message, from) => {
    if (pathTo(from.address).frozen) later(0, () => options.onMessage(message, from));
    else options.onMessage(message, from);
  };
  const socket = await openDatagrams({ ...options, onMessage }, localAddress);
  return {
    port: socket.port,
    send(message, to) {
      const path = pathTo((options.peer ?? to).address);
      if (isLost(path, message.length)) return;
      if (path.delaySeconds === 0) return socket.send(message, to);
      // The sender may write its next one into the same bytes.
      const copy = Uint8Array.from(message);
      later(path.delaySeconds, () => socket.send(copy, to));
    },
    close() {
      for (const cancel of underWay) cancel();
      socket.close();
    },
  };
}
