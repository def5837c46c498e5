// tests/e2e/dashboard/playwright.config.mjs — how are the dashboard's tests run? In Debian's chromium,
// one after another: each has a simulated node and an agent of its own on this machine.
import { defineConfig } from '@playwright/test';
import { browserOptions, pictures } from './browser.mjs';

export default defineConfig({
  testDir: '.',
  testMatch: '*.spec.mjs',
  outputDir: `${pictures}/failures`,
  workers: 1,
  fullyParallel: false,
  retries: 0,
  forbidOnly: true,
  timeout: 60_000,
  expect: { timeout: 10_000 },
  reporter: [['list']],
  use: { ...browserOptions, viewport: { width: 1440, height: 900 }, screenshot: 'only-on-failure' },
});
