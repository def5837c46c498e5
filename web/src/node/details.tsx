// web/src/node/details.tsx — everything that is known of one instance or one GPU.
import type { ComponentChildren } from 'preact';
import { useEffect, useMemo, useRef } from 'preact/hooks';
import type { Gpu, GpuInstance } from '../api/types';
import { slicesOf } from '../chip/floorplan';
import { tenantsOf, whyIll } from '../chip/health';
import { Chart } from '../page/chart';
import { Copyable } from '../page/copy';
import { count, gib, memoryOf, percent, watts, celsius } from '../page/words';
import { useRecent, type Recent } from './recent';

function Fact({ name, children }: { name: string; children: ComponentChildren }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </>
  );
}

function enginesInWords(instance: GpuInstance): string {
  const engines = instance.engines;
  if (!engines) return 'not known';
  const parts = [
    count(engines.copy, 'copy engine'),
    count(engines.decoders, 'video decoder'),
    count(engines.encoders, 'video encoder'),
    count(engines.jpeg, 'JPEG decoder'),
    count(engines.ofa, 'optical flow engine'),
  ];
  return parts.filter((part) => !part.startsWith('0 ')).join(', ') || 'none';
}

function InstanceFacts({ gpu, instance, used }: { gpu: Gpu; instance: GpuInstance; used: number | null }) {
  const ill = whyIll(gpu, instance);
  const tenants = tenantsOf(instance);
  const { start, size } = instance.placement;
  return (
    <dl>
      <Fact name="health">{ill ? <span class="sick-why"><span class="ill-mark" aria-hidden="true">✕</span> {ill}</span> : 'healthy'}</Fact>
      <Fact name="used by">{tenants.length > 0 ? tenants.map((one) => <div key={one}>{one}</div>) : 'nobody'}</Fact>
      <Fact name="place">memory units {start} to {start + size - 1}</Fact>
      <Fact name="compute">{count(slicesOf(instance.profile, gpu.geometry), 'slice')}</Fact>
      <Fact name="memory">{memoryOf(used, instance.usage.memory_total_mib)}</Fact>
      {instance.power_mw !== undefined && <Fact name="power">{instance.power_mw === null ? 'not known' : `about ${watts(instance.power_mw)}, its share`}</Fact>}
      <Fact name="engines">{enginesInWords(instance)}</Fact>
      <Fact name="ECC">{instance.usage.ecc_uncorrected === null ? 'not known' : `${instance.usage.ecc_uncorrected} uncorrected`}</Fact>
      {(instance.xids ?? []).map((xid) => <Fact key={xid.xid} name={`Xid ${xid.xid}`}>{count(xid.count, 'time')}</Fact>)}
      {instance.stop ? <Fact name="stopping">{instance.stop}</Fact> : null}
      {instance.compute_instances.length === 0 && <Fact name="compute instance">none: nothing can run here yet</Fact>}
      {instance.compute_instances.map((one) => (
        <Fact key={one.uuid} name={`CI ${one.id}`}>
          {one.profile}, {one.sm} SMs, MIG device {one.mig_index}
          <Copyable text={one.uuid} name="the UUID" />
        </Fact>
      ))}
    </dl>
  );
}

function GpuFacts({ gpu, used }: { gpu: Gpu; used: number | null }) {
  return (
    <dl>
      <Fact name="board">{gpu.name}{gpu.architecture ? `, ${gpu.architecture}` : ''}</Fact>
      <Fact name="health">{gpu.health.healthy ? 'healthy' : (gpu.health.why ?? 'faulty')}</Fact>
      <Fact name="MIG">{gpu.mig_mode}</Fact>
      <Fact name="memory">{memoryOf(used, gpu.usage.memory_total_mib)}</Fact>
      <Fact name="power">{watts(gpu.power_mw)} of {watts(gpu.power_limit_mw)}</Fact>
      <Fact name="temperature">{celsius(gpu.temperature_c)}</Fact>
      <Fact name="clocks">{gpu.sm_clock_mhz ?? '?'} MHz SM, {gpu.memory_clock_mhz ?? '?'} MHz memory</Fact>
      <Fact name="PCI">{gpu.pci_bus_id}{gpu.numa_node === null ? '' : `, NUMA node ${gpu.numa_node}`}</Fact>
      <Fact name="fragmentation">{gpu.fragmentation === null ? 'not known' : percent(gpu.fragmentation * 100)}</Fact>
      {gpu.xids.map((xid) => <Fact key={xid.xid} name={`Xid ${xid.xid}`}>{count(xid.count, 'time')}</Fact>)}
      <Fact name="UUID"><Copyable text={gpu.uuid} name="the UUID" /></Fact>
      {gpu.processes.map((one) => (
        <Fact key={one.pid} name={`pid ${one.pid}`}>{one.name}{one.memory_mib === null ? '' : `, ${gib(one.memory_mib)} GiB`}</Fact>
      ))}
    </dl>
  );
}

function Sparklines({ gpu, instance, recent }: { gpu: Gpu; instance: GpuInstance | null; recent: Recent }) {
  const total = (instance ?? gpu).usage.memory_total_mib;
  const sm = useMemo(() => [{ label: 'SM', colour: '--line-sm', values: recent.sm }], [recent]);
  const memory = useMemo(
    () => [{ label: 'memory', colour: '--line-memory', values: recent.memory.map((mib) => (mib === null ? null : mib / 1024)) }],
    [recent],
  );
  if (recent.times.length < 2) return <p class="note">Nothing has been sampled yet.</p>;
  return (
    <>
      {gpu.activity_available || instance === null ? (
        <Chart title="SM activity, last minutes" times={recent.times} lines={sm} height={96} most={100} unit="%" small />
      ) : (
        <p class="note">SM activity per instance is not available on this GPU.</p>
      )}
      <Chart title="memory in use" times={recent.times} lines={memory} height={96} unit="GiB" small
        {...(total === null ? {} : { most: total / 1024 })} />
    </>
  );
}

interface Props {
  gpu: Gpu;
  instance: GpuInstance | null;
  onClose: () => void;
}

export function Details({ gpu, instance, onClose }: Props) {
  const close = useRef<HTMLButtonElement>(null);
  const recent = useRecent(gpu, instance);
  const used = recent.memory[recent.memory.length - 1] ?? (instance ?? gpu).usage.memory_used_mib;
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.key === 'Escape') onClose();
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, [onClose]);
  return (
    <aside class="details" aria-label="details">
      <header>
        <h2>{instance ? `${instance.profile} on GPU ${gpu.index}` : `GPU ${gpu.index}`}</h2>
        {instance && <p class="note">GPU instance {instance.id}</p>}
        <button type="button" ref={close} class="plain" onClick={onClose} aria-label="close the details">✕</button>
      </header>
      <Sparklines gpu={gpu} instance={instance} recent={recent} />
      {instance ? <InstanceFacts gpu={gpu} instance={instance} used={used} /> : <GpuFacts gpu={gpu} used={used} />}
    </aside>
  );
}
