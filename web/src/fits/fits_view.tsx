// web/src/fits/fits_view.tsx — what would still fit? Every profile on every GPU: how many more, where,
// and why none.
import { useState } from 'preact/hooks';
import type { Fit, Gpu, Profile } from '../api/types';
import { node } from '../live/node';
import { boardName, gib } from '../page/words';

// The starts of a profile that are open, as a strip of memory units.
function Starts({ gpu, fit, profile }: { gpu: Gpu; fit: Fit; profile: Profile | null }) {
  const units = gpu.geometry?.memory_units ?? 8;
  const held = gpu.gpu_instances.map((one) => one.placement);
  return (
    <span class="starts" aria-hidden="true" style={{ gridTemplateColumns: `repeat(${units}, 1fr)` }}>
      {Array.from({ length: units }, (_, unit) => {
        const used = held.some((one) => one.start <= unit && unit < one.start + one.size);
        const may = profile?.starts.includes(unit) ?? false;
        return <i key={unit} class={fit.starts.includes(unit) ? 'open' : used ? 'used' : may ? 'closed' : ''} />;
      })}
    </span>
  );
}

function Answer({ gpu, profile, onTell }: { gpu: Gpu; profile: string; onTell: (words: string) => void }) {
  const fit = gpu.fits?.find((one) => one.profile === profile);
  if (!fit) return <td class="none">{gpu.fits === null ? 'not known' : 'has none'}</td>;
  const name = `${profile} on GPU ${gpu.index}`;
  const words = fit.more > 0
    ? `${name}: ${fit.more} more; the next may start at ${fit.starts.join(', ')}`
    : `${name}: none, ${fit.why ?? 'no reason given'}`;
  const shape = gpu.geometry?.profiles.find((one) => one.id === fit.profile_id) ?? null;
  return (
    <td class={fit.more === 0 ? 'zero' : ''}>
      <button type="button" class="fit" title={words} aria-label={words} onFocus={() => onTell(words)} onPointerEnter={() => onTell(words)} onClick={() => onTell(words)}>
        <b class="number">{fit.more}</b>
        <Starts gpu={gpu} fit={fit} profile={shape} />
      </button>
    </td>
  );
}

function move(event: KeyboardEvent): void {
  const cell = (event.target as HTMLElement).closest('td');
  const row = cell?.parentElement as HTMLTableRowElement | null;
  if (!cell || !row) return;
  const step: Record<string, [number, number]> = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };
  const by = step[event.key];
  if (!by) return;
  event.preventDefault();
  const body = row.parentElement as HTMLTableSectionElement;
  const to = body.rows[row.sectionRowIndex + by[0]]?.cells[cell.cellIndex + by[1]];
  to?.querySelector('button')?.focus();
}

export function FitsView() {
  const state = node.value;
  const [told, setTold] = useState('');
  if (state === null) return null;
  const profiles = new Map<string, Fit>();
  for (const gpu of state.gpus) for (const fit of gpu.fits ?? []) if (!profiles.has(fit.profile)) profiles.set(fit.profile, fit);
  if (profiles.size === 0) return <><h1>What fits</h1><p class="empty">No GPU of this node says what it can be cut into: MIG may be off everywhere.</p></>;
  const sizeOf = (name: string): Profile | undefined =>
    state.gpus.flatMap((gpu) => gpu.geometry?.profiles ?? []).find((one) => one.name === name);
  const total = (name: string): number =>
    state.gpus.reduce((sum, gpu) => sum + (gpu.fits?.find((one) => one.profile === name)?.more ?? 0), 0);
  return (
    <>
      <h1>What fits</h1>
      <p class="lead">
        How many more of each profile a GPU could take as it is cut now, each asked alone. In the strip a full mark is a memory
        unit where the next one may start; a ring, where it might but for others; grey, taken. Point at a number to read why.
      </p>
      <p class="told" role="status">{told || 'Point at a number, or walk the table with the arrow keys.'}</p>
      <div class="scroll" tabIndex={0} role="region" aria-label="table of what fits" onKeyDown={move}>
        <table class="fits">
          <thead>
            <tr>
              <th scope="col">profile</th>
              <th scope="col">in all</th>
              {state.gpus.map((gpu) => <th scope="col" key={gpu.index} title={boardName(gpu.name)}>GPU {gpu.index}{gpu.mig_mode === 'off' ? ' (MIG off)' : ''}</th>)}
            </tr>
          </thead>
          <tbody>
            {[...profiles.keys()].map((name) => (
              <tr key={name}>
                <th scope="row">{name}<small> {gib(sizeOf(name)?.memory_mib)} GiB</small></th>
                <td class="number"><b>{total(name)}</b></td>
                {state.gpus.map((gpu) => <Answer key={gpu.index} gpu={gpu} profile={name} onTell={setTold} />)}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}
