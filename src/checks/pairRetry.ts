import type { Outcome, Reason } from "../probes/probe.ts";
import type { Reading } from "../probes/reading.ts";

/** What came of testing an agent once more: it answered, why not, or nobody could tell. */
export type Retried = "ok" | "unknown" | Reason;

/** What one agent asks of another after it could not reach a third one. */
export interface RetryQuestion {
  /** The node whose agent is to be tested. */
  readonly node: string;
  /** The node whose agent that one is asked to test in its turn; absent where it is not to be asked. */
  readonly back?: string;
}

export interface RetryAnswer {
  /** How the agent that was asked could reach `node`. */
  readonly tested: Retried;
  /** How `node` could reach `back`. */
  readonly back?: Retried;
}

export const retryPath = "/retry";
/** Of a question and of an answer; both are far smaller. */
export const retryBytes = 4096;

/** What an attempt says of a pair. */
export function retriedOf(outcome: Outcome<Reading>): Retried {
  if (outcome.state === "failed") return outcome.reason;
  return outcome.state === "ok" ? "ok" : "unknown";
}

/** Reads what anybody may have sent; absent where it is no question. */
export function parseQuestion(text: string): RetryQuestion | undefined {
  const { node, back } = fieldsOf(text);
  if (typeof node !== "string" || (back !== undefined && typeof back !== "string")) return undefined;
  return { node, ...(back === undefined ? {} : { back }) };
}

/** Reads what another agent answered; what it did not say is unknown. */
export function parseAnswer(text: string): Required<RetryAnswer> {
  const { tested, back } = fieldsOf(text);
  return { tested: retriedIn(tested), back: retriedIn(back) };
}

function fieldsOf(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}

/** Another version may have other reasons; the text ends in a log. */
function retriedIn(value: unknown): Retried {
  return typeof value === "string" && /^[a-z_]{2,40}$/.test(value) ? (value as Retried) : "unknown";
}
