// web/src/plan/apply_dialog.tsx — shall these exact steps be carried out? Asks for the token, shows
// the steps again, then progress, outcome and the way back.
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { ask, inWords, token } from '../api/client';
import type { Job, Plan, PlanRequest } from '../api/types';
import { count, seconds } from '../page/words';
import { carryOut, type Stage } from './carry_out';
import { BeforeAfter, Steps, Warnings } from './plan_result';

export interface Asked {
  request: PlanRequest;
  plan: Plan;
  title: string;
}

const endedAs: Record<Job['state'], string> = {
  running: 'running',
  done: 'Done',
  'rolled-back': 'Taken back: a step failed, and everything before it was undone',
  refused: 'Refused: nothing was changed',
  stuck: 'Stuck: a step failed, and going back failed too. septet recover shows the way',
};

function Progress({ plan, job }: { plan: Plan; job: Job | null }) {
  const steps = job?.steps || plan.steps.length;
  return (
    <div role="status">
      <p class="good-words">{job?.text ? `Step ${job.step} of ${steps}: ${job.text}` : 'The agent looks again before the first step …'}</p>
      <progress max={steps} value={job?.step ?? 0} aria-label="steps" />
      <Steps plan={plan} now={job ? Math.max(0, job.step - 1) : null} />
    </div>
  );
}

function Ended({ plan, job, onUndo }: { plan: Plan; job: Job; onUndo: () => void }) {
  const good = job.state === 'done';
  return (
    <div role="status" data-outcome={job.state}>
      <p class={good ? 'good-words' : 'bad-words'}>
        {endedAs[job.state]}{good && `: ${count(plan.steps.length, 'step')} in ${seconds(job.seconds)}, each read back`}
        {job.change !== null && ` (change ${job.change})`}
      </p>
      {job.error && <p class="bad-words">{job.error.what}{job.error.remedy && `. Try: ${job.error.remedy}`}</p>}
      {good && job.change !== null && <button type="button" onClick={onUndo}>Undo this change …</button>}
    </div>
  );
}

function TokenField() {
  return (
    <label class="token-field">
      Token of the agent
      <input
        type="password"
        name="septet-token"
        autoComplete="off"
        value={token.value}
        onInput={(event) => (token.value = event.currentTarget.value.trim())}
        required
      />
      <small class="note">from the file that --token-file names; kept in this page's memory alone</small>
    </label>
  );
}

// The plan of the request as it is now; the reader confirms again.
function useReplanned(asked: Asked): [Asked, (request: PlanRequest, title: string, tell: (stage: Stage) => void) => Promise<void>] {
  const [current, setCurrent] = useState(asked);
  const replan = async (request: PlanRequest, title: string, tell: (stage: Stage) => void): Promise<void> => {
    try {
      const plan = await ask<Plan>('plan', request);
      setCurrent({ request, plan, title });
      tell({ kind: 'shown' });
    } catch (failure) {
      tell({ kind: 'failed', error: inWords(failure), token: false });
    }
  };
  return [current, replan];
}

function Question({ plan, allowReset, onAllow }: { plan: Plan; allowReset: boolean; onAllow: (yes: boolean) => void }) {
  const [askToken] = useState(token.value === '');
  return (
    <>
      <BeforeAfter plan={plan} />
      <Warnings plan={plan} />
      <p class="note">Exactly these steps are carried out, in this order:</p>
      <Steps plan={plan} />
      {plan.needs_reset && (
        <label><input type="checkbox" checked={allowReset} onChange={(event) => onAllow(event.currentTarget.checked)} /> I allow the reset</label>
      )}
      {(askToken || token.value === '') && <TokenField />}
    </>
  );
}

export function ApplyDialog({ asked, onClose }: { asked: Asked; onClose: (done: boolean) => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [current, replan] = useReplanned(asked);
  const [stage, setStage] = useState<Stage>({ kind: 'shown' });
  const [allowReset, setAllowReset] = useState(false);
  const [said, setSaid] = useState('');
  // Before the next key: what is typed right after Apply belongs into the dialog.
  useLayoutEffect(() => dialog.current?.showModal(), []);
  const { plan, request } = current;
  const ended = stage.kind === 'ended' && stage.job.state === 'done';
  const close = (): void => {
    if (stage.kind !== 'running') onClose(ended);
  };
  const go = (event: Event): void => {
    event.preventDefault();
    setSaid('');
    void carryOut(request, plan, allowReset, (next) => {
      setStage(next);
      if (next.kind !== 'changed') return;
      setSaid('The node has changed since this plan was shown. Here is the plan as it is now; confirm it again.');
      void replan(request, current.title, setStage);
    });
  };
  const undo = (change: number): void => void replan({ undo: change }, `Undo change ${change}`, setStage);
  const mayGo = plan.steps.length > 0 && plan.blocked.length === 0 && plan.obstacle === null && (!plan.needs_reset || allowReset);
  const asks = stage.kind === 'shown' || stage.kind === 'failed' || stage.kind === 'changed';
  return (
    <dialog
      ref={dialog}
      aria-labelledby="apply-title"
      onCancel={(event) => {
        event.preventDefault();
        close();
      }}
    >
      <form onSubmit={go}>
        <h2 id="apply-title">{current.title}</h2>
        {said && <p class="warning" role="alert">{said}</p>}
        {asks && <Question key={plan.hash} plan={plan} allowReset={allowReset} onAllow={setAllowReset} />}
        {stage.kind === 'running' && <Progress plan={plan} job={stage.job} />}
        {stage.kind === 'ended' && <Ended plan={plan} job={stage.job} onUndo={() => undo(stage.job.change ?? 0)} />}
        {stage.kind === 'failed' && (
          <p class="bad-words" role="alert" data-failed={stage.error.code}>{stage.error.what}{stage.error.remedy && `. Try: ${stage.error.remedy}`}</p>
        )}
        <div class="actions">
          {asks && <button type="submit" class="first" disabled={!mayGo}>Carry out {count(plan.steps.length, 'step')}</button>}
          <button type="button" onClick={close} disabled={stage.kind === 'running'}>{stage.kind === 'ended' ? 'Close' : 'Leave it'}</button>
        </div>
      </form>
    </dialog>
  );
}
