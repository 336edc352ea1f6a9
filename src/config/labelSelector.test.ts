import { expect, test } from "vitest";
import { parseLabelSelector } from "./labelSelector.ts";

const labels = {
  app: "kubenurse",
  tier: "web",
  number: "7",
  empty: "",
  "example.com/zone": "a",
  in: "notin",
};

// All tables are what apimachinery's labels.Parse and Matches say (v0.35).
test.each([
  "",
  " ",
  "app",
  "app=kubenurse",
  "app==kubenurse",
  "app = kubenurse , tier=web",
  "app!=other",
  "absent!=other",
  "!absent",
  "! absent",
  "app in (kubenurse,other)",
  "app in ( kubenurse )",
  "app notin (other)",
  "absent notin (other)",
  "app notin ()",
  "empty=",
  "empty",
  "empty in (,a)",
  "empty in (a,)",
  "empty in (a,,b)",
  "empty in ()",
  "number>6",
  "number<8",
  "number > 6,number < 8",
  "example.com/zone=a",
  "in=notin",
  "in in (notin)",
])("%j selects the labels", (text) => {
  const selector = parseLabelSelector(text);
  expect(selector.text).toBe(text);
  expect(selector.matches(labels)).toBe(true);
});

test.each([
  "absent",
  "!app",
  "app=other",
  "app=",
  "app!=kubenurse",
  "app in (other)",
  "app in ()",
  "absent in (a)",
  "app notin (kubenurse,other)",
  "empty notin ()",
  "number>7",
  "number<7",
  "app>1",
  "absent>1",
  "app=kubenurse,tier=db",
  "constructor",
])("%j does not select the labels", (text) => {
  expect(parseLabelSelector(text).matches(labels)).toBe(false);
});

test.each([
  ["app=a=b", '"=" instead of a comma or the end'],
  ["app,", "it ends instead of a label key after the comma"],
  [",app", '"," instead of a label key'],
  ["app,,tier", '"," instead of a label key'],
  ["=a", '"=" instead of a label key'],
  ["!", "it ends instead of a label key"],
  ["!app=a", '"=" instead of a comma or the end'],
  ["app tier", '"tier" instead of one of = == != < > in notin'],
  ["app in", "it ends instead of ("],
  ["app in a", '"a" instead of ('],
  ["app in (a", "it ends instead of a comma or )"],
  ["app in (a b)", '"b" instead of a comma or )'],
  ["app in (a=b)", '"=" instead of a comma or )'],
  ["app=(a)", '"(" instead of a label value'],
  ["app=a b", '"b" instead of a comma or the end'],
  ["app=-a", "\"-a\" can't be a label's value"],
  [`app=${"a".repeat(64)}`, `"${"a".repeat(64)}" can't be a label's value`],
  ["-app", "\"-app\" can't be a label's key"],
  ["/app", "\"/app\" can't be a label's key"],
  ["Example.com/app", "\"Example.com/app\" can't be a label's key"],
  ["a/b/c", "\"a/b/c\" can't be a label's key"],
  ["example.com/", "\"example.com/\" can't be a label's key"],
  [`${"a".repeat(254)}/b`, `"${"a".repeat(254)}/b" can't be a label's key`],
  ["app>a", '"a" is not an integer to compare with'],
  ["app>", '"" is not an integer to compare with'],
  ["app>9223372036854775808", '"9223372036854775808" is not an integer to compare with'],
])("%j is refused: %s", (text, reason) => {
  expect(() => parseLabelSelector(text)).toThrow(new SyntaxError(reason));
});
