import { expect, test } from "vitest";
import { createFaults, type Fault } from "./faults.ts";
import { faultForms } from "./faultWords.ts";
import { togglePreset } from "./presets.ts";

test("a key begins its fault and ends it again; the keys cover every kind of fault", () => {
  const heard: string[] = [];
  const faults = createFaults((fault: Fault, now) => heard.push(`${fault.kind} ${now}`));
  for (const key of "12345678") togglePreset(key, faults);
  expect(faults.active().map(({ fault }) => fault.kind)).toEqual(faultForms.map(({ kind }) => kind));
  togglePreset("2", faults);
  expect(faults.active()).toHaveLength(7);
  expect(heard.at(-1)).toBe("black-hole ended");
  togglePreset("x", faults);
  expect(faults.active()).toHaveLength(7);
  expect(faults.heal().map(({ id }) => id)).toEqual(["f1", "f3", "f4", "f5", "f6", "f7", "f8"]);
  expect(faults.active()).toEqual([]);
});
