// tests/e2e/dashboard/pictures.spec.mjs — what does it look like? Every view, in both themes and on a
// narrow screen, into build/dashboard; those of the README into docs/pictures when asked for
// (npm run pictures).
import { mkdir, stat } from 'node:fs/promises';
import { pictures, sources } from './browser.mjs';
import { drag, expect, test } from './running_node.mjs';

const forReadme = process.env.SEPTET_README_PICTURES === '1';

test.use({
  made: {
    gpus: 4,
    layout: { 0: '9:0,14:4,19:6', 1: '19:0,19:1,19:2,15:4', 2: '9:0,9:4', 3: '0:0' },
  },
});

const workloads = [
  [0, 0, 'llama-13b', '31GiB', 78], [0, 4, 'code-completion', '14GiB', 55], [0, 6, 'embeddings', '5GiB', 32],
  [1, 0, 'notebook-ada', '3GiB', 12], [1, 1, 'notebook-grace', '6GiB', 64], [1, 4, 'whisper', '13GiB', 47],
  [2, 0, 'sdxl', '24GiB', 88], [2, 4, 'reranker', '9GiB', 26], [3, 0, 'pretrain', '70GiB', 93],
];

async function populate(node) {
  const state = await node.state();
  for (const [gpu, start, name, memory, sm] of workloads) {
    const gi = state.gpus[gpu].gpu_instances.find((one) => one.placement.start === start).id;
    await node.septet('sim', 'process', 'start', '--gpu', `${gpu}`, '--gi', `${gi}`, '--name', name, '--memory', memory, '--sm', `${sm}`);
  }
}

async function shoot(page, name, inReadme) {
  await page.screenshot({ path: `${pictures}/${name}.png` });
  if (!forReadme || !inReadme) return;
  const path = `${sources}/docs/pictures/dashboard-${inReadme}.png`;
  if (inReadme === 'compare') await page.setViewportSize({ width: 1200, height: 740 });
  await page.screenshot({ path });
  await page.setViewportSize({ width: 1280, height: 800 });
  expect((await stat(path)).size, path).toBeLessThan(150 * 1024);
}

const visit = (page, name) => page.getByRole('link', { name, exact: true }).click();

async function tour(page, node, theme, readme) {
  await mkdir(pictures, { recursive: true });
  await populate(node);
  await expect(page.locator('.summary')).toContainText('9 in use');
  await expect(page.locator('[data-gpu="3"] .block')).toContainText(/SM [89]\d %/);
  await shoot(page, `node-${theme}`, readme && `node`);
  await page.locator('[data-gpu="0"] .block').first().click();
  await expect(page.locator('.details .chart').first()).toBeVisible();
  await shoot(page, `details-${theme}`);
  await visit(page, 'Plan');
  await drag(page, '2g.20gb', 1, 2, false);
  await shoot(page, `plan-refused-${theme}`);
  await page.mouse.up();
  await page.getByRole('button', { name: 'remove 1g.10gb at 2 of GPU 1' }).click();
  await drag(page, '2g.20gb', 1, 2);
  await expect(page.locator('.plan-result .steps')).toContainText('create 2g.20gb at 2');
  await shoot(page, `plan-${theme}`, readme && 'plan');
  await page.getByRole('button', { name: 'Apply …' }).click();
  await shoot(page, `apply-${theme}`);
  await page.keyboard.press('Escape');
  await visit(page, 'What fits');
  await page.locator('.zero .fit').first().hover();
  await shoot(page, `fits-${theme}`);
  await visit(page, 'Comparison');
  await page.getByRole('button', { name: 'Run the lab' }).click();
  await expect(page.locator('.mode')).not.toHaveCount(0, { timeout: 30_000 });
  await page.getByRole('button', { name: 'Inject the fault' }).click();
  await expect(page.locator('.who-dies').first()).toBeVisible({ timeout: 30_000 });
  await page.getByRole('button', { name: 'Show it whole' }).click();
  await shoot(page, `compare-${theme}`, readme && 'compare');
  await visit(page, 'History');
  await expect(page.locator('h2').first()).toBeVisible();
  await shoot(page, `history-${theme}`);
}

test('the tour in the light theme', async ({ dashboard: page, node }) => {
  await page.setViewportSize({ width: 1280, height: 800 });
  await tour(page, node, 'light', true);
});

test.describe('dark', () => {
  test.use({ colorScheme: 'dark' });
  test('the tour in the dark theme', async ({ dashboard: page, node }) => {
    await page.setViewportSize({ width: 1280, height: 800 });
    await tour(page, node, 'dark', false);
    if (forReadme) {
      await visit(page, 'Node');
      await shoot(page, 'node-dark', 'node-dark');
    }
  });
});

test.describe('narrow', () => {
  test.use({ viewport: { width: 360, height: 780 } });
  for (const view of ['Node', 'Plan', 'What fits', 'Comparison', 'History']) {
    test(`${view} at 360 px`, async ({ dashboard: page, node }) => {
      await mkdir(pictures, { recursive: true });
      await populate(node);
      await visit(page, view);
      await expect(page.locator('h1')).toBeVisible();
      await page.screenshot({ path: `${pictures}/narrow-${view.toLowerCase().replace(' ', '-')}.png`, fullPage: true });
    });
  }
});
