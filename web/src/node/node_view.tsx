// web/src/node/node_view.tsx — what is each GPU of this node doing? All chips, and the details of
// the one that is chosen.
import { useCallback, useState } from 'preact/hooks';
import type { NodeState } from '../api/types';
import { whyIll } from '../chip/health';
import { gpuAt, node } from '../live/node';
import { count } from '../page/words';
import { Details } from './details';
import { GpuRow, type Chosen } from './gpu_row';
import { Legend } from './legend';

function summaryOf(state: NodeState): string {
  const cut = state.gpus.filter((gpu) => gpu.mig_mode === 'on');
  const instances = state.gpus.flatMap((gpu) => gpu.gpu_instances);
  const used = instances.filter((one) => one.processes.length > 0).length;
  const stranded = state.gpus.reduce((sum, gpu) => sum + (gpu.stranded?.compute_slices ?? 0), 0);
  const sick = state.gpus.filter((gpu) => !gpu.health.healthy).length;
  const ill = state.gpus.flatMap((gpu) => (gpu.health.healthy ? gpu.gpu_instances.filter((one) => whyIll(gpu, one)) : [])).length;
  const parts = [
    `${count(state.gpus.length, 'GPU')}, ${cut.length === state.gpus.length ? 'all' : cut.length} with MIG on`,
    `${state.slices.compute_used} of ${count(state.slices.compute_total, 'slice')} handed out`,
    `${count(instances.length, 'instance')}, ${used} in use`,
  ];
  if (stranded > 0) parts.push(`${count(stranded, 'slice')} stranded`);
  if (sick > 0) parts.push(`${count(sick, 'GPU')} faulty`);
  if (ill > 0) parts.push(`${count(ill, 'instance')} faulty`);
  if (sick + ill === 0) parts.push('all healthy');
  return parts.join('  ·  ');
}

export function NodeView() {
  const state = node.value;
  const [chosen, setChosen] = useState<Chosen | null>(null);
  const choose = useCallback((one: Chosen) => {
    setChosen((old) => (old && old.gpu === one.gpu && old.instance === one.instance ? null : one));
  }, []);
  const close = useCallback(() => {
    setChosen(null);
    document.querySelector<HTMLElement>('[aria-pressed="true"]')?.focus();
  }, []);
  if (state === null) return null;
  if (state.gpus.length === 0) {
    return <p class="empty">This node has no GPU that the driver shows. <code>septet doctor</code> tells what stands in the way.</p>;
  }
  const gpu = chosen === null ? null : gpuAt(chosen.gpu);
  const instance = gpu?.gpu_instances.find((one) => one.id === chosen?.instance) ?? null;
  const gone = chosen !== null && chosen.instance >= 0 && instance === null;
  return (
    <>
      <h1>What each GPU is doing</h1>
      <p class="summary number">{summaryOf(state)}</p>
      <Legend />
      <div class={`with-details${gpu && !gone ? ' open' : ''}`}>
        <div class="gpus">
          {state.gpus.map((one) => (
            <GpuRow key={one.index} gpu={one} chosen={chosen?.gpu === one.index ? chosen.instance : null} onChoose={choose} />
          ))}
        </div>
        {gpu && !gone && <Details key={`${gpu.index} ${chosen?.instance}`} gpu={gpu} instance={instance} onClose={close} />}
      </div>
    </>
  );
}
