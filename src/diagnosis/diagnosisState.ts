import type { Clock } from "../edges.ts";
import type { DiagnosisState } from "../metrics/findingFamilies.ts";
import { componentName } from "./finding.ts";
import type { DiagnosisView } from "./view.ts";

/** What the metrics show of a diagnosis. */
export function diagnosisState(view: DiagnosisView, clock: Pick<Clock, "wallNow">): DiagnosisState {
  const { state } = view.leadership();
  const leads = state === "self";
  const analysis = leads || state === "alone" ? view.analysis() : undefined;
  const received = view.received();
  if (analysis === undefined) return { leads, received };
  const { until, durationSeconds, reports, open } = analysis;
  return {
    ...{ leads, received },
    analysis: {
      ...{ durationSeconds, opened: view.opened() },
      ageSeconds: Math.max(0, clock.wallNow() - until),
      reporters: new Set(reports.map(({ node }) => node)).size,
      findings: open.map(({ component, cause, confidence }) => ({
        ...{ component: component.kind, name: componentName(component), cause, confidence },
      })),
    },
  };
}
