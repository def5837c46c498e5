// web/src/api/types.ts — what does the agent's HTTP API say? Its JSON, field by field.
//
// Memory in MiB, power in mW, activity in percent 0..100, times in ms since 1970; unknown is null.

export interface Usage {
  memory_used_mib: number | null;
  memory_total_mib: number | null;
  sm_percent: number | null;
  memory_percent: number | null;
  ecc_uncorrected: number | null;
}
export interface Process {
  pid: number;
  name: string;
  memory_mib: number | null;
}
export interface Health {
  healthy: boolean;
  why: string | null;
}
export interface Tenant {
  kind: 'pod' | 'slurm-job' | 'container' | 'process';
  name: string;
}
export interface ComputeInstance {
  id: number;
  profile: string;
  placement: { start: number; size: number };
  uuid: string;
  mig_index: number;
  sm: number;
  health?: Health;
  tenants?: Tenant[];
}
export interface Engines {
  copy: number;
  decoders: number;
  encoders: number;
  jpeg: number;
  ofa: number;
}
export interface XidCount {
  xid: number;
  count: number;
}
export interface GpuInstance {
  id: number;
  profile: string;
  profile_id: number;
  placement: { start: number; size: number };
  usage: Usage;
  compute_instances: ComputeInstance[];
  processes: Process[];
  health?: Health;
  xids?: XidCount[];
  power_mw?: number | null;
  engines?: Engines | null;
  stop?: string | null;
}
export interface Profile {
  id: number;
  name: string;
  memory_units: number;
  slices: number;
  memory_mib: number | null;
  sm: number | null;
  media: boolean;
  most: number;
  starts: number[];
}
export interface Geometry {
  memory_units: number;
  compute_slices: number;
  profiles: Profile[];
}
export interface Fit {
  profile: string;
  profile_id: number;
  more: number;
  starts: number[];
  why: string | null;
}
export interface Gpu {
  index: number;
  name: string;
  product: string | null;
  uuid: string; // empty where the GPU does not answer: a GPU is known by its index here
  pci_bus_id: string;
  numa_node: number | null;
  problem: string | null;
  mig_mode: 'on' | 'off' | 'unsupported';
  mig_mode_pending: 'on' | 'off' | 'unsupported';
  usage: Usage;
  power_mw: number | null;
  power_limit_mw: number | null;
  temperature_c: number | null;
  sm_clock_mhz: number | null;
  memory_clock_mhz: number | null;
  gpu_instances: GpuInstance[];
  processes: Process[];
  architecture: string | null;
  activity_available: boolean;
  health: Health;
  xids: XidCount[];
  geometry: Geometry | null;
  free: { compute_slices: number; memory_units: number } | null; // these three: null where the GPU does not answer
  stranded: { compute_slices: number; memory_units: number; units: number[] } | null;
  fits: Fit[] | null;
  fragmentation: number | null;
}
export interface NodeState {
  version: string;
  host: string;
  time_ms: number;
  revision: number;
  may_change: boolean;
  governed_by: string | null;
  problem: string | null;
  driver_version: string;
  simulated: boolean;
  simulated_state: string | null;
  slices: { compute_used: number; compute_total: number; memory_used: number; memory_total: number };
  gpus: Gpu[];
}
export interface InstanceActivity {
  id: number;
  sm: number | null;
  memory: number | null;
  memory_used_mib: number | null;
}
export interface GpuActivity {
  index: number;
  sm: number | null;
  memory: number | null;
  memory_used_mib: number | null;
  power_mw: number | null;
  temperature_c: number | null;
  instances: InstanceActivity[];
}
export interface Activity {
  time_ms: number;
  gpus: GpuActivity[];
}

export interface ApiErrorBody {
  code: string;
  what: string;
  remedy: string;
  exit_code: number;
}
export interface GpuWish {
  gpu: number;
  mig?: boolean;
  instances: string[];
  rest?: 'keep' | 'remove';
}
export type PlanRequest =
  | { gpus: GpuWish[] }
  | { file: string; config?: string | null }
  | { undo: 'last' | number };
export interface Step {
  step: string;
  gpu: number;
  text: string;
  needs?: string;
}
export interface Cut {
  gpu: number;
  mig: boolean;
  instances: { profile: string; start: number; size: number; stays: boolean }[];
}
export interface Plan {
  hash: string;
  steps: Step[];
  from: Cut[];
  to: Cut[];
  blocked: { step: number; text: string; by: string[] }[];
  needs_reset: boolean;
  needs_reboot: boolean;
  obstacle: ApiErrorBody | null;
  notes: string[];
  workloads: { name: string; gpu: number; profile: string; start: number; why: string }[] | null;
}
export interface Job {
  job: string;
  state: 'running' | 'done' | 'rolled-back' | 'refused' | 'stuck';
  step: number;
  steps: number;
  text: string;
  change: number | null;
  error: ApiErrorBody | null;
  seconds: number;
}
export interface ChangeCut {
  gpu: number;
  uuid: string;
  mig_mode: string;
  instances: { profile: string; placement: { start: number; size: number } | null }[];
}
export interface Change {
  change: number;
  verb: string;
  user: string;
  pid: number;
  command: string;
  began: string;
  ended: string | null;
  seconds: number | null;
  state: string;
  unfinished: boolean;
  why: string;
  from: ChangeCut[];
  to: ChangeCut[];
  steps: { step: string; gpu: number; failure: string | null }[];
}
export type Row = (number | null)[];
export interface InstanceSeries {
  uuid: string;
  profile: string;
  start: number;
  sm: Row;
  memory: Row;
  memory_used_mib: Row;
}
export interface GpuSeries {
  uuid: string;
  index: number | null;
  sm: Row;
  memory: Row;
  memory_used_mib: Row;
  power_mw: Row;
  instances: InstanceSeries[];
}
export interface LayoutAt {
  time_ms: number;
  gpu: string;
  instances: { profile: string; start: number; size: number }[];
}
export interface Series {
  from_ms: number;
  step_s: number;
  gpus: GpuSeries[];
  layouts: LayoutAt[];
}
