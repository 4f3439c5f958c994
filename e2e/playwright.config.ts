import { defineConfig } from "@playwright/test";
import { findBrowser } from "./browser.ts";

const { executablePath, env } = findBrowser();
const inCi = Boolean(process.env.CI);

// One platform for all journeys, so they run one after the other; each at the width its users have, both where both do.
export default defineConfig({
  testDir: ".",
  testMatch: "*.spec.ts",
  outputDir: "../test-results",
  globalSetup: "./platform.setup.ts",
  workers: 1,
  forbidOnly: inCi,
  // A journey that passes at the second try is not to be trusted.
  retries: 0,
  timeout: 240_000,
  // The map is drawn in software here, on whatever cores there are.
  expect: { timeout: 20_000 },
  reporter: [
    ["list"],
    ...(process.env.KEPT_E2E_REPORT ? [["json", { outputFile: process.env.KEPT_E2E_REPORT }] as const] : []),
  ],
  use: {
    actionTimeout: 30_000,
    locale: "en-GB",
    timezoneId: "Europe/Lisbon",
    trace: "retain-on-failure",
    screenshot: "only-on-failure",
    launchOptions: { executablePath, env: env as Record<string, string> },
  },
  projects: [
    { name: "desktop", use: { viewport: { width: 1280, height: 800 } } },
    // The real city is imported once: what it proves has no width.
    { name: "phone", testIgnore: "*porto*", use: { viewport: { width: 390, height: 844 }, hasTouch: true } },
  ],
});
