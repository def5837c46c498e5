#!/usr/bin/env node
// web/mock/server.mjs — the agent's API without an agent: for working on the page, and for nodes
// larger than a simulated one (the frame rate of 64 GPUs x 7).
//
//   node mock/server.mjs [--port 9400] [--gpus 8] [--full] [--static ../build/web]
//
// --full: seven 1g.10gb on every GPU. Nothing here is evidence of what the agent does.
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join, normalize } from 'node:path';
import { board, complete, instance, profileNamed } from './board.mjs';

const given = (name, otherwise) => {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? otherwise : process.argv[at + 1];
};
const port = Number(given('port', '9400'));
const root = given('static', '../build/web');
const full = process.argv.includes('--full');
const some = [['3g.40gb 0', '2g.20gb 4', '1g.10gb 6'], ['3g.40gb 0', '3g.40gb 4'], ['1g.10gb 0', '1g.10gb 1', '2g.20gb 4'], ['1g.20gb 0', '1g.20gb 2', '1g.20gb 4', '1g.20gb 6'], [], ['7g.80gb 0']];
const state = {
  version: 'septet 0.1.0', host: 'mock', time_ms: Date.now(), revision: 1, may_change: true, governed_by: null, problem: null,
  driver_version: '550.163.01', nvml_version: '12.550.163.01', cuda_version: 12040, simulated: true, simulated_state: '(a mock of the agent)',
  slices: { compute_used: 0, compute_total: 0, memory_used: 0, memory_total: 0 }, gpus: [],
};
for (let i = 0; i < Number(given('gpus', '8')); ++i) {
  const gpu = board(i, !full && i === 6 ? 'off' : 'on');
  const wanted = full ? [0, 1, 2, 3, 4, 5, 6].map((at) => `1g.10gb ${at}`) : gpu.mig_mode === 'off' ? [] : some[i % some.length];
  for (const one of wanted) gpu.gpu_instances.push(instance(gpu, one.split(' ')[0], Number(one.split(' ')[1])));
  state.gpus.push(complete(gpu));
}
const streams = new Set();
const say = (name, data) => streams.forEach((stream) => stream.write(`event: ${name}\ndata: ${JSON.stringify(data)}\n\n`));
const count = () => {
  const sum = (of) => state.gpus.reduce((total, gpu) => total + of(gpu), 0);
  state.slices = { compute_used: sum((g) => 7 - g.free.compute_slices), compute_total: sum(() => 7), memory_used: sum((g) => 8 - g.free.memory_units), memory_total: sum(() => 8) };
};
count();

setInterval(() => {
  const gpus = state.gpus.map((gpu) => ({
    index: gpu.index, sm: Math.round(Math.random() * 100), memory: 30, memory_used_mib: 30000 + Math.round(Math.random() * 9000), power_mw: 200000 + Math.round(Math.random() * 90000), temperature_c: 45,
    instances: gpu.gpu_instances.map((one) => ({ id: one.id, sm: one.processes.length ? Math.round(20 + Math.random() * 70) : 0, memory: 20, memory_used_mib: Math.round(one.usage.memory_used_mib * (0.9 + Math.random() * 0.2)) })),
  }));
  say('activity', { time_ms: Date.now(), gpus });
}, 1000);

const key = (profile, start) => `${profile}:${start}`;
function wished(wish, gpu) {
  const out = [];
  for (const text of wish.instances) {
    const [name, at] = text.split(':');
    const profile = profileNamed(name);
    const clash = (start) => out.find((one) => start < one.start + one.size && one.start < start + profile.memory_units);
    const start = at === undefined ? profile.starts.find((one) => !clash(one)) : Number(at);
    if (start === undefined || !profile.starts.includes(start) || clash(start))
      throw { what: `GPU ${gpu.index}: ${text} does not fit beside ${out.map((one) => key(one.profile, one.start)).join(' ')}`, remedy: `a ${name} may start at ${profile.starts.join(', ')}` };
    out.push({ profile: name, start, size: profile.memory_units });
  }
  return out;
}
function plan(request) {
  const steps = [], from = [], to = [], blocked = [];
  for (const wish of request.gpus ?? []) {
    const gpu = state.gpus[wish.gpu];
    const target = wished(wish, gpu);
    const has = gpu.gpu_instances.map((one) => ({ profile: one.profile, start: one.placement.start, size: one.placement.size, who: one.processes.map((p) => `${p.name} (pid ${p.pid})`) }));
    const stays = (one, list) => list.some((other) => key(other.profile, other.start) === key(one.profile, one.start));
    for (const one of has.filter((x) => !stays(x, target))) {
      const text = `GPU ${gpu.index}: destroy ${one.profile} at ${one.start}`;
      if (one.who.length) blocked.push({ step: steps.length, text, by: one.who });
      steps.push({ step: 'destroy-gpu-instance', gpu: gpu.index, text, needs: 'instance idle' });
    }
    for (const one of target.filter((x) => !stays(x, has))) steps.push({ step: 'create-gpu-instance', gpu: gpu.index, text: `GPU ${gpu.index}: create ${one.profile} at ${one.start}`, needs: 'nothing' });
    from.push({ gpu: gpu.index, mig: true, instances: has.map(({ who, ...one }) => ({ ...one, stays: stays(one, target) })) });
    to.push({ gpu: gpu.index, mig: true, instances: target.map((one) => ({ ...one, stays: stays(one, has) })) });
  }
  return { hash: String(steps.map((one) => one.text).join()), steps, from, to, blocked, needs_reset: false, needs_reboot: false, obstacle: null, notes: [], workloads: null };
}
const undo = [];
function carryOut(made) {
  undo.push(made.from);
  for (const cut of made.to) {
    const gpu = state.gpus[cut.gpu];
    const kept = gpu.gpu_instances.filter((one) => cut.instances.some((other) => other.stays && key(other.profile, other.start) === key(one.profile, one.placement.start)));
    gpu.gpu_instances = kept;
    for (const one of cut.instances) if (!one.stays) gpu.gpu_instances.push(instance(gpu, one.profile, one.start));
    complete(gpu);
  }
  state.revision += 1;
  count();
  say('state', state);
}
const expanded = (request) => request.undo === undefined ? request
  : { gpus: (undo.at(-1) ?? []).map((cut) => ({ gpu: cut.gpu, instances: cut.instances.map((one) => key(one.profile, one.start)) })) };

const json = (response, status, body) => response.writeHead(status, { 'Content-Type': 'application/json', 'Cache-Control': 'no-store' }).end(JSON.stringify(body));
const refuse = (response, status, error) => json(response, status, { error: { code: 'infeasible', remedy: '', exit_code: 3, ...error } });
const types = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml' };

async function post(path, body, request, response) {
  if (path === '/api/v1/plan') return json(response, 200, plan(expanded(body)));
  if (path === '/api/v1/apply') {
    if (request.headers.authorization !== 'Bearer secret') return refuse(response, 401, { what: 'the token is missing or wrong', remedy: 'give the token of the agent' });
    const made = plan(expanded(body.plan));
    json(response, 202, { job: '1' });
    setTimeout(() => { carryOut(made); say('change', { job: '1', state: 'done', step: made.steps.length, steps: made.steps.length, text: '', change: undo.length, error: null, seconds: 0.3 }); }, 300);
    return undefined;
  }
  return refuse(response, 404, { what: `the mock has no ${path}` });
}
createServer(async (request, response) => {
  const url = new URL(request.url, 'http://mock');
  try {
    if (request.method === 'POST') {
      let text = '';
      for await (const part of request) text += part;
      return await post(url.pathname, JSON.parse(text), request, response);
    }
    if (url.pathname === '/api/v1/node') return json(response, 200, state);
    if (url.pathname === '/api/v1/changes') return json(response, 200, { changes: [] });
    if (url.pathname === '/api/v1/series') return json(response, 200, { from_ms: Date.now(), step_s: 10, gpus: [], layouts: [] });
    if (url.pathname === '/api/v1/lab/scenarios') return json(response, 200, { scenarios: [] });
    if (url.pathname === '/api/v1/events') {
      response.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' });
      response.write(`event: state\ndata: ${JSON.stringify(state)}\n\n`);
      streams.add(response);
      return request.on('close', () => streams.delete(response));
    }
    const file = normalize(url.pathname === '/' ? '/index.html' : url.pathname);
    const bytes = await readFile(join(root, file));
    return response.writeHead(200, { 'Content-Type': types[file.slice(file.lastIndexOf('.'))] ?? 'application/octet-stream' }).end(bytes);
  } catch (failure) {
    return refuse(response, failure.what ? 422 : 404, failure.what ? failure : { what: String(failure) });
  }
}).listen(port, '127.0.0.1', () => console.log(`mock of the agent: http://127.0.0.1:${port}/`));
