// web/src/plan/plan_view.tsx — how should the GPUs be cut? Drag profiles onto them or paste a file;
// see before, after and the steps; carry it out, and undo it.
import { useState } from 'preact/hooks';
import { ask, inWords } from '../api/client';
import type { ApiErrorBody, Plan } from '../api/types';
import { node, whyNot } from '../live/node';
import { ApplyDialog, type Asked } from './apply_dialog';
import { Board } from './board';
import { clearDesk, draftSaid, edits, hint, inHand, outcome, planning, refusal } from './desk';
import { Palette } from './palette';
import { PlanResult } from './plan_result';
import { TextEntry } from './text_entry';

function ByHand() {
  const letGo = (event: KeyboardEvent): void => {
    if (event.key === 'Escape' && inHand.value) {
      inHand.value = null;
      hint.value = null;
    }
  };
  return (
    <div class="by-hand" onKeyDown={letGo}>
      <Palette />
      <div class="boards">
        {node.value?.gpus.map((gpu) => <Board key={gpu.index} gpu={gpu} />)}
      </div>
    </div>
  );
}

function Result({ onApply, onUndo }: { onApply: () => void; onUndo: () => void }) {
  const made = outcome.value;
  const why = whyNot.value;
  const words = refusal.value;
  const stops = why ?? (made === null ? 'nothing is planned yet'
    : made.plan.steps.length === 0 ? 'nothing to do'
    : made.plan.blocked.length > 0 ? 'somebody is in the way (see the steps)'
    : made.plan.obstacle ? made.plan.obstacle.what : null);
  return (
    <section class="result" aria-label="the plan">
      <header>
        <h2>The plan {planning.value && <span class="note">asking the planner …</span>}</h2>
        <div class="actions">
          <button type="button" class="first" disabled={stops !== null} aria-describedby="why-not" onClick={onApply}>Apply …</button>
          <button type="button" onClick={clearDesk} disabled={Object.keys(edits.value).length === 0 && made === null}>Start over</button>
          <button type="button" disabled={why !== null} onClick={onUndo}>Undo the last change …</button>
        </div>
        <p id="why-not" class="note">{stops === null ? '' : `Apply waits: ${stops}.`}</p>
      </header>
      {words && <p class="bad-words" data-refusal={words.code}>{words.what}{words.remedy && `. Try: ${words.remedy}`}</p>}
      {made ? <PlanResult plan={made.plan} /> : <p class="empty">The draft is the node as it is. Put a profile somewhere, or take one away, and the steps appear here.</p>}
    </section>
  );
}

export function PlanView() {
  const [byText, setByText] = useState(false);
  const [asked, setAsked] = useState<Asked | null>(null);
  const [failure, setFailure] = useState<ApiErrorBody | null>(null);
  const apply = (): void => {
    const made = outcome.value;
    if (made) setAsked({ ...made, title: 'Carry out this plan?' });
  };
  const undo = async (): Promise<void> => {
    try {
      setFailure(null);
      const request = { undo: 'last' as const };
      setAsked({ request, plan: await ask<Plan>('plan', request), title: 'Undo the last change?' });
    } catch (problem) {
      setFailure(inWords(problem));
    }
  };
  const close = (done: boolean): void => {
    setAsked(null);
    if (done) clearDesk();
  };
  return (
    <>
      <h1>Plan a layout</h1>
      <div class="choice" role="group" aria-label="how to say it">
        <button type="button" aria-pressed={!byText} onClick={() => setByText(false)}>By hand</button>
        <button type="button" aria-pressed={byText} onClick={() => setByText(true)}>From a file</button>
      </div>
      <div class="plan-desk">
        {byText ? <TextEntry /> : <ByHand />}
        <Result onApply={apply} onUndo={() => void undo()} />
      </div>
      {failure && <p class="bad-words" role="alert">{failure.what}</p>}
      <div class="unseen" aria-live="assertive">{draftSaid.value}</div>
      {asked && <ApplyDialog asked={asked} onClose={close} />}
    </>
  );
}
