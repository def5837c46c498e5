// tests/e2e/dashboard/pure.spec.mjs — do the page's decisions hold, by tables? What is where on a chip,
// what may be put where, what a stream says, what a listener is told. No browser, no agent.
import { expect, test } from '@playwright/test';
import { takeEvents } from '../../../web/src/api/stream.ts';
import { computeCells, floorplanOf, memoryCells, slicesInName } from '../../../web/src/chip/floorplan.ts';
import { fieldsOf } from '../../../web/src/history/fields.ts';
import { whatHappened } from '../../../web/src/live/changes.ts';
import { placed, removed, requestOf, whyIllegal } from '../../../web/src/plan/draft.ts';
import { board, complete, instance } from '../../../web/mock/board.mjs';

// A GPU with these instances: "3g.40gb:0 1g.10gb:6".
function gpuWith(layout, index = 0) {
  const gpu = board(index);
  for (const one of layout.split(' ').filter(Boolean)) gpu.gpu_instances.push(instance(gpu, one.split(':')[0], Number(one.split(':')[1])));
  return complete(gpu);
}

const letters = { held: 'h', free: 'f', stranded: 's', none: '-' };
const drawn = (cells) => cells.map((cell) => letters[cell]).join('');

for (const [layout, memory, compute] of [
  ['', 'ffffffff', 'fffffff-'],
  ['3g.40gb:0 3g.40gb:4', 'hhhhhhhh', 'hhhshhh-'],
  ['3g.40gb:0 2g.20gb:4 1g.10gb:6', 'hhhhhhhs', 'hhhshhh-'],
  ['4g.40gb:0', 'hhhhffff', 'hhhhfff-'],
  ['7g.80gb:0', 'hhhhhhhh', 'hhhhhhh-'],
  ['1g.20gb:0 1g.20gb:2 1g.20gb:4 1g.20gb:6', 'hhhhhhhh', 'hshshsh-'],
]) {
  test(`a chip with ${layout || 'nothing'} is drawn ${memory} over ${compute}`, () => {
    const gpu = gpuWith(layout);
    const plan = floorplanOf(gpu);
    const on = gpu.gpu_instances.map((one) => ({ profile: one.profile, ...one.placement }));
    const cells = memoryCells(plan, on, gpu.stranded.units);
    expect(drawn(cells)).toBe(memory);
    expect(drawn(computeCells(plan, on, cells, gpu.geometry))).toBe(compute);
  });
}

for (const [layout, profile, start, why] of [
  ['', '3g.40gb', 0, null],
  ['', '3g.40gb', 2, /may start at 0 or 4 only, not at 2$/],
  ['3g.40gb:0', '3g.40gb', 0, /unit 0 belongs to the 3g.40gb at 0; it fits at 4/],
  ['4g.40gb:0 3g.40gb:4', '1g.10gb', 6, /belongs to the 3g.40gb at 4; it fits nowhere on this GPU now/],
  ['1g.10gb+me:0', '1g.10gb+me', 1, /at most 1 of 1g.10gb\+me/],
  ['1g.10gb:0 1g.10gb:1 1g.10gb:2 1g.10gb:3 1g.10gb:4 1g.10gb:5', '1g.20gb', 6, null],
  ['', '5g.50gb', 0, /has no profile 5g.50gb/],
]) {
  test(`${profile} at ${start} beside ${layout || 'nothing'}: ${why ?? 'may be'}`, () => {
    const said = whyIllegal(gpuWith(layout), {}, profile, start, null);
    if (why === null) expect(said).toBeNull();
    else expect(said).toMatch(why);
  });
}

test('an instance may move over its own place', () => {
  const gpu = gpuWith('2g.20gb:0');
  expect(whyIllegal(gpu, {}, '2g.20gb', 0, null)).not.toBeNull();
  expect(whyIllegal(gpu, {}, '2g.20gb', 0, { profile: '2g.20gb', start: 0 })).toBeNull();
});

test('a draft that comes back to what there is asks for nothing', () => {
  const gpu = gpuWith('3g.40gb:0');
  const more = placed(gpu, {}, { profile: '1g.10gb', start: 5 });
  expect(requestOf({ gpus: [gpu] }, more)).toEqual({ gpus: [{ gpu: 0, instances: ['3g.40gb:0', '1g.10gb:5'] }] });
  expect(requestOf({ gpus: [gpu] }, removed(gpu, more, { profile: '1g.10gb', start: 5 }))).toBeNull();
});

test('events are taken whole, however they are cut', () => {
  const text = 'event: state\ndata: {"a":1}\n\n: keep-alive\n\nevent: activity\r\ndata: 1\r\ndata: 2\r\n\r\nevent: half';
  for (let cut = 0; cut <= text.length; ++cut) {
    const first = takeEvents(text.slice(0, cut));
    const second = takeEvents(first.rest + text.slice(cut));
    expect([...first.events, ...second.events]).toEqual([{ name: 'state', data: '{"a":1}' }, { name: 'activity', data: '1\n2' }]);
    expect(second.rest).toBe('event: half');
  }
});

test('what happened is said in a sentence, and nothing of what did not', () => {
  const state = (gpu) => ({ problem: null, gpus: [gpu] });
  const gpu = gpuWith('3g.40gb:0');
  expect(whatHappened(null, state(gpu))).toBe('');
  expect(whatHappened(state(gpu), state({ ...gpu, usage: { ...gpu.usage, memory_used_mib: 5 } }))).toBe('');
  const more = { ...gpu, gpu_instances: [...gpu.gpu_instances, instance(gpu, '1g.10gb', 5)] };
  expect(whatHappened(state(gpu), state(more))).toBe('GPU 0: 1g.10gb at 5 is new');
  expect(whatHappened(state(more), state(gpu))).toBe('GPU 0: 1g.10gb at 5 is gone');
  expect(whatHappened(state(gpu), state({ ...gpu, health: { healthy: false, why: 'Xid 79' } }))).toBe('GPU 0 is faulty: Xid 79');
});

test('layouts over time: an instance that stays is one field, one that is made again is two', () => {
  const one = (time_ms, ...starts) => ({ time_ms, gpu: 'a', instances: starts.map((start) => ({ profile: '1g.10gb', start, size: 1 })) });
  const fields = fieldsOf([one(30, 0), one(10, 0, 1), one(20, 0), one(40, 0, 1)], 0, 100);
  expect(fields.map(({ start, from, to }) => [start, from, to]).sort((a, b) => a[0] - b[0] || a[1] - b[1])).toEqual([[0, 10, 100], [1, 10, 20], [1, 40, 100]]);
});

test('a compute instance is as wide as its own slices', () => {
  expect([slicesInName('3g.40gb'), slicesInName('1c.3g.40gb'), slicesInName('1g.10gb+me'), slicesInName('whole')]).toEqual([3, 1, 1, null]);
});
