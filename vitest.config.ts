import { defineConfig } from "vitest/config";

// Tests stand beside the code they test. Two cores: a few workers, each with its own cloned database where it needs one.
export default defineConfig({
  test: {
    include: ["*.test.ts", "{server,components,app,bin,bench,supabase,docs}/**/*.test.{ts,tsx}"],
    exclude: ["**/node_modules/**", ".next/**", ".kept/**"],
    setupFiles: ["property-tests.setup.ts"],
    globalSetup: ["supabase/local/test-postgres.setup.ts"],
    testTimeout: 120_000,
    hookTimeout: 240_000,
    // What is waited for comes when the machine has time for it.
    expect: { poll: { timeout: 60_000 } },
    maxWorkers: 2,
    reporters: ["default"],
  },
});
