import { readFileSync } from "node:fs";
import { isDeepStrictEqual } from "node:util";
import { expect, test } from "vitest";
import { parse } from "yaml";
import manifest from "../../package.json" with { type: "json" };

const read = (file: string): Record<string, unknown> => parse(readFileSync(file, "utf8"));

/** Paths of the values of `theirs` whose default is another one in `ours`. What is empty there and absent here is the same. */
function differences(theirs: Record<string, unknown>, ours: Record<string, unknown>, parent = ""): string[] {
  return Object.entries(theirs).flatMap(([name, value]) => {
    const path = `${parent}${name}`;
    const own = ours[name];
    if (isMap(value) && isMap(own) && Object.keys(value).length > 0)
      return differences(value, own, `${path}.`);
    return isDeepStrictEqual(value ?? "", own) ? [] : [path];
  });
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

test("docs/upgrading.md lists every default that is not that of the Go kubenurse's chart", () => {
  const page = readFileSync("docs/upgrading.md", "utf8");
  const [, table = ""] = page.split("## Defaults that changed");
  const listed = [...table.matchAll(/^\| `([^`]+)` \|/gm)].map(([, path]) => path);
  expect(listed).toEqual(differences(read("chart/ci/upstream-values.yaml"), read("chart/values.yaml")));
});

test("the chart installs this version", () => {
  expect(read("chart/Chart.yaml")).toMatchObject({ version: manifest.version, appVersion: manifest.version });
});
