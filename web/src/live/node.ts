// web/src/live/node.ts — what is the node now, and is the line to it alive? Signals that the views
// read; written by the agent's stream alone.
import { computed, signal } from '@preact/signals';
import { listen, type Event } from '../api/stream';
import type { Activity, Gpu, Job, NodeState } from '../api/types';
import { heard } from './activity';
import { whatHappened } from './changes';

export type Link =
  | { kind: 'connecting' }
  | { kind: 'live' }
  | { kind: 'lost'; tries: number; retryAt: number }
  | { kind: 'token'; wrong: boolean };

export const node = signal<NodeState | null>(null);
export const link = signal<Link>({ kind: 'connecting' });
export const job = signal<Job | null>(null);
// One sentence for a screen reader: a change of layout or health, never a percentage.
export const said = signal('');

// Why nothing may be changed from this page now; null when it may.
export const whyNot = computed<string | null>(() => {
  const state = node.value;
  if (state === null) return 'the node has not answered yet';
  if (link.value.kind !== 'live') return 'the line to the agent is cut: what is drawn may be old';
  if (state.governed_by !== null)
    return `the layout is governed by ${state.governed_by}: a change made here would be taken back; change it there`;
  if (!state.may_change)
    return 'this page is read-only: the agent was started without --token-file, so it takes no changes';
  if (state.problem !== null) return state.problem;
  return null;
});

// A GPU that is as it was stays the same object, so that its row need not be drawn anew.
function keepWhatIsEqual(before: NodeState | null, state: NodeState): void {
  if (before === null) return;
  const was = new Map(before.gpus.map((gpu) => [gpu.index, gpu]));
  state.gpus = state.gpus.map((gpu) => {
    const old = was.get(gpu.index);
    return old && JSON.stringify(old) === JSON.stringify(gpu) ? old : gpu;
  });
}

function heardState(state: NodeState): void {
  const before = node.value;
  keepWhatIsEqual(before, state);
  node.value = state;
  const news = whatHappened(before, state);
  if (news !== '') said.value = news;
}

function heardEvent(event: Event): void {
  try {
    if (event.name === 'state') heardState(JSON.parse(event.data) as NodeState);
    else if (event.name === 'activity') heard(JSON.parse(event.data) as Activity);
    else if (event.name === 'change') job.value = JSON.parse(event.data) as Job;
  } catch {
    // Half an event is no event: the next state says everything again.
  }
}

let stop: (() => void) | undefined;
let tries = 0;

// Opens the line, or opens it anew (with a token that was given since).
export function connect(hadToken: boolean): void {
  stop?.();
  tries = 0;
  link.value = { kind: 'connecting' };
  stop = listen({
    event: heardEvent,
    opened: () => {
      tries = 0;
      link.value = { kind: 'live' };
    },
    lost: (status, wait) => {
      if (status === 401) {
        stop?.();
        link.value = { kind: 'token', wrong: hadToken };
        return;
      }
      tries += 1;
      link.value = { kind: 'lost', tries, retryAt: Date.now() + wait };
    },
  });
}

export function gpuAt(index: number): Gpu | null {
  return node.value?.gpus.find((gpu) => gpu.index === index) ?? null;
}

