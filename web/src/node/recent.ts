// web/src/node/recent.ts — how did one slice do in the last minutes? What the agent kept, and then
// each second as it comes.
import { useEffect, useState } from 'preact/hooks';
import { ask } from '../api/client';
import type { Gpu, GpuInstance, Row, Series } from '../api/types';
import { keyOf, useEachSample } from '../live/activity';

export interface Recent {
  times: number[];
  sm: Row;
  memory: Row; // MiB
}

const minutes = 15;
const most = minutes * 60;

function appended(recent: Recent, at: number, sm: number | null, memory: number | null): Recent {
  if (at <= (recent.times[recent.times.length - 1] ?? 0)) return recent;
  return {
    times: [...recent.times, at].slice(-most),
    sm: [...recent.sm, sm].slice(-most),
    memory: [...recent.memory, memory].slice(-most),
  };
}

function fromSeries(series: Series, gpu: Gpu, instance: GpuInstance | null): Recent {
  const found = series.gpus.find((one) => one.uuid === gpu.uuid);
  const uuids = instance?.compute_instances.map((one) => one.uuid) ?? [];
  const row = instance ? found?.instances.find((one) => uuids.includes(one.uuid)) : found;
  if (!row) return { times: [], sm: [], memory: [] };
  const times = row.sm.map((_, i) => series.from_ms / 1000 + i * series.step_s);
  return { times, sm: row.sm, memory: row.memory_used_mib };
}

export function useRecent(gpu: Gpu, instance: GpuInstance | null): Recent {
  const key = instance ? keyOf(gpu.index, instance.id) : keyOf(gpu.index);
  const [recent, setRecent] = useState<Recent>({ times: [], sm: [], memory: [] });
  useEffect(() => {
    const abort = new AbortController();
    setRecent({ times: [], sm: [], memory: [] });
    ask<Series>(`series?minutes=${minutes}&gpu=${gpu.index}`, undefined, abort.signal)
      .then((series) => {
        const kept = fromSeries(series, gpu, instance);
        setRecent((live) => {
          const end = kept.times[kept.times.length - 1] ?? 0;
          return live.times.reduce(
            (sum, at, i) => (at > end ? appended(sum, at, live.sm[i] ?? null, live.memory[i] ?? null) : sum),
            kept,
          );
        });
      })
      .catch(() => undefined); // nothing was kept: it begins now
    return () => abort.abort();
  }, [key, gpu.uuid]);
  useEachSample(key, (busy, at) =>
    setRecent((old) => appended(old, at / 1000, busy.sm, busy.memory_used_mib)));
  return recent;
}
