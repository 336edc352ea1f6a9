import type { SocketAddress } from "../../edges.ts";
import { startDeadline } from "../../schedule/deadline.ts";
import type { AttemptContext } from "../probe.ts";
import { type Train, trainLength } from "./train.ts";

/** What is sent, and the seconds until the next. */
interface Step {
  readonly send: "datagram" | "query";
  readonly thenSeconds: number;
}

const spacingSeconds = 0.02;

/** A train, and where answers are missing a second later, three queries for the responder's count. */
const plan: readonly Step[] = [
  ...repeated(trainLength - 1, { send: "datagram", thenSeconds: spacingSeconds }),
  { send: "datagram", thenSeconds: 1 },
  ...repeated(2, { send: "query", thenSeconds: 0.1 }),
  // A peer may stand still for as long without its network being to blame: it then answers what waits in its socket.
  { send: "query", thenSeconds: 2 },
];

/**
 * Sends a train from a new port, and gathers its answers for as long as some are missing.
 * @throws the socket's first error, or the reason of `signal` when it is aborted.
 */
export async function exchange(
  train: Train,
  to: SocketAddress,
  { signal, edges }: AttemptContext,
): Promise<void> {
  const { promise: ended, resolve: end, reject: fail } = Promise.withResolvers<void>();
  let cancel = () => {};
  const after = (seconds: number, callback: () => void) => {
    cancel();
    cancel = startDeadline(edges.clock, seconds, callback);
  };
  const socket = await edges.openDatagrams({
    peer: to,
    onMessage(message) {
      const taken = train.take(message);
      if (taken === "counted") end();
      // A copy of the last one may be right behind.
      else if (taken === "complete") after(spacingSeconds, end);
    },
    onError: fail,
  });
  const proceed = (index: number) => {
    const step = plan[index];
    if (step === undefined) return end();
    socket.send(train[step.send](), to);
    after(step.thenSeconds, () => proceed(index + 1));
  };
  const onAbort = () => fail(signal.reason);
  signal.addEventListener("abort", onAbort, { once: true });
  if (signal.aborted) onAbort();
  else proceed(0);
  try {
    await ended;
  } finally {
    cancel();
    socket.close();
    signal.removeEventListener("abort", onAbort);
  }
}

function repeated(count: number, step: Step): readonly Step[] {
  return Array.from({ length: count }, () => step);
}
