// tests/e2e/dashboard/size.spec.mjs — is the page small, and does it ask nobody else for anything?
import { gzipSync } from 'node:zlib';
import { expect, test } from './running_node.mjs';

test('all scripts and styles are at most 150 KiB, gzipped', async ({ node }) => {
  const page = await (await fetch(node.url)).text();
  const names = [...page.matchAll(/(?:src|href)="(\/assets\/[^"]+\.(?:js|css))"/g)].map((found) => found[1]);
  expect(names.length).toBeGreaterThanOrEqual(2);
  let total = 0;
  for (const name of names) {
    const answer = await fetch(new URL(name, node.url));
    expect(answer.ok, name).toBe(true);
    expect(answer.headers.get('cache-control')).toContain('immutable');
    total += gzipSync(new Uint8Array(await answer.arrayBuffer()), { level: 9 }).length;
  }
  console.log(`measured: ${(total / 1024).toFixed(1)} KiB gzipped in ${names.length} files`);
  expect(total).toBeLessThan(150 * 1024);
});

test('nothing is asked of any other host', async ({ page, node }) => {
  const hosts = new Set();
  page.on('request', (request) => hosts.add(new URL(request.url()).host));
  await page.goto(node.url);
  await expect(page.locator('.chip').first()).toBeVisible();
  expect([...hosts]).toEqual([new URL(node.url).host]);
});
