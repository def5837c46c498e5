// web/src/chip/block.tsx — one instance on its chip: who has it, how full its memory, how busy its
// slices? The bars are written each second without rendering.
import { useRef } from 'preact/hooks';
import { keyOf, setFill, setText, useActivity, type Busy } from '../live/activity';
import { gib, percent } from '../page/words';
import type { Gpu, GpuInstance } from '../api/types';
import { computeSpan, slicesOf, type Floorplan } from './floorplan';
import { tenantLabel, tenantsOf, whyIll } from './health';

interface Props {
  gpu: Gpu;
  instance: GpuInstance;
  plan: Floorplan;
  colour: number;
  selected: boolean;
  onSelect: (instance: GpuInstance) => void;
}

function describe(gpu: Gpu, instance: GpuInstance, ill: string | null): string {
  const tenants = tenantsOf(instance);
  const end = instance.placement.start + instance.placement.size - 1;
  const where = `${instance.profile}, GPU instance ${instance.id}, memory units ${instance.placement.start} to ${end} of GPU ${gpu.index}`;
  const who = tenants.length > 0 ? `used by ${tenants.join(', ')}` : 'nobody uses it';
  return `${where}; ${who}${ill ? `; faulty: ${ill}` : ''}. Details`;
}

// The compute part: one segment per compute instance, and what of it no slice or nobody has.
function ComputeRow({ instance, plan, slices }: { instance: GpuInstance; plan: Floorplan; slices: number }) {
  const [from, to] = computeSpan({ ...instance.placement, profile: instance.profile }, slices, plan);
  const columns = instance.placement.size;
  const cut = instance.compute_instances.length > 1 ||
    instance.compute_instances.some((one) => one.placement.size < slices);
  const spare = Math.min(instance.placement.start + columns, plan.compute) - to;
  return (
    <div class="compute-row" style={{ gridTemplateColumns: `repeat(${columns}, 1fr)` }}>
      {cut &&
        instance.compute_instances.map((one) => (
          <span
            key={one.uuid}
            class="compute-instance"
            style={{ gridColumn: `${one.placement.start + 1} / span ${one.placement.size}` }}
          >
            <small>{one.profile.split('.')[0]}</small>
          </span>
        ))}
      {spare > 0 && (
        <span
          class="hatched"
          title="a compute slice that nobody can use while this instance is here"
          style={{ gridColumn: `${to - from + 1} / span ${spare}` }}
        />
      )}
    </div>
  );
}

export function Block({ gpu, instance, plan, colour, selected, onSelect }: Props) {
  const memoryFill = useRef<HTMLElement>(null);
  const memoryText = useRef<HTMLElement>(null);
  const smFill = useRef<HTMLElement>(null);
  const smText = useRef<HTMLElement>(null);
  const total = instance.usage.memory_total_mib;
  const slices = slicesOf(instance.profile, gpu.geometry);
  const ill = whyIll(gpu, instance);
  const write = (busy: Busy): void => {
    const used = busy.memory_used_mib ?? instance.usage.memory_used_mib;
    setFill(memoryFill.current, used === null || total === null ? null : used / total);
    setText(memoryText.current, `${gib(used)} / ${gib(total)} GiB`);
    setFill(smFill.current, gpu.activity_available && busy.sm !== null ? busy.sm / 100 : null);
    setText(smText.current, gpu.activity_available ? `SM ${percent(busy.sm)}` : 'SM n/a');
  };
  useActivity(keyOf(gpu.index, instance.id), write, [total, gpu.activity_available]);
  const usedAtFirst = instance.usage.memory_used_mib;
  const shareAtFirst = usedAtFirst === null || total === null ? 0 : usedAtFirst / total;
  const { start, size } = instance.placement;
  const wide = `${(Math.min(slices, size) / size) * 100}%`;
  return (
    <button
      type="button"
      class={`block colour-${colour}${ill ? ' ill' : ''}${selected ? ' selected' : ''}`}
      style={{ gridColumn: `${start + 1} / span ${size}` }}
      aria-label={describe(gpu, instance, ill)}
      aria-pressed={selected}
      data-gi={instance.id}
      data-profile={instance.profile}
      data-start={start}
      onClick={() => onSelect(instance)}
    >
      <span class="fill-of memory"><i ref={memoryFill} style={{ transform: `scaleX(${shareAtFirst.toFixed(3)})` }} /></span>
      <span class="fill-of sm" style={{ width: wide }}><i ref={smFill} /></span>
      <ComputeRow instance={instance} plan={plan} slices={slices} />
      <span class="words upper">
        <b>{ill && <span class="ill-mark" aria-hidden="true">✕ </span>}{instance.profile}</b>
        <em class="id">GI {instance.id}</em>
        <span class="number" ref={memoryText}>
          {gib(instance.usage.memory_used_mib)} / {gib(total)} GiB
        </span>
      </span>
      <span class="words lower" style={{ width: wide }}>
        <span class="tenant">{tenantLabel(instance)}</span>
        <span class="number" ref={smText}>{gpu.activity_available ? 'SM ?' : 'SM n/a'}</span>
      </span>
    </button>
  );
}
