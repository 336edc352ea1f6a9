import { eachIsNamed, rolloutOpensNothing } from "./trials.ts";

rolloutOpensNothing();
eachIsNamed([["a dead node", { kind: "dead-node", node: "node-3" }, ["node node-3: node_down"]]]);
