import { type Culprit, keyOf, type NamedSuspect, nodesOf, suspectOf, wholeKeyOf } from "./culprits.ts";
import { type Closing, type Component, componentName, type Finding } from "./finding.ts";
import { findingOf, idOf, type Plea } from "./findingOf.ts";
import { windowLengths } from "./windows.ts";

/** A culprit, and what a finding says of it, which is worked out only when it is needed. */
interface Accusation {
  readonly culprit: Culprit;
  /** The nodes that it is about, with those that its pods run on. */
  readonly nodes: readonly string[];
  /** Whether it shows in several parts of the window, so that it is more than a blip. */
  readonly isLasting: () => boolean;
  /** Whether it shows less and less, so that the window tells badly what it was. */
  readonly isFading: () => boolean;
  readonly plea: () => Plea;
}

/** What one window says. */
export interface Judgement {
  readonly seconds: number;
  /** Unix seconds. */
  readonly until: number;
  readonly accusations: readonly Accusation[];
  /** By the key of what is known, ln of how much likelier the readings are if it is over. */
  readonly speaksAgainst: ReadonlyMap<string, number>;
}

/** Whether what a node does is planned (it is cordoned, drained, young or not ready); nodes that left are absent. */
export type NodeStates = ReadonlyMap<string, "settled" | "planned">;

/** The findings of a cluster, from the judgements of its windows. */
export interface Findings {
  judge(judgement: Judgement): void;
  /** What discovery knows; absent means that nothing is known of any node. */
  follow(nodes: NodeStates | undefined, now: number): void;
  /** What is, or was during a window, known to be broken. */
  known(window: Pick<Judgement, "seconds" | "until">): readonly KeyedSuspect[];
  open(): readonly Finding[];
  /** The last 20 that closed, the latest first. */
  closed(): readonly Finding[];
  /** Goes on with what another leader left. */
  adopt(open: readonly Finding[], closed: readonly Finding[]): void;
}

interface KeyedSuspect {
  readonly key: string;
  readonly suspect: NamedSuspect;
}

/** Opens when seen in 2 of the last 3 windows of a length, and closes after 3 without it. */
const opening = { seen: 2, of: 3 };
const closingWindows = 3;
/** ln of how much likelier it must be that a fault is over, before longer windows that reach back to it do not matter. */
const surelyOver = 7;
const [shortest] = windowLengths;
/** How many that closed are kept. */
export const mostClosed = 20;

interface Case {
  finding: Finding;
  key: string;
  suspects: readonly NamedSuspect[];
  nodes: readonly string[];
  /** The length of windows that decides when it closes: the shortest that saw it. */
  seconds: number;
  cleanWindows: number;
  /** The windows of the shortest length since one saw it, and ln of how much likelier it is over that they make it. */
  unseen: { readonly windows: number; readonly isOver: number };
  /** Another name or cause that the last window gave it; a passing picture renames nothing. */
  sharper?: string | undefined;
}

export function createFindings(): Findings {
  const cases = new Map<string, Case>();
  /** By key and window length, whether each of the last windows saw it. */
  const sightings = new Map<string, Map<number, boolean[]>>();
  let closed: readonly Finding[] = [];
  let recent: { readonly key: string; readonly suspects: readonly NamedSuspect[]; readonly at: number }[] =
    [];
  let nodeStates: NodeStates | undefined;

  const close = (one: Case, at: number, why: Closing) => {
    cases.delete(one.key);
    closed = [{ ...one.finding, closed: { at, why } }, ...closed].slice(0, mostClosed);
    recent.push({ key: one.key, suspects: one.suspects, at });
  };
  const stateOf = (nodes: readonly string[]): "settled" | "node-left" | "planned" => {
    const states = nodes.map((node) => (nodeStates === undefined ? "settled" : nodeStates.get(node)));
    if (states.includes(undefined)) return "node-left";
    return states.includes("planned") ? "planned" : "settled";
  };
  const note = (key: string, seconds: number, isSeen: boolean) => {
    const byLength = sightings.get(key) ?? new Map<number, boolean[]>();
    sightings.set(key, byLength);
    const seen = [...(byLength.get(seconds) ?? []), isSeen].slice(-opening.of);
    byLength.set(seconds, seen);
    if ([...byLength.values()].every((all) => !all.includes(true))) sightings.delete(key);
    return seen.filter(Boolean).length;
  };
  const pastOf = ({ seconds, until }: Pick<Judgement, "seconds" | "until">) =>
    recent.filter(({ at }) => at > until - seconds);
  /** What is, or was during the window, known to be broken. */
  const brokenIn = (window: Pick<Judgement, "seconds" | "until">) => [...cases.values(), ...pastOf(window)];
  /** What a part of a node shows while the node is, or was during the window, broken itself comes of that. */
  const isPartOfAnother = ({ culprit, nodes }: Accusation, judgement: Judgement) =>
    brokenIn(judgement).some(
      ({ key, suspects }) =>
        key !== culprit.key && suspects.some((suspect) => isPartOf(culprit, nodes, suspect, key)),
    );
  const isCounted = (accusation: Accusation, judgement: Judgement) => {
    const { key } = accusation.culprit;
    if (cases.has(key)) return true;
    const hasJustEnded = pastOf(judgement).some((one) => one.key === key);
    const isNews = !hasJustEnded && !isPartOfAnother(accusation, judgement);
    return isNews && stateOf(accusation.nodes) === "settled";
  };
  const see = (accusation: Accusation, judgement: Judgement) => {
    const { key, suspects } = accusation.culprit;
    const { seconds, until } = judgement;
    const isSeen = isCounted(accusation, judgement);
    const times = note(key, seconds, isSeen);
    const one = cases.get(key);
    if (one === undefined) {
      if (!isSeen || times < opening.seen) return;
      const plea = accusation.plea();
      if (plea.witnesses === "too-few" || !accusation.isLasting()) return;
      const finding = findingOf(accusation.culprit, plea, idOf(key, plea, until), until, until);
      const { nodes } = accusation;
      cases.set(key, { finding, key, suspects, nodes, seconds, cleanWindows: 0, unseen: unseenNever });
      return;
    }
    if (seconds > one.seconds) return;
    const finding = renewed(one, accusation, until);
    Object.assign(one, { suspects: worstOf(one, suspects), seconds, cleanWindows: 0, finding });
  };
  const miss = (one: Case, { seconds, until }: Judgement) => {
    if (seconds !== one.seconds) return;
    one.cleanWindows += 1;
    if (one.cleanWindows < closingWindows) return;
    const longer = windowLengths.find((length) => length.seconds > one.seconds)?.seconds;
    const isStillSeen = longer !== undefined && sightings.get(one.key)?.get(longer)?.at(-1) === true;
    // A fault at the edge of what short windows show goes on in longer ones.
    if (isStillSeen) Object.assign(one, { seconds: longer, cleanWindows: 0 });
    else close(one, until, "recovered");
  };
  const doubt = (one: Case, isSeen: boolean, { until, speaksAgainst }: Judgement) => {
    one.unseen = isSeen ? unseenNever : unseenIn(one, speaksAgainst.get(one.key) ?? 0);
    const { windows, isOver } = one.unseen;
    if (windows >= closingWindows && isOver > surelyOver) close(one, until, "recovered");
  };

  return {
    judge(judgement) {
      const { seconds, until, accusations } = judgement;
      const accused = new Set(accusations.map(({ culprit }) => culprit.key));
      for (const [key, byLength] of [...sightings]) {
        if (byLength.has(seconds) && !accused.has(key)) note(key, seconds, false);
      }
      for (const accusation of accusations) see(accusation, judgement);
      for (const one of [...cases.values()]) if (!accused.has(one.key)) miss(one, judgement);
      if (seconds === shortest.seconds) {
        for (const one of [...cases.values()]) doubt(one, accused.has(one.key), judgement);
      }
      const longest = windowLengths.at(-1)?.seconds ?? 0;
      recent = recent.filter(({ at }) => at > until - longest);
    },
    follow(nodes, now) {
      nodeStates = nodes;
      for (const one of [...cases.values()]) {
        const state = stateOf(one.nodes);
        if (state !== "settled") close(one, now, state);
      }
    },
    known: (window) =>
      brokenIn(window).flatMap(({ key, suspects }) => suspects.map((suspect) => ({ key, suspect }))),
    open: () => [...cases.values()].map(({ finding }) => finding),
    closed: () => closed,
    adopt(open, before) {
      closed = [...before].slice(0, mostClosed);
      for (const finding of open) {
        const { component, layer, evidence } = finding;
        const key = keyOf(component, layer);
        const suspects = [{ ...suspectOf(component, layer), loss: evidence.loss }];
        const nodes = nodesOf(component);
        const seconds = evidence.windowSeconds;
        cases.set(key, { finding, key, suspects, nodes, seconds, cleanWindows: 0, unseen: unseenNever });
      }
    },
  };
}

/**
 * A node as a whole has all its layers and pods for parts, and whatever its layer its resolver and Service dataplane; and of the DNS of both nodes of a
 * pair, what is asked over the way between them is a part. `nodes` are those of the component and its pods.
 */
function isPartOf(
  { component, layer }: Culprit,
  nodes: readonly string[],
  { component: other }: NamedSuspect,
  otherKey: string,
): boolean {
  const isSmall = (kind: Component["kind"]) => kind === "proxy" || kind === "nodelocaldns";
  if (other.kind === "pair") {
    const isDns = isSmall(component.kind) || layer === "dns_udp" || layer === "dns_tcp";
    return isDns && "node" in component && nodesOf(other).includes(component.node);
  }
  if (!("node" in other) || isSmall(other.kind) || !nodes.includes(other.node)) return false;
  if (otherKey === wholeKeyOf(other)) return "node" in component || component.kind === "dns";
  return isSmall(component.kind);
}

const unseenNever = { windows: 0, isOver: 0 };

/** A sum that begins anew where it falls below nothing (CUSUM). Windows overlap, and each reading is to count once. */
function unseenIn({ unseen }: Case, speaksAgainst: number): Case["unseen"] {
  const added = speaksAgainst * (shortest.step / shortest.seconds);
  return { windows: unseen.windows + 1, isOver: Math.max(0, unseen.isOver + added) };
}

/** A window in which a fault ends shows less of it, and what refutes it is measured by its loss. */
function worstOf({ suspects }: Case, now: readonly NamedSuspect[]): readonly NamedSuspect[] {
  const nameOf = ({ component, layer }: NamedSuspect) =>
    `${component.kind} ${componentName(component)} ${layer}`;
  const before = new Map(suspects.map((one) => [nameOf(one), one.loss]));
  return now.map((one) => ({ ...one, loss: Math.max(one.loss, before.get(nameOf(one)) ?? 0) }));
}

/** What is seen now; another name or cause is taken over when it is seen twice in a row. */
function renewed(one: Case, accusation: Accusation, at: number): Finding {
  const { finding } = one;
  const now = findingOf(accusation.culprit, accusation.plea(), finding.id, finding.openedAt, at);
  const [before, after] = [nameAndCause(finding), nameAndCause(now)];
  const isClear = !accusation.isFading();
  const isAccepted = isClear && (before === after || one.sharper === after);
  if (isClear) one.sharper = after;
  if (isAccepted) return now;
  const { component, otherComponents, layer, cause, otherCauses, summary, checkNext } = finding;
  return { ...now, component, otherComponents, layer, cause, otherCauses, summary, checkNext };
}

function nameAndCause({ component, layer, cause }: Finding): string {
  return `${component.kind} ${componentName(component)} ${layer} ${cause}`;
}
