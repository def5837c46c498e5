// web/src/chip/chip.tsx — what is one GPU cut into? Memory units above, compute slices below,
// instances as walls around theirs; hatched is what nobody can get.
import { useRef } from 'preact/hooks';
import type { Gpu, GpuInstance } from '../api/types';
import { keyOf, setFill, setText, useActivity, type Busy } from '../live/activity';
import { gib, percent } from '../page/words';
import { Block } from './block';
import { coloursOf } from './colours';
import { computeCells, floorplanOf, memoryCells, runsOf, type Cell } from './floorplan';

interface Props {
  gpu: Gpu;
  selected: number | null;
  onSelect: (instance: GpuInstance | null) => void;
}

export function uuidOf(gpu: Gpu, instance: GpuInstance): string {
  return instance.compute_instances[0]?.uuid ?? `${gpu.uuid}/${instance.id}`;
}

const wordOf: Record<'memory' | 'compute', Record<Cell, string>> = {
  memory: {
    held: '',
    free: 'free memory unit',
    stranded: 'stranded memory unit: free, but no profile can be placed here now',
    none: '',
  },
  compute: {
    held: '',
    free: 'free compute slice',
    stranded: 'stranded compute slice: free, but no memory is left for it here',
    none: 'no compute slice belongs to this memory unit',
  },
};

export function Cells({ row, cells }: { row: 'memory' | 'compute'; cells: Cell[] }) {
  return (
    <>
      {cells.map((cell, i) => (
        <span
          key={`${row}${i}`}
          class={`cell ${row} ${cell}${cell === 'stranded' ? ' hatched' : ''}`}
          style={{ gridColumn: i + 1, gridRow: row === 'memory' ? 1 : 2 }}
          title={wordOf[row][cell]}
        />
      ))}
    </>
  );
}

// A GPU that is not cut: one block, its own processes and its own bars.
function WholeGpu({ gpu, columns, selected, onSelect }: Props & { columns: number }) {
  const memoryFill = useRef<HTMLSpanElement>(null);
  const memoryText = useRef<HTMLSpanElement>(null);
  const smFill = useRef<HTMLSpanElement>(null);
  const smText = useRef<HTMLSpanElement>(null);
  const total = gpu.usage.memory_total_mib;
  useActivity(keyOf(gpu.index), (busy: Busy) => {
    const used = busy.memory_used_mib ?? gpu.usage.memory_used_mib;
    setFill(memoryFill.current, used === null || total === null ? null : used / total);
    setText(memoryText.current, `${gib(used)} / ${gib(total)} GiB`);
    setFill(smFill.current, busy.sm === null ? null : busy.sm / 100);
    setText(smText.current, `SM ${percent(busy.sm)}`);
  }, [total]);
  const why = gpu.mig_mode === 'unsupported' ? 'this board cannot be cut' : 'MIG is off: one undivided GPU';
  const who = gpu.processes.map((one) => `${one.name} (pid ${one.pid})`);
  return (
    <button
      type="button"
      class={`block whole${gpu.health.healthy ? '' : ' ill'}${selected === -1 ? ' selected' : ''}`}
      style={{ gridColumn: `1 / span ${columns}` }}
      aria-label={`GPU ${gpu.index}: ${why}; ${who.length > 0 ? `used by ${who.join(', ')}` : 'nobody uses it'}. Details`}
      aria-pressed={selected === -1}
      onClick={() => onSelect(null)}
    >
      <span class="fill-of memory" ref={memoryFill} />
      <span class="fill-of sm" ref={smFill} />
      <span class="words upper">
        <b>whole GPU</b>
        <em class="id">{why}</em>
        <span class="number" ref={memoryText}>{gib(gpu.usage.memory_used_mib)} / {gib(total)} GiB</span>
      </span>
      <span class="words lower">
        <span class="tenant">{who[0] ?? 'idle'}{who.length > 1 ? ` +${who.length - 1}` : ''}</span>
        <span class="number" ref={smText}>SM {percent(gpu.usage.sm_percent)}</span>
      </span>
    </button>
  );
}

export function Chip({ gpu, selected, onSelect }: Props) {
  const plan = floorplanOf(gpu);
  const grid = { gridTemplateColumns: `repeat(${plan.columns}, minmax(0, 1fr))` };
  if (gpu.problem !== null) {
    return (
      <div class="chip" style={grid}>
        <span class="unknown hatched" style={{ gridColumn: `1 / span ${plan.columns}` }}><b>what is on it is not known</b></span>
      </div>
    );
  }
  if (gpu.mig_mode !== 'on') {
    return (
      <div class="chip" style={grid}>
        <WholeGpu gpu={gpu} columns={plan.columns} selected={selected} onSelect={onSelect} />
      </div>
    );
  }
  const placed = gpu.gpu_instances.map((one) => ({ profile: one.profile, ...one.placement }));
  const memory = memoryCells(plan, placed, gpu.stranded?.units ?? []);
  const compute = computeCells(plan, placed, memory, gpu.geometry);
  const colours = coloursOf(gpu.gpu_instances.map((one) => uuidOf(gpu, one)));
  return (
    <div class="chip" style={grid}>
      <Cells row="memory" cells={memory} />
      <Cells row="compute" cells={compute} />
      {runsOf(memory, 'free').map(([from, to]) => (
        <span key={`free${from}`} class="cell-word" style={{ gridColumn: `${from + 1} / span ${to - from}` }}>
          free
        </span>
      ))}
      {runsOf(memory, 'stranded').map(([from, to]) => (
        <span key={`stranded${from}`} class="cell-word" style={{ gridColumn: `${from + 1} / span ${to - from}` }}>
          stranded
        </span>
      ))}
      {gpu.gpu_instances.map((one) => (
        <Block
          key={`${one.id} ${uuidOf(gpu, one)}`}
          gpu={gpu}
          instance={one}
          plan={plan}
          colour={colours.get(uuidOf(gpu, one)) ?? 0}
          selected={selected === one.id}
          onSelect={onSelect}
        />
      ))}
    </div>
  );
}
