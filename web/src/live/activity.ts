// web/src/live/activity.ts — how busy is each slice this second? Written straight into the drawing:
// 448 instances change each second and nothing is rendered anew for it.
import { useEffect } from 'preact/hooks';
import type { Activity, GpuActivity, InstanceActivity } from '../api/types';

export type Busy = Pick<InstanceActivity, 'sm' | 'memory' | 'memory_used_mib'> &
  Partial<Pick<GpuActivity, 'power_mw' | 'temperature_c'>>;
type Write = (busy: Busy, time_ms: number) => void;

const writers = new Map<string, Set<Write>>();
const last = new Map<string, Busy>();
let lastTime = 0;

export function keyOf(gpu: number, instance?: number): string {
  return instance === undefined ? `${gpu}` : `${gpu}/${instance}`;
}

function tell(key: string, busy: Busy): void {
  last.set(key, busy);
  for (const write of writers.get(key) ?? []) write(busy, lastTime);
}

export function heard(activity: Activity): void {
  lastTime = activity.time_ms;
  // In one frame, so that the browser lays out once.
  requestAnimationFrame(() => {
    for (const gpu of activity.gpus) {
      tell(keyOf(gpu.index), gpu);
      for (const instance of gpu.instances) tell(keyOf(gpu.index, instance.id), instance);
    }
  });
}

// Calls `write` with what is known now and then each second while the component is there.
export function useActivity(key: string, write: Write, inputs: unknown[] = []): void {
  useEffect(() => {
    const set = writers.get(key) ?? new Set();
    writers.set(key, set);
    set.add(write);
    const known = last.get(key);
    if (known) write(known, lastTime);
    return () => {
      set.delete(write);
      if (set.size === 0) writers.delete(key);
    };
  }, [key, ...inputs]);
}

// Sets a text only where it differs: setting the same text still lays out anew.
export function setText(element: Element | null, text: string): void {
  if (element && element.textContent !== text) element.textContent = text;
}

export function setFill(element: HTMLElement | null, share: number | null): void {
  if (!element) return;
  const transform = `scaleX(${Math.max(0, Math.min(1, share ?? 0)).toFixed(3)})`;
  if (element.style.transform !== transform) element.style.transform = transform;
}
