import { defineConfig } from "vitest/config";

/** What takes minutes, because alerts do. */
export default defineConfig({
  test: {
    include: ["test/monitoring/*.slow.ts"],
    reporters: ["default", ["json", { outputFile: "node_modules/.cache/tests-alerts.json" }]],
  },
});
