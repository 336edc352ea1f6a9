import { chart, helm } from "../chart/helm.ts";
import { namespace } from "./pods.ts";
import { agentsGone, rolledOut } from "./rollout.ts";
import { settings } from "./settings.ts";
import { say } from "./waiting.ts";

/** helm's arguments. */
const release = ["kubenurse", "--namespace", namespace];

/** What these tests know of the manifests holds of the chart with these values; everything else is the chart's default. */
const values = {
  daemonset: {
    image: settings.image,
    containerImagePullPolicy: "Never",
    podLabels: { app: "kubenurse" },
  },
  // The cluster's default class, whichever that is.
  ingress: { url: "kubenurse.example.test", scheme: "http", className: "" },
};

/** Installs the chart, and resolves when every node's agent is available. Disposing resolves when all is gone. */
export async function installChart(): Promise<AsyncDisposable> {
  await using stack = new AsyncDisposableStack();
  stack.defer(async () => {
    say("  uninstalling the chart");
    await helm("uninstall", ...release, "--ignore-not-found", "--wait");
    await agentsGone();
  });
  const set = Object.entries(values).flatMap(([name, value]) => [
    "--set-json",
    `${name}=${JSON.stringify(value)}`,
  ]);
  await helm("install", ...release, chart, ...set);
  await rolledOut();
  return stack.move();
}

/** What helm told the person who installed it. */
export function chartNotes(): Promise<string> {
  return helm("get", "notes", ...release);
}
