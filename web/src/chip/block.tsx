// web/src/chip/block.tsx — one instance on its chip: who has it, how full its memory, how busy its
// slices? The bars are written each second without rendering.
import { useRef } from 'preact/hooks';
import { fillSize, keyOf, setFill, setText, useActivity, type Busy } from '../live/activity';
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

// Compute slices under an instance's memory that are not its own: nobody can have them.
function spareOf(instance: GpuInstance, slices: number, plan: Floorplan): number {
  const [, to] = computeSpan({ ...instance.placement, profile: instance.profile }, slices, plan);
  return Math.max(0, Math.min(instance.placement.start + instance.placement.size, plan.compute) - to);
}

// "1g" and ".10gb": where there is little room the first part is shown alone.
function namesOf(profile: string): [string, string] {
  const dot = profile.indexOf('.');
  return dot < 0 ? [profile, ''] : [profile.slice(0, dot), profile.slice(dot)];
}

// The compute part: one segment per compute instance, and what of it no slice or nobody has.
function ComputeRow({ instance, plan, slices }: { instance: GpuInstance; plan: Floorplan; slices: number }) {
  const [from, to] = computeSpan({ ...instance.placement, profile: instance.profile }, slices, plan);
  const spare = spareOf(instance, slices, plan);
  const columns = instance.placement.size;
  const cut = instance.compute_instances.length > 1 ||
    instance.compute_instances.some((one) => one.placement.size < slices);
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
  const memoryFill = useRef<HTMLSpanElement>(null);
  const memoryText = useRef<HTMLSpanElement>(null);
  const smFill = useRef<HTMLSpanElement>(null);
  const smText = useRef<HTMLSpanElement>(null);
  const total = instance.usage.memory_total_mib;
  const slices = slicesOf(instance.profile, gpu.geometry);
  const ill = whyIll(gpu, instance);
  const write = (busy: Busy): void => {
    const used = busy.memory_used_mib ?? instance.usage.memory_used_mib;
    setFill(memoryFill.current, used === null || total === null ? null : used / total);
    setText(memoryText.current, gib(used));
    setFill(smFill.current, gpu.activity_available && busy.sm !== null ? busy.sm / 100 : null);
    setText(smText.current, gpu.activity_available ? `SM ${percent(busy.sm)}` : 'SM n/a');
  };
  useActivity(keyOf(gpu.index, instance.id), write, [total, gpu.activity_available]);
  const usedAtFirst = instance.usage.memory_used_mib;
  const shareAtFirst = usedAtFirst === null || total === null ? 0 : usedAtFirst / total;
  const { start, size } = instance.placement;
  const spare = spareOf(instance, slices, plan);
  const wide = `${((size - spare) / size) * 100}%`;
  const [short, rest] = namesOf(instance.profile);
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
      <span class="fill-of memory" ref={memoryFill} style={{ backgroundSize: fillSize(shareAtFirst) }} />
      <span class="fill-of sm" ref={smFill} style={{ width: wide }} />
      <ComputeRow instance={instance} plan={plan} slices={slices} />
      <span class="words upper">
        <b>{ill && <span class="ill-mark" aria-hidden="true">✕ </span>}{short}<span class="rest">{rest}</span></b>
        <em class="id">GI {instance.id}</em>
        <span class="number">
          <span ref={memoryText}>{gib(instance.usage.memory_used_mib)}</span>
          <span class="of"> / {gib(total)} GiB</span>
        </span>
      </span>
      <span class="words lower" style={{ width: wide }}>
        <span class="tenant">{tenantLabel(instance)}</span>
        <span class="number" ref={smText}>{gpu.activity_available ? 'SM ?' : 'SM n/a'}</span>
      </span>
    </button>
  );
}
