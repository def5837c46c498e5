// web/src/history/metrics.tsx — how busy, how full and how hungry was a GPU over the last hours?
import { useMemo } from 'preact/hooks';
import type { GpuSeries, Row, Series } from '../api/types';
import { Chart, type Line } from '../page/chart';

const lineColours = ['--line-sm', '--line-memory', '--line-power', '--good', '--bad', '--ink-2', '--accent', '--ink'];

const inUnits = (row: Row, divisor: number): Row => row.map((value) => (value === null ? null : value / divisor));

function linesOf(gpu: GpuSeries, of: (one: { sm: Row; memory_used_mib: Row }) => Row): Line[] {
  const lines: Line[] = [{ label: 'whole GPU', colour: '--ink', values: of(gpu) }];
  gpu.instances.forEach((one, i) => {
    lines.push({
      label: `${one.profile} at ${one.start}`,
      colour: lineColours[i % lineColours.length] ?? '--ink',
      values: of(one),
      dash: i % 2 === 0 ? [6, 3] : [2, 3],
    });
  });
  return lines;
}

const isEmpty = (lines: Line[]): boolean => lines.every((line) => line.values.every((value) => value === null));

export function Metrics({ series, gpu }: { series: Series; gpu: GpuSeries }) {
  const times = useMemo(() => gpu.sm.map((_, i) => series.from_ms / 1000 + i * series.step_s), [series, gpu]);
  const sm = useMemo(() => linesOf(gpu, (one) => one.sm), [gpu]);
  const memory = useMemo(() => linesOf(gpu, (one) => inUnits(one.memory_used_mib, 1024)), [gpu]);
  const power = useMemo<Line[]>(() => [{ label: 'power', colour: '--line-power', values: inUnits(gpu.power_mw, 1000) }], [gpu]);
  if (times.length === 0) return <p class="empty">Nothing has been sampled yet.</p>;
  return (
    <div class="metrics">
      {isEmpty(sm)
        ? <p class="note">SM activity was not sampled: not available on this GPU while MIG is on, or the agent has just begun.</p>
        : <Chart title="SM activity" times={times} lines={sm} height={190} most={100} unit="%" />}
      <Chart title="memory in use" times={times} lines={memory} height={190} unit="GiB" />
      <Chart title="power" times={times} lines={power} height={150} unit="W" />
    </div>
  );
}
