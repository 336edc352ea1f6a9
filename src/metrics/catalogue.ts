/** A family of series as Prometheus sees it. */
export interface Family<Label extends string = string> {
  readonly name: string;
  /** `durations` is a histogram, or untyped where `vmrange` buckets are asked for. */
  readonly type: "counter" | "gauge" | "histogram" | "summary" | "durations";
  /** In the order in which they are written; `le`, `vmrange` and `quantile` follow. */
  readonly labelNames: readonly Label[];
  readonly help: string;
  /** When a series of it ends. */
  readonly ends: string;
}

const withCheck = "two minutes after the check is gone, as when a neighbour leaves";
const withAgent = "with the agent";
const withLead = "when the agent ceases to judge, as the leader or alone; absent before its first analysis";

/** Every family that an agent can show. One without a sample is absent from the text. */
export const catalogue = {
  errors: family({
    name: "kubenurse_errors_total",
    type: "counter",
    labelNames: ["type", "event"],
    help: "Failed checks by the step that failed; each failure counts once.",
    ends: withCheck,
  }),
  requests: family({
    name: "kubenurse_httpclient_requests_total",
    type: "counter",
    labelNames: ["type", "code"],
    help: "HTTP round trips by status code, or round_trip_error where no answer came.",
    ends: withCheck,
  }),
  requestDuration: family({
    name: "kubenurse_httpclient_request_duration_seconds",
    type: "durations",
    labelNames: ["type"],
    help: "Seconds from the start of a round trip to the headers of its answer.",
    ends: withCheck,
  }),
  traceDuration: family({
    name: "kubenurse_httpclient_trace_request_duration_seconds",
    type: "durations",
    labelNames: ["type", "event"],
    help: "Seconds from the start of a round trip to each event in it; absent in lean detail.",
    ends: withCheck,
  }),
  requestSummary: family({
    name: "kubenurse_request_duration",
    type: "summary",
    labelNames: ["type"],
    help: "Seconds from the start of a round trip to the headers of its answer, with exact quantiles over the last minute.",
    ends: withCheck,
  }),
  probeAttempts: family({
    name: "kubenurse_probe_attempts_total",
    type: "counter",
    labelNames: ["probe", "target"],
    help: "Attempts that said something about their target, ok or failed.",
    ends: withCheck,
  }),
  probeFailures: family({
    name: "kubenurse_probe_failures_total",
    type: "counter",
    labelNames: ["probe", "target", "reason"],
    help: "Failed attempts by their first cause, all of them from the check's begin; in lean detail each from its first failure.",
    ends: withCheck,
  }),
  probeDuration: family({
    name: "kubenurse_probe_duration_seconds",
    type: "histogram",
    labelNames: ["probe", "phase"],
    help: "Seconds of each phase that ran to its end, and of whole attempts that were ok (total); only total in lean detail.",
    ends: withAgent,
  }),
  probeLoss: family({
    name: "kubenurse_probe_loss_ratio",
    type: "gauge",
    labelNames: ["probe", "target", "direction"],
    help: "Share of the last minute's datagrams that were lost on their way there (forward) or back (reverse).",
    ends: `${withCheck}; absent while nothing tells`,
  }),
  probeJitter: family({
    name: "kubenurse_probe_jitter_seconds",
    type: "gauge",
    labelNames: ["probe", "target"],
    help: "Jitter of round trips as in RFC 3550, the mean of the last minute's trains.",
    ends: `${withCheck}; absent without an answer in the last minute`,
  }),
  datagrams: family({
    name: "kubenurse_udp_datagrams_total",
    type: "counter",
    labelNames: ["target", "result"],
    help: "Datagrams sent to neighbours by what became of them; lost_unknown where no answer tells on which way.",
    ends: withCheck,
  }),
  disorder: family({
    name: "kubenurse_udp_disorder_total",
    type: "counter",
    labelNames: ["target", "kind"],
    help: "Answers of neighbours to datagrams that came again, or behind one whose datagram was sent later.",
    ends: withCheck,
  }),
  incomingChecks: family({
    name: "kubenurse_neighbourhood_incoming_checks",
    type: "gauge",
    labelNames: [],
    help: "Distinct agents that checked this one in the last minute.",
    ends: withAgent,
  }),
  discarded: family({
    name: "kubenurse_discarded_checks_total",
    type: "counter",
    labelNames: ["why"],
    help: "Checks that say nothing about the network and count neither as success nor as failure.",
    ends: withAgent,
  }),
  discoveryStale: family({
    name: "kubenurse_discovery_stale_seconds",
    type: "gauge",
    labelNames: [],
    help: "Seconds since the list of neighbours could last be confirmed, 0 while it is watched.",
    ends: withAgent,
  }),
  peers: family({
    name: "kubenurse_peers",
    type: "gauge",
    labelNames: [],
    help: "Agents on other nodes that this one knows of; its neighbours are chosen from them.",
    ends: "with the agent; absent until the first list",
  }),
  nodeInfo: family({
    name: "kubenurse_node_info",
    type: "gauge",
    labelNames: ["node", "zone"],
    help: "The agent's node and its zone, empty where it is not known; always 1.",
    ends: "with the agent; absent until the node is known",
  }),
  nodeSchedulable: family({
    name: "kubenurse_node_schedulable",
    type: "gauge",
    labelNames: [],
    help: "Whether the agent's node takes new pods: 1, or 0 where it is cordoned and so no neighbour of others.",
    ends: "with the agent; absent until the node is known",
  }),
  loopDelay: family({
    name: "kubenurse_event_loop_delay_seconds",
    type: "histogram",
    labelNames: [],
    help: "Seconds by which the agent's own event loop was late.",
    ends: withAgent,
  }),
  cpuPeriods: family({
    name: "kubenurse_cpu_periods_total",
    type: "counter",
    labelNames: [],
    help: "Periods in which the CPU limit of the agent's cgroup was enforced.",
    ends: "with the agent; absent without a readable cgroup",
  }),
  cpuThrottledPeriods: family({
    name: "kubenurse_cpu_throttled_periods_total",
    type: "counter",
    labelNames: [],
    help: "Periods in which the agent's cgroup used up its CPU limit.",
    ends: "with the agent; absent without a readable cgroup",
  }),
  cpuThrottled: family({
    name: "kubenurse_cpu_throttled_seconds_total",
    type: "counter",
    labelNames: [],
    help: "Seconds for which the agent's cgroup was throttled.",
    ends: "with the agent; absent without a readable cgroup",
  }),
  settingsRead: family({
    name: "kubenurse_config_last_reload_successful",
    type: "gauge",
    labelNames: [],
    help: "Whether the settings file could be used when it was last read: 1, or 0 where what was read before still counts.",
    ends: "with the agent; absent without a settings file",
  }),
  settingsReadAt: family({
    name: "kubenurse_config_last_reload_success_timestamp_seconds",
    type: "gauge",
    labelNames: [],
    help: "Unix time at which the settings file that counts was read.",
    ends: "with the agent; absent without a settings file",
  }),
  echo: family({
    name: "kubenurse_echo_datagrams_total",
    type: "counter",
    labelNames: ["result"],
    help: "Datagrams that came in at the agent's UDP port: answered, or dropped as malformed, unknown (no agent's address), unsigned or limited.",
    ends: "with the agent; absent where datagrams are not answered",
  }),
  buildInfo: family({
    name: "kubenurse_build_info",
    type: "gauge",
    labelNames: ["version", "node_version"],
    help: "Version of the agent and of Node.js; always 1.",
    ends: withAgent,
  }),
  certificateExpiry: family({
    name: "kubenurse_certificate_expiry_timestamp_seconds",
    type: "gauge",
    labelNames: ["target", "place"],
    help: "Unix time at which a target's certificate ends (place own), and the first of its issuers' (chain).",
    ends: withCheck,
  }),
  synRetransmitsInferred: family({
    name: "kubenurse_syn_retransmits_inferred_total",
    type: "counter",
    labelNames: [],
    help: "SYNs that had to be sent again, as the connect times of all checks tell.",
    ends: withAgent,
  }),
  synRetransmitsKernel: family({
    name: "kubenurse_syn_retransmits_kernel_total",
    type: "counter",
    labelNames: [],
    help: "SYNs, and answers to SYNs, that the kernel sent again since the agent's start, in all of its network namespace (TCPSynRetrans).",
    ends: "with the agent; absent where the kernel does not tell",
  }),
  meshNeighbours: family({
    name: "kubenurse_mesh_neighbours",
    type: "gauge",
    labelNames: [],
    help: "Agents that this one watches with the checks of datagrams, payload and node addresses.",
    ends: withAgent,
  }),
  meshPairsCovered: family({
    name: "kubenurse_mesh_pairs_covered_ratio",
    type: "gauge",
    labelNames: [],
    help: "Share of the other agents that the rotation visited within its last period of (agents - 1) / rate seconds.",
    ends: "with the agent; absent while there is nobody to visit",
  }),
  meshOldestPair: family({
    name: "kubenurse_mesh_oldest_pair_age_seconds",
    type: "gauge",
    labelNames: [],
    help: "Seconds since the rotation last visited the agent that waits for the longest.",
    ends: "with the agent; absent while there is nobody to visit",
  }),
  meshPairRetries: family({
    name: "kubenurse_mesh_pair_retries_total",
    type: "counter",
    labelNames: ["retry", "result"],
    help: "What came of testing a pair again whose visit failed: new_port, node_address, third_party, reverse.",
    ends: withAgent,
  }),
  finding: family({
    name: "kubenurse_finding",
    type: "gauge",
    labelNames: ["component", "name", "cause"],
    help: "An open finding of the analysis by the part of the cluster it names; its value is the confidence, in (0, 1).",
    ends: "when the finding closes; only at the leader, or at each agent that judges alone",
  }),
  findingsOpen: family({
    name: "kubenurse_findings_open",
    type: "gauge",
    labelNames: [],
    help: "Findings that are open.",
    ends: withLead,
  }),
  findingsOpened: family({
    name: "kubenurse_findings_opened_total",
    type: "counter",
    labelNames: [],
    help: "Findings that this agent opened.",
    ends: withLead,
  }),
  analysisAge: family({
    name: "kubenurse_analysis_age_seconds",
    type: "gauge",
    labelNames: [],
    help: "Seconds since the end of the newest window of reports that was analysed.",
    ends: withLead,
  }),
  analysisDuration: family({
    name: "kubenurse_analysis_duration_seconds",
    type: "gauge",
    labelNames: [],
    help: "Seconds that the newest analysis took.",
    ends: withLead,
  }),
  reporters: family({
    name: "kubenurse_reporters",
    type: "gauge",
    labelNames: [],
    help: "Nodes whose agents reported in the last minute: to the leader, or its own to an agent that judges alone.",
    ends: withLead,
  }),
  reportsReceived: family({
    name: "kubenurse_reports_received_total",
    type: "counter",
    labelNames: ["result"],
    help: "Reports that reached this agent by what became of them.",
    ends: withAgent,
  }),
  leader: family({
    name: "kubenurse_leader",
    type: "gauge",
    labelNames: [],
    help: "Whether this agent analyses the reports of all: 1 or 0.",
    ends: "with the agent; absent where the diagnosis is off",
  }),
  processCpu: ofProcess("process_cpu_seconds_total", "counter", "CPU seconds used."),
  processCpuUser: ofProcess("process_cpu_user_seconds_total", "counter", "CPU seconds used in user mode."),
  processCpuSystem: ofProcess(
    "process_cpu_system_seconds_total",
    "counter",
    "CPU seconds used in the kernel.",
  ),
  processStart: ofProcess("process_start_time_seconds", "gauge", "Unix time of the process's start."),
  processResident: ofProcess("process_resident_memory_bytes", "gauge", "Resident memory."),
  processAnonymous: ofProcess(
    "process_resident_memory_anon_bytes",
    "gauge",
    "Resident memory that is backed by no file.",
  ),
  processVirtual: ofProcess("process_virtual_memory_bytes", "gauge", "Virtual memory."),
  processOpenFds: ofProcess("process_open_fds", "gauge", "Open file descriptors."),
  processMaxFds: ofProcess("process_max_fds", "gauge", "Most file descriptors that may be open."),
  heapTotal: ofProcess("nodejs_heap_size_total_bytes", "gauge", "Heap that V8 has reserved."),
  heapUsed: ofProcess("nodejs_heap_size_used_bytes", "gauge", "Heap that is in use."),
  external: ofProcess(
    "nodejs_external_memory_bytes",
    "gauge",
    "Memory outside the heap that objects in it own.",
  ),
  activeResources: family({
    name: "nodejs_active_resources",
    type: "gauge",
    labelNames: ["type"],
    help: "What keeps the event loop alive, by kind: sockets, servers, timers.",
    ends: "when the last one of its kind closes",
  }),
  gcDuration: family({
    name: "nodejs_gc_duration_seconds",
    type: "histogram",
    labelNames: ["kind"],
    help: "Seconds of each garbage collection.",
    ends: withAgent,
  }),
  nodeVersion: family({
    name: "nodejs_version_info",
    type: "gauge",
    labelNames: ["version", "major", "minor", "patch"],
    help: "Version of Node.js; always 1.",
    ends: withAgent,
  }),
} as const;

/** What prom-client wants to know of a family. */
export function declared<Label extends string>({ name, help, labelNames }: Family<Label>) {
  return { name, help, labelNames };
}

function family<Label extends string>(description: Family<Label>): Family<Label> {
  return description;
}

function ofProcess(name: string, type: "counter" | "gauge", help: string): Family<never> {
  return { name, type, labelNames: [], help, ends: "with the process" };
}
