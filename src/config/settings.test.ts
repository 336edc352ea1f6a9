import { expect, test } from "vitest";
import { type Setting, settings, settingsJsonSchema } from "./settings.ts";

const entries = Object.entries<Setting<unknown>>(settings);

test.each(entries)(
  "%s has a default that it accepts and one plain sentence or two",
  (_, { kind, fallback, meaning }) => {
    expect(() => kind.parse(fallback)).not.toThrow();
    expect(meaning).toMatch(/^\S.*\.$/);
  },
);

test("the JSON schema describes each variable as a text", () => {
  expect(settingsJsonSchema()).toMatchObject({
    type: "object",
    properties: Object.fromEntries(
      entries.map(([name, { fallback, meaning }]) => [
        name,
        { type: "string", default: fallback, description: meaning },
      ]),
    ),
  });
});

// A schema that refuses what the agent accepts would make a good chart fail.
test.each([
  ["KUBENURSE_CHECK_INTERVAL", ["5s", "1h2m3.5s", "+.5s", "2\u00b5s"], ["", "5", "5 s", "5d"]],
  ["KUBENURSE_NEIGHBOUR_LIMIT", ["", "10", "-1"], ["ten", "1.5"]],
  ["KUBENURSE_NAMESPACE", ["", "kube-system"], ["Kube", "a/b"]],
  ["KUBENURSE_INGRESS_URL", ["", "https://a", "HTTP://a"], ["a", "ftp://a"]],
  ["KUBERNETES_SERVICE_PORT", ["", "443"], ["https"]],
] as const)("the pattern of %s", (name, good, bad) => {
  const kind = settings[name].kind;
  const pattern = new RegExp(kind.schema.pattern ?? "");
  for (const text of good) {
    expect(text).toMatch(pattern);
    expect(() =>
      kind.parse(text === "" && kind.emptyIsDefault ? settings[name].fallback : text),
    ).not.toThrow();
  }
  for (const text of bad) {
    expect(text).not.toMatch(pattern);
    expect(() => kind.parse(text)).toThrow(SyntaxError);
  }
});
