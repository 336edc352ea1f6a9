import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { testEdges } from "../../test/peers/edges.ts";
import { startHttpPeer } from "../../test/peers/httpPeer.ts";
import { loadConfig } from "../config/loadConfig.ts";
import { parseSettingsFile } from "../config/settingsFile.ts";
import { createTrust } from "../probes/http/trust.ts";
import type { Check } from "./checks.ts";
import { createFileChecks } from "./fileChecks.ts";
import { httpChecks } from "./httpCheck.ts";

function fileChecks() {
  const trust = createTrust(true, []);
  const running = new Map<string, Check>();
  const told: string[] = [];
  const checks = {
    start(check: Check) {
      running.set(check.subject.type, check);
      told.push(`start ${check.subject.type}`);
    },
    end(type: string) {
      running.delete(type);
      told.push(`end ${type}`);
    },
  };
  const httpCheck = httpChecks({ config: loadConfig({}).config, trust });
  return { running, told, ...createFileChecks({ checks, httpCheck, trust, meshKey: undefined }) };
}

test("the page's example has a check of every kind", async () => {
  const page = readFileSync(new URL("../../docs/settings-file.md", import.meta.url), "utf8");
  const { running, follow } = fileChecks();
  follow(await parseSettingsFile(/```yaml\n(.*?)```/s.exec(page)?.[1] ?? "", "the page"));
  const kinds = [...running.values()].map(({ subject }) => subject.probe);
  expect(kinds).toEqual(["http", "tcp", "dns", "lookup", "udp", "payload"]);
  expect(running.get("registry")).toMatchObject({ intervalSeconds: 30, subject: { compatible: true } });
});

test("checks that changed end and begin, the others go on", async () => {
  const { told, follow } = fileChecks();
  const read = (text: string) => parseSettingsFile(`checks:\n${text}`, "file");
  const lookup = (name: string, hostname: string) =>
    `- {name: ${name}, kind: lookup, hostname: ${hostname}}\n`;
  follow(await read(lookup("a", "one") + lookup("b", "two")));
  follow(await read(lookup("b", "two") + lookup("a", "other") + lookup("c", "three")));
  expect(told).toEqual(["start a", "start b", "end a", "start a", "start c"]);
});

test("an http check sends its headers and judges status and body", async () => {
  await using peer = await startHttpPeer((request, response) =>
    response.writeHead(401).end(`hello ${request.headers["x-nurse"]}`),
  );
  const { running, follow } = fileChecks();
  const check = (body: string) =>
    `checks: [{name: a, kind: http, url: "${peer.url}", headers: {x-nurse: "7"}, status: [4xx], body: {contains: "${body}"}}]`;
  const attempt = () =>
    running.get("a")?.attempt({ signal: new AbortController().signal, edges: testEdges() });
  follow(await parseSettingsFile(check("hello 7"), "file"));
  expect(await attempt()).toMatchObject({ state: "ok" });
  follow(await parseSettingsFile(check("goodbye"), "file"));
  expect(await attempt()).toMatchObject({ state: "failed", reason: "body_mismatch" });
});
