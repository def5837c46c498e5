// web/src/node/gpu_row.tsx — one GPU of the node: its name, its totals, its health, its chip.
import { memo } from './memo';
import { useEffect, useRef } from 'preact/hooks';
import type { Gpu, GpuInstance } from '../api/types';
import { Chip } from '../chip/chip';
import { keyOf, setText, useActivity, watchPlace, type Busy } from '../live/activity';
import { boardName, celsius, count, gib, percent, watts } from '../page/words';

export interface Chosen {
  gpu: number;
  instance: number; // -1: the GPU itself
}

interface Props {
  gpu: Gpu;
  chosen: number | null;
  onChoose: (chosen: Chosen) => void;
}

function totals(gpu: Gpu, busy: Busy | null): string {
  const used = busy?.memory_used_mib ?? gpu.usage.memory_used_mib;
  const parts = [`${gib(used)} / ${gib(gpu.usage.memory_total_mib)} GiB`];
  const sm = busy?.sm ?? null;
  if (gpu.activity_available) parts.push(`SM ${percent(sm ?? gpu.usage.sm_percent)}`);
  parts.push(watts(busy?.power_mw ?? gpu.power_mw), celsius(busy?.temperature_c ?? gpu.temperature_c));
  return parts.join('  ·  ');
}

function slicesLine(gpu: Gpu): string {
  if (gpu.mig_mode !== 'on' || gpu.free === null || gpu.stranded === null) return '';
  const all = gpu.geometry?.compute_slices;
  const used = all === undefined ? null : all - gpu.free.compute_slices;
  const parts = [used === null ? count(gpu.gpu_instances.length, 'instance') : `${used}/${all} slices`];
  const lost = gpu.stranded.compute_slices;
  const free = gpu.free.compute_slices - lost;
  if (free > 0) parts.push(`${free} free`);
  if (lost > 0) parts.push(`${lost} stranded`);
  return parts.join(', ');
}

function Pending({ gpu }: { gpu: Gpu }) {
  if (gpu.mig_mode === gpu.mig_mode_pending) return null;
  return <p class="note">MIG goes {gpu.mig_mode_pending} at the next reset of this GPU</p>;
}

function Row({ gpu, chosen, onChoose }: Props) {
  const live = useRef<HTMLSpanElement>(null);
  const place = useRef<HTMLElement>(null);
  useEffect(() => (place.current ? watchPlace(gpu.index, place.current) : undefined), [gpu.index]);
  useActivity(keyOf(gpu.index), (busy) => setText(live.current, totals(gpu, busy)), [gpu]);
  const choose = (instance: GpuInstance | null): void =>
    onChoose({ gpu: gpu.index, instance: instance?.id ?? -1 });
  const sick = !gpu.health.healthy || gpu.problem !== null;
  return (
    <section ref={place} class={`gpu${sick ? ' sick' : ''}`} aria-label={`GPU ${gpu.index}`} data-gpu={gpu.index}>
      <header>
        <button type="button" class="gpu-name" onClick={() => choose(null)} aria-pressed={chosen === -1}>
          GPU {gpu.index}
        </button>
        <span class="board">{gpu.name === '' ? 'unknown board' : boardName(gpu.name)}</span>
        <span class="slices">{slicesLine(gpu)}</span>
        <span class="live number" ref={live}>{totals(gpu, null)}</span>
      </header>
      {sick && (
        <p class="sick-why">
          <span class="ill-mark" aria-hidden="true">✕</span> {gpu.problem ?? gpu.health.why ?? 'faulty, no reason given'}
        </p>
      )}
      <Pending gpu={gpu} />
      <Chip gpu={gpu} selected={chosen} onSelect={choose} />
      {!gpu.activity_available && gpu.mig_mode === 'on' && (
        <p class="note">SM activity per instance: not available on this GPU (NVML samples it from Hopper on)</p>
      )}
    </section>
  );
}

// The state comes whole: a row is drawn anew only where its own GPU differs.
export const GpuRow = memo(Row, (before, after) =>
  before.chosen === after.chosen && before.gpu === after.gpu && before.onChoose === after.onChoose);
