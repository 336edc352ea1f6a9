import { get } from "node:http";
import type { Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

/** A kubelet's readiness probe; quicker than its default of ten seconds, so that a demo does not bore. */
const probe = { unreadySeconds: 0.25, readySeconds: 2, timeoutSeconds: 1, failureThreshold: 3 };

/** Calls `onChange` at once, since a pod is followed from when its agent answers, and then whenever it becomes unready or ready again. */
export async function followReadiness(
  connect: () => Socket,
  onChange: (ready: boolean) => void,
  signal: AbortSignal,
): Promise<void> {
  let ready = false;
  let failures = 0;
  const probeOnce = async () => {
    const answered = await isReady(connect, signal);
    if (signal.aborted) return;
    failures = answered ? 0 : failures + 1;
    const next = answered || (ready && failures < probe.failureThreshold);
    if (next !== ready) onChange(next);
    ready = next;
  };
  const goOn = async () => {
    while (!signal.aborted) {
      await sleep((ready ? probe.readySeconds : probe.unreadySeconds) * 1000, undefined, { signal }).catch(
        () => {},
      );
      await probeOnce();
    }
  };
  await probeOnce();
  void goOn();
}

async function isReady(createConnection: () => Socket, signal: AbortSignal): Promise<boolean> {
  const ending = AbortSignal.any([signal, AbortSignal.timeout(probe.timeoutSeconds * 1000)]);
  return new Promise((resolve) => {
    const options = { path: "/ready", createConnection, signal: ending };
    const request = get(options, (response) => {
      resolve(response.statusCode === 200);
      response.destroy();
    });
    request.on("error", () => resolve(false));
  });
}
