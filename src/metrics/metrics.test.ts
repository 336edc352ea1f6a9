import { expect, test } from "vitest";
import { linesOf, meteredChecks } from "../../test/peers/meteredChecks.ts";
import { httpSubject } from "../../test/peers/subject.ts";
import { discards } from "../probes/probe.ts";
import { noGrace } from "../results/grace.ts";

test("an agent without a check yet shows only itself", async () => {
  const { metrics } = meteredChecks();
  const text = await metrics.render();
  expect([...text.matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name)).toEqual([
    "kubenurse_build_info",
    "kubenurse_discarded_checks_total",
    "kubenurse_discovery_stale_seconds",
    "kubenurse_event_loop_delay_seconds",
    "kubenurse_neighbourhood_incoming_checks",
    "kubenurse_node_info",
    "kubenurse_node_schedulable",
    "kubenurse_peers",
    "kubenurse_syn_retransmits_inferred_total",
  ]);
  expect(linesOf(text, "kubenurse_build_info").at(-1)).toBe(
    `kubenurse_build_info{version="2.0.0",node_version="${process.versions.node}"} 1`,
  );
});

test("the families of checks, to the letter", async () => {
  const { metrics, ok, fail } = meteredChecks({ KUBENURSE_HISTOGRAM_BUCKETS: "0.00005,0.5,1" });
  ok("path_node.b", { connect: 0.25, processing: 0.5 });
  fail("path_node.b", { phase: "connect", reason: "connect_timeout", phases: { connect: 5 } });
  const text = await metrics.render();
  expect(linesOf(text, "kubenurse_errors_total")).toEqual([
    "# HELP kubenurse_errors_total Failed checks by the step that failed; each failure counts once.",
    "# TYPE kubenurse_errors_total counter",
    'kubenurse_errors_total{type="path_node.b",event="connect_done"} 1',
  ]);
  expect(linesOf(text, "kubenurse_httpclient_requests_total").slice(2)).toEqual([
    'kubenurse_httpclient_requests_total{type="path_node.b",code="200"} 1',
    'kubenurse_httpclient_requests_total{type="path_node.b",code="round_trip_error"} 1',
  ]);
  const duration = "kubenurse_httpclient_request_duration_seconds";
  expect(linesOf(text, duration).slice(1)).toEqual([
    `# TYPE ${duration} histogram`,
    `${duration}_bucket{type="path_node.b",le="5e-05"} 0`,
    `${duration}_bucket{type="path_node.b",le="0.5"} 0`,
    `${duration}_bucket{type="path_node.b",le="1"} 1`,
    `${duration}_bucket{type="path_node.b",le="+Inf"} 1`,
    `${duration}_sum{type="path_node.b"} 0.75`,
    `${duration}_count{type="path_node.b"} 1`,
  ]);
  const trace = "kubenurse_httpclient_trace_request_duration_seconds";
  expect(linesOf(text, `${trace}_count`)).toEqual([
    `${trace}_count{type="path_node.b",event="connect_done"} 1`,
    `${trace}_count{type="path_node.b",event="connect_start"} 2`,
    `${trace}_count{type="path_node.b",event="got_conn"} 1`,
    `${trace}_count{type="path_node.b",event="got_first_resp_byte"} 1`,
    `${trace}_count{type="path_node.b",event="wrote_request"} 1`,
  ]);
  expect(linesOf(text, `${trace}_sum{type="path_node.b",event="got_first`)).toEqual([
    `${trace}_sum{type="path_node.b",event="got_first_resp_byte"} 0.75`,
  ]);
  expect(linesOf(text, "kubenurse_request_duration").slice(1)).toEqual([
    "# TYPE kubenurse_request_duration summary",
    'kubenurse_request_duration{type="path_node.b",quantile="0.5"} 0.75',
    'kubenurse_request_duration{type="path_node.b",quantile="0.9"} 0.75',
    'kubenurse_request_duration{type="path_node.b",quantile="0.99"} 0.75',
    'kubenurse_request_duration_sum{type="path_node.b"} 0.75',
    'kubenurse_request_duration_count{type="path_node.b"} 1',
  ]);
});

test("an answer whose body is not as expected is no round trip without an answer", async () => {
  const { metrics, ok, fail } = meteredChecks();
  ok("extra", { connect: 0.25, processing: 0.5 });
  fail("extra", { phase: "transfer", reason: "body_mismatch", phases: { transfer: 0.1 } });
  const text = await metrics.render();
  expect(linesOf(text, "kubenurse_httpclient_requests_total").slice(2)).toEqual([
    'kubenurse_httpclient_requests_total{type="extra",code="200"} 1',
  ]);
  expect(linesOf(text, "kubenurse_errors_total").slice(2)).toHaveLength(1);
});

test("the default buckets are those of the Go kubenurse", async () => {
  const { metrics, ok } = meteredChecks();
  ok("me_service", { processing: 0.003 });
  const buckets = linesOf(await metrics.render(), "kubenurse_httpclient_request_duration_seconds_bucket");
  expect(buckets.map((line) => /le="(.*)"/.exec(line)?.[1]).join(" ")).toBe(
    "0.005 0.01 0.025 0.05 0.1 0.25 0.5 1 2.5 5 10 +Inf",
  );
});

test("a followed redirect is a round trip, and no error", async () => {
  const { metrics, ok } = meteredChecks();
  ok("me_ingress", { processing: 0.1 }, { processing: 0.2 });
  const text = await metrics.render();
  expect(text).not.toContain("kubenurse_errors_total");
  expect(linesOf(text, "kubenurse_httpclient_requests_total{")).toEqual([
    'kubenurse_httpclient_requests_total{type="me_ingress",code="200"} 1',
    'kubenurse_httpclient_requests_total{type="me_ingress",code="302"} 1',
  ]);
});

test("a status other than 200 counts as an answer and as one error", async () => {
  const { metrics, results } = meteredChecks();
  results.begin(httpSubject("me_service"), noGrace);
  results.record("me_service", {
    state: "failed",
    phase: "processing",
    reason: "http_status",
    detail: "503 Service Unavailable",
    phases: { processing: 0.1 },
    reading: { kind: "http", roundTrips: [{ code: 503, phases: { processing: 0.1 } }] },
  });
  const text = await metrics.render();
  expect(text).toContain('kubenurse_errors_total{type="me_service",event="status_code_503"} 1\n');
  expect(linesOf(text, "kubenurse_httpclient_requests_total{")).toEqual([
    'kubenurse_httpclient_requests_total{type="me_service",code="503"} 1',
  ]);
  expect(text).toContain('kubenurse_httpclient_request_duration_seconds_count{type="me_service"} 1\n');
});

test("quantiles are those of the last minute, sum and count are for good", async () => {
  const { metrics, clock, ok } = meteredChecks();
  ok("me_service", { processing: 0.5 });
  await clock.advance(61);
  expect(linesOf(await metrics.render(), "kubenurse_request_duration").slice(2)).toEqual([
    'kubenurse_request_duration_sum{type="me_service"} 0.5',
    'kubenurse_request_duration_count{type="me_service"} 1',
  ]);
});

test("a neighbour that left leaves nothing, two minutes later", async () => {
  const { metrics, results, clock, ok, fail } = meteredChecks();
  // The durations of all probes of one kind are the agent's.
  const ofChecks = async () =>
    (await metrics.render()).split("\n").filter((line) => !line.includes("kubenurse_probe_duration"));
  const before = await ofChecks();
  ok("path_b", { processing: 0.5 });
  fail("path_b", { phase: "tls", reason: "tls_error", phases: {} });
  expect(await metrics.render()).toContain('type="path_b"');
  results.end("path_b", "peer-left");
  expect(await metrics.render()).toContain('type="path_b"');
  await clock.advance(120);
  expect(await ofChecks()).toEqual(before);
});

test("discards are counted by reason, all of them from the start", async () => {
  const { metrics, results } = meteredChecks();
  results.discard(httpSubject("path_b"), "stopping");
  expect(linesOf(await metrics.render(), "kubenurse_discarded_checks_total{")).toEqual(
    discards
      .toSorted()
      .map((why) => `kubenurse_discarded_checks_total{why="${why}"} ${why === "stopping" ? 1 : 0}`),
  );
});

test("lean: neighbours share their durations, and these outlive each of them", async () => {
  const { metrics, results, clock, ok, fail } = meteredChecks({ KUBENURSE_METRICS_DETAIL: "lean" });
  ok("path_b", { connect: 1, processing: 1 });
  ok("path_c", { processing: 4 });
  ok("me_service", { processing: 8 });
  fail("path_c", { phase: "connect", reason: "connect_refused", phases: { connect: 1 } });
  const text = await metrics.render();
  expect(text).not.toContain("trace_request");
  expect(linesOf(text, "kubenurse_errors_total{")).toEqual([
    'kubenurse_errors_total{type="path_c",event="connect_done"} 1',
  ]);
  expect(linesOf(text, "kubenurse_httpclient_requests_total{")).toHaveLength(4);
  const duration = "kubenurse_httpclient_request_duration_seconds";
  expect(linesOf(text, `${duration}_sum`)).toEqual([
    `${duration}_sum{type="me_service"} 8`,
    `${duration}_sum{type="path"} 6`,
  ]);
  const summary = [
    'kubenurse_request_duration{type="path",quantile="0.5"} 2',
    'kubenurse_request_duration{type="path",quantile="0.9"} 4',
    'kubenurse_request_duration{type="path",quantile="0.99"} 4',
    'kubenurse_request_duration_sum{type="path"} 6',
    'kubenurse_request_duration_count{type="path"} 2',
  ];
  expect(linesOf(text, "kubenurse_request_duration").filter((line) => line.includes('"path"'))).toEqual(
    summary,
  );

  results.end("path_b", "peer-left");
  results.end("path_c", "peer-left");
  await clock.advance(120);
  const after = await metrics.render();
  expect(after).not.toContain("path_");
  expect(linesOf(after, `${duration}_sum{type="path"}`)).toEqual([`${duration}_sum{type="path"} 6`]);
  expect(linesOf(after, "kubenurse_request_duration").filter((line) => line.includes('"path"'))).toEqual(
    summary.slice(3),
  );
});

test("VictoriaMetrics histograms hold only what was seen", async () => {
  const { metrics, ok } = meteredChecks({ KUBENURSE_VICTORIAMETRICS_HISTOGRAM: "true" });
  ok("me_service", { processing: 0.001 });
  ok("me_service", { processing: 0.001 });
  ok("me_service", { processing: 3 });
  const duration = "kubenurse_httpclient_request_duration_seconds";
  expect(linesOf(await metrics.render(), duration).slice(1)).toEqual([
    `# TYPE ${duration} untyped`,
    `${duration}_bucket{type="me_service",vmrange="8.799e-04...1.000e-03"} 2`,
    `${duration}_bucket{type="me_service",vmrange="2.783e+00...3.162e+00"} 1`,
    `${duration}_sum{type="me_service"} 3.002`,
    `${duration}_count{type="me_service"} 3`,
  ]);
});

test("without metadata there are only samples", async () => {
  const { metrics, ok } = meteredChecks({ KUBENURSE_EXPOSE_METADATA: "false" });
  ok("me_service", { processing: 0.001 });
  expect(await metrics.render()).toMatch(/^([a-z_]+(\{.*\})? \S+\n)+$/);
});

test("the view of the cluster is unknown, fresh, or stale for so many seconds", async () => {
  const staleness = async (view: Parameters<typeof meteredChecks>[1]) =>
    linesOf(
      await meteredChecks({ KUBENURSE_EXPOSE_METADATA: "false" }, view).metrics.render(),
      "kubenurse_discovery_stale_seconds",
    );
  const { metrics, clock } = meteredChecks(
    { KUBENURSE_EXPOSE_METADATA: "false" },
    { view: () => ({ state: "unknown" }) },
  );
  await clock.advance(30);
  expect(linesOf(await metrics.render(), "kubenurse_discovery_stale_seconds")).toEqual([
    "kubenurse_discovery_stale_seconds 30",
  ]);
  expect(await staleness({ view: () => ({ state: "fresh", peers: [] }) })).toEqual([
    "kubenurse_discovery_stale_seconds 0",
  ]);
  const since = 1_700_000_000 - 90;
  expect(await staleness({ view: () => ({ state: "stale", since, error: "gone", peers: [] }) })).toEqual([
    "kubenurse_discovery_stale_seconds 90",
  ]);
});

test("the event loop's delays are a histogram", async () => {
  const { metrics } = meteredChecks();
  metrics.observeLoopDelay(0.3);
  const lines = linesOf(await metrics.render(), "kubenurse_event_loop_delay_seconds");
  expect(lines).toContain('kubenurse_event_loop_delay_seconds_bucket{le="0.25"} 0');
  expect(lines).toContain('kubenurse_event_loop_delay_seconds_bucket{le="0.5"} 1');
});

test("who checks this agent is counted", async () => {
  const { metrics } = meteredChecks();
  metrics.incoming.record("kubenurse-a");
  expect(await metrics.render()).toContain("\nkubenurse_neighbourhood_incoming_checks 1\n");
});
