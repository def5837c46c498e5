// web/src/page/chart.tsx — how did a number go over time? uPlot, in the page's colours, redrawn
// where the theme or the width changes; a gap where nothing was sampled.
import { useEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { theme } from './theme';

export interface Line {
  label: string;
  colour: string; // a custom property: --line-sm
  values: (number | null)[];
  dash?: number[];
}
interface Props {
  title: string;
  times: number[]; // seconds since 1970
  lines: Line[];
  height: number;
  most?: number; // of the scale; none: by the values
  unit: string;
  small?: boolean;
}

function colourOf(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

function optionsOf(props: Props, width: number): uPlot.Options {
  const ink = colourOf('--ink-2');
  const grid = { stroke: colourOf('--rule'), width: 1 };
  const font = '11px ui-monospace, "DejaVu Sans Mono", monospace';
  const axis = { stroke: ink, font, grid, ticks: grid, show: true };
  return {
    width,
    height: props.height,
    cursor: { y: false },
    legend: { show: !props.small },
    scales: { y: { range: (_u, low, high) => [Math.min(0, low), props.most ?? Math.max(1, high * 1.1)] } },
    axes: [
      { ...axis, size: 30, space: 60, values: (_u, ticks) => ticks.map((tick) => timeOf(tick, ticks)) },
      { ...axis, size: 64, values: (_u, ticks) => ticks.map((tick) => `${tick} ${props.unit}`), space: 24 },
    ],
    series: [
      { value: (_u, at) => (at === null ? '' : hourOf(at)) },
      ...props.lines.map((line) => ({
        label: line.label,
        stroke: colourOf(line.colour),
        width: 1.5,
        points: { show: false },
        ...(line.dash ? { dash: line.dash } : {}),
        value: (_u: uPlot, value: number | null) =>
          value === null ? '-' : `${value < 10 ? value.toFixed(1) : Math.round(value)} ${props.unit}`,
      })),
    ],
  };
}

function hourOf(at: number): string {
  return new Date(at * 1000).toTimeString().slice(0, 8);
}

// With seconds only where the ticks are closer than a minute.
function timeOf(at: number, ticks: number[]): string {
  const between = (ticks[1] ?? at + 60) - (ticks[0] ?? at);
  return hourOf(at).slice(0, between < 60 ? 8 : 5);
}

// What a reader hears instead of the drawing: the last, least and most of each line.
function inWords(props: Props): string {
  const of = props.lines.map((line) => {
    const known = line.values.filter((value): value is number => value !== null);
    if (known.length === 0) return `${line.label}: not sampled`;
    const last = known[known.length - 1] ?? 0;
    const round = (value: number): number => Math.round(value * 10) / 10;
    return `${line.label}: now ${round(last)}, from ${round(Math.min(...known))} to ${round(Math.max(...known))} ${props.unit}`;
  });
  return `${props.title}. ${of.join('; ')}`;
}

export function Chart(props: Props) {
  const place = useRef<HTMLDivElement>(null);
  const drawn = useRef<uPlot>();
  const data: uPlot.AlignedData = [props.times, ...props.lines.map((line) => line.values)];
  const shape = `${props.lines.map((l) => l.label + l.colour).join()} ${props.height} ${props.most ?? ''} ${theme.value}`;
  useEffect(() => {
    const at = place.current;
    if (!at) return undefined;
    const plot = new uPlot(optionsOf(props, Math.max(120, at.clientWidth)), data, at);
    drawn.current = plot;
    const watch = new ResizeObserver(() =>
      plot.setSize({ width: Math.max(120, at.clientWidth), height: props.height }));
    watch.observe(at);
    return () => {
      watch.disconnect();
      plot.destroy();
      drawn.current = undefined;
    };
  }, [shape]);
  useEffect(() => drawn.current?.setData(data), [props.times, props.lines]);
  return (
    <figure class="chart">
      <figcaption>{props.title}</figcaption>
      <div ref={place} role="img" aria-label={inWords(props)} />
    </figure>
  );
}
