import { defineConfig } from "vitest/config";

/** What takes minutes, because findings close after three clean windows. */
export default defineConfig({
  test: {
    include: ["test/findings/*.slow.ts"],
    reporters: ["default", ["json", { outputFile: "node_modules/.cache/tests-findings.json" }]],
  },
});
