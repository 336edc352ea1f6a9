import { gunzipSync, gzipSync } from "node:zlib";
import { mostFlows, readReport } from "./readReport.ts";
import type { Report } from "./report.ts";

/** Of a report's JSON; that of an agent with 10 neighbours is a fifth of it. */
const mostTextBytes = 64 * 1024;
/** Of a report as it is sent; that of such an agent is an eighth of it. */
export const mostReportBytes = 16 * 1024;

/** A report as it is sent: JSON, compressed with gzip. Flows for which there is no room are left out, the last first. */
export function encodeReport(report: Report, flowCount = mostFlows): Buffer {
  const text = JSON.stringify({ ...report, flows: report.flows.slice(0, flowCount) });
  const bytes = gzipSync(text);
  const fits = Buffer.byteLength(text) <= mostTextBytes && bytes.length <= mostReportBytes;
  return fits || flowCount === 0 ? bytes : encodeReport(report, Math.floor(flowCount / 2));
}

/**
 * Reads what anybody may have sent.
 * @throws an error where it is no report of this version, or too large.
 */
export function decodeReport(bytes: Uint8Array): Report {
  const text = gunzipSync(bytes, { maxOutputLength: mostTextBytes }).toString("utf8");
  return readReport(JSON.parse(text));
}
