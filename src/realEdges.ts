import { lookup } from "node:dns/promises";
import { connect } from "node:net";
import { hostname, networkInterfaces } from "node:os";
import { destination, pino } from "pino";
import type { Config } from "./config/config.ts";
import type { Edges } from "./edges.ts";
import { openDatagrams } from "./realDatagrams.ts";

/** The world as a pod on a node sees it. */
export function realEdges(config: Pick<Config, "logLevel">): Edges {
  return {
    clock: {
      now: () => performance.now() / 1000,
      wallNow: () => Date.now() / 1000,
      after(seconds, callback) {
        const timer = setTimeout(callback, seconds * 1000);
        return () => clearTimeout(timer);
      },
    },
    random: Math.random,
    lookup: async (name) => (await lookup(name)).address,
    // A second attempt on another address after 250 ms would hide both a lost SYN and a dead address.
    connect: ({ address, port }) => connect({ host: address, port, autoSelectFamily: false }),
    openDatagrams,
    resolvConf: "/etc/resolv.conf",
    proc: "/proc",
    hostname: hostname(),
    localAddresses: () =>
      Object.values(networkInterfaces())
        .flat()
        .flatMap((address) => (address === undefined || address.internal ? [] : [address.address])),
    serviceAccountDirectory: "/var/run/secrets/kubernetes.io/serviceaccount",
    log: pino(
      { level: config.logLevel, formatters: { level: (level) => ({ level }) } },
      destination({ dest: 2, sync: true }),
    ),
    ownsProcess: true,
  };
}
