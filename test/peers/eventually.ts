import { vi } from "vitest";

/** Tries again until `expectation` holds; generous, since a busy machine is no failure. */
export function eventually<Value>(expectation: () => Value | Promise<Value>): Promise<Value> {
  return vi.waitFor(expectation, { timeout: 20_000, interval: 50 });
}
