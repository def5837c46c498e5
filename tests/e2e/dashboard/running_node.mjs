// tests/e2e/dashboard/running_node.mjs — what is behind the page? A simulated node of its own and a
// real agent that serves it; both end with the test.
import { test as base, expect } from '@playwright/test';
import { execFile, spawn } from 'node:child_process';
import { mkdtemp, open, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { sources } from './browser.mjs';

const run = promisify(execFile);
const septet = process.env.SEPTET_BIN ?? `${sources}/build/bin/septet`;
// For working on the page: it comes from this folder (build/web), not from the agent's own copy.
const pageFrom = process.env.SEPTET_DASHBOARD_FILES;
export const token = 'the-token-of-this-test';

async function freePort() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

class RunningNode {
  constructor(folder, port) {
    this.folder = folder;
    this.port = port;
    this.url = `http://127.0.0.1:${port}/`;
    this.env = { ...process.env, SEPTET_SIM: join(folder, 'node') };
    delete this.env.SEPTET_DRIVER;
  }

  // The command line, as another process; its standard output.
  async septet(...words) {
    const { stdout } = await run(septet, words, { env: this.env });
    return stdout;
  }

  async state() {
    return JSON.parse(await this.septet('--json', 'status'));
  }

  // "3g.40gb:0" of every instance of a GPU, by place.
  async layout(gpu) {
    const state = await this.state();
    return state.gpus[gpu].gpu_instances
      .map((one) => [one.placement.start, `${one.profile}:${one.placement.start}`])
      .sort((a, b) => a[0] - b[0])
      .map(([, name]) => name);
  }

  async instanceAt(gpu, start) {
    const state = await this.state();
    return state.gpus[gpu].gpu_instances.find((one) => one.placement.start === start).id;
  }

  async startAgent(withToken = true) {
    const log = await open(join(this.folder, 'agent.log'), 'a');
    const words = ['agent', '--http', `127.0.0.1:${this.port}`];
    if (withToken) words.push('--token-file', join(this.folder, 'token'));
    this.agent = spawn(septet, words, { env: this.env, stdio: ['ignore', log.fd, log.fd] });
    await log.close();
    const ended = new Promise((resolve) => this.agent.once('exit', (code, signal) => resolve(`${code ?? signal}`)));
    this.ended = ended;
    let over = null;
    void ended.then((how) => (over = how));
    for (let i = 0; i < 200; ++i) {
      if (over !== null) break;
      try {
        if ((await fetch(`${this.url}healthz`)).ok) return;
      } catch {
        // It does not listen yet.
      }
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error(`the agent did not start (${over ?? 'still running'}):\n${await this.agentLog()}`);
  }

  async stopAgent() {
    if (!this.agent) return;
    this.agent.kill('SIGTERM');
    const late = setTimeout(() => this.agent.kill('SIGKILL'), 10_000);
    await this.ended;
    clearTimeout(late);
    this.agent = undefined;
  }

  agentLog() {
    return readFile(join(this.folder, 'agent.log'), 'utf8').catch(() => '');
  }
}

async function servePageFrom(folder, page, url) {
  const headers = Object.fromEntries((await fetch(url)).headers);
  delete headers['content-length'];
  delete headers['content-encoding'];
  const types = { html: 'text/html', js: 'text/javascript', css: 'text/css', svg: 'image/svg+xml' };
  const serve = async (route) => {
    const { pathname } = new URL(route.request().url());
    const name = pathname === '/' ? '/index.html' : pathname;
    const type = types[name.split('.').pop()];
    await route.fulfill({ headers: { ...headers, 'content-type': type }, body: await readFile(join(folder, name)) });
  };
  await page.route(url, serve);
  await page.route(`${url}assets/*`, serve);
}

export const test = base.extend({
  page: async ({ page, node }, use) => {
    if (pageFrom) await servePageFrom(pageFrom, page, node.url);
    await use(page);
  },

  // What the simulated node is made of, each GPU's layout (nvidia-smi's profile:start; 9:0 is a
  // 3g.40gb at 0, 14 a 2g.20gb, 19 a 1g.10gb), whether changes are taken.
  made: [{ gpus: 2, layout: { 0: '9:0,14:4,19:6' }, withToken: true }, { option: true }],

  node: async ({ made }, use, info) => {
    const folder = await mkdtemp(join(tmpdir(), 'septet-dashboard-'));
    const running = new RunningNode(folder, await freePort());
    const file = await open(join(folder, 'token'), 'w', 0o600);
    await file.writeFile(`${token}\n`);
    await file.close();
    const product = made.product ? ['--product', made.product] : [];
    await running.septet('sim', 'create', '--gpus', String(made.gpus), ...product, '--mig', 'on');
    for (const [gpu, profiles] of Object.entries(made.layout ?? {}))
      await running.septet('smi', 'mig', '-i', gpu, '-cgi', profiles, '-C');
    await running.startAgent(made.withToken !== false);
    await use(running);
    await running.stopAgent();
    if (info.status !== info.expectedStatus) console.log(await running.agentLog());
    await running.septet('sim', 'process', 'stop', '--all').catch(() => undefined);
    await rm(folder, { recursive: true, force: true });
  },

  // The page, once it has drawn the node; whatever the browser complains of fails the test.
  dashboard: async ({ page, node }, use) => {
    const complaints = [];
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('console', (message) => {
      const refused = /status of (400|401|409|422|429|403)|ERR_CONNECTION_REFUSED|ERR_INCOMPLETE|ERR_CONNECTION_RESET/;
      if (message.type() === 'error' && !refused.test(message.text())) complaints.push(message.text());
    });
    await page.goto(node.url);
    await expect(page.locator('.chip').first()).toBeVisible();
    await use(page);
    expect(complaints).toEqual([]);
  },
});

export { expect };

export function block(page, gpu, start) {
  return page.locator(`[data-gpu="${gpu}"] .block[data-start="${start}"]`);
}

// Drags a profile of the palette so that it would start at a memory unit of a GPU.
export async function drag(page, profile, gpu, start, letGo = true) {
  const piece = await page.locator(`[data-piece="${profile}"]`).boundingBox();
  const board = page.locator(`[data-board="${gpu}"]`);
  await board.scrollIntoViewIfNeeded();
  const box = await board.boundingBox();
  const columns = Number(await board.getAttribute('data-columns'));
  await page.mouse.move(piece.x + 20, piece.y + 10);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2, { steps: 4 });
  await page.mouse.move(box.x + ((start + 0.5) / columns) * box.width, box.y + box.height / 2, { steps: 4 });
  if (letGo) await page.mouse.up();
}

// Confirms what the dialog shows; gives the token where it is asked for.
export async function carryOut(page, words = token) {
  const dialog = page.getByRole('dialog');
  const field = dialog.getByLabel('Token of the agent');
  await expect(dialog.getByRole('button', { name: /^Carry out/ })).toBeVisible();
  if (await field.isVisible()) await field.fill(words);
  await dialog.getByRole('button', { name: /^Carry out/ }).click();
  return dialog;
}
