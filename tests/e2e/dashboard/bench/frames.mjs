#!/usr/bin/env node
// tests/e2e/dashboard/bench/frames.mjs — does the page stay at 60 frames with 64 GPUs of 7 instances,
// each of them updated each second? Against web/mock (a simulated node has at most 32 GPUs).
//
//   scripts/build_web.sh && node tests/e2e/dashboard/bench/frames.mjs [--gpus 64] [--seconds 10]
//
// Prints frames per second, the slowest frames and the main thread's busy share, at rest and while
// scrolling. No bar here: a shared machine's frame rate is not a test.
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

// Shares of the main thread's time, in percent: all tasks, and of them script, style and layout.
async function busyShares(session, work) {
  const names = ['TaskDuration', 'ScriptDuration', 'RecalcStyleDuration', 'LayoutDuration'];
  const of = async () => {
    const { metrics } = await session.send('Performance.getMetrics');
    return names.map((name) => metrics.find((one) => one.name === name).value);
  };
  const before = await of();
  const begun = Date.now();
  const result = await work();
  const passed = (Date.now() - begun) / 1000;
  return [result, (await of()).map((value, i) => (((value - before[i]) / passed) * 100).toFixed(0))];
}

function report(name, list, busy) {
  const sorted = [...list].sort((a, b) => a - b);
  const at = (share) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))].toFixed(1);
  const rate = (1000 * list.length) / list.reduce((sum, one) => sum + one, 0);
  const late = list.filter((one) => one > 25).length;
  console.log(`${name.padEnd(14)} ${rate.toFixed(1)} frames/s, frame p50 ${at(0.5)} p99 ${at(0.99)} longest ${at(1)} ms, ${late} of ${list.length} late, main thread ${busy[0]} % busy (script ${busy[1]}, style ${busy[2]}, layout ${busy[3]})`);
}

const mock = spawn(process.execPath, [`${sources}/web/mock/server.mjs`, '--port', `${port}`, '--gpus', `${gpus}`, '--full', '--static', `${sources}/build/web`], { stdio: ['ignore', 'pipe', 'inherit'] });
await new Promise((resolve) => mock.stdout.once('data', resolve));
const browser = await chromium.launch(browserOptions.launchOptions);
try {
  const page = await browser.newPage({ viewport: { width: 1920, height: 1080 } });
  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable');
  await page.goto(`http://127.0.0.1:${port}/`);
  await page.locator('.gpu').nth(gpus - 1).waitFor({ state: 'attached' });
  const blocks = await page.locator('.block').count();
  console.log(`${gpus} GPUs, ${blocks} instances, updated each second, ${seconds} s each`);
  report('at rest', ...(await busyShares(session, () => frames(page, seconds * 1000, false))));
  report('scrolling', ...(await busyShares(session, () => frames(page, seconds * 1000, true))));
} finally {
  await browser.close();
  mock.kill();
}
