import { setTimeout as pause } from "node:timers/promises";

/**
 * Asks again and again until there is an answer, and returns it; says every few seconds what it is waiting for.
 * @throws Error after `seconds`, with the last error that asking gave.
 */
export async function waitFor<Answer>(
  what: string,
  seconds: number,
  ask: () => Promise<Answer | undefined> | Answer | undefined,
): Promise<Answer> {
  const start = performance.now();
  let nextWord = 2;
  let lastError: unknown;
  for (;;) {
    try {
      const answer = await ask();
      if (answer !== undefined) return answer;
    } catch (error) {
      lastError = error;
    }
    const waited = (performance.now() - start) / 1000;
    if (waited > seconds) throw new Error(`waited ${seconds} s for ${what}`, { cause: lastError });
    if (waited > nextWord) {
      say(`  waiting for ${what}: ${Math.round(waited)} s`);
      nextWord = waited + 10;
    }
    await pause(250);
  }
}

/** Writes one line for the person who runs the tests. */
export function say(line: string) {
  process.stderr.write(`${line}\n`);
}
