import type { IncomingMessage } from "node:http";
import { type Brought, reportsPath, type SignedReport } from "../diagnosis/postReport.ts";
import type { Report } from "../diagnosis/report.ts";
import { decodeReport, mostReportBytes } from "../diagnosis/reportCodec.ts";
import type { Clock } from "../edges.ts";
import { isSigned, signatureHeader } from "../mesh/signature.ts";
import { createRateLimit } from "./echoLimits.ts";
import { readBody } from "./requestBody.ts";
import { unmappedAddress } from "./unmappedAddress.ts";

/** An agent sends one in 5 s, and what it kept a dozen at a time; a neighbour may pass on those of many, and a proxy may stand before all. */
const limits = {
  perSource: { perSecond: 20, burst: 100 },
  total: { perSecond: 5_000, burst: 5_000 },
  sources: 20_000,
};

export interface ReportSources {
  /** With keys the signature decides, and the address does not matter. */
  readonly keys: readonly string[];
  /** Whether an address, IPv4 or IPv6, is another agent's. */
  readonly isAgent: (address: string) => boolean;
  /** Whether agents are known; until then no unsigned report is taken, and it comes again. */
  readonly areAgentsKnown: () => boolean;
  /** Whether an agent is on a node. */
  readonly isAgentNode: (node: string) => boolean;
  readonly receive: (report: Report, signed: SignedReport, forward: boolean) => Promise<Brought>;
}

/** Takes a `POST /api/v1/reports`, and says by what status it is answered; to be called before the request's first turn, or else the beginning of its body is missed. */
export type Reports = (request: IncomingMessage, forward: boolean) => Promise<ReportStatus>;

type ReportStatus = 200 | 400 | 403 | 413 | 421 | 429 | 502;

const statusOf = { taken: 200, unfit: 400, refused: 421, unreached: 502 } as const;

/** Takes other agents' reports, and nobody else's. Who saw a signed one can send it again, which says nothing new. */
export function createReports(sources: ReportSources, clock: Clock): Reports {
  const { keys, isAgent, areAgentsKnown, isAgentNode, receive } = sources;
  const isWithinRate = createRateLimit(clock, limits);
  return async (request, forward) => {
    const from = unmappedAddress(request.socket.remoteAddress ?? "");
    const body = await readBody(request, mostReportBytes);
    if (!isWithinRate(from)) return 429;
    if (body === undefined) return 413;
    if (keys.length === 0 && !areAgentsKnown()) return 421;
    const signature = request.headers[signatureHeader]?.toString();
    const isTrusted = keys.length === 0 ? isAgent(from) : isSigned(keys, reportsPath, body, signature);
    if (!isTrusted) return 403;
    const report = decoded(body);
    if (report === undefined) return 400;
    // A node that no agent is on could be blamed for all of its neighbours' faults.
    if (!isAgentNode(report.node)) return 403;
    return statusOf[await receive(report, { body, signature }, forward)];
  };
}

function decoded(body: Buffer): Report | undefined {
  try {
    return decodeReport(body);
  } catch {
    return undefined;
  }
}
