import { expect, it } from "vitest";
import { type DiagnosisState, findingSamples } from "./findingFamilies.ts";

const dead = { component: "node", name: "node-3", cause: "node_down", confidence: 0.97 };
const state: DiagnosisState = {
  leads: true,
  analysis: { ageSeconds: 4, durationSeconds: 0.01, reporters: 3, findings: [dead], opened: 2 },
  received: { accepted: 12, late: 1 },
};

const lines = (state: DiagnosisState | undefined) =>
  findingSamples(state).map(({ name, labels, value }) => `${name}${JSON.stringify(labels)} ${value}`);

it("the leader shows each finding with its confidence, and the analysis", () => {
  expect(lines(state)).toEqual([
    "kubenurse_leader{} 1",
    'kubenurse_reports_received_total{"result":"accepted"} 12',
    'kubenurse_reports_received_total{"result":"late"} 1',
    'kubenurse_finding{"component":"node","name":"node-3","cause":"node_down"} 0.97',
    "kubenurse_findings_open{} 1",
    "kubenurse_findings_opened_total{} 2",
    "kubenurse_analysis_age_seconds{} 4",
    "kubenurse_analysis_duration_seconds{} 0.01",
    "kubenurse_reporters{} 3",
  ]);
});

it("another agent shows that it does not lead, and what reached it", () => {
  expect(lines({ leads: false, received: {} })).toEqual(["kubenurse_leader{} 0"]);
  expect(lines(undefined)).toEqual([]);
});

it("findings with the same labels are one series, with the most certain one's value", () => {
  const { analysis } = state;
  const findings = [dead, { ...dead, confidence: 0.7 }];
  const shown = lines({ ...state, ...(analysis && { analysis: { ...analysis, findings } }) });
  expect(shown.filter((line) => line.startsWith("kubenurse_finding{"))).toHaveLength(1);
  expect(shown).toContain("kubenurse_findings_open{} 2");
});

it("however many findings there are, the series are at most 50", () => {
  const { analysis } = state;
  const findings = Array.from({ length: 60 }, (_, n) => ({ ...dead, name: `node-${n}` }));
  const shown = lines({ ...state, ...(analysis && { analysis: { ...analysis, findings } }) });
  expect(shown.filter((line) => line.startsWith("kubenurse_finding{"))).toHaveLength(50);
});
