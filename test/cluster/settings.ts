const { env } = process;

/** What the environment says about the cluster; docs/kubernetes.md explains each variable. */
export const settings = {
  image: imageOf(env.KUBENURSE_TEST_IMAGE ?? "kubenurse"),
  install: installOf(env.KUBENURSE_TEST_INSTALL ?? "manifests"),
  kubectl: wordsOf(env.KUBENURSE_TEST_KUBECTL ?? "kubectl"),
  /** Takes a node's name and a command; empty where there is none. */
  nodeShell: wordsOf(env.KUBENURSE_TEST_NODE_SHELL ?? ""),
  restartApi: wordsOf(env.KUBENURSE_TEST_RESTART_API ?? ""),
  /** Takes `stop` or `start`, the name of a component of Kubernetes and a node's name. */
  component: wordsOf(env.KUBENURSE_TEST_COMPONENT ?? ""),
};

function wordsOf(command: string): string[] {
  return command.split(" ").filter((word) => word !== "");
}

/** Parts at the last colon, unless that belongs to the registry's port. */
function imageOf(text: string): { readonly repository: string; readonly tag: string } {
  const [, repository = "", tag = "latest"] = /^(.*?)(?::([^/:]*))?$/.exec(text) ?? [];
  return { repository, tag };
}

function installOf(text: string): "manifests" | "chart" {
  if (text === "manifests" || text === "chart") return text;
  throw new Error(`KUBENURSE_TEST_INSTALL is "${text}"; it must be manifests or chart`);
}
