import { expect, test } from "vitest";
import { ConfigError } from "../config/configError.ts";
import { settings } from "../config/settings.ts";
import { checkConfig } from "./checkConfig.ts";

test("prints every variable once, with the text that counts and its source", async () => {
  const { lines, warnings } = await checkConfig({
    KUBENURSE_CHECK_INTERVAL: "1m",
    KUBENURSE_NEIGHBOUR_LIMIT: "",
    no_proxy: "*",
  });
  expect(lines).toHaveLength(Object.keys(settings).length);
  expect(lines).toContain("KUBENURSE_CHECK_INTERVAL=1m (environment)");
  expect(lines).toContain("KUBENURSE_NEIGHBOUR_LIMIT=10 (default)");
  expect(lines).toContain("KUBENURSE_INGRESS_URL= (default)");
  expect(lines).toContain("no_proxy=* (environment)");
  expect(warnings).toEqual([]);
});

test("prints no user name or password", async () => {
  const { lines } = await checkConfig({
    KUBENURSE_SERVICE_URL: "http://me:password@nurse:8080",
    KUBENURSE_EXTRA_CHECKS: "a:http://me:password@b|c:https://me@d/",
    HTTP_PROXY: "me:password@proxy:3128",
    HTTPS_PROXY: "http://me:password@proxy:3128",
  });
  expect(lines).toContain("KUBENURSE_SERVICE_URL=http://***@nurse:8080 (environment)");
  expect(lines).toContain("KUBENURSE_EXTRA_CHECKS=a:http://***@b|c:https://***@d/ (environment)");
  expect(lines).toContain("HTTP_PROXY=***@proxy:3128 (environment)");
  expect(lines).toContain("HTTPS_PROXY=http://***@proxy:3128 (environment)");
});

test("prints no value of a query", async () => {
  const { lines } = await checkConfig({
    KUBENURSE_SERVICE_URL: "http://nurse/?secret",
    KUBENURSE_EXTRA_CHECKS: "a:http://b/c?key=secret&d=secret#e|f:http://g/?key=secret?x=secret",
  });
  expect(lines).toContain("KUBENURSE_SERVICE_URL=http://nurse/?*** (environment)");
  expect(lines).toContain(
    "KUBENURSE_EXTRA_CHECKS=a:http://b/c?key=***&d=***#e|f:http://g/?key=*** (environment)",
  );
});

test("passes warnings on", async () => {
  expect((await checkConfig({ KUBENURSE_USETLS: "true" })).warnings).toEqual([
    "KUBENURSE_USETLS: not known; KUBENURSE_USE_TLS is",
  ]);
});

test("throws as the start would", async () => {
  await expect(checkConfig({ KUBENURSE_CHECK_INTERVAL: "5" })).rejects.toThrow(ConfigError);
  const missing = checkConfig({ KUBENURSE_CONFIG: "/nonexistent/nurse.yaml" });
  await expect(missing).rejects.toThrow("KUBENURSE_CONFIG: /nonexistent/nurse.yaml: can't be read (ENOENT)");
});
