import { join } from "node:path";
import { expect, test } from "vitest";
import { openClusterApi } from "./clusterApi.ts";
import { expectHealthy, expectNoErrors, latestResults, oneAgentPerNode } from "./expectations.ts";
import { Fleet } from "./fleet.ts";
import { ingressChecked, install } from "./installation.ts";
import { settings } from "./settings.ts";

const manifests = {
  v12: join(import.meta.dirname, "fixtures/v1.2"),
  base: join(import.meta.dirname, "../../manifests/base"),
};

test("the manifests of v1.2 run this version, and ours replace them in place", async ({ skip }) => {
  skip(settings.install !== "manifests", "KUBENURSE_TEST_INSTALL is not manifests");
  await using api = await openClusterApi();
  await using _old = await install(manifests.v12, "postfinance/kubenurse");
  await using fleet = new Fleet(api);
  const agents = await oneAgentPerNode(fleet);
  await expectHealthy(fleet, agents, ["check skipped: KUBENURSE_INGRESS_URL is empty"]);
  for (const agent of agents) {
    expect(await latestResults(fleet, agent)).toMatchObject({ me_ingress: "skipped", me_service: "ok" });
  }
  await using stack = new AsyncDisposableStack();
  await expectNoErrors(fleet, "applying the base over the manifests of v1.2", async () => {
    stack.use(await install(manifests.base, "kubenurse", [ingressChecked]));
  });
});
