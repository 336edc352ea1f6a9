import { expect, test } from "vitest";
import { describeFault } from "./faults.ts";
import { faultForms, parseFault } from "./faultWords.ts";

const nodes = ["node-1", "node-2"];

test.each([
  ["dead-node node-1", "node-1 is dead"],
  ["black-hole node-1 node-2", "no packet from node-1 to node-2"],
  ["black-hole control-plane node-2", "no packet from control-plane to node-2"],
  ["loss 20% node-1", "20 % loss on all links of node-1"],
  ["loss 0.5 node-1 node-2", "0.5 % loss from node-1 to node-2"],
  ["delay 200ms node-1", "200 ms more on all links of node-1"],
  ["delay 1.5s node-1 control-plane", "1500 ms more from node-1 to control-plane"],
  ["dead-dns 2", "DNS replica 2 is dead"],
  ["refuse node-2", "the Service's endpoint on node-2 refuses"],
  ["ingress-502", "the ingress answers 502"],
  ["freeze node-1", "the agent on node-1 is frozen"],
])("%s: %s", (words, description) => {
  expect(describeFault(parseFault(words.split(" "), nodes))).toBe(description);
});

test("every kind of fault has a form", () => {
  expect(faultForms.map(({ kind }) => kind)).toEqual([
    "dead-node",
    "black-hole",
    "loss",
    "delay",
    "dead-dns",
    "refuse",
    "ingress-502",
    "freeze",
  ]);
});

test.each([
  ["dead-node node-9", 'a node: "node-9"; expected one of node-1, node-2'],
  ["dead-node", "a node: nothing; expected one of node-1, node-2"],
  ["black-hole node-1 node-1", 'the other end: "node-1"; expected another place than the first'],
  ["loss 0 node-1", 'a percentage: "0"; expected more than 0 and at most 100'],
  ["loss 101% node-1", 'a percentage: "101%"; expected more than 0 and at most 100'],
  ["delay 200 node-1", 'a duration: "200"; expected such as 200ms or 1.5s'],
  ["delay -1s node-1", 'a duration: "-1s"; expected such as 200ms or 1.5s'],
  ["dead-dns 3", 'a DNS replica: "3"; expected 1 or 2'],
  [
    "fire node-1",
    'a fault: "fire"; expected one of dead-node, black-hole, loss, delay, dead-dns, refuse, ingress-502, freeze',
  ],
])("%s is refused", (words, message) => {
  expect(() => parseFault(words.split(" "), nodes)).toThrow(new SyntaxError(message));
});
