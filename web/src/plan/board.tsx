// web/src/plan/board.tsx — one GPU of the draft: its instances, which can be moved and removed, and
// the places where what is in the hand may be put.
import type { Gpu } from '../api/types';
import { Cells } from '../chip/chip';
import { computeCells, computeSpan, floorplanOf, memoryCells, slicesOf, type Floorplan } from '../chip/floorplan';
import { boardName } from '../page/words';
import { focusDrafted, focusPiece, focusPlace, moveFocus } from './board_focus';
import { changeDraft, edits, hint, inHand, putDown, takeAway, whyNotAt, type InHand } from './desk';
import { draftedOf, emptied, profileOf, type Drafted } from './draft';
import { beginDrag } from './drag';

function letGo(held: InHand): void {
  inHand.value = null;
  hint.value = null;
  if (held.from === null) focusPiece(held.profile);
}

function Instance({ gpu, one, plan }: { gpu: Gpu; one: Drafted; plan: Floorplan }) {
  const held = inHand.value;
  const wish = { profile: one.profile, start: one.start };
  const isHeld = held?.from?.gpu === gpu.index && held.from.wish.profile === one.profile && held.from.wish.start === one.start;
  const slices = slicesOf(one.profile, gpu.geometry);
  const [from, to] = computeSpan(one, slices, plan);
  const spare = Math.min(one.start + one.size, plan.compute) - to;
  const pickUp = (): void => {
    hint.value = null;
    inHand.value = isHeld ? null : { profile: one.profile, from: { gpu: gpu.index, wish }, dragged: false };
  };
  const onKey = (event: KeyboardEvent): void => {
    if (event.key === 'Delete' || event.key === 'Backspace') {
      event.preventDefault();
      takeAway(gpu, wish);
    } else if (event.key === 'Enter' || event.key === ' ') {
      event.preventDefault();
      pickUp();
      if (inHand.value) requestAnimationFrame(() => focusPlace(gpu.index, one.start));
    }
  };
  return (
    <div class={`drafted ${one.fate}${isHeld ? ' held' : ''}`} style={{ gridColumn: `${one.start + 1} / span ${one.size}` }}>
      <button
        type="button"
        class="move"
        data-drafted={`${one.profile}:${one.start}`}
        aria-label={`${one.profile} at ${one.start} of GPU ${gpu.index}, ${one.fate}${one.usedBy.length > 0 ? `, used by ${one.usedBy.join(', ')}` : ''}: move`}
        onKeyDown={onKey}
        onPointerDown={(event) => beginDrag(event, { profile: one.profile, from: { gpu: gpu.index, wish } }, pickUp)}
      >
        <b>{one.profile.split('.')[0]}<span class="rest">{one.profile.slice(one.profile.indexOf('.'))}</span></b>
        <span>{one.fate === 'new' ? '+ new' : one.usedBy.length > 0 ? 'in use' : 'idle'}</span>
      </button>
      {spare > 0 && (
        <span class="hatched spare" style={{ left: `${((to - from) / one.size) * 100}%`, width: `${(spare / one.size) * 100}%` }} />
      )}
      <button type="button" class="remove" aria-label={`remove ${one.profile} at ${one.start} of GPU ${gpu.index}`} onClick={() => takeAway(gpu, wish)}>✕</button>
    </div>
  );
}

// One button for each memory unit: may what is in the hand start here?
function Places({ gpu, held, units }: { gpu: Gpu; held: InHand; units: number }) {
  const onKey = (event: KeyboardEvent, start: number): void => {
    const place = event.currentTarget as HTMLElement;
    if (event.key === 'Escape') letGo(held);
    else if (event.key === 'Enter' || event.key === ' ') {
      if (putDown(gpu, start) && inHand.value === null)
        requestAnimationFrame(() => focusDrafted(gpu.index, `${held.profile}:${start}`));
    } else if (!['ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown', 'Home', 'End'].includes(event.key)) return;
    else moveFocus(place, event.key);
    event.preventDefault();
  };
  const show = (start: number): void => {
    hint.value = { gpu: gpu.index, start, why: whyNotAt(gpu, start, held), refused: false };
  };
  return (
    <>
      {Array.from({ length: units }, (_, start) => {
        const why = whyNotAt(gpu, start, held);
        return (
          <button
            key={start}
            type="button"
            class={`place ${why === null ? 'legal' : 'illegal'}`}
            style={{ gridColumn: start + 1 }}
            data-place={start}
            data-legal={why === null ? 'yes' : 'no'}
            aria-disabled={why !== null}
            aria-label={`${held.profile} at ${start} of GPU ${gpu.index}: ${why ?? 'fits'}`}
            onFocus={() => show(start)}
            onPointerEnter={() => show(start)}
            onClick={() => putDown(gpu, start)}
            onKeyDown={(event) => onKey(event, start)}
          >
            {why === null ? start : ''}
          </button>
        );
      })}
    </>
  );
}

function Preview({ gpu, plan }: { gpu: Gpu; plan: Floorplan }) {
  const at = hint.value;
  const held = inHand.value;
  if (at === null || held === null || at.gpu !== gpu.index) return null;
  const size = Math.min(profileOf(gpu, held.profile)?.memory_units ?? 1, plan.columns - at.start);
  return <span class={`preview ${at.why === null ? 'legal' : 'illegal'}`} style={{ gridColumn: `${at.start + 1} / span ${size}` }} aria-hidden="true" />;
}

function HintLine({ gpu }: { gpu: Gpu }) {
  const at = hint.value;
  if (at === null || at.gpu !== gpu.index) return <p class="hint" />;
  const what = inHand.value?.profile ?? 'that';
  if (at.why === null) return <p class="hint good-words">{what} fits at {at.start}</p>;
  return <p class="hint bad-words" data-refused={at.refused ? 'yes' : 'no'}>{at.refused ? 'Refused: ' : 'Not here: '}{at.why}</p>;
}

export function Board({ gpu }: { gpu: Gpu }) {
  const plan = floorplanOf(gpu);
  const grid = { gridTemplateColumns: `repeat(${plan.columns}, minmax(0, 1fr))` };
  const inDraft = gpu.index in edits.value;
  const drafted = draftedOf(gpu, edits.value);
  const memory = memoryCells(plan, drafted, []);
  const held = inHand.value;
  const off = gpu.mig_mode !== 'on' && !inDraft;
  return (
    <section class="board-of" aria-label={`draft of GPU ${gpu.index}`}>
      <header>
        <h3>GPU {gpu.index}</h3>
        <span class="board">{boardName(gpu.name)}</span>
        {inDraft && <span class="changed">changed</span>}
        <span class="tools">
          {inDraft && <button type="button" class="plain" onClick={() => {
            const { [gpu.index]: _gone, ...rest } = edits.value;
            changeDraft(rest);
          }}>as it is now</button>}
          {!off && drafted.length > 0 && <button type="button" class="plain" aria-label={`empty GPU ${gpu.index}`} onClick={() => changeDraft(emptied(gpu, edits.value))}>empty</button>}
        </span>
      </header>
      <div class="chip desk" style={grid}>
        {off ? (
          <div class="off" style={{ gridColumn: `1 / span ${plan.columns}` }}>
            {gpu.problem !== null ? <span>{gpu.problem}</span> : gpu.mig_mode === 'unsupported' ? <span>this board cannot be cut</span> : (
              <>
                <span>MIG is off: one undivided GPU</span>
                <button type="button" onClick={() => changeDraft(emptied(gpu, edits.value))}>turn MIG on in the draft</button>
              </>
            )}
          </div>
        ) : (
          <>
            <Cells row="memory" cells={memory} />
            <Cells row="compute" cells={computeCells(plan, drafted, memory, gpu.geometry)} />
            {drafted.map((one) => <Instance key={`${one.profile}:${one.start}`} gpu={gpu} one={one} plan={plan} />)}
          </>
        )}
        <div class="places" data-board={gpu.index} data-columns={plan.columns} style={{ ...grid, pointerEvents: held && !held.dragged ? 'auto' : 'none' }}>
          {held && !held.dragged && !off && <Places gpu={gpu} held={held} units={plan.memory} />}
          <Preview gpu={gpu} plan={plan} />
        </div>
      </div>
      <HintLine gpu={gpu} />
    </section>
  );
}
