import { isDeepStrictEqual } from "node:util";
import type { FileCheck, SettingsFile } from "../config/settingsFileSchema.ts";
import { Connections } from "../probes/http/target.ts";
import type { Trust } from "../probes/http/trust.ts";
import { payloadProbe } from "../probes/payload/probe.ts";
import { tcpProbe } from "../probes/tcp/probe.ts";
import { udpProbe } from "../probes/udp/probe.ts";
import { noGrace } from "../results/grace.ts";
import type { Check, Checks } from "./checks.ts";
import { dnsCheck, lookupCheck } from "./dnsCheck.ts";
import type { HttpCheck } from "./httpCheck.ts";

export interface FileChecksOptions {
  readonly checks: Pick<Checks, "start" | "end">;
  readonly httpCheck: HttpCheck;
  readonly trust: Trust;
  readonly meshKey: string | undefined;
}

/** Starts and ends the settings file's checks; one that is as it was goes on undisturbed. */
export function createFileChecks(options: FileChecksOptions): { follow(file: SettingsFile): void } {
  const running = new Map<string, FileCheck>();
  return {
    follow({ checks: wanted }) {
      for (const [name, check] of running) {
        if (wanted.some((other) => isDeepStrictEqual(other, check))) continue;
        options.checks.end(name, "peer-left");
        running.delete(name);
      }
      for (const check of wanted) {
        if (running.has(check.name)) continue;
        running.set(check.name, check);
        options.checks.start(checkOf(check, options));
      }
    },
  };
}

function checkOf(check: FileCheck, { httpCheck, trust, meshKey }: FileChecksOptions): Check {
  const { name, kind, interval } = check;
  const common = {
    subject: { type: name, probe: kind, target: name, sort: name, compatible: kind === "http" },
    grace: noGrace,
    ...(interval === undefined ? {} : { intervalSeconds: interval }),
  };
  switch (check.kind) {
    case "http": {
      const { url, headers, status, body, keepConnection } = check;
      const expect = { status, ...(body === undefined ? {} : { body }) };
      return httpCheck(common, { url, headers, expect }, new Connections(keepConnection));
    }
    case "tcp": {
      const target = { host: check.host, port: check.port, refusedIsReached: false };
      return { ...common, attempt: (context) => tcpProbe.attempt(target, context) };
    }
    case "dns": {
      const { server, port, hostname, type, transport } = check;
      const target = {
        server: { address: server, port },
        name: hostname,
        type,
        transport,
        expect: "answers",
      } as const;
      return dnsCheck(common, target);
    }
    case "lookup":
      return lookupCheck(common, check.hostname);
    case "udp": {
      const to = { address: check.address, port: check.port };
      const target = { to, ...(meshKey === undefined ? {} : { key: meshKey }) };
      return { ...common, attempt: (context) => udpProbe.attempt(target, context) };
    }
    case "payload": {
      const target = { url: check.url, trust };
      return { ...common, attempt: (context) => payloadProbe.attempt(target, context) };
    }
  }
}
