// tests/e2e/dashboard/access.spec.mjs — can everybody use it? axe on every view in both themes, a
// narrow screen, keys alone; and what must be said above all, is said.
import AxeBuilder from '@axe-core/playwright';
import { drag, expect, test, token } from './running_node.mjs';

const views = [
  ['Node', async () => undefined],
  ['Plan', async (page) => {
    await drag(page, '3g.40gb', 1, 4);
    await expect(page.locator('.plan-result .steps')).toBeVisible();
  }],
  ['What fits', async (page) => page.locator('.fit').first().focus()],
  ['Comparison', async (page) => {
    await expect(page.getByLabel('Scenario').locator('option')).not.toHaveCount(1);
    await page.getByRole('button', { name: 'Run the lab' }).click();
    await expect(page.locator('.mode')).not.toHaveCount(0, { timeout: 30_000 });
    await page.getByRole('button', { name: 'Inject the fault' }).click();
    await expect(page.locator('.who-dies').first()).toBeVisible({ timeout: 30_000 });
  }],
  ['History', async (page) => expect(page.locator('.band').first()).toBeVisible()],
];

for (const theme of ['light', 'dark']) {
  test.describe(`in the ${theme} theme`, () => {
    test.use({ colorScheme: theme });
    for (const [name, prepare] of views) {
      test(`axe finds nothing in ${name}`, async ({ dashboard: page, node }) => {
        await node.septet('sim', 'fault', 'xid', '94', '--gpu', '0', '--gi', String(await node.instanceAt(0, 4)));
        await page.getByRole('link', { name, exact: true }).click();
        await prepare(page);
        await expect(page.locator('html')).toHaveAttribute('data-theme', theme);
        const { violations, passes } = await new AxeBuilder({ page }).analyze();
        expect(violations.map((one) => [one.id, one.help, one.nodes.slice(0, 3).map((node) => node.html)])).toEqual([]);
        expect(passes.length).toBeGreaterThan(15); // axe looked
      });
    }
    test('axe finds nothing in the dialog and the details', async ({ dashboard: page }) => {
      await page.locator('.block').first().click();
      await expect(page.getByRole('complementary', { name: 'details' })).toBeVisible();
      expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
      await page.getByRole('link', { name: 'Plan' }).click();
      await drag(page, '3g.40gb', 1, 4);
      await page.getByRole('button', { name: 'Apply …' }).click();
      await expect(page.getByRole('dialog')).toBeVisible();
      expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
    });
  });
}

test('the theme can be chosen against the system', async ({ dashboard: page }) => {
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'light');
  const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const light = await ground();
  await page.getByRole('button', { name: 'Dark' }).click();
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');
  expect(await ground()).not.toBe(light);
});

test.describe('on a screen of 360 px', () => {
  test.use({ viewport: { width: 360, height: 740 } });
  for (const [name] of views) {
    test(`${name} does not run out to the side`, async ({ dashboard: page }) => {
      await page.getByRole('link', { name, exact: true }).click();
      await expect(page.locator('h1')).toBeVisible();
      const [inner, outer] = await page.evaluate(() => [document.documentElement.scrollWidth, window.innerWidth]);
      expect(inner).toBeLessThanOrEqual(outer);
    });
  }
});

test('the first key leads past the header', async ({ dashboard: page }) => {
  await page.keyboard.press('Tab');
  await expect(page.getByRole('link', { name: 'Skip to the content' })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page.locator('main')).toBeFocused();
  await page.keyboard.press('Tab');
  const outline = await page.evaluate(() => getComputedStyle(document.activeElement).outlineStyle);
  expect(outline).not.toBe('none');
});

test('a node that is governed says by what, and takes no changes from here', async ({ page, node }) => {
  const state = await (await fetch(`${node.url}api/v1/node`)).json();
  const told = { ...state, governed_by: 'MigLayout default/night' };
  await page.route('**/api/v1/events', (route) =>
    route.fulfill({ contentType: 'text/event-stream', body: `event: state\ndata: ${JSON.stringify(told)}\n\n` }));
  await page.goto(node.url);
  await expect(page.getByText('Governed by MigLayout default/night.')).toBeVisible();
  await page.getByRole('link', { name: 'Plan' }).click();
  await drag(page, '3g.40gb', 1, 0);
  await expect(page.getByRole('button', { name: 'Apply …' })).toBeDisabled();
});

test('where looking needs the token, it is asked for before anything is shown', async ({ page, node }) => {
  await page.route('**/api/v1/events', (route) =>
    route.request().headers().authorization === `Bearer ${token}`
      ? route.continue()
      : route.fulfill({ status: 401, json: { error: { code: 'no-permission', what: 'the token is missing', remedy: '', exit_code: 5 } } }));
  await page.goto(node.url);
  await expect(page.getByRole('heading', { name: 'This node asks for a token' })).toBeVisible();
  await page.getByLabel('Token').fill('not-the-token');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('alert')).toContainText('not the one');
  await page.getByLabel('Token').fill(token);
  await page.keyboard.press('Enter');
  await expect(page.locator('.chip').first()).toBeVisible();
  expect(page.url()).not.toContain(token);
});
