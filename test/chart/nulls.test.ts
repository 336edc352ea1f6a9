import { expect, test } from "vitest";
import { chartSchema } from "../../scripts/writeChartSchema.ts";
import { chart, helm, render } from "./helm.ts";

interface Form {
  readonly properties?: Readonly<Record<string, Form>>;
  readonly required?: readonly string[];
}

interface Value {
  readonly path: string;
  readonly removable: boolean;
}

/** All values, those of maps too unless the map may be removed. */
function valuesOf({ properties = {}, required = [] }: Form, parent = ""): Value[] {
  return Object.entries(properties).flatMap(([name, form]) => {
    const path = `${parent}${name}`;
    const removable = !required.includes(name);
    return [{ path, removable }, ...(removable ? [] : valuesOf(form, `${path}.`))];
  });
}

/** What is switched on, so that as many templates as possible are used. */
const on = [
  "serviceMonitor.enabled=true",
  "prometheusRule.enabled=true",
  "dashboards.enabled=true",
  "networkPolicy.enabled=true",
  "diagnosis.analyse.enabled=true",
  "httpRoute.enabled=true",
  "httpRoute.parentRefs[0].name=public",
  "httpRoute.hostnames[0]=kubenurse.example.com",
];

/** @throws with helm's account. */
async function install(settings: readonly string[]): Promise<string> {
  const flags = settings.flatMap((setting) => ["--set", setting]);
  return await helm("install", "kubenurse", chart, "--dry-run=client", ...flags);
}

/** Values without a default, so there is nothing to remove. */
const ofParentChart = ["global", "enabled"];

const values = valuesOf(chartSchema());
const removable = values
  .filter(({ path }) => !on.some((setting) => setting.startsWith(path)))
  .filter((value) => value.removable && !ofParentChart.includes(value.path))
  .map(({ path }) => `${path}=null`);

test("every value but the needed ones may be null", async () => {
  expect(removable).toContain("ingress.url=null");
  const text = await install([...on, ...removable]);
  expect(text).toContain("The check me_ingress asks https://kubenurse.example.com/alwayshappy.");
  expect(text).not.toMatch(/%!|<nil>|WARNING/);
});

const needed = values.filter((value) => !value.removable).map(({ path }) => path);

test("maps and the values that make an object are needed", () => {
  expect(needed).toEqual(expect.arrayContaining(["ingress", "daemonset.image", "service.port"]));
});

test.each(needed)("null for %s is refused with its name", async (path) => {
  await expect(install([`${path}=null`])).rejects.toThrow(`missing property '${path.split(".").at(-1)}'`);
});

test("a monitor without an interval leaves it to Prometheus", async () => {
  const objects = await render("--set", "serviceMonitor.enabled=true,serviceMonitor.interval=null");
  const monitor = objects.find(({ kind }) => kind === "ServiceMonitor");
  expect(monitor).toMatchObject({ spec: { endpoints: [{ path: "/metrics" }] } });
  expect(JSON.stringify(monitor)).not.toContain("interval");
});
