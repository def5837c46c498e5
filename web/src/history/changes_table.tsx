// web/src/history/changes_table.tsx — who changed what, and when? The journal, newest first; each
// can be undone from here.
import type { Change, ChangeCut } from '../api/types';
import { CutStrip, type StripBlock } from '../chip/cut_strip';
import { gpuAt } from '../live/node';
import { clock, count, seconds } from '../page/words';
import { slicesInName } from '../chip/floorplan';

function blocksOf(cut: ChangeCut, other: ChangeCut | undefined, fate: 'goes' | 'new'): StripBlock[] {
  const has = (profile: string, start: number): boolean =>
    other?.instances.some((one) => one.profile === profile && one.placement?.start === start) ?? false;
  return cut.instances.flatMap((one) => {
    if (one.placement === null) return [];
    const { start, size } = one.placement;
    return [{ profile: one.profile, start, size, fate: has(one.profile, start) ? 'stays' as const : fate }];
  });
}

function Cuts({ change }: { change: Change }) {
  return (
    <div class="cuts">
      {change.to.map((after) => {
        const before = change.from.find((one) => one.uuid === after.uuid);
        const columns = gpuAt(after.gpu)?.geometry?.memory_units ??
          Math.max(1, ...after.instances.map((one) => (one.placement?.start ?? 0) + (one.placement?.size ?? slicesInName(one.profile) ?? 1)));
        return (
          <div class="pair" key={after.uuid}>
            <h3>GPU {after.gpu}</h3>
            {before && <><span>before</span><CutStrip label={`GPU ${after.gpu} before`} columns={columns} blocks={blocksOf(before, after, 'goes')} off={before.mig_mode === 'off'} /></>}
            <span>after</span>
            <CutStrip label={`GPU ${after.gpu} after`} columns={columns} blocks={blocksOf(after, before, 'new')} off={after.mig_mode === 'off'} />
          </div>
        );
      })}
    </div>
  );
}

interface Props {
  changes: Change[];
  why: string | null; // why nothing can be undone now
  onUndo: (change: number) => void;
}

export function ChangesTable({ changes, why, onUndo }: Props) {
  if (changes.length === 0) return <p class="empty">Nobody has changed this node through septet yet.</p>;
  return (
    <ol class="changes">
      {changes.map((change) => {
        const failed = change.steps.find((step) => step.failure !== null);
        return (
          <li key={change.change} data-change={change.change}>
            <header>
              <b class="number">{change.change}</b>
              <span class="number">{clock(change.began)}</span>
              <span>{change.user}</span>
              <b>{change.verb}</b>
              <span class={change.state === 'done' ? 'good-words' : 'bad-words'}>{change.state}</span>
              <span class="note">{count(change.steps.length, 'step')}, {seconds(change.seconds)}</span>
              {change.state === 'done' && (
                <button type="button" disabled={why !== null} title={why ?? ''} aria-label={`undo change ${change.change}`} onClick={() => onUndo(change.change)}>Undo …</button>
              )}
            </header>
            {change.why && <p class="note">{change.why}</p>}
            {failed && <p class="bad-words">{failed.step}: {failed.failure}</p>}
            <details>
              <summary>before and after</summary>
              <Cuts change={change} />
              <code class="command">{change.command}</code>
            </details>
          </li>
        );
      })}
    </ol>
  );
}
