import { defineConfig } from "vitest/config";

/**
 * These need ports or files that there are once on a machine, or a machine that is not busy: each group runs by itself, one after the other.
 * The last takes three minutes, most of it for waiting.
 */
const apart = [
  ["test/process.test.ts"],
  ["test/readme.test.ts"],
  ["src/agentDoubt.test.ts"],
  [
    ...["test/monitoring/alerts.test.ts", "src/demo/layers.test.ts"],
    ...["test/findings/findings.test.ts", "src/analyser.test.ts"],
  ],
];
const testTimeout = 60_000;

export default defineConfig({
  test: {
    reporters: ["default", ["json", { outputFile: "node_modules/.cache/tests.json" }]],
    projects: [
      {
        test: {
          name: "together",
          testTimeout,
          // Most of a test is waiting for real sockets and timers; with two cores, vitest would run one file at a time.
          maxWorkers: 2,
          include: ["src/**/*.test.ts", "test/**/*.test.ts"],
          exclude: ["test/cluster/**", ...apart.flat()],
          sequence: { groupOrder: 0 },
        },
      },
      ...apart.map((files, index) => ({
        test: {
          name: files.join(", "),
          testTimeout,
          maxWorkers: 3,
          include: files,
          sequence: { groupOrder: index + 1 },
        },
      })),
    ],
  },
});
