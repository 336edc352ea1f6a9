import type { LabelSelector } from "./labelSelector.ts";
import type { ProxyRules } from "./proxyRules.ts";

/** What to check besides the built-in checks. */
export interface ExtraCheck {
  readonly name: string;
  readonly url: URL;
}

/** Who judges what the agents saw: see `Config.diagnosis`. */
export const diagnosisModes = ["on", "report", "alone", "off"] as const;

export const logLevels = ["debug", "info", "warn", "error"] as const;

/** All settings, parsed and frozen. Durations are in seconds; an absent field means: not set. */
export interface Config {
  /** `<KUBENURSE_INGRESS_URL>/alwayshappy`; absent means the check is skipped. */
  readonly ingressCheckUrl?: URL | undefined;
  readonly serviceCheckUrl?: URL | undefined;
  readonly insecure: boolean;
  readonly extraCaFile?: string | undefined;
  readonly extraChecks: readonly ExtraCheck[];
  /** Empty means all namespaces. */
  readonly namespace: string;
  /** The headless Service whose EndpointSlices name the agents; absent means that pods do. Needs a namespace. */
  readonly discoveryService?: string | undefined;
  readonly nodeName?: string | undefined;
  readonly neighbourFilter: LabelSelector;
  /** 0 or less means unlimited. */
  readonly neighbourLimit: number;
  readonly allowUnschedulable: boolean;
  readonly checks: {
    readonly apiServerDirect: boolean;
    readonly apiServerDns: boolean;
    readonly meIngress: boolean;
    readonly meService: boolean;
    readonly neighbourhood: boolean;
  };
  /** The checks that tell layers apart, beyond those of the Go kubenurse; absent or false means off. */
  readonly layers: {
    readonly dns?: {
      readonly service: { readonly namespace: string; readonly name: string };
      readonly internalName: string;
      readonly externalName?: string;
    };
    readonly udp: boolean;
    readonly payload: boolean;
    /** The TCP port at the neighbours' node addresses. */
    readonly nodeAddressPort?: number;
    readonly apiServerEndpoints: boolean;
    readonly serviceEndpoints: boolean;
    readonly keptConnections: boolean;
  };
  readonly udpPort: number;
  readonly mesh: {
    /** How many neighbours the checks of `layers` have. */
    readonly neighbours: number;
    /** How `path_*` neighbours are chosen. */
    readonly pathChoice: "ring" | "zones";
    /** 0 means that no pair is visited beside the neighbours. */
    readonly pairsPerSecond: number;
    /** Agents sign with the first, and accept all; with none, addresses are trusted. */
    readonly keys: readonly string[];
  };
  readonly diagnosis: {
    /**
     * "on": the agents elect one that judges what all report. "report": they leave that to `kubenurse analyse`. "alone": each judges what it
     * saw itself. "off": nobody does.
     */
    readonly mode: (typeof diagnosisModes)[number];
    /** Whether findings become Events of the nodes they name. */
    readonly events: boolean;
    /** Whether findings become a condition of the nodes they name. */
    readonly nodeCondition: boolean;
  };
  /** The own node's address; absent means unknown. */
  readonly nodeAddress?: string;
  /** The settings file; absent means none. */
  readonly file?: string;
  readonly checkIntervalSeconds: number;
  readonly reuseConnections: boolean;
  /** Zero or less means no wait. */
  readonly shutdownSeconds: number;
  /** Present when the HTTPS listener is on and neighbours are checked over HTTPS. */
  readonly tls?: { readonly certFile: string; readonly keyFile: string } | undefined;
  /** Ascending upper bounds in seconds, without +Inf. */
  readonly histogramBuckets: readonly number[];
  readonly histogramFormat: "le" | "vmrange";
  /** Whether `# HELP` and `# TYPE` are printed. */
  readonly exposeMetadata: boolean;
  readonly metricsDetail: "full" | "lean";
  readonly logLevel: (typeof logLevels)[number];
  /** `https://host:port/version` of both checks; absent where KUBERNETES_SERVICE_HOST or _PORT is empty. */
  readonly apiServer?: { readonly directUrl: URL; readonly dnsUrl: URL } | undefined;
  readonly proxy: ProxyRules;
  /** Files of KUBECONFIG; empty means in-cluster, then ~/.kube/config. */
  readonly kubeconfigFiles: readonly string[];
}
