import type { Datagrams, SocketAddress } from "../../src/edges.ts";
import { openDatagrams } from "../../src/realDatagrams.ts";

/** What becomes of the `index`-th datagram of one direction; `deliver` may be called never, late, again, or with another message. */
export type Fate = (index: number, deliver: (message?: Buffer) => void, message: Buffer) => void;

/** A path for datagrams from one sender to a responder and back, on 127.0.0.1. */
export interface DatagramRelay extends AsyncDisposable {
  readonly to: SocketAddress;
  /** Datagrams that came to it from each side. */
  readonly seen: { readonly there: readonly Buffer[]; readonly back: readonly Buffer[] };
}

const pass: Fate = (_index, deliver) => deliver();

export async function startDatagramRelay(
  responderPort: number,
  { there = pass, back = pass }: { readonly there?: Fate; readonly back?: Fate },
): Promise<DatagramRelay> {
  const address = "127.0.0.1";
  const seen = { there: [] as Buffer[], back: [] as Buffer[] };
  const onError = () => {};
  let sender: SocketAddress | undefined;
  const through = (direction: "there" | "back", fate: Fate, send: (message: Buffer) => void) => {
    return (message: Buffer) => {
      const index = seen[direction].push(Buffer.from(message)) - 1;
      fate(index, (changed = message) => send(changed), message);
    };
  };
  const toResponder: Datagrams = await openDatagrams({
    peer: { address, port: responderPort },
    onMessage: through("back", back, (message) => {
      if (sender !== undefined) toSender.send(message, sender);
    }),
    onError,
  });
  const forward = through("there", there, (message) =>
    toResponder.send(message, { address, port: responderPort }),
  );
  const toSender: Datagrams = await openDatagrams(
    {
      onMessage(message, from) {
        sender = from;
        forward(message);
      },
      onError,
    },
    address,
  );
  return {
    to: { address, port: toSender.port },
    seen,
    async [Symbol.asyncDispose]() {
      toSender.close();
      toResponder.close();
    },
  };
}
