// web/src/compare/answer.ts — what does the lab answer? Its comparison, and the questions the page
// asks of it: who runs where, whose latency is worst, who goes down with whom.
import { signal } from '@preact/signals';
import { ask, inWords } from '../api/client';
import type { ApiErrorBody } from '../api/types';

export interface Percentiles {
  p50: number;
  p95: number;
  p99: number;
  mean: number;
}
export interface TenantOutcome {
  name: string;
  runs_on: string;
  training: boolean;
  completed: number;
  lost: number;
  throughput: number;
  goodput: number;
  latency: Percentiles;
  diverges: boolean;
  down_seconds: number;
  availability: number;
  objective?: number;
  meets_objective?: boolean;
}
export interface Span {
  gpu: number;
  lane: number;
  tenant: number;
  from: number;
  to: number;
}
export interface Timeline {
  from: number;
  to: number;
  lanes: { gpu: number; name: string }[];
  spans: Span[];
}
export interface ModeOutcome {
  mode: string;
  name: string;
  impossible?: string;
  gpus?: number;
  throughput?: number;
  goodput?: number;
  sm_active?: number;
  watts?: number;
  meets_objectives?: boolean;
  tenants?: TenantOutcome[];
  timeline?: Timeline;
  notes?: string[];
}
export interface FaultRow {
  mode: string;
  fault: string;
  culprit: number;
  down_seconds: (number | null)[];
  why: string;
}
export interface Comparison {
  scenario: string;
  about: string;
  answer: string;
  best: string | null;
  seconds: number;
  modes: ModeOutcome[];
  planned_faults: { at: number; fault: string; tenant: string }[];
  faults: FaultRow[];
  where_mig_loses: string;
}
export interface Scenario {
  name: string;
  title: string;
  about: string;
}
export interface Fault {
  kind: string;
  tenant: string; // as the outcome names it, with #2 for a second replica
}
export type Source = { scenario: string } | { text: string };

export const comparison = signal<Comparison | null>(null);
export const running = signal(false);
export const failure = signal<ApiErrorBody | null>(null);
export const injected = signal<Fault | null>(null);

export const faultKinds: { kind: string; words: string }[] = [
  { kind: 'kernel-fault', words: 'an illegal memory access (Xid 13, 31)' },
  { kind: 'out-of-memory', words: 'out of memory' },
  { kind: 'process-crash', words: 'its process crashes' },
  { kind: 'mps-server-death', words: 'the MPS server dies' },
  { kind: 'contained-ecc', words: 'a contained ECC error' },
  { kind: 'gpu-lost', words: 'its GPU falls off the bus' },
];

let asked: AbortController | null = null;
const seconds = 20;

export async function runLab(source: Source, fault: Fault | null): Promise<void> {
  asked?.abort();
  const mine = new AbortController();
  asked = mine;
  running.value = true;
  failure.value = null;
  const planned = fault === null ? null : { kind: fault.kind, tenant: fault.tenant.replace(/#\d+$/, ''), at: seconds / 2 };
  try {
    const told = await ask<Comparison>('lab/compare', { ...source, seconds, fault: planned }, mine.signal);
    if (mine.signal.aborted) return;
    comparison.value = told;
    injected.value = fault;
  } catch (problem) {
    if (!mine.signal.aborted) failure.value = inWords(problem);
  } finally {
    if (asked === mine) running.value = false;
  }
}

// By tenant: seconds down, or null where it goes on; null where the lab has no such row.
export function downOf(told: Comparison, mode: ModeOutcome, fault: Fault | null): FaultRow | null {
  if (fault === null) return null;
  const culprit = mode.tenants?.findIndex((one) => one.name === fault.tenant) ?? -1;
  return told.faults.find((row) => row.mode === mode.mode && row.fault === fault.kind && row.culprit === culprit) ?? null;
}

// When in the drawn window the fault is shown: when it came, or early in the window.
export function faultTime(told: Comparison, timeline: Timeline): number {
  const at = told.planned_faults[0]?.at;
  if (at !== undefined && timeline.from < at && at < timeline.to) return at;
  return timeline.from + (timeline.to - timeline.from) * 0.3;
}

// The service that is furthest from, or nearest to, its objective.
export function worstService(mode: ModeOutcome): TenantOutcome | null {
  const services = (mode.tenants ?? []).filter((one) => !one.training);
  const strain = (one: TenantOutcome): number => one.latency.p99 / (one.objective ?? Infinity) || one.latency.p99 * 1e-9;
  return services.reduce<TenantOutcome | null>((worst, one) => (worst === null || strain(one) > strain(worst) ? one : worst), null);
}

export function tenantsOnLane(timeline: Timeline, lane: { gpu: number; name: string }, laneOfGpu: number): number[] {
  const found = new Set<number>();
  for (const span of timeline.spans) if (span.gpu === lane.gpu && span.lane === laneOfGpu) found.add(span.tenant);
  return [...found];
}
