// web/src/history/fields.ts — from when to when was an instance there? Pure: the layouts of one GPU as
// fields of time.
import type { LayoutAt } from '../api/types';

export interface Field {
  profile: string;
  start: number;
  size: number;
  from: number;
  to: number;
}

export const key = (one: { profile: string; start: number }): string => `${one.profile}:${one.start}`;

// Pure: the layouts of one GPU, oldest first, as fields that reach from one layout to a later one.
export function fieldsOf(layouts: LayoutAt[], from: number, to: number): Field[] {
  const sorted = [...layouts].sort((a, b) => a.time_ms - b.time_ms);
  const open = new Map<string, Field>();
  const fields: Field[] = [];
  for (const layout of sorted) {
    const at = Math.max(from, layout.time_ms);
    const now = new Set(layout.instances.map(key));
    for (const [name, field] of open) {
      if (now.has(name)) continue;
      fields.push({ ...field, to: at });
      open.delete(name);
    }
    for (const one of layout.instances) if (!open.has(key(one))) open.set(key(one), { ...one, from: at, to });
  }
  fields.push(...open.values());
  return fields.filter((field) => field.to > from && field.from < to);
}
