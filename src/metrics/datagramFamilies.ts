import type { Config } from "../config/config.ts";
import type { Clock } from "../edges.ts";
import type { UdpReading } from "../probes/udp/reading.ts";
import { catalogue } from "./catalogue.ts";
import { keepPerTarget, type TargetLabels } from "./perTarget.ts";
import type { ResultFamilies } from "./resultFamilies.ts";
import type { Sample } from "./sample.ts";

/** Loss and jitter are those of so many seconds. */
const windowSeconds = 60;

interface Datagrams {
  readonly counts: { returned: number; lost_forward: number; lost_reverse: number; lost_unknown: number };
  readonly disorder: { duplicate: number; reordered: number };
  /** In the order of time. */
  trains: { readonly at: number; readonly train: UdpReading }[];
}

/** What became of the datagrams to neighbours. */
export function createDatagramFamilies(detail: Config["metricsDetail"], clock: Clock): ResultFamilies {
  const targets = keepPerTarget<Datagrams>(detail, () => ({
    counts: { returned: 0, lost_forward: 0, lost_reverse: 0, lost_unknown: 0 },
    disorder: { duplicate: 0, reordered: 0 },
    trains: [],
  }));
  const dropOld = (datagrams: Datagrams) => {
    datagrams.trains = datagrams.trains.filter(({ at }) => at > clock.now() - windowSeconds);
  };
  return {
    begun(subject) {
      if (subject.probe === "udp") targets.of(subject);
    },
    counted(subject, outcome) {
      const { reading: train } = outcome;
      // Datagrams to a closed port are not lost.
      if (train.kind !== "udp" || (outcome.state === "failed" && outcome.reason !== "lost")) return;
      const datagrams = targets.of(subject);
      const { forward = 0, reverse = 0 } = train.lost ?? {};
      datagrams.counts.returned += train.returned;
      datagrams.counts.lost_forward += forward;
      datagrams.counts.lost_reverse += reverse;
      datagrams.counts.lost_unknown += train.sent - train.returned - forward - reverse;
      datagrams.disorder.duplicate += train.duplicates;
      datagrams.disorder.reordered += train.reordered;
      datagrams.trains.push({ at: clock.now(), train });
      dropOld(datagrams);
    },
    forgotten: (subject) => targets.forget(subject),
    samples: () =>
      [...targets].flatMap(([labels, datagrams]) => {
        dropOld(datagrams);
        const trains = datagrams.trains.map(({ train }) => train);
        return [
          ...Object.entries(datagrams.counts).map(([result, value]) => ({
            ...{ name: catalogue.datagrams.name, labels: { target: labels.target, result }, value },
          })),
          ...Object.entries(datagrams.disorder).map(([kind, value]) => ({
            ...{ name: catalogue.disorder.name, labels: { target: labels.target, kind }, value },
          })),
          ...lossSamples(labels, trains),
          ...jitterSamples(labels, trains),
        ];
      }),
  };
}

/** Of the trains whose responder told what it received; what it did not receive had no way back to be lost on. */
function lossSamples(labels: TargetLabels, trains: readonly UdpReading[]): Sample[] {
  let [sent, forward, reverse] = [0, 0, 0];
  for (const train of trains) {
    if (train.lost === undefined) continue;
    sent += train.sent;
    forward += train.lost.forward;
    reverse += train.lost.reverse;
  }
  const ratio = (direction: string, lost: number, of: number) =>
    of === 0 ? [] : [{ name: catalogue.probeLoss.name, labels: { ...labels, direction }, value: lost / of }];
  return [...ratio("forward", forward, sent), ...ratio("reverse", reverse, sent - forward)];
}

function jitterSamples(labels: TargetLabels, trains: readonly UdpReading[]): Sample[] {
  const jitters = trains.flatMap(({ jitterSeconds }) => jitterSeconds ?? []);
  if (jitters.length === 0) return [];
  const mean = jitters.reduce((sum, jitter) => sum + jitter, 0) / jitters.length;
  return [{ name: catalogue.probeJitter.name, labels, value: mean }];
}
