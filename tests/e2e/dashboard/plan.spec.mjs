// tests/e2e/dashboard/plan.spec.mjs — can a layout be made by hand, carried out and undone, and is
// what cannot be refused with its reason?
import { carryOut, drag, expect, test, token } from './running_node.mjs';

test.beforeEach(async ({ dashboard: page }) => {
  await page.getByRole('link', { name: 'Plan' }).click();
  await expect(page.locator('[data-board="0"]')).toBeAttached();
});

const apply = (page) => page.getByRole('button', { name: 'Apply …' });

test('dragged, confirmed, carried out, undone', async ({ dashboard: page, node }) => {
  await drag(page, '3g.40gb', 1, 4);
  const plan = page.getByRole('region', { name: 'the plan' });
  await expect(plan.locator('.steps')).toContainText('create 3g.40gb at 4');
  expect(await node.layout(1)).toEqual([]); // a draft changes nothing
  await apply(page).click();
  const dialog = page.getByRole('dialog');
  await expect(dialog.locator('.steps')).toContainText('GPU 1: create 3g.40gb at 4');
  await carryOut(page);
  await expect(dialog.locator('[data-outcome="done"]')).toBeVisible();
  expect(await node.layout(1)).toEqual(['3g.40gb:4']);

  await dialog.getByRole('button', { name: /^Undo/ }).click();
  await expect(dialog.locator('.steps')).toContainText('destroy 3g.40gb at 4');
  expect(await node.layout(1)).toEqual(['3g.40gb:4']); // shown first
  await carryOut(page);
  await expect(dialog.locator('[data-outcome="done"]')).toBeVisible();
  expect(await node.layout(1)).toEqual([]);
});

test('by keys alone: picked, placed, moved, removed, carried out', async ({ dashboard: page, node }) => {
  await page.locator('[data-piece="2g.20gb"]').focus();
  await page.keyboard.press('Enter');
  await page.keyboard.press('ArrowDown');
  // The focus goes to a place of GPU 1; from there two to the right.
  const focused = page.locator('[data-board="1"] [data-place]:focus');
  await expect(focused).toHaveCount(1);
  await page.keyboard.press('Home');
  await page.keyboard.press('ArrowRight');
  await expect(page.locator('[data-board="1"] [data-place]:focus')).toHaveAttribute('aria-label', /may start at/);
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('Enter');
  await page.keyboard.press('Escape');
  await expect(page.locator('[data-drafted="2g.20gb:2"]')).toBeVisible();
  await expect(page.locator('[data-piece="2g.20gb"]')).toBeFocused();

  await page.locator('[data-drafted="2g.20gb:2"]').focus();
  await page.keyboard.press('Enter');
  await expect(page.locator('[data-board="1"] [data-place="2"]')).toBeFocused();
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('Enter');
  const moved = page.locator('[data-drafted="2g.20gb:4"]').last();
  await expect(moved).toBeFocused();
  await expect(page.locator('.board-of').nth(1).locator('[data-drafted="2g.20gb:2"]')).toHaveCount(0);

  await page.locator('.board-of').nth(0).locator('[data-drafted="1g.10gb:6"]').focus();
  await page.keyboard.press('Delete');
  await expect(page.locator('.board-of').nth(0).locator('[data-drafted="1g.10gb:6"]')).toHaveCount(0);

  await expect(apply(page)).toBeEnabled();
  await apply(page).focus();
  await page.keyboard.press('Enter');
  await expect(page.getByLabel('Token of the agent')).toBeFocused();
  await page.keyboard.type(token);
  await page.keyboard.press('Enter');
  await expect(page.locator('[data-outcome="done"]')).toBeVisible();
  expect(await node.layout(1)).toEqual(['2g.20gb:4']);
  expect(await node.layout(0)).toEqual(['3g.40gb:0', '2g.20gb:4']);
});

test('an illegal place is refused with the reason, before and after the drop', async ({ dashboard: page, node }) => {
  await drag(page, '3g.40gb', 1, 2, false);
  const hint = page.locator('.board-of').nth(1).locator('.hint');
  await expect(hint).toContainText('Not here: a 3g.40gb may start at 0 or 4 only, not at 2');
  await page.mouse.up();
  await expect(hint).toContainText('Refused: a 3g.40gb may start at 0 or 4 only, not at 2');
  await expect(page.locator('.board-of').nth(1).locator('[data-drafted]')).toHaveCount(0);
  await expect(apply(page)).toBeDisabled();

  await drag(page, '4g.40gb', 0, 0);
  await expect(page.locator('.board-of').nth(0).locator('.hint')).toContainText('belongs to the 3g.40gb at 0');
  expect(await node.layout(0)).toEqual(['3g.40gb:0', '2g.20gb:4', '1g.10gb:6']);
});

test('what the planner refuses is said in its words', async ({ dashboard: page }) => {
  await page.getByRole('button', { name: 'From a file' }).click();
  await page.getByLabel(/as YAML/).fill('version: v1\nmig-configs:\n  a:\n  - {devices: [1], mig-enabled: true, mig-devices: {3g.40gb: 3}}\n');
  await page.getByRole('button', { name: 'Plan it' }).click();
  await expect(page.getByRole('alert')).toContainText('3g.40gb');
  await expect(apply(page)).toBeDisabled();
});

test('a pasted config is planned and carried out', async ({ dashboard: page, node }) => {
  await page.getByRole('button', { name: 'From a file' }).click();
  await page.getByLabel(/as YAML/).fill('version: v1\nmig-configs:\n  a:\n  - {devices: [1], mig-enabled: true, mig-devices: {3g.40gb: 2}}\n');
  await page.getByRole('button', { name: 'Plan it' }).click();
  await expect(page.locator('.plan-result .pair .strip-block.new')).toHaveCount(2);
  await apply(page).click();
  await carryOut(page);
  await expect(page.locator('[data-outcome="done"]')).toBeVisible();
  expect(await node.layout(1)).toEqual(['3g.40gb:0', '3g.40gb:4']);
});

test('a token that is wrong changes nothing, and the right one is asked for again', async ({ dashboard: page, node }) => {
  await drag(page, '7g.80gb', 1, 0);
  await apply(page).click();
  const dialog = await carryOut(page, 'not-the-token');
  await expect(dialog.locator('[data-failed]')).toContainText(/token/);
  expect(await node.layout(1)).toEqual([]);
  await carryOut(page);
  await expect(dialog.locator('[data-outcome="done"]')).toBeVisible();
  expect(await node.layout(1)).toEqual(['7g.80gb:0']);
  expect(page.url()).not.toContain(token);
  expect(await page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie]))).not.toContain(token);
});

test('without a token nothing is sent', async ({ dashboard: page, node }) => {
  let sent = 0;
  await page.route('**/api/v1/apply', (route) => {
    sent += 1;
    return route.continue();
  });
  await drag(page, '7g.80gb', 1, 0);
  await apply(page).click();
  await page.getByRole('dialog').getByRole('button', { name: /^Carry out/ }).click();
  await expect(page.getByLabel('Token of the agent')).toBeFocused(); // it must be filled in first
  expect(sent).toBe(0);
  const answer = await page.request.post(`${node.url}api/v1/apply`, { data: { plan: { gpus: [{ gpu: 1, instances: ['7g.80gb:0'] }] }, hash: '0' } });
  expect(answer.status()).toBe(401);
  expect(await node.layout(1)).toEqual([]);
});

test('somebody in the way is named, and stops the plan', async ({ dashboard: page, node }) => {
  const gi = await node.instanceAt(0, 0);
  await node.septet('sim', 'process', 'start', '--gpu', '0', '--gi', String(gi), '--name', 'serving');
  await page.getByRole('button', { name: 'remove 3g.40gb at 0 of GPU 0' }).click();
  await expect(page.locator('.steps .blocked').first()).toContainText('in the way: serving');
  await expect(apply(page)).toBeDisabled();
  await expect(page.locator('#why-not')).toContainText('somebody is in the way');
});

test('a node that changed under a shown plan: shown anew, nothing done unseen', async ({ dashboard: page, node }) => {
  await drag(page, '3g.40gb', 1, 4);
  await apply(page).click();
  await expect(page.getByRole('dialog').locator('.steps')).toContainText('create 3g.40gb at 4');
  await node.septet('smi', 'mig', '-i', '1', '-cgi', '19:0', '-C');
  const before = await node.layout(1);
  await carryOut(page);
  await expect(page.getByRole('dialog')).toContainText('The node has changed since this plan was shown');
  expect(await node.layout(1)).toEqual(before);
  await expect(page.getByRole('dialog').locator('.steps')).toContainText('destroy 1g.10gb');
});

test.describe('an agent without a token file', () => {
  test.use({ made: { gpus: 1, layout: {}, withToken: false } });
  test('is read-only, says so, and plans all the same', async ({ dashboard: page }) => {
    await expect(page.getByText('Read-only.')).toBeVisible();
    await drag(page, '3g.40gb', 0, 0);
    await expect(page.locator('.plan-result .steps')).toContainText('create 3g.40gb at 0');
    await expect(apply(page)).toBeDisabled();
    await expect(page.locator('#why-not')).toContainText('read-only');
  });
});
