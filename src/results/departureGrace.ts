import type { StartGrace } from "./grace.ts";

/** How long the news that a peer leaves may take through the API server. */
export const departureSeconds = 0.5;

/** A failure counts only when its target is still there a moment later. */
export const departureGrace: StartGrace = (clock, verdict) => {
  const held = new Set<() => void>();
  return {
    failed(outcome) {
      const cancel = clock.after(departureSeconds, () => {
        held.delete(cancel);
        verdict.count(outcome);
      });
      held.add(cancel);
    },
    answered() {},
    end(why) {
      for (const cancel of held) {
        cancel();
        verdict.discard(why);
      }
      held.clear();
    },
  };
};
