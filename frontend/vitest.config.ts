import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["src/**/*.test.ts"],
    environment: "node",
    // one process: the machines this runs on have two cores, and the tests share nothing
    pool: "threads",
    maxWorkers: 1,
    isolate: false,
    testTimeout: 60_000,
    // what a test leaves behind fails it: an unhandled rejection is an error that nobody saw
    dangerouslyIgnoreUnhandledErrors: false,
  },
});
