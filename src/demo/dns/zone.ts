import type { Question } from "dns-packet";
import type { Services } from "../services.ts";

type Resolution =
  | { readonly rcode: "NOERROR"; readonly addresses: readonly string[] }
  | { readonly rcode: "NXDOMAIN" | "REFUSED" };

/** Answers questions about one cluster: its Services, and host names such as the ingress's. */
export type Zone = (question: Question) => Resolution;

/** Other names than the cluster's and those of `hosts` are refused, since there is no server to pass them on to. */
export function createZone(services: Services, hosts: ReadonlyMap<string, string>): Zone {
  const addressOf = (name: string) => {
    const [service = "", namespace = ""] = name.split(".");
    const inCluster = name === `${service}.${namespace}.svc.cluster.local`;
    return inCluster ? services.addressOf(namespace, service) : hosts.get(name);
  };
  return ({ name, type }) => {
    const lower = name.toLowerCase();
    const address = addressOf(lower);
    if (address !== undefined) return { rcode: "NOERROR", addresses: type === "A" ? [address] : [] };
    return { rcode: lower.endsWith(".cluster.local") ? "NXDOMAIN" : "REFUSED" };
  };
}
