import { defineConfig } from "vitest/config";

/** The tests change one cluster, so they run one after another; a rollout of a large cluster takes minutes. */
export default defineConfig({
  test: {
    include: ["test/cluster/**/*.test.ts"],
    fileParallelism: false,
    testTimeout: 20 * 60_000,
    hookTimeout: 10 * 60_000,
    reporters: ["verbose"],
  },
});
