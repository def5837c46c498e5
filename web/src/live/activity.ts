// web/src/live/activity.ts — how busy is each slice this second? Written straight into the drawing:
// 448 instances change each second and nothing is rendered anew for it. Only what is on the screen is
// written, a few GPUs in each frame, so that no frame is late.
import { useEffect } from 'preact/hooks';
import type { Activity, GpuActivity, InstanceActivity } from '../api/types';

export type Busy = Pick<InstanceActivity, 'sm' | 'memory' | 'memory_used_mib'> &
  Partial<Pick<GpuActivity, 'power_mw' | 'temperature_c'>>;
type Write = (busy: Busy, time_ms: number) => void;

const mostPerFrame = 16;

const drawn = new Map<string, Set<Write>>(); // only while on the screen
const kept = new Map<string, Set<Write>>(); // each sample, drawn or not
const last = new Map<string, Busy>();
const waiting = new Set<string>();
let lastTime = 0;
let frame = 0;

export function keyOf(gpu: number, instance?: number): string {
  return instance === undefined ? `${gpu}` : `${gpu}/${instance}`;
}

function gpuOf(key: string): string {
  return key.split('/')[0] ?? key;
}

// ---- what is on the screen

const hidden = new Set<string>(); // GPUs that are watched and are not on the screen
const watched = new WeakMap<Element, string>();
const watch = new IntersectionObserver(
  (entries) => {
    for (const entry of entries) {
      const gpu = watched.get(entry.target) ?? '';
      if (!entry.isIntersecting) hidden.add(gpu);
      else if (hidden.delete(gpu)) for (const key of drawn.keys()) if (gpuOf(key) === gpu) waiting.add(key);
    }
    wake();
  },
  { rootMargin: '100px' },
);

// To be called with the element in which a GPU is drawn; what is returned ends it.
export function watchPlace(gpu: number, element: Element): () => void {
  watched.set(element, keyOf(gpu));
  watch.observe(element);
  return () => {
    watch.unobserve(element);
    hidden.delete(keyOf(gpu));
  };
}

// ---- writing

function flush(): void {
  frame = 0;
  let left = mostPerFrame;
  for (const key of waiting) {
    waiting.delete(key);
    const busy = last.get(key);
    if (!busy || hidden.has(gpuOf(key))) continue;
    for (const write of drawn.get(key) ?? []) write(busy, lastTime);
    left -= 1;
    if (left === 0) break;
  }
  if (waiting.size > 0) wake();
}

function wake(): void {
  if (frame === 0) frame = requestAnimationFrame(flush);
}

function tell(key: string, busy: Busy): void {
  last.set(key, busy);
  if (drawn.has(key)) waiting.add(key);
  for (const write of kept.get(key) ?? []) write(busy, lastTime);
}

export function heard(activity: Activity): void {
  lastTime = activity.time_ms;
  for (const gpu of activity.gpus) {
    tell(keyOf(gpu.index), gpu);
    for (const instance of gpu.instances) tell(keyOf(gpu.index, instance.id), instance);
  }
  wake();
}

function useWriter(all: Map<string, Set<Write>>, key: string, write: Write, inputs: unknown[]): void {
  useEffect(() => {
    const set = all.get(key) ?? new Set();
    all.set(key, set);
    set.add(write);
    const known = last.get(key);
    if (known) write(known, lastTime);
    return () => {
      set.delete(write);
      if (set.size === 0) all.delete(key);
    };
  }, [key, ...inputs]);
}

// Calls `write` with what is known now, and then about each second while its GPU is on the screen.
export function useActivity(key: string, write: Write, inputs: unknown[] = []): void {
  useWriter(drawn, key, write, inputs);
}

// Calls `write` with each sample.
export function useEachSample(key: string, write: Write): void {
  useWriter(kept, key, write, []);
}

// Sets a text only where it differs: setting the same text still lays out anew.
export function setText(element: Element | null, text: string): void {
  const node = element?.firstChild;
  if (!element || element.textContent === text) return;
  if (node instanceof Text && element.childNodes.length === 1) node.data = text;
  else element.textContent = text;
}

// A bar is a background's size: that is painted anew and nothing else. A transform instead would make
// the browser sort all layers of the page again in each frame (half of its time with 64 GPUs).
export function fillSize(share: number | null): string {
  return `${(Math.max(0, Math.min(1, share ?? 0)) * 100).toFixed(1)}% 100%`;
}

export function setFill(element: HTMLElement | null, share: number | null): void {
  if (!element) return;
  const size = fillSize(share);
  if (element.style.backgroundSize !== size) element.style.backgroundSize = size;
}
