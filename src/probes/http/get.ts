import { once } from "node:events";
import { type IncomingMessage, request } from "node:http";
import type { Socket } from "node:net";
import { TLSSocket } from "node:tls";
import type { Clock } from "../../edges.ts";
import { type AgentIdentity, agentHeader, readAgentHeader } from "../agentIdentity.ts";
import { basicAuthorization } from "./basicAuthorization.ts";
import { readBody } from "./body.ts";
import { type ConnectOptions, connect } from "./connect.ts";
import { drain } from "./drain.ts";
import type { HttpTarget } from "./target.ts";
import { userAgent } from "./userAgent.ts";

export interface GetOptions extends Omit<ConnectOptions, "url" | "proxy" | "trust"> {
  readonly target: HttpTarget;
  readonly token: { readonly bearer?: string };
}

/** An answer whose headers were read. */
export interface Answer {
  readonly code: number;
  /** Such as `404 Not Found`. */
  readonly text: string;
  /** Absent where it is no agent that answered, or an old one. */
  readonly answeredBy: AgentIdentity | undefined;
  /** Where the answer sends us, if it does. */
  readonly redirect?: URL;
  /** See `readBody`. */
  body(): Promise<string>;
  /** Closes the connection, or drains the answer where the connection is kept. Never rejects: the answer is judged by its headers. */
  finish(): Promise<void>;
}

/**
 * Sends one GET, over a kept connection where there is one, and resolves when the answer's headers are there.
 * @throws the first error; the stopwatch tells in which phase.
 */
export async function get(url: URL, options: GetOptions): Promise<Answer> {
  const { target } = options;
  const { connections, trust } = target;
  const connectTo = url.origin === target.url.origin ? target.connectTo : undefined;
  const proxy = connectTo === undefined ? target.proxyFor(url) : undefined;
  const kept = connections.hasKept(url.origin);
  const open = () => connect({ ...options, url, proxy, connectTo, trust });
  if (!kept) connections.prepare(await open());
  try {
    return await send(url, proxy, options);
  } catch (error) {
    // The server may close a kept connection at any time, which says nothing about the network.
    const closedMeanwhile = kept && (error as NodeJS.ErrnoException).code === "ECONNRESET";
    if (!closedMeanwhile || options.signal.aborted) throw error;
    connections.prepare(await open());
    return send(url, proxy, options);
  }
}

async function send(
  url: URL,
  proxy: URL | undefined,
  { target, token, stopwatch, signal, edges }: GetOptions,
): Promise<Answer> {
  stopwatch.begin("processing");
  const forwarded = proxy !== undefined && url.protocol === "http:";
  const outgoing = request({
    // Only names the connection among the kept ones: it is open already.
    host: url.origin,
    port: 80,
    agent: target.connections,
    path: forwarded ? url.href : url.pathname + url.search,
    headers: {
      host: url.host,
      "user-agent": userAgent,
      // They may hold a secret, which is not for a host that the target redirects to.
      ...(url.origin === target.url.origin ? target.headers : {}),
      ...basicAuthorization("authorization", url),
      ...(forwarded ? basicAuthorization("proxy-authorization", proxy) : {}),
    },
  });
  outgoing.on("error", () => {});
  const callOff = () => outgoing.destroy();
  if (signal.aborted) callOff();
  signal.addEventListener("abort", callOff, { once: true });
  outgoing.once("close", () => signal.removeEventListener("abort", callOff));
  if (token.bearer !== undefined && url.origin === target.url.origin) {
    // Only the connection that will carry the request tells whether the token may go over it.
    const [socket] = (await once(outgoing, "socket")) as [Socket];
    if (isVerified(socket, url)) outgoing.setHeader("authorization", `Bearer ${token.bearer}`);
  }
  outgoing.end();
  const [response] = (await once(outgoing, "response")) as [IncomingMessage];
  response.on("error", () => {});
  return answerOf(response, url, target.connections.reuse ? edges.clock : undefined);
}

/** Not for plain HTTP, where the TLS would be that to a proxy. */
function isVerified(socket: Socket, { protocol }: URL): boolean {
  return protocol === "https:" && socket instanceof TLSSocket && socket.authorized;
}

/** `drainClock` is absent where connections are not kept. */
function answerOf(response: IncomingMessage, url: URL, drainClock: Clock | undefined): Answer {
  const { statusCode: code = 0, statusMessage, headers } = response;
  const redirect = redirectOf(response, url);
  return {
    code,
    text: `${code} ${statusMessage}`,
    answeredBy: readAgentHeader(headers[agentHeader]),
    ...(redirect === undefined ? {} : { redirect }),
    body: () => readBody(response),
    async finish() {
      // To destroy the answer itself would make errors of it that nobody sees, each with a stack.
      if (drainClock === undefined) response.socket.destroy();
      else await drain(response, drainClock);
    },
  };
}

const redirects = new Set([301, 302, 303, 307, 308]);

function redirectOf({ statusCode, headers }: IncomingMessage, from: URL): URL | undefined {
  if (!redirects.has(statusCode ?? 0) || headers.location === undefined) return undefined;
  const to = URL.parse(headers.location, from.href);
  return to?.protocol === "http:" || to?.protocol === "https:" ? to : undefined;
}
