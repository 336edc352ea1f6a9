import { signatureHeader } from "../mesh/signature.ts";
import { ProbeError } from "../probes/failure.ts";
import { post } from "../probes/http/post.ts";
import type { Trust } from "../probes/http/trust.ts";
import type { AttemptContext } from "../probes/probe.ts";

/** Where agents take reports. */
export const reportsPath = "/api/v1/reports";

/** What became of a report on its way to the leader. `unfit`: it will never be taken; `refused`: who was asked does not take it now. */
export type Brought = "taken" | "unfit" | "refused" | "unreached";

/** An encoded report, and its signature where the agents share a key. */
export interface SignedReport {
  readonly body: Uint8Array;
  readonly signature?: string | undefined;
}

/** Sends a report to one agent, over a new connection. */
export async function postReport(
  url: URL,
  { body, signature }: SignedReport,
  seconds: number,
  trust: Trust,
  context: AttemptContext,
): Promise<Brought> {
  const headers = {
    "content-type": "application/json",
    "content-encoding": "gzip",
    ...(signature === undefined ? {} : { [signatureHeader]: signature }),
  };
  try {
    await post(url, body, { headers, trust, seconds, answerBytes: 0 }, context);
    return "taken";
  } catch (error) {
    if (!(error instanceof ProbeError) || error.reason !== "http_status") return "unreached";
    return error.message.startsWith("400 ") ? "unfit" : "refused";
  }
}
