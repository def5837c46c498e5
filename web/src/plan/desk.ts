// web/src/plan/desk.ts — what lies on the planning desk: the draft, what is in the hand, what the
// agent's planner says of it. Signals, so that a drag over a board renders that board alone.
import { effect, signal } from '@preact/signals';
import { ApiError, ask, inWords } from '../api/client';
import type { ApiErrorBody, Gpu, Plan, PlanRequest } from '../api/types';
import { node } from '../live/node';
import { placed, removed, requestOf, whyIllegal, type Edits, type Wish } from './draft';

export interface InHand {
  profile: string;
  from: { gpu: number; wish: Wish } | null; // an instance of the draft that is being moved
  dragged: boolean;
}
export interface Hint {
  gpu: number;
  start: number;
  why: string | null; // null: it may be here
  refused: boolean; // it was dropped here, and taken back
}

export const edits = signal<Edits>({});
export const inHand = signal<InHand | null>(null);
export const hint = signal<Hint | null>(null);
export const outcome = signal<{ request: PlanRequest; plan: Plan } | null>(null);
export const refusal = signal<ApiErrorBody | null>(null);
export const planning = signal(false);
export const draftSaid = signal('');

let lastGood: Edits = {};
let lastPlaced: { gpu: number; start: number } | null = null;
let asked: AbortController | null = null;
let timer: ReturnType<typeof setTimeout> | undefined;

export async function planFor(request: PlanRequest): Promise<void> {
  asked?.abort();
  const mine = new AbortController();
  asked = mine;
  planning.value = true;
  try {
    const plan = await ask<Plan>('plan', request, mine.signal);
    if (mine.signal.aborted) return;
    outcome.value = { request, plan };
    refusal.value = null;
    lastGood = edits.value;
  } catch (failure) {
    if (mine.signal.aborted) return;
    refused(failure);
  } finally {
    if (asked === mine) planning.value = false;
  }
}

// What the planner will not have is taken back, and its reason stays to be read.
function refused(failure: unknown): void {
  const words = inWords(failure);
  refusal.value = words;
  const mayTakeBack = failure instanceof ApiError && failure.status === 422 && lastPlaced !== null;
  if (!mayTakeBack || lastPlaced === null) {
    outcome.value = null;
    return;
  }
  hint.value = { ...lastPlaced, why: `${words.what}${words.remedy ? `; ${words.remedy}` : ''}`, refused: true };
  draftSaid.value = `refused: ${words.what}`;
  lastPlaced = null;
  edits.value = lastGood;
}

// Asks when the draft or the node has been still for a moment.
effect(() => {
  const state = node.value;
  const draft = edits.value;
  clearTimeout(timer);
  if (state === null) return;
  const request = requestOf(state, draft);
  if (request === null) {
    asked?.abort();
    planning.value = false;
    if (outcome.peek() && 'gpus' in outcome.peek()!.request) outcome.value = null;
    lastGood = draft;
    return;
  }
  timer = setTimeout(() => void planFor(request), 80);
});

function withoutHeld(gpu: Gpu, draft: Edits, held: InHand): Edits {
  if (held.from === null) return draft;
  const home = node.peek()?.gpus.find((one) => one.index === held.from?.gpu) ?? gpu;
  return removed(home, draft, held.from.wish);
}

export function whyNotAt(gpu: Gpu, start: number, held: InHand): string | null {
  const moved = held.from !== null && held.from.gpu === gpu.index ? held.from.wish : null;
  return whyIllegal(gpu, edits.value, held.profile, start, moved);
}

// Puts down what is in the hand; false, with the reason as the hint, where it may not be.
export function putDown(gpu: Gpu, start: number): boolean {
  const held = inHand.value;
  if (held === null) return false;
  const why = whyNotAt(gpu, start, held);
  hint.value = { gpu: gpu.index, start, why, refused: why !== null };
  if (why !== null) {
    draftSaid.value = `GPU ${gpu.index}: ${held.profile} cannot be at ${start}: ${why}`;
    return false;
  }
  lastPlaced = { gpu: gpu.index, start };
  refusal.value = null;
  edits.value = placed(gpu, withoutHeld(gpu, edits.value, held), { profile: held.profile, start });
  draftSaid.value = `GPU ${gpu.index}: ${held.profile} at ${start} is in the draft`;
  // A profile stays in the hand for the next one; what was moved has arrived.
  if (held.from !== null || held.dragged) inHand.value = null;
  hint.value = null;
  return true;
}

export function takeAway(gpu: Gpu, wish: Wish): void {
  lastPlaced = null;
  hint.value = null;
  refusal.value = null;
  edits.value = removed(gpu, edits.value, wish);
  draftSaid.value = `GPU ${gpu.index}: ${wish.profile} at ${wish.start} is taken out of the draft`;
}

export function changeDraft(next: Edits): void {
  lastPlaced = null;
  hint.value = null;
  refusal.value = null;
  edits.value = next;
}

export function clearDesk(): void {
  changeDraft({});
  inHand.value = null;
  outcome.value = null;
}
