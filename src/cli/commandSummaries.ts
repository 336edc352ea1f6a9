/** The commands that ask the running agents, in the order of the help. */
export const commandSummaries = {
  status: "say whether the network is healthy, and what is broken",
  findings: "list open and recent findings",
  explain: "show all that is known of one finding",
  matrix: "show which node reaches which",
  watch: "show the status again every two seconds",
} as const;

export type DiagnosisCommand = keyof typeof commandSummaries;
