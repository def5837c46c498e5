// web/src/plan/plan_result.tsx — what does the agent's planner say: before, after, steps, who is in
// the way, what it needs?
import type { Cut, Plan } from '../api/types';
import { CutStrip, type StripBlock } from '../chip/cut_strip';
import { gpuAt } from '../live/node';
import { count } from '../page/words';

function columnsOf(cut: Cut): number {
  const geometry = gpuAt(cut.gpu)?.geometry;
  const end = Math.max(0, ...cut.instances.map((one) => one.start + one.size));
  return Math.max(geometry?.memory_units ?? 0, end, 1);
}

function blocksOf(cut: Cut, otherwise: 'goes' | 'new'): StripBlock[] {
  return cut.instances.map((one) => ({ ...one, fate: one.stays ? 'stays' : otherwise }));
}

export function BeforeAfter({ plan }: { plan: Plan }) {
  return (
    <div class="before-after">
      {plan.to.map((after) => {
        const before = plan.from.find((one) => one.gpu === after.gpu);
        const columns = Math.max(columnsOf(after), before ? columnsOf(before) : 1);
        return (
          <div key={after.gpu} class="pair">
            <h3>GPU {after.gpu}</h3>
            <span>before</span>
            {before && <CutStrip label={`GPU ${after.gpu} before`} columns={columns} blocks={blocksOf(before, 'goes')} off={!before.mig} />}
            <span>after</span>
            <CutStrip label={`GPU ${after.gpu} after`} columns={columns} blocks={blocksOf(after, 'new')} off={!after.mig} />
          </div>
        );
      })}
    </div>
  );
}

export function Steps({ plan, now }: { plan: Plan; now?: number | null }) {
  if (plan.steps.length === 0) return <p class="note">Nothing to do: the node is so already.</p>;
  return (
    <ol class="steps">
      {plan.steps.map((step, i) => {
        const blocked = plan.blocked.find((one) => one.step === i) ?? plan.blocked.find((one) => one.text === step.text);
        const state = now === undefined || now === null ? '' : i < now ? ' ended' : i === now ? ' runs' : '';
        return (
          <li key={i} class={`${blocked ? 'blocked' : ''}${state}`} aria-current={state === ' runs' ? 'step' : undefined}>
            <span>{step.text}</span>
            {step.needs && step.needs !== 'nothing' && <small> needs: {step.needs}</small>}
            {blocked && <em class="bad-words"> ✕ in the way: {blocked.by.join(', ')}</em>}
          </li>
        );
      })}
    </ol>
  );
}

// Everything that speaks against carrying it out, or must be known before.
export function Warnings({ plan }: { plan: Plan }) {
  return (
    <>
      {plan.obstacle && (
        <p class="bad-words" role="alert">{plan.obstacle.what}{plan.obstacle.remedy && `. Try: ${plan.obstacle.remedy}`}</p>
      )}
      {plan.needs_reset && <p class="warning">A GPU must be reset for this: everything that runs on it ends.</p>}
      {plan.needs_reboot && <p class="warning">The machine must be rebooted for this.</p>}
      {plan.notes.map((note) => <p key={note} class="note">{note}</p>)}
    </>
  );
}

function Workloads({ plan }: { plan: Plan }) {
  if (plan.workloads === null || plan.workloads.length === 0) return null;
  return (
    <div class="scroll">
      <table>
        <caption>Who goes where</caption>
        <thead><tr><th scope="col">workload</th><th scope="col">GPU</th><th scope="col">slice</th><th scope="col">why</th></tr></thead>
        <tbody>
          {plan.workloads.map((one) => (
            <tr key={one.name}><th scope="row">{one.name}</th><td>{one.gpu}</td><td>{one.profile} at {one.start}</td><td>{one.why}</td></tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

export function PlanResult({ plan }: { plan: Plan }) {
  const steps = plan.steps.length === 0 ? 'no steps' : count(plan.steps.length, 'step');
  const words = plan.blocked.length > 0 ? `${steps}, ${plan.blocked.length} blocked` : steps;
  return (
    <div class="plan-result">
      <BeforeAfter plan={plan} />
      <h2>{words}</h2>
      <p class="unseen" role="status">The plan has {words}</p>
      <Warnings plan={plan} />
      <Steps plan={plan} />
      <Workloads plan={plan} />
    </div>
  );
}
