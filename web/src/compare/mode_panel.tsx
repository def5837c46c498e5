// web/src/compare/mode_panel.tsx — one way to share a GPU: what it costs, whom it keeps waiting, who
// runs when, and who goes down with whom.
import { useEffect, useMemo, useRef } from 'preact/hooks';
import { theme } from '../page/theme';
import { percent, seconds } from '../page/words';
import { downOf, faultTime, worstService, type Comparison, type Fault, type ModeOutcome, type Timeline } from './answer';
import { moves, onTick } from './clock';
import { drawLanes, laneHeight, lanesOf, type Death, type Look } from './lanes';

const hues = ['#4a86c5', '#d96a45', '#b39a1d', '#cf6f87', '#2c9c7c', '#8f9f14', '#3f9ec4', '#8a7a2f'];

function lookNow(): Look {
  const style = getComputedStyle(document.documentElement);
  const of = (name: string): string => style.getPropertyValue(name).trim();
  return { ink: of('--ink'), quiet: of('--ink-2'), rule: of('--rule'), ground: of('--paper'), bad: of('--bad'), hues };
}

export function hueOf(tenant: number): string {
  return hues[tenant % hues.length] ?? '#4a86c5';
}

function Lanes({ mode, timeline, death }: { mode: ModeOutcome; timeline: Timeline; death: Death | null }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const lanes = useMemo(() => lanesOf(timeline), [timeline]);
  const look = useMemo(lookNow, [theme.value]);
  const whole = !moves.value;
  useEffect(() => {
    const at = canvas.current;
    if (!at) return undefined;
    const draw = (share: number): void => {
      const now = timeline.from + share * (timeline.to - timeline.from);
      drawLanes(at, timeline, lanes, now, whole, death, look);
    };
    if (!whole) return onTick(draw);
    draw(0);
    const watch = new ResizeObserver(() => draw(0));
    watch.observe(at);
    return () => watch.disconnect();
  }, [timeline, lanes, look, whole, death]);
  const words = `${mode.name}: who runs when, over ${seconds(timeline.to - timeline.from)} of the run; lanes ${lanes.map((one) => one.name).join(', ')}`;
  return <canvas ref={canvas} class="lanes" role="img" aria-label={words} style={{ height: `${lanes.length * laneHeight}px` }} />;
}

function WhoDies({ told, mode, fault }: { told: Comparison; mode: ModeOutcome; fault: Fault }) {
  const row = downOf(told, mode, fault);
  if (row === null) return <p class="note">The lab says nothing of this fault here.</p>;
  const tenants = mode.tenants ?? [];
  const dead = tenants.filter((_, i) => row.down_seconds[i] !== null && row.down_seconds[i] !== undefined);
  const others = dead.filter((one) => one.name !== fault.tenant);
  return (
    <div class="who-dies">
      {dead.length === 0 ? <p class="good-words">Nobody stops.</p>
        : others.length === 0 ? <p class="good-words">Only {fault.tenant} stops; {tenants.length === 2 ? '1 other goes on' : `${tenants.length - 1} others go on`}.</p>
        : <p class="bad-words">✕ {others.map((one) => one.name).join(', ')} {others.length === 1 ? 'goes' : 'go'} down with {fault.tenant}.</p>}
      <p class="note">{row.why}</p>
    </div>
  );
}

function Numbers({ mode }: { mode: ModeOutcome }) {
  const worst = worstService(mode);
  const lost = (mode.tenants ?? []).reduce((sum, one) => sum + one.lost, 0);
  return (
    <dl class="numbers">
      <dt>GPUs</dt><dd>{mode.gpus ?? '?'}</dd>
      <dt>p99</dt>
      <dd class={worst?.meets_objective === false ? 'bad-words' : ''}>
        {worst === null ? 'no service' : `${worst.diverges ? 'grows without end' : seconds(worst.latency.p99)}`}
        {worst !== null && <small> {worst.name}{worst.objective !== undefined && `, wants ${seconds(worst.objective)}`}</small>}
      </dd>
      <dt>goodput</dt><dd>{mode.goodput === undefined ? '?' : `${mode.goodput.toFixed(1)} / s`}</dd>
      <dt>SM active</dt><dd>{percent((mode.sm_active ?? 0) * 100)}</dd>
      <dt>power</dt><dd>{mode.watts === undefined ? '?' : `${Math.round(mode.watts)} W`}</dd>
      {lost > 0 && <><dt>lost</dt><dd class="bad-words">{lost}<small> requests</small></dd></>}
    </dl>
  );
}

export function ModePanel({ told, mode, fault }: { told: Comparison; mode: ModeOutcome; fault: Fault | null }) {
  const timeline = mode.timeline;
  const row = downOf(told, mode, fault);
  const death = useMemo<Death | null>(
    () => (row && timeline ? { at: faultTime(told, timeline), down: row.down_seconds } : null),
    [row, timeline],
  );
  return (
    <section class={`mode${mode.mode === told.best ? ' best' : ''}`} aria-label={mode.name} data-mode={mode.mode}>
      <header>
        <h2>{mode.name}</h2>
        {mode.mode === told.best && <span class="good-words">the lab's choice</span>}
        {mode.meets_objectives === false && <span class="bad-words">✕ misses an objective</span>}
        {mode.meets_objectives === true && mode.mode !== told.best && <span class="note">meets every objective</span>}
      </header>
      {mode.impossible ? <p class="note">Not possible: {mode.impossible}</p> : (
        <>
          <Numbers mode={mode} />
          {timeline && timeline.spans.length > 0
            ? <Lanes mode={mode} timeline={timeline} death={death} />
            : <p class="note">No timeline of this mode.</p>}
          {fault && <WhoDies told={told} mode={mode} fault={fault} />}
          {(mode.notes ?? []).map((note) => <p key={note} class="note">{note}</p>)}
        </>
      )}
    </section>
  );
}
