// web/src/chip/floorplan.ts — which part of a chip is where? Pure: memory units above, compute
// slices below, one column each; an instance is a wall around its units and its slices.
import type { Geometry, Gpu } from '../api/types';

export interface Placed {
  profile: string;
  start: number;
  size: number;
}
export interface Floorplan {
  memory: number; // memory units
  compute: number; // compute slices
  columns: number;
}

// "3g.40gb" has 3; a compute instance's "1c.3g.40gb" has 1.
export function slicesInName(name: string): number | null {
  const found = /^(?:(\d+)c\.)?(\d+)g\./.exec(name);
  if (!found) return null;
  return Number(found[1] ?? found[2]);
}

export function slicesOf(profile: string, geometry: Geometry | null): number {
  const known = geometry?.profiles.find((one) => one.name === profile);
  return known?.slices ?? slicesInName(profile) ?? 1;
}

export function floorplanOf(gpu: Pick<Gpu, 'geometry' | 'gpu_instances'>): Floorplan {
  if (gpu.geometry) {
    const { memory_units: memory, compute_slices: compute } = gpu.geometry;
    return { memory, compute, columns: Math.max(memory, compute) };
  }
  // Nothing says what this board can be cut into: as wide as what is on it.
  const end = Math.max(0, ...gpu.gpu_instances.map((one) => one.placement.start + one.placement.size));
  const columns = Math.max(end, 8);
  return { memory: columns, compute: columns, columns };
}

// Columns [from, to) of the compute row that an instance uses.
export function computeSpan(placed: Placed, slices: number, plan: Floorplan): [number, number] {
  const from = Math.min(placed.start, plan.compute);
  return [from, Math.min(from + slices, plan.compute)];
}

export type Cell = 'held' | 'free' | 'stranded' | 'none';

export function memoryCells(plan: Floorplan, placed: Placed[], stranded: number[]): Cell[] {
  return Array.from({ length: plan.columns }, (_, unit) => {
    if (unit >= plan.memory) return 'none';
    if (placed.some((one) => one.start <= unit && unit < one.start + one.size)) return 'held';
    return stranded.includes(unit) ? 'stranded' : 'free';
  });
}

// A slice without an instance under memory that can be had is free; otherwise nothing can get it.
export function computeCells(
  plan: Floorplan,
  placed: Placed[],
  memory: Cell[],
  geometry: Geometry | null,
): Cell[] {
  const spans = placed.map((one) => computeSpan(one, slicesOf(one.profile, geometry), plan));
  return Array.from({ length: plan.columns }, (_, slice) => {
    if (slice >= plan.compute) return 'none';
    if (spans.some(([from, to]) => from <= slice && slice < to)) return 'held';
    return memory[slice] === 'free' ? 'free' : 'stranded';
  });
}

// Neighbouring cells of one kind, as [from, to).
export function runsOf(cells: Cell[], kind: Cell): [number, number][] {
  const runs: [number, number][] = [];
  cells.forEach((cell, i) => {
    if (cell !== kind) return;
    const last = runs[runs.length - 1];
    if (last && last[1] === i) last[1] = i + 1;
    else runs.push([i, i + 1]);
  });
  return runs;
}
