// tests/e2e/dashboard/compare.spec.mjs — does the comparison run, move, stop, and say who dies?
import { expect, test } from './running_node.mjs';

async function runTheLab(page) {
  await page.getByRole('link', { name: 'Comparison' }).click();
  const choice = page.getByLabel('Scenario');
  await expect(choice.locator('option')).not.toHaveCount(1); // those that the agent ships have come
  await choice.selectOption({ label: await choice.locator('option', { hasText: 'noisy' }).first().textContent() });
  await page.getByRole('button', { name: 'Run the lab' }).click();
  await expect(page.locator('.mode')).not.toHaveCount(0, { timeout: 30_000 });
}

// What is drawn, as a number that differs between two pictures.
const picture = (page, mode) =>
  page.locator(`[data-mode="${mode}"] canvas`).evaluate((canvas) => {
    const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
    let sum = 0;
    for (let i = 0; i < data.length; i += 1) sum = (sum * 31 + data[i]) >>> 0;
    return sum;
  });

test('the four ways stand side by side with their numbers, and move', async ({ dashboard: page }) => {
  await runTheLab(page);
  for (const mode of ['whole-gpu', 'time-slicing', 'mps', 'mig']) {
    const panel = page.locator(`[data-mode="${mode}"]`);
    await expect(panel.locator('.numbers')).toContainText(/p99\d/);
    const first = await picture(page, mode);
    await expect.poll(() => picture(page, mode)).not.toBe(first);
  }
  await page.getByRole('button', { name: 'Pause' }).click();
  const still = await picture(page, 'mig');
  await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
  expect(await picture(page, 'mig')).toBe(still);
});

test('a fault in one tenant: under MPS others go down with it, under MIG nobody', async ({ dashboard: page }) => {
  await runTheLab(page);
  await page.getByLabel('tenant', { exact: true }).selectOption('training');
  await page.getByRole('button', { name: 'Inject the fault' }).click();
  await expect(page.locator('[data-mode="mps"] .who-dies')).toContainText('resnet goes down with training', { timeout: 30_000 });
  await expect(page.locator('[data-mode="mig"] .who-dies')).toContainText('Only training stops');
});

test.describe('for a reader who wants nothing to move', () => {
  test.use({ contextOptions: { reducedMotion: 'reduce' } });
  test('the whole timeline stands still', async ({ dashboard: page }) => {
    await runTheLab(page);
    await expect(page.getByText('The whole timeline, nothing moves.')).toBeVisible();
    const still = await picture(page, 'mig');
    await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 400)));
    expect(await picture(page, 'mig')).toBe(still);
  });
});

test('a scenario with a mistake is refused with its place', async ({ dashboard: page }) => {
  await page.getByRole('link', { name: 'Comparison' }).click();
  const choice = page.getByLabel('Scenario');
  await expect(choice.locator('option')).not.toHaveCount(1);
  await choice.selectOption('own');
  await page.getByLabel(/A scenario as YAML/).fill('scenario: mine\ntenants: 7\n');
  await page.getByRole('button', { name: 'Run the lab' }).click();
  await expect(page.getByRole('alert')).toContainText(/\d+:\d+/);
});
