// web/src/live/changes.ts — what is different between two states, as a sentence for a person who
// does not see the drawing?
import type { Gpu, NodeState } from '../api/types';

const mostSaid = 3;

function instancesOf(gpu: Gpu): Map<string, string> {
  const found = new Map<string, string>();
  for (const instance of gpu.gpu_instances) {
    const uuid = instance.compute_instances[0]?.uuid ?? '';
    const key = `${instance.id} ${instance.profile} ${instance.placement.start} ${uuid}`;
    found.set(key, `${instance.profile} at ${instance.placement.start}`);
  }
  return found;
}

function onOneGpu(before: Gpu, after: Gpu): string[] {
  const name = `GPU ${after.index}`;
  const out: string[] = [];
  const had = instancesOf(before);
  const has = instancesOf(after);
  for (const [key, text] of had) if (!has.has(key)) out.push(`${name}: ${text} is gone`);
  for (const [key, text] of has) if (!had.has(key)) out.push(`${name}: ${text} is new`);
  if (before.mig_mode !== after.mig_mode) out.push(`${name}: MIG is ${after.mig_mode} now`);
  if (before.health.healthy && !after.health.healthy)
    out.push(`${name} is faulty: ${after.health.why ?? 'no reason given'}`);
  if (!before.health.healthy && after.health.healthy) out.push(`${name} is healthy again`);
  return out;
}

// Empty when nothing that a person must hear has changed.
export function whatHappened(before: NodeState | null, after: NodeState): string {
  if (before === null) return '';
  const out: string[] = [];
  if (after.problem !== null && before.problem !== after.problem) out.push(after.problem);
  for (const gpu of after.gpus) {
    const was = before.gpus.find((one) => one.index === gpu.index);
    if (was) out.push(...onOneGpu(was, gpu));
  }
  if (out.length <= mostSaid) return out.join('. ');
  return `${out.slice(0, mostSaid).join('. ')}. And ${out.length - mostSaid} more changes`;
}
