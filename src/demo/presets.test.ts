import { expect, test } from "vitest";
import { createFaults, type Fault } from "./faults.ts";
import { faultForms } from "./faultWords.ts";
import { togglePreset } from "./presets.ts";

test("a key begins its fault and ends it again; the keys cover every kind of fault", () => {
  const heard: string[] = [];
  const faults = createFaults((fault: Fault, now) => heard.push(`${fault.kind} ${now}`));
  const keys = "12345678omtaps";
  for (const key of keys) togglePreset(key, faults);
  const kinds = new Set(faults.active().map(({ fault }) => fault.kind));
  expect(kinds).toEqual(new Set(faultForms.map(({ kind }) => kind)));
  expect(faults.active()).toHaveLength(keys.length);
  togglePreset("2", faults);
  expect(faults.active()).toHaveLength(keys.length - 1);
  expect(heard.at(-1)).toBe("black-hole ended");
  togglePreset("x", faults);
  expect(faults.active()).toHaveLength(keys.length - 1);
  expect(faults.heal().map(({ id }) => id)).not.toContain("f2");
  expect(faults.active()).toEqual([]);
});
