import { type Sample, total } from "../samples.ts";

/** What an agent says of one thing that can go wrong, as `http path_node2 connect_timeout`; it goes up when the thing happens. */
export type Readings = ReadonlyMap<string, number>;

/** Below 200 ms no lost segment was sent again, below 1 s no lost SYN. */
const slowSeconds = ["0.19", "0.9"];

/** Reads from an agent's metrics all that tells of trouble. */
export function readingsOf(samples: readonly Sample[]): Readings {
  const readings = new Map<string, number>();
  for (const { name, labels, value } of samples) {
    const words = counters[name]?.(labels);
    if (words !== undefined) readings.set(words, value);
    if (name !== "kubenurse_probe_duration_seconds_count" || labels.phase === "total") continue;
    for (const le of slowSeconds) {
      const fast = total(samples, "kubenurse_probe_duration_seconds_bucket", { ...labels, le });
      readings.set(`slow ${labels.probe} ${labels.phase} over ${le} s`, value - fast);
    }
  }
  return readings;
}

type Labels = Sample["labels"];

/** Of each family that tells of trouble, the reading; none where a sample tells that all is well. */
const counters: Readonly<Record<string, (labels: Labels) => string | undefined>> = {
  kubenurse_probe_failures_total: ({ probe, target, reason }) => `${probe} ${target} ${reason}`,
  kubenurse_errors_total: ({ type, event }) => `http ${type} errors_total ${event}`,
  kubenurse_discarded_checks_total: ({ why }) => `discarded ${why}`,
  kubenurse_mesh_pair_retries_total: ({ retry, result }) => `retry ${retry} ${result}`,
  kubenurse_udp_datagrams_total: ({ target, result }) =>
    result === "returned" ? undefined : `datagrams ${target} ${result}`,
  kubenurse_probe_loss_ratio: ({ target, direction }) => `loss ${target} ${direction}`,
  kubenurse_echo_datagrams_total: ({ result }) => (result === "answered" ? undefined : `echo ${result}`),
  kubenurse_syn_retransmits_inferred_total: () => "syn inferred",
  kubenurse_syn_retransmits_kernel_total: () => "syn kernel",
  kubenurse_cpu_throttled_periods_total: () => "cpu throttled",
  kubenurse_discovery_stale_seconds: () => "discovery stale",
};
