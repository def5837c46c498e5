// web/src/plan/carry_out.ts — how is a plan carried out? Asked with the hash of what was shown, then
// followed until it has an outcome. Nothing is changed that was not shown.
import { ApiError, ask, inWords, token } from '../api/client';
import type { ApiErrorBody, Job, Plan, PlanRequest } from '../api/types';
import { job as heardJob } from '../live/node';

export type Stage =
  | { kind: 'shown' }
  | { kind: 'running'; job: Job | null }
  | { kind: 'ended'; job: Job }
  | { kind: 'failed'; error: ApiErrorBody; token: boolean }
  | { kind: 'changed' }; // the node is not as it was when the plan was shown

const between = 400; // ms: the stream tells sooner; this is for when it is cut

async function follow(id: string, tell: (job: Job) => void): Promise<Job> {
  for (;;) {
    const told = heardJob.peek();
    const job = told?.job === id && told.state !== 'running' ? told : await ask<Job>(`jobs/${encodeURIComponent(id)}`);
    tell(job);
    if (job.state !== 'running') return job;
    await new Promise((resolve) => setTimeout(resolve, between));
  }
}

export async function carryOut(
  request: PlanRequest,
  plan: Plan,
  allowReset: boolean,
  tell: (stage: Stage) => void,
): Promise<void> {
  tell({ kind: 'running', job: null });
  const stop = heardJob.subscribe((job) => {
    if (job?.state === 'running') tell({ kind: 'running', job });
  });
  try {
    const { job } = await ask<{ job: string }>('apply', { plan: request, hash: plan.hash, allow_reset: allowReset });
    const ended = await follow(job, (now) => now.state === 'running' && tell({ kind: 'running', job: now }));
    stop();
    tell({ kind: 'ended', job: ended });
  } catch (failure) {
    stop();
    if (failure instanceof ApiError && failure.status === 409 && failure.newHash !== null) {
      tell({ kind: 'changed' });
      return;
    }
    const wrongToken = failure instanceof ApiError && failure.status === 401;
    if (wrongToken) token.value = '';
    tell({ kind: 'failed', error: inWords(failure), token: wrongToken });
  }
}
