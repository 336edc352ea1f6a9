import type { Finding } from "./finding.ts";

/** What a leader leaves to the next one. */
export interface Outages {
  /** The most certain first. */
  readonly open: readonly Finding[];
  /** The latest first. */
  readonly closed: readonly Finding[];
}

/** Evidence of an outage that is over is only to remember it by. */
const mostEvidence = { open: { reporters: 20, explained: 10 }, closed: { reporters: 5, explained: 2 } };
const mostClosed = 20;
/** A ConfigMap may have 1 MiB; in its JSON the quotes of these texts take twice the room. */
const mostBytes = 400 * 1024;

/** The texts of a ConfigMap, which people read, too. Of more than fits, the last ones are left out, of closed findings first. */
export function writeOutages({ open, closed }: Outages): Readonly<Record<string, string>> {
  let left = mostBytes;
  const written = (findings: readonly Finding[], evidence: MostEvidence) => {
    const texts: string[] = [];
    for (const finding of findings) {
      const text = JSON.stringify(shortened(finding, evidence), null, 1);
      left -= Buffer.byteLength(text);
      if (left < 0) break;
      texts.push(text);
    }
    return `[${texts.join(",\n")}]\n`;
  };
  return {
    version: "1",
    open: written(open, mostEvidence.open),
    closed: written(closed.slice(0, mostClosed), mostEvidence.closed),
  };
}

/** Reads what `writeOutages` wrote; undefined where it is something else. */
export function readOutages(data: Readonly<Record<string, unknown>>): Outages | undefined {
  if (data.version !== "1") return undefined;
  const open = readFindings(data.open);
  const closed = readFindings(data.closed);
  return open && closed && { open, closed };
}

interface MostEvidence {
  readonly reporters: number;
  readonly explained: number;
}

function shortened(finding: Finding, most: MostEvidence): Finding {
  const { reporters, explained, ...rest } = finding.evidence;
  const evidence = {
    ...rest,
    reporters: reporters.slice(0, most.reporters),
    explained: explained.slice(0, most.explained),
  };
  return { ...finding, evidence };
}

function readFindings(text: unknown): Finding[] | undefined {
  try {
    const value: unknown = JSON.parse(String(text));
    return Array.isArray(value) && value.every(isFinding) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Only agents write them, and the version tells their form, so this finds no more than what was damaged by hand. */
function isFinding(value: unknown): value is Finding {
  const { id, component, cause, summary, openedAt, checkNext, evidence } = (value ?? {}) as Partial<Finding>;
  const { reporters, explained } = evidence ?? {};
  return (
    [id, component?.kind, cause, summary].every((text) => typeof text === "string") &&
    typeof openedAt === "number" &&
    [checkNext, reporters, explained].every(Array.isArray)
  );
}
