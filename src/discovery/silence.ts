import type { Edges } from "../edges.ts";

/** A signal that is aborted with the outer one, or when `heard` was not called for `seconds`. */
export interface Silence {
  readonly signal: AbortSignal;
  heard(): void;
  stop(): void;
  /** The reason of an abort that came from silence, else the error as it was. */
  causeOf(error: unknown): unknown;
}

/** Guards a conversation against a server that no longer says anything. */
export function guardAgainstSilence(
  { clock }: Pick<Edges, "clock">,
  seconds: number,
  outer: AbortSignal,
): Silence {
  const controller = new AbortController();
  const onSilence = () => controller.abort(new Error(`nothing heard from the API server for ${seconds} s`));
  const onOuter = () => controller.abort(outer.reason);
  let cancel = clock.after(seconds, onSilence);
  outer.addEventListener("abort", onOuter, { once: true });
  if (outer.aborted) onOuter();
  return {
    signal: controller.signal,
    heard() {
      cancel();
      cancel = clock.after(seconds, onSilence);
    },
    stop() {
      cancel();
      outer.removeEventListener("abort", onOuter);
    },
    causeOf: (error) => (controller.signal.aborted && !outer.aborted ? controller.signal.reason : error),
  };
}
