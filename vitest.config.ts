import { defineConfig } from "vitest/config";

/** These need ports or files that there are once on a machine, or a machine that is not busy, so each runs with nothing beside it. */
const alone = [
  "test/process.test.ts",
  "test/readme.test.ts",
  "src/demo/layers.test.ts",
  "src/agentDoubt.test.ts",
  "src/analyser.test.ts",
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
          include: ["src/**/*.test.ts", "test/**/*.test.ts"],
          exclude: ["test/cluster/**", ...alone],
          sequence: { groupOrder: 0 },
        },
      },
      ...alone.map((file, index) => ({
        test: { name: file, testTimeout, include: [file], sequence: { groupOrder: index + 1 } },
      })),
    ],
  },
});
