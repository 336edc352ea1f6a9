import type { KubernetesObject } from "../discovery/collection.ts";
import type { KubernetesConnection } from "../discovery/connection.ts";
import type { Edges } from "../edges.ts";
import { wait } from "../lib/wait.ts";
import { createApiRequests } from "./apiRequests.ts";
import { type Outages, readOutages, writeOutages } from "./outages.ts";
import { type Answered, createPatientRequests } from "./patientRequests.ts";

/** What a leader hands on to the next one, in a ConfigMap that people can read as well. */
export interface OutageStore {
  /** Reads what the last leader left; asks until there is an answer, a refusal among them, or `signal` is aborted. */
  load(signal: AbortSignal): Promise<Outages>;
  /**
   * Takes what an analysis says. A finding that opens, closes or changes its cause is written at once, as far as 5 s have gone by since the
   * last time; its figures once a minute. To be called with every analysis, since nothing is written between the calls.
   */
  keep(outages: Outages): void;
  /** Writes what is not written yet. */
  stop(): Promise<void>;
}

export interface OutageStoreOptions {
  readonly namespace: string;
  readonly connection: KubernetesConnection;
  readonly edges: Pick<Edges, "clock" | "log">;
  /** Whether this agent leads; asked before each write. */
  readonly leads: () => boolean;
}

const configMapName = "kubenurse-findings";
const seconds = { apart: 5, figures: 60, retry: 2 };

interface ConfigMap extends KubernetesObject {
  readonly data?: Readonly<Record<string, string>>;
}

export function createOutageStore({ namespace, connection, edges, leads }: OutageStoreOptions): OutageStore {
  const { clock, log } = edges;
  const requests = createApiRequests(connection, clock);
  const read = createPatientRequests(requests, edges, "read the findings of the last leader");
  const write = createPatientRequests(requests, edges, "keep the findings for the next leader");
  const configMaps = `/api/v1/namespaces/${namespace}/configmaps`;
  const path = `${configMaps}/${configMapName}`;
  let known: { version: string } | "absent" | "unknown" = "unknown";
  let outages: Outages = { open: [], closed: [] };
  let written = { what: whatOf(outages), at: Number.NEGATIVE_INFINITY };
  let writing: Promise<void> | undefined;

  const look = async (): Promise<Answered> => {
    const answered = await read(({ read }) => read(path));
    if (answered.state === "absent") known = "absent";
    if (answered.state === "done") known = versionOf(answered.object);
    return answered;
  };

  const save = async () => {
    const saved = whatOf(outages);
    const at = clock.now();
    if (known === "unknown") await look();
    if (known === "unknown" || !leads()) return;
    const metadata = {
      name: configMapName,
      ...(known === "absent" ? {} : { resourceVersion: known.version }),
    };
    const body = { apiVersion: "v1", kind: "ConfigMap", metadata, data: writeOutages(outages) };
    const answered = await write(({ write }) =>
      write(known === "absent" ? { method: "POST", path: configMaps, body } : { method: "PUT", path, body }),
    );
    known = answered.state === "done" ? versionOf(answered.object) : "unknown";
    if (answered.state === "done") written = { what: saved, at };
  };

  const isDue = () => {
    const passed = clock.now() - written.at;
    if (whatOf(outages) !== written.what) return passed >= seconds.apart;
    return outages.open.length > 0 && passed >= seconds.figures;
  };

  const beginSave = () => {
    writing = save().finally(() => {
      writing = undefined;
    });
  };

  return {
    async load(signal) {
      for (;;) {
        const answered = await look();
        // What this agent itself kept in an earlier term is of the past.
        if (answered.state === "absent") outages = { open: [], closed: [] };
        if (answered.state === "done") {
          const stored = readOutages((answered.object as ConfigMap).data ?? {});
          if (stored === undefined)
            log.warn(`the ConfigMap ${configMapName} holds no findings; it is written anew`);
          else outages = stored;
          written = { ...written, what: whatOf(outages) };
        }
        if (answered.state !== "failed" || signal.aborted) return outages;
        await wait(clock, seconds.retry, signal);
      }
    },
    keep(latest) {
      outages = latest;
      if (writing === undefined && leads() && isDue()) beginSave();
    },
    async stop() {
      await writing;
      if (whatOf(outages) !== written.what && leads()) await save();
    },
  };
}

function versionOf(object: unknown): { version: string } {
  return { version: (object as ConfigMap).metadata.resourceVersion ?? "" };
}

/** What is worth a write by itself. */
function whatOf({ open, closed }: Outages): string {
  const opened = open.map(({ id, cause }) => `${id} ${cause}`).sort();
  return JSON.stringify([opened, closed.map(({ id }) => id)]);
}
