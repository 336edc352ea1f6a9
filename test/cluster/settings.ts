const { env } = process;

/** What the environment says about the cluster; docs/kubernetes.md explains each variable. */
export const settings = {
  image: env.KUBENURSE_TEST_IMAGE ?? "kubenurse",
  kubectl: wordsOf(env.KUBENURSE_TEST_KUBECTL ?? "kubectl"),
  /** Takes a node's name and a command; empty where there is none. */
  nodeShell: wordsOf(env.KUBENURSE_TEST_NODE_SHELL ?? ""),
  restartApi: wordsOf(env.KUBENURSE_TEST_RESTART_API ?? ""),
};

function wordsOf(command: string): string[] {
  return command.split(" ").filter((word) => word !== "");
}
