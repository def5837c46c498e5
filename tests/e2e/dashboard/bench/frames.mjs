#!/usr/bin/env node
// tests/e2e/dashboard/bench/frames.mjs — does the page stay at 60 frames with 64 GPUs of 7 instances,
// each of them updated each second? Against web/mock (a simulated node has at most 32 GPUs).
//
//   scripts/build_web.sh && node tests/e2e/dashboard/bench/frames.mjs [--gpus 64] [--seconds 10]
//
// Prints frames per second, the slowest frames and what a frame costs the main thread, at rest and
// while scrolling. No bar here: a shared machine's frame rate is not a test.
import { chromium } from '@playwright/test';
import { spawn } from 'node:child_process';
import { browserOptions, sources } from '../browser.mjs';

const given = (name, otherwise) => {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? otherwise : Number(process.argv[at + 1]);
};
const gpus = given('gpus', 64);
const seconds = given('seconds', 10);
const port = given('port', 9479);

// Each frame's length in ms, as the page sees them.
function frames(page, ms, scroll) {
  return page.evaluate(
    ([length, moves]) =>
      new Promise((resolve) => {
        const seen = [];
        const begun = performance.now();
        let last = begun;
        const frame = (at) => {
          seen.push(at - last);
          last = at;
          if (moves) window.scrollBy(0, 6);
          if (at - begun < length) requestAnimationFrame(frame);
          else resolve(seen.slice(1));
        };
        requestAnimationFrame(frame);
      }),
    [ms, scroll],
  );
}

// The page's main thread: processor time of each frame in ms. Unlike a frame rate it does not hang on
// what else the machine does: 60 frames a second need each of them under 16.7 ms.
async function traced(browser, page, work) {
  await browser.startTracing(page, { categories: ['devtools.timeline', 'toplevel', 'cc'] });
  const begun = Date.now();
  const result = await work();
  const passed = (Date.now() - begun) / 1000;
  const { traceEvents } = JSON.parse((await browser.stopTracing()).toString());
  const frames = traceEvents.filter((one) => one.name === 'ProxyMain::BeginMainFrame' && one.ph === 'X').map((one) => (one.tdur ?? 0) / 1000);
  return [result, frames.sort((a, b) => a - b), passed];
}

function report(name, list, costs, passed) {
  const sorted = [...list].sort((a, b) => a - b);
  const at = (share) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))].toFixed(1);
  const rate = (1000 * list.length) / list.reduce((sum, one) => sum + one, 0);
  const late = list.filter((one) => one > 25).length;
  console.log(`${name.padEnd(14)} ${rate.toFixed(1)} frames/s, frame p50 ${at(0.5)} p99 ${at(0.99)} longest ${at(1)} ms, ${late} of ${list.length} late`);
  const cost = (share) => (costs[Math.min(costs.length - 1, Math.floor(share * costs.length))] ?? 0).toFixed(1);
  const all = costs.reduce((sum, one) => sum + one, 0) / passed / 10;
  console.log(`${''.padEnd(14)} processor time of the main thread: ${all.toFixed(1)} % of it; a frame p50 ${cost(0.5)} p99 ${cost(0.99)} longest ${cost(1)} ms (60 frames/s: under 16.7)`);
}

const mock = spawn(process.execPath, [`${sources}/web/mock/server.mjs`, '--port', `${port}`, '--gpus', `${gpus}`, '--full', '--static', `${sources}/build/web`], { stdio: ['ignore', 'pipe', 'inherit'] });
await new Promise((resolve) => mock.stdout.once('data', resolve));
const browser = await chromium.launch(browserOptions.launchOptions);
try {
  const page = await browser.newPage({ viewport: { width: 1920, height: 1080 } });
  await page.goto(`http://127.0.0.1:${port}/`);
  await page.locator('.gpu').nth(gpus - 1).waitFor({ state: 'attached' });
  const blocks = await page.locator('.block').count();
  console.log(`${gpus} GPUs, ${blocks} instances, updated each second, ${seconds} s each`);
  report('at rest', ...(await traced(browser, page, () => frames(page, seconds * 1000, false))));
  report('scrolling', ...(await traced(browser, page, () => frames(page, seconds * 1000, true))));
} finally {
  await browser.close();
  mock.kill();
}
