import type { Prometheus } from "../../../src/demo/prometheus.ts";

/** As Prometheus' API tells of it. */
export interface Alert {
  readonly labels: Readonly<Record<string, string>>;
  readonly state: "pending" | "firing";
}

export async function activeAlerts({ url }: Prometheus): Promise<readonly Alert[]> {
  const response = await fetch(`${url}/api/v1/alerts`);
  const { data } = (await response.json()) as { data: { alerts: Alert[] } };
  return data.alerts;
}
