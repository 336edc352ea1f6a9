import { expect, test } from "vitest";
import { describeFault } from "./describeFault.ts";
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
  ["black-hole node-1 node-2 overlay", "no packet of the pod network from node-1 to node-2"],
  ["black-hole node-2 any udp", "no UDP packet from node-2 to any place"],
  ["loss 5% node-2 udp", "5 % loss of each UDP packet on all links of node-2"],
  ["loss 5% any node-2 tcp", "5 % loss of each TCP packet from any place to node-2"],
  ["delay 1s node-2 overlay", "1000 ms more of each packet of the pod network on all links of node-2"],
  ["mtu node-2", "no packet of more than 1400 bytes on all links of node-2"],
  ["mtu any node-2 overlay", "no packet of the pod network of more than 1400 bytes from any place to node-2"],
  ["dead-dns 2", "DNS replica 2 is dead"],
  ["lost-dns tcp", "DNS over TCP is lost"],
  ["dead-api 1", "API server replica 1 is dead"],
  ["stale-proxy node-1", "the Services of node-1 keep their old endpoints"],
  ["refuse node-2", "the Service's endpoint on node-2 refuses"],
  ["ingress-502", "the ingress answers 502"],
  ["freeze node-1", "the agent on node-1 is frozen"],
  ["starve node-1", "the agent on node-1 gets too little CPU time"],
])("%s: %s", (words, description) => {
  expect(describeFault(parseFault(words.split(" "), nodes))).toBe(description);
});

const kinds = [
  ...["dead-node", "black-hole", "loss", "delay", "mtu", "dead-dns", "lost-dns", "dead-api"],
  ...["refuse", "stale-proxy", "ingress-502", "freeze", "starve"],
];

test("every kind of fault has a form", () => {
  expect(faultForms.map(({ kind }) => kind)).toEqual(kinds);
});

test.each([
  ["dead-node node-9", 'a node: "node-9"; expected one of node-1, node-2'],
  ["dead-node", "a node: nothing; expected one of node-1, node-2"],
  ["black-hole node-1 node-1", 'the other end: "node-1"; expected another place than the first'],
  ["loss 0 node-1", 'a percentage: "0"; expected more than 0 and at most 100'],
  ["loss 101% node-1", 'a percentage: "101%"; expected more than 0 and at most 100'],
  ["delay 200 node-1", 'a duration: "200"; expected such as 200ms or 1.5s'],
  ["delay -1s node-1", 'a duration: "-1s"; expected such as 200ms or 1.5s'],
  ["dead-dns 3", 'a replica: "3"; expected 1 or 2'],
  ["lost-dns", "a protocol: nothing; expected udp or tcp"],
  ["black-hole node-1 node-2 icmp", 'which packets: "icmp"; expected one of udp, tcp, overlay'],
  ["loss 5% node-1 node-2 icmp", 'which packets: "icmp"; expected one of udp, tcp, overlay'],
  ["mtu any any", 'the other end: "any"; expected another place than the first'],
  ["mtu udp", "a node: nothing; expected one of node-1, node-2, control-plane"],
  ["fire node-1", `a fault: "fire"; expected one of ${kinds.join(", ")}`],
])("%s is refused", (words, message) => {
  expect(() => parseFault(words.split(" "), nodes)).toThrow(new SyntaxError(message));
});
