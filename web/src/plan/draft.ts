// web/src/plan/draft.ts — what would the GPUs be cut into? A draft over the live layout, and why an
// instance may not be where somebody wants it. Pure; the agent's planner has the last word.
import type { Geometry, Gpu, GpuWish, NodeState, PlanRequest, Profile } from '../api/types';
import { tenantsOf } from '../chip/health';

export interface Wish {
  profile: string;
  start: number;
}
// By GPU index; a GPU that is not in it stays as it is.
export type Edits = Readonly<Record<number, readonly Wish[]>>;

export interface Drafted extends Wish {
  size: number;
  fate: 'stays' | 'new';
  usedBy: string[]; // of an instance that stays
}

export function profileOf(gpu: Pick<Gpu, 'geometry'>, name: string): Profile | null {
  return gpu.geometry?.profiles.find((one) => one.name === name) ?? null;
}

function liveWishes(gpu: Gpu): Wish[] {
  return gpu.gpu_instances.map((one) => ({ profile: one.profile, start: one.placement.start }));
}

export function wishesOf(gpu: Gpu, edits: Edits): readonly Wish[] {
  return edits[gpu.index] ?? liveWishes(gpu);
}

export function draftedOf(gpu: Gpu, edits: Edits): Drafted[] {
  return wishesOf(gpu, edits).map((wish) => {
    const live = gpu.gpu_instances.find((one) => one.profile === wish.profile && one.placement.start === wish.start);
    const size = live?.placement.size ?? profileOf(gpu, wish.profile)?.memory_units ?? 1;
    return { ...wish, size, fate: live ? 'stays' : 'new', usedBy: live ? tenantsOf(live) : [] };
  });
}

function listed(numbers: number[]): string {
  const last = numbers[numbers.length - 1];
  if (numbers.length < 2) return `${last ?? 'nowhere'}`;
  return `${numbers.slice(0, -1).join(', ')} or ${last}`;
}

function whyNotHere(geometry: Geometry, others: readonly Wish[], profile: Profile, start: number): string | null {
  if (!profile.starts.includes(start))
    return `a ${profile.name} may start at ${listed(profile.starts)} only, not at ${start}`;
  const sizeOf = (name: string): Profile | undefined => geometry.profiles.find((one) => one.name === name);
  for (const other of others) {
    const end = other.start + (sizeOf(other.profile)?.memory_units ?? 1);
    if (other.start < start + profile.memory_units && start < end)
      return `memory unit ${Math.max(other.start, start)} belongs to the ${other.profile} at ${other.start}`;
  }
  const used = others.reduce((sum, other) => sum + (sizeOf(other.profile)?.slices ?? 0), 0);
  const left = geometry.compute_slices - used;
  if (profile.slices > left) return `it needs ${profile.slices} compute slices, and ${left} of ${geometry.compute_slices} are left`;
  const same = others.filter((other) => other.profile === profile.name).length;
  if (same >= profile.most) return `a GPU can have at most ${profile.most} of ${profile.name}`;
  return null;
}

// Where else on this GPU, or why nowhere in the agent's words.
function elsewhere(gpu: Gpu, geometry: Geometry, others: readonly Wish[], profile: Profile, edits: Edits): string {
  const starts = profile.starts.filter((start) => whyNotHere(geometry, others, profile, start) === null);
  if (starts.length > 0) return `it fits at ${listed(starts)}`;
  const said = edits[gpu.index] ? null : gpu.fits?.find((fit) => fit.profile_id === profile.id)?.why;
  return said ? `it fits nowhere on this GPU now: ${said}` : 'it fits nowhere on this GPU now: take something away first';
}

// A sentence, or null when it may be there. `moved`: the instance that would leave its place.
export function whyIllegal(gpu: Gpu, edits: Edits, name: string, start: number, moved: Wish | null): string | null {
  if (gpu.mig_mode !== 'on' && !(gpu.index in edits)) return 'MIG is off on this GPU: turn it on in the draft first';
  const geometry = gpu.geometry;
  const profile = profileOf(gpu, name);
  if (geometry === null) return 'what this GPU can be cut into is not known';
  if (profile === null) return `this GPU has no profile ${name}`;
  const others = wishesOf(gpu, edits).filter(
    (one) => moved === null || one.profile !== moved.profile || one.start !== moved.start,
  );
  const why = whyNotHere(geometry, others, profile, start);
  if (why === null) return null;
  const where = elsewhere(gpu, geometry, others, profile, edits);
  // "may start at 0 or 4 only" has said it already where it may start at all of them.
  return why.includes('may start') && where === `it fits at ${listed(profile.starts)}` ? why : `${why}; ${where}`;
}

const byStart = (a: Wish, b: Wish): number => a.start - b.start;
const same = (a: Wish, b: Wish): boolean => a.profile === b.profile && a.start === b.start;

// Back to nothing where the draft says what the GPU has anyway.
function settled(gpu: Gpu, edits: Edits, wishes: Wish[]): Edits {
  const live = liveWishes(gpu).sort(byStart);
  const next: Record<number, readonly Wish[]> = { ...edits };
  wishes.sort(byStart);
  const equal = gpu.mig_mode === 'on' && live.length === wishes.length && live.every((one, i) => same(one, wishes[i]!));
  if (equal) delete next[gpu.index];
  else next[gpu.index] = wishes;
  return next;
}

export function placed(gpu: Gpu, edits: Edits, wish: Wish): Edits {
  return settled(gpu, edits, [...wishesOf(gpu, edits), wish]);
}

export function removed(gpu: Gpu, edits: Edits, wish: Wish): Edits {
  return settled(gpu, edits, wishesOf(gpu, edits).filter((one) => !same(one, wish)));
}

export function emptied(gpu: Gpu, edits: Edits): Edits {
  return settled(gpu, edits, []);
}

// null: the draft is the node as it is.
export function requestOf(state: NodeState, edits: Edits): PlanRequest | null {
  const gpus: GpuWish[] = [];
  for (const gpu of state.gpus) {
    const wishes = edits[gpu.index];
    if (!wishes) continue;
    const wish: GpuWish = { gpu: gpu.index, instances: wishes.map((one) => `${one.profile}:${one.start}`) };
    if (gpu.mig_mode !== 'on') wish.mig = true;
    gpus.push(wish);
  }
  return gpus.length === 0 ? null : { gpus };
}
