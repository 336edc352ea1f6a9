import type { FlowAnswer } from "../server/answers.ts";

/** What was checked, and how, in few words: `http to node-3`, `dns of coredns-x over udp`. */
export function checkName({ probe, target }: Pick<FlowAnswer, "probe" | "target">): string {
  switch (target.kind) {
    case "node":
      return `${probe} to ${target.node}`;
    case "dns_pod":
      return `dns of ${target.pod} over ${target.transport}`;
    case "dns_service":
      return `dns by its Service over ${target.transport}`;
    case "dns_resolver":
      return `dns by resolver ${target.resolver} over ${target.transport}`;
    case "dns_external":
      return "dns of an external name";
    case "lookup":
      return `lookup ${target.name}`;
    case "service":
      return `service, ${target.via === "address" ? "each endpoint" : `${target.via} connection`}`;
    case "api_server":
      return target.via === "endpoint" ? `api server ${target.endpoint}` : `api server by ${target.via}`;
    case "extra":
      return `check ${target.name}`;
    default:
      return target.kind;
  }
}
