// tests/e2e/dashboard/history.spec.mjs — is what was done remembered, and can it be undone from there?
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { carryOut, expect, test } from './running_node.mjs';

test('who changed what, before and after, and the way back', async ({ dashboard: page, node }) => {
  const file = join(node.folder, 'layout.yaml');
  await writeFile(file, 'version: v1\nmig-configs:\n  a:\n  - {devices: [1], mig-enabled: true, mig-devices: {3g.40gb: 2}}\n');
  await node.septet('apply', file, '-c', 'a');
  await page.getByRole('link', { name: 'History' }).click();
  const change = page.locator('[data-change="1"]');
  await expect(change).toContainText('apply');
  await expect(change).toContainText('done');
  await change.getByText('before and after').click();
  await expect(change.locator('.strip-block.new')).toHaveCount(2);

  await change.getByRole('button', { name: 'undo change 1' }).click();
  const dialog = page.getByRole('dialog');
  await expect(dialog.locator('.steps')).toContainText('destroy 3g.40gb at 0');
  await carryOut(page);
  await expect(dialog.locator('[data-outcome="done"]')).toBeVisible();
  expect(await node.layout(1)).toEqual([]);
  await dialog.getByRole('button', { name: 'Close' }).click();
  await expect(page.locator('[data-change="2"]')).toBeVisible();
});

test('layouts over time and numbers are drawn', async ({ dashboard: page, node }) => {
  const gi = await node.instanceAt(0, 0);
  await node.septet('sim', 'process', 'start', '--gpu', '0', '--gi', String(gi), '--sm', '60');
  await page.getByRole('link', { name: 'History' }).click();
  await expect(page.locator('.band')).toHaveCount(2);
  await expect(page.locator('.band').first().locator('.band-field')).toHaveCount(3, { timeout: 30_000 });
  await expect(page.locator('.metrics .chart').first()).toBeVisible({ timeout: 40_000 });
});
