import { once } from "node:events";
import { Agent, type IncomingMessage, request } from "node:http";
import { startDeadline } from "../../schedule/deadline.ts";
import { ProbeError } from "../failure.ts";
import type { AttemptContext } from "../probe.ts";
import { inScope } from "../scope.ts";
import { connect } from "./connect.ts";
import { readAnswer } from "./readAnswer.ts";
import { createStopwatch } from "./stopwatch.ts";
import type { Trust } from "./trust.ts";
import { userAgent } from "./userAgent.ts";

export interface PostOptions {
  readonly headers: Readonly<Record<string, string>>;
  readonly trust: Trust;
  /** From the start to the end of the answer. */
  readonly seconds: number;
  /** A longer answer is an error. */
  readonly answerBytes: number;
}

/**
 * Sends a body over a new connection and resolves to the answer's text.
 * @throws ProbeError where the answer is late, too long or not of status 200; the connection's error; the signal's reason.
 */
export async function post(
  url: URL,
  body: string | Uint8Array,
  { headers, trust, seconds, answerBytes }: PostOptions,
  { edges, signal }: AttemptContext,
): Promise<string> {
  const stopwatch = createStopwatch(edges.clock);
  return inScope(signal, stopwatch, async (scope) => {
    const cancelDeadline = startDeadline(edges.clock, seconds, () => scope.expire(seconds));
    try {
      const socket = await connect({ url, proxy: undefined, trust, edges, stopwatch, ...scope });
      stopwatch.begin("processing");
      const agent = new Agent();
      agent.createConnection = () => socket;
      const always = { host: url.host, "user-agent": userAgent, connection: "close" };
      const outgoing = request({
        agent,
        method: "POST",
        path: url.pathname + url.search,
        headers: { ...always, ...headers },
      });
      // When the request is called off, whoever waited has heard of it already.
      outgoing.on("error", () => {});
      outgoing.end(body);
      const [response] = (await once(outgoing, "response", { signal: scope.signal })) as [IncomingMessage];
      if (response.statusCode !== 200) {
        throw new ProbeError("http_status", `${response.statusCode} ${response.statusMessage}`);
      }
      stopwatch.begin("transfer");
      return (await readAnswer(response, answerBytes)).toString("utf8");
    } finally {
      cancelDeadline();
    }
  });
}
