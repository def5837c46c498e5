// web/src/history/layouts_over_time.tsx — how was each GPU cut, and when? Time to the right, memory
// units downwards; an instance is a field from when it was made to when it went.
import type { NodeState, Series } from '../api/types';
import { clock } from '../page/words';
import { fieldsOf, key, type Field } from './fields';

const width = 1000;
const unit = 9;

function hueOf(profile: string): string {
  const slices = Number(/^(\d+)g/.exec(profile)?.[1] ?? '1');
  return `colour-${slices % 8}`;
}

function Band({ name, fields, units, from, to }: { name: string; fields: Field[]; units: number; from: number; to: number }) {
  const x = (at: number): number => ((at - from) / Math.max(1, to - from)) * width;
  const words = fields.map((one) => `${one.profile} at ${one.start} from ${clock(one.from)} to ${clock(one.to)}`).join('; ');
  return (
    <div class="band">
      <h3>{name}</h3>
      <svg viewBox={`0 0 ${width} ${units * unit}`} preserveAspectRatio="none" role="img" aria-label={`${name}: ${words || 'nothing on it'}`} style={{ height: `${units * unit}px` }}>
        {Array.from({ length: units }, (_, i) => <line key={i} class="band-line" x1="0" x2={width} y1={i * unit} y2={i * unit} />)}
        {fields.map((one) => (
          <rect
            key={`${key(one)} ${one.from}`}
            class={`band-field ${hueOf(one.profile)}`}
            x={x(one.from)}
            width={Math.max(1.5, x(one.to) - x(one.from) - 1)}
            y={one.start * unit + 0.5}
            height={one.size * unit - 1}
          >
            <title>{`${one.profile} at ${one.start}: ${clock(one.from)} to ${clock(one.to)}`}</title>
          </rect>
        ))}
      </svg>
      <div class="band-words" aria-hidden="true">
        {fields.filter((one) => x(one.to) - x(one.from) > 70).map((one) => (
          <span key={`${key(one)} ${one.from}`} style={{ left: `${x(one.from) / 10}%`, top: `${one.start * unit}px`, maxWidth: `${(x(one.to) - x(one.from)) / 10}%`, height: `${one.size * unit}px` }}>
            {one.profile}
          </span>
        ))}
      </div>
    </div>
  );
}

export function LayoutsOverTime({ state, series, to }: { state: NodeState; series: Series; to: number }) {
  const from = series.from_ms;
  return (
    <div class="bands">
      {state.gpus.map((gpu) => (
        <Band
          key={gpu.index}
          name={`GPU ${gpu.index}`}
          units={gpu.geometry?.memory_units ?? 8}
          fields={fieldsOf(series.layouts.filter((one) => one.gpu === gpu.uuid), from, to)}
          from={from}
          to={to}
        />
      ))}
      <p class="band-axis number" aria-hidden="true"><span>{clock(from)}</span><span>{clock((from + to) / 2)}</span><span>now</span></p>
    </div>
  );
}
