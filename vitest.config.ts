import { defineConfig } from "vitest/config";

/** These listen on port 8080 of every address, so that no other agent can run meanwhile. */
const wholeHost = ["test/process.test.ts"];

export default defineConfig({
  test: {
    reporters: ["default", ["json", { outputFile: "node_modules/.cache/tests.json" }]],
    projects: [
      {
        test: {
          name: "together",
          testTimeout: 60_000,
          include: ["src/**/*.test.ts", "test/**/*.test.ts"],
          exclude: ["test/cluster/**", ...wholeHost],
          sequence: { groupOrder: 0 },
        },
      },
      { test: { name: "alone", testTimeout: 60_000, include: wholeHost, sequence: { groupOrder: 1 } } },
    ],
  },
});
