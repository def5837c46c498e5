// web/src/compare/compare_view.tsx — the same work under time-slicing, MPS and MIG: who waits, who
// dies with whom? From a run of the lab on this agent, played side by side.
import { useEffect, useState } from 'preact/hooks';
import { ask, inWords } from '../api/client';
import { comparison, failure, faultKinds, injected, runLab, running, type Comparison, type Scenario, type Source } from './answer';
import { fromTheStart, moves, playing, playSeconds, speed } from './clock';
import { hueOf, ModePanel } from './mode_panel';

const shownFirst = ['whole-gpu', 'time-slicing', 'mps', 'mig'];

function Chooser({ onRun }: { onRun: (source: Source) => void }) {
  const [scenarios, setScenarios] = useState<Scenario[] | null>(null);
  const [chosen, setChosen] = useState('');
  const [text, setText] = useState('');
  useEffect(() => {
    ask<{ scenarios: Scenario[] }>('lab/scenarios')
      .then((told) => {
        setScenarios(told.scenarios);
        setChosen((old) => old || (told.scenarios[0]?.name ?? ''));
      })
      .catch((problem) => {
        setScenarios([]);
        failure.value = inWords(problem);
      });
  }, []);
  const own = chosen === '' || chosen === 'own';
  const submit = (event: Event): void => {
    event.preventDefault();
    onRun(own ? { text } : { scenario: chosen });
  };
  return (
    <form class="chooser" onSubmit={submit}>
      <label>
        Scenario{' '}
        <select value={own ? 'own' : chosen} onChange={(event) => setChosen(event.currentTarget.value)}>
          {(scenarios ?? []).map((one) => <option key={one.name} value={one.name}>{one.title}</option>)}
          <option value="own">one of your own …</option>
        </select>
      </label>
      <button type="submit" class="first" disabled={running.value}>{running.value ? 'The lab runs …' : 'Run the lab'}</button>
      <p class="note about">{scenarios?.find((one) => one.name === chosen)?.about ?? ''}</p>
      {own && (
        <label class="own">
          A scenario as YAML (docs/lab.md)
          <textarea rows={10} value={text} spellcheck={false} onInput={(event) => setText(event.currentTarget.value)} required />
        </label>
      )}
    </form>
  );
}

function Controls({ told, source }: { told: Comparison; source: Source | null }) {
  const tenants = told.modes.find((mode) => mode.tenants)?.tenants ?? [];
  const [kind, setKind] = useState(faultKinds[0]?.kind ?? '');
  const [tenant, setTenant] = useState('');
  const culprit = tenants.some((one) => one.name === tenant) ? tenant : (tenants[tenants.length - 1]?.name ?? '');
  const inject = (event: Event): void => {
    event.preventDefault();
    fromTheStart();
    if (source) void runLab(source, { kind, tenant: culprit });
  };
  return (
    <div class="controls">
      <div class="actions" role="group" aria-label="the clock">
        {moves.value ? (
          <>
            <button type="button" onClick={() => (playing.value = !playing.value)}>{playing.value ? 'Pause' : 'Play'}</button>
            <label>Speed <select value={speed.value} onChange={(event) => (speed.value = Number(event.currentTarget.value))}>
              <option value="0.25">¼</option><option value="1">1</option><option value="4">4</option>
            </select></label>
          </>
        ) : <span class="note">The whole timeline, nothing moves.</span>}
        <button type="button" onClick={() => (moves.value = !moves.value)}>{moves.value ? 'Show it whole' : 'Let it move'}</button>
      </div>
      <form class="actions" onSubmit={inject}>
        <label>Let <select aria-label="tenant" value={culprit} onChange={(event) => setTenant(event.currentTarget.value)}>
          {tenants.map((one) => <option key={one.name}>{one.name}</option>)}
        </select></label>
        <label>have <select aria-label="fault" value={kind} onChange={(event) => setKind(event.currentTarget.value)}>
          {faultKinds.map((one) => <option key={one.kind} value={one.kind}>{one.words}</option>)}
        </select></label>
        <button type="submit" disabled={running.value || source === null}>Inject the fault</button>
        {injected.value && <button type="button" onClick={() => source && void runLab(source, null)}>Without the fault</button>}
      </form>
      <ul class="tenants" aria-label="tenants">
        {tenants.map((one, i) => <li key={one.name}><i style={{ background: hueOf(i) }} />{one.name}</li>)}
      </ul>
    </div>
  );
}

function windowWords(told: Comparison): string {
  const timeline = told.modes.find((mode) => mode.timeline)?.timeline;
  if (!timeline) return '';
  const rate = ((timeline.to - timeline.from) / playSeconds) * speed.value * 1000;
  const length = (timeline.to - timeline.from) * 1000;
  const planned = told.planned_faults[0];
  const elsewhere = planned && (planned.at < timeline.from || timeline.to < planned.at)
    ? ` The fault came ${planned.at} s into the run, after what is drawn; it is shown here where it would strike in it.` : '';
  return (moves.value
    ? `Drawn: ${length.toFixed(0)} ms of the run; one second here is ${rate.toFixed(rate < 10 ? 1 : 0)} ms there. Blocks leave the line of now to the left.`
    : `Drawn: ${length.toFixed(0)} ms of the run.`) + elsewhere;
}

function Told({ told, source }: { told: Comparison; source: Source | null }) {
  const [all, setAll] = useState(false);
  const rank = (mode: string): number => (shownFirst.indexOf(mode) + 1) || 99;
  const modes = told.modes.filter((mode) => all || shownFirst.includes(mode.mode)).sort((a, b) => rank(a.mode) - rank(b.mode));
  return (
    <>
      <p class="told" role="status">{told.answer}</p>
      <Controls told={told} source={source} />
      <p class="note">{windowWords(told)}</p>
      <div class="modes">{modes.map((mode) => <ModePanel key={mode.mode} told={told} mode={mode} fault={injected.value} />)}</div>
      {told.modes.length > shownFirst.length && (
        <button type="button" onClick={() => setAll(!all)}>{all ? 'Only the four ways' : 'Every way to share'}</button>
      )}
      {told.where_mig_loses && <p class="lead">Where MIG loses here: {told.where_mig_loses}</p>}
    </>
  );
}

export function CompareView() {
  const [source, setSource] = useState<Source | null>(null);
  const run = (from: Source): void => {
    setSource(from);
    fromTheStart();
    void runLab(from, null);
  };
  const words = failure.value;
  return (
    <>
      <h1>The same work, shared in four ways</h1>
      <p class="lead">A prediction of the lab, not a measurement of this node: the same requests under each way to share a GPU, event by event.</p>
      <Chooser onRun={run} />
      {words && <p class="bad-words" role="alert">{words.what}{words.remedy && `. Try: ${words.remedy}`}</p>}
      {comparison.value ? <Told told={comparison.value} source={source} /> : <p class="empty">{running.value ? 'The lab runs …' : 'Choose a scenario and run the lab.'}</p>}
    </>
  );
}
