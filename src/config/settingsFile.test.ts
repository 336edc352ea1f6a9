import { describe, expect, it } from "vitest";
import { parseSettingsFile } from "./settingsFile.ts";

const problemsOf = (text: string) =>
  parseSettingsFile(text, "nurse.yaml").then(
    () => [],
    (error) => error.problems,
  );

/** Each line holds the one before nine times. */
const billionLaughs = Array.from(
  { length: 9 },
  (_, line) => `a${line}: &a${line} [${line === 0 ? "ha" : Array(9).fill(`*a${line - 1}`)}]`,
).join("\n");

describe("a settings file", () => {
  it("has checks of every kind", async () => {
    const { checks } = await parseSettingsFile(
      `
checks:
  - {name: registry, kind: http, url: "https://registry.test/v2/", status: [401, 2xx], body: {matches: "^ok"}, interval: 30s}
  - {name: database, kind: tcp, host: db.test, port: 5432}
  - {name: corporate, kind: dns, server: 10.0.0.53, hostname: intra.test, transport: tcp}
  - {name: system, kind: lookup, hostname: example.org}
  - {name: far, kind: udp, address: 10.1.0.9}
  - {name: tunnel, kind: payload, url: "http://10.1.0.9:8080"}
`,
      "nurse.yaml",
    );
    expect(checks).toMatchObject([
      { kind: "http", status: [401, "2xx"], body: { matches: /^ok/u }, interval: 30, keepConnection: false },
      { kind: "tcp", host: "db.test", port: 5432 },
      { kind: "dns", port: 53, type: "A", transport: "tcp" },
      { kind: "lookup", hostname: "example.org" },
      { kind: "udp", port: 8080 },
      { kind: "payload", url: new URL("http://10.1.0.9:8080/") },
    ]);
  });

  it("may be empty", async () => {
    expect(await parseSettingsFile("", "nurse.yaml")).toEqual({ checks: [] });
  });

  it("may not have a name that another check has", async () => {
    const text = "checks:\n  - {name: registry, kind: tcp, host: a, port: 1}";
    await expect(parseSettingsFile(text, "nurse.yaml", ["registry"])).rejects.toThrow(
      "registry is the name of a check in KUBENURSE_EXTRA_CHECKS, too",
    );
  });

  it.each([
    ["check: []", 'Unrecognized key: "check"'],
    ["checks:\n  - {name: a, kind: tcp, host: b, port: 99999}", "line 2: checks[0].port: "],
    [
      "checks:\n  - {name: a, kind: tcp, host: b, port: 1, tls: true}",
      'line 2: checks[0]: Unrecognized key: "tls"',
    ],
    ["checks:\n  - {name: a, kind: ping}", "checks[0].kind: "],
    [
      "checks:\n  - {name: a, kind: http, url: nurse.test}",
      "checks[0].url: expected an absolute http or https URL",
    ],
    [
      "checks:\n  - {name: me_service, kind: lookup, hostname: b}",
      "checks[0].name: is taken by a check of kubenurse itself",
    ],
    ["checks:\n  - {name: a, kind: lookup, hostname: b, interval: 5}", "checks[0].interval: "],
    ["checks:\n  - {name: a, kind: lookup, hostname: b, interval: 1ms}", "expected a duration from 1s to 1h"],
    [
      "checks:\n  - {name: a, kind: http, url: 'http://b', body: {matches: '('}}",
      "checks[0].body.matches: expected a regular expression: Invalid regular expression",
    ],
    [
      "checks:\n- {name: a, kind: lookup, hostname: b}\n- {name: a, kind: lookup, hostname: c}",
      "line 3: checks[1].name: is the name of check 1, too",
    ],
    ["checks: [", "line 1"],
    ["checks: *more", "Unresolved alias (the anchor must be set before the alias): more"],
    [billionLaughs, "Excessive alias count"],
  ])("is refused when it is wrong: %j", async (text, problem) => {
    const problems = await problemsOf(text);
    expect(problems).not.toEqual([]);
    expect(problems[0]).toMatch(/^KUBENURSE_CONFIG: nurse\.yaml: /);
    expect(problems[0]).toContain(problem);
  });

  it.each([
    ["url: 'http://u:%zz@b/'", "url: expected an absolute http or https URL: user name or password is not"],
    ["url: 'http:///b'", "url: expected an absolute http or https URL: not a URL"],
    ["url: http://b, headers: {a: 'b\0'}", "headers.a: expected a header's value: Invalid character"],
    ["url: http://b, headers: {a: 'Łódź'}", "headers.a: expected a header's value: Invalid character"],
    [
      'url: http://b, headers: {Authorization: "Bearer secret\\n"}',
      "headers.Authorization: expected a header's value: ends with a line break",
    ],
  ])("is refused where an http check could not be sent: %s", async (settings, problem) => {
    const problems = await problemsOf(`checks:\n  - {name: a, kind: http, ${settings}}`);
    expect(problems).toEqual([expect.stringContaining(`checks[0].${problem}`)]);
    expect(problems[0]).not.toMatch(/%zz|secret/);
  });

  it.each([...["a..b", ".b", `${"a".repeat(64)}.b`, "bücher.test", "'a b'", "''"], `${"a.".repeat(126)}bc`])(
    "is refused where a name could not be asked for: %s",
    async (name) => {
      const checks = [
        `{name: a, kind: dns, server: 10.0.0.1, hostname: ${name}}`,
        `{name: b, kind: lookup, hostname: ${name}}`,
        `{name: c, kind: tcp, port: 1, host: ${name}}`,
      ];
      const problems = await problemsOf(`checks: [${checks}]`);
      expect(problems).toEqual([
        expect.stringContaining("checks[0].hostname: expected a DNS name"),
        expect.stringContaining("checks[1].hostname: expected a DNS name"),
        expect.stringContaining("checks[2].host: expected an IP address without brackets, or a DNS name"),
      ]);
    },
  );

  it("takes a host by name or address, but not with the brackets of a URL", async () => {
    const textOf = (host: string) => `checks: [{name: a, kind: tcp, port: 1, host: "${host}"}]`;
    for (const host of ["::1", "10.0.0.1", "_db.my-test.example.", "localhost"])
      expect(await problemsOf(textOf(host))).toEqual([]);
    expect(await problemsOf(textOf("[::1]"))).toEqual([expect.stringContaining("without brackets")]);
  });

  it("is refused with all that is wrong at once", async () => {
    expect(await problemsOf("more: 1\nchecks:\n  - {name: '', kind: lookup, hostname: b}")).toHaveLength(2);
  });
});
