// web/src/chip/health.ts — is an instance ill, and why? It is when its GPU is.
import type { Gpu, GpuInstance } from '../api/types';

export function whyIll(gpu: Gpu, instance: GpuInstance): string | null {
  const own = instance.health;
  if (own && !own.healthy) return own.why ?? 'faulty, no reason given';
  for (const compute of instance.compute_instances) {
    if (compute.health && !compute.health.healthy) return compute.health.why ?? 'faulty, no reason given';
  }
  if (!gpu.health.healthy) return gpu.health.why ?? 'its GPU is faulty';
  return null;
}

export function tenantsOf(instance: GpuInstance): string[] {
  const names = instance.compute_instances.flatMap((one) => (one.tenants ?? []).map((t) => t.name));
  if (names.length > 0) return [...new Set(names)];
  return instance.processes.map((process) => `${process.name} (pid ${process.pid})`);
}

// The shortest name that still tells: the last part of namespace/pod/container.
export function tenantLabel(instance: GpuInstance): string {
  const names = tenantsOf(instance);
  const first = names[0];
  if (first === undefined) return instance.compute_instances.length === 0 ? 'no compute instance' : 'idle';
  const short = (first.split('/').slice(-2)[0] ?? first).replace(/ \(pid \d+\)$/, '');
  return names.length > 1 ? `${short} +${names.length - 1}` : short;
}
