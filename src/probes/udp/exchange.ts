import type { SocketAddress } from "../../edges.ts";
import { startDeadline } from "../../schedule/deadline.ts";
import type { AttemptContext } from "../probe.ts";
import { type Train, trainLength } from "./train.ts";

/** What is sent, how often at once, and the seconds until the next. */
interface Step {
  readonly send: "datagram" | "query";
  readonly times: number;
  readonly thenSeconds: number;
}

const spacingSeconds = 0.04;
/** A copy of an answer comes this close behind it, or is missed. */
const copySeconds = 0.02;

/**
 * A train, and where answers are missing a second later, three queries for the responder's count. Datagrams go in pairs: it is neighbours that change
 * places on the way, and to wake up for each of them costs both agents more than all else.
 */
const plan: readonly Step[] = [
  ...repeated(trainLength / 2 - 1, { send: "datagram", times: 2, thenSeconds: spacingSeconds }),
  { send: "datagram", times: 2, thenSeconds: 1 },
  ...repeated(2, { send: "query", times: 1, thenSeconds: 0.1 }),
  // A peer may stand still for as long without its network being to blame: it then answers what waits in its socket.
  { send: "query", times: 1, thenSeconds: 2 },
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
      else if (taken === "complete") after(copySeconds, end);
    },
    onError: fail,
  });
  const proceed = (index: number) => {
    const step = plan[index];
    if (step === undefined) return end();
    for (let time = 0; time < step.times; time += 1) socket.send(train[step.send](), to);
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
