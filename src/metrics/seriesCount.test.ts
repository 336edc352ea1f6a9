import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { meteredChecks } from "../../test/peers/meteredChecks.ts";

/** Lines of an agent with the four built-in checks and 10 neighbours, all of them well. */
async function seriesOf(detail: "full" | "lean"): Promise<number> {
  const { metrics, ok } = meteredChecks({
    KUBENURSE_METRICS_DETAIL: detail,
    KUBENURSE_EXPOSE_METADATA: "false",
  });
  ok("api_server_direct", { connect: 1, tls: 1, processing: 1 });
  ok("api_server_dns", { resolve: 1, connect: 1, tls: 1, processing: 1 });
  ok("me_ingress", { resolve: 1, connect: 1, tls: 1, processing: 1 });
  ok("me_service", { resolve: 1, connect: 1, processing: 1 });
  for (let n = 0; n < 10; n++) ok(`path_node-${n}`, { connect: 1, processing: 1 });
  return (await metrics.render()).trim().split("\n").length;
}

test.each(["full", "lean"] as const)("the number of series in %s detail is as documented", async (detail) => {
  const page = readFileSync(new URL("../../docs/metrics.md", import.meta.url), "utf8");
  const documented = new RegExp(`^\\| \`${detail}\` \\| ([\\d,]+) \\|$`, "m").exec(page)?.[1];
  expect(documented?.replace(",", "")).toBe(String(await seriesOf(detail)));
});
