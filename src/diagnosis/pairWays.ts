import type { Component } from "./finding.ts";
import type { Verdict } from "./verdict.ts";
import type { Window } from "./windows.ts";

type Pair = Component & { readonly kind: "pair" };

/** One way is told from the other by so many lost packets, and by so great a share of them. */
const told = { packets: 3, share: 0.8 };

/**
 * Which ways of a pair may be broken, the likelier first. What is lost one way breaks connections of both; where the responder of datagrams or
 * of large messages told on which way they were lost, it is that way alone.
 */
export function pairWays({ graph, pane }: Window, verdicts: readonly Verdict[]): readonly Pair[] {
  const accused = verdicts
    .flatMap(({ place }) => graph.places[place] ?? [])
    .filter((component): component is Pair => component.kind === "pair")
    .toSorted((a, b) => (a.from < b.from ? -1 : 1));
  const [first] = accused;
  if (first === undefined) return [];
  const lost = { there: 0, back: 0 };
  for (const flow of verdicts.flatMap(({ explains }) => explains)) {
    const detail = pane.details.get(flow);
    if (detail === undefined) continue;
    const forward = detail.lostForward + (detail.bad.mtu_black_hole_out ?? 0);
    const reverse = detail.lostReverse + (detail.bad.mtu_black_hole_in ?? 0);
    const begins = graph.nameOf(flow)?.node === first.from;
    lost.there += begins ? forward : reverse;
    lost.back += begins ? reverse : forward;
  }
  const all = lost.there + lost.back;
  if (all >= told.packets && lost.there >= told.share * all) return [first];
  if (all >= told.packets && lost.back >= told.share * all) return [wayBack(first)];
  return accused.filter((way, place) => accused.findIndex(({ from }) => from === way.from) === place);
}

function wayBack({ kind, from, to }: Pair): Pair {
  return { kind, from: to, to: from };
}
