// tests/e2e/dashboard/browser.mjs — which browser, and where do pictures go?
import { fileURLToPath } from 'node:url';

export const sources = fileURLToPath(new URL('../../..', import.meta.url)).replace(/\/$/, '');
export const pictures = process.env.SEPTET_DASHBOARD_PICTURES ?? `${sources}/build/dashboard`;

export const browserOptions = {
  browserName: 'chromium',
  launchOptions: {
    executablePath: process.env.SEPTET_CHROMIUM ?? '/usr/bin/chromium',
    // Chromium's own sandbox does not start as root, as in CI; the pages are ours.
    args: process.getuid() === 0 ? ['--no-sandbox'] : [],
  },
};
