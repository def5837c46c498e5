// web/src/history/history_view.tsx — what was here before? Layouts over time, who changed them, and
// the numbers of the last day.
import { useEffect, useState } from 'preact/hooks';
import { ask, inWords } from '../api/client';
import type { ApiErrorBody, Change, Plan, Series } from '../api/types';
import { job, node, whyNot } from '../live/node';
import { ApplyDialog, type Asked } from '../plan/apply_dialog';
import { ChangesTable } from './changes_table';
import { LayoutsOverTime } from './layouts_over_time';
import { Metrics } from './metrics';

const ranges = [
  { minutes: 60, words: 'last hour' },
  { minutes: 360, words: 'last 6 hours' },
  { minutes: 1440, words: 'last day' },
];
const refreshMs = 15_000;

interface Kept {
  series: Series | null; // null: the agent keeps none, or could not tell
  changes: Change[];
  at: number;
}

// Asked again when the layout changes or a change from here has ended, and now and then for the numbers.
function useKept(minutes: number, cause: string): [Kept | null, ApiErrorBody | null] {
  const [kept, setKept] = useState<Kept | null>(null);
  const [failure, setFailure] = useState<ApiErrorBody | null>(null);
  useEffect(() => {
    const abort = new AbortController();
    const load = async (): Promise<void> => {
      // The journal is there when the samples are not, and the other way round.
      const [series, told] = await Promise.allSettled([
        ask<Series>(`series?minutes=${minutes}`, undefined, abort.signal),
        ask<{ changes: Change[] }>('changes?most=50', undefined, abort.signal),
      ]);
      if (abort.signal.aborted) return;
      const failed = [series, told].find((one) => one.status === 'rejected');
      setFailure(failed?.status === 'rejected' ? inWords(failed.reason) : null);
      setKept({
        series: series.status === 'fulfilled' ? series.value : null,
        changes: told.status === 'fulfilled' ? told.value.changes : [],
        at: Date.now(),
      });
    };
    void load();
    const timer = setInterval(() => void load(), refreshMs);
    return () => {
      abort.abort();
      clearInterval(timer);
    };
  }, [minutes, cause]);
  return [kept, failure];
}

function Numbers({ series }: { series: Series }) {
  const [uuid, setUuid] = useState('');
  const gpu = series.gpus.find((one) => one.uuid === uuid) ?? series.gpus[0];
  if (!gpu) return <p class="empty">Nothing has been sampled yet.</p>;
  return (
    <>
      <label>GPU <select value={gpu.uuid} onChange={(event) => setUuid(event.currentTarget.value)}>
        {series.gpus.map((one) => <option key={one.uuid} value={one.uuid}>{one.index === null ? `${one.uuid} (gone)` : `GPU ${one.index}`}</option>)}
      </select></label>
      <Metrics key={gpu.uuid} series={series} gpu={gpu} />
    </>
  );
}

export function HistoryView() {
  const state = node.value;
  const [minutes, setMinutes] = useState(60);
  const [asked, setAsked] = useState<Asked | null>(null);
  const [refused, setRefused] = useState<ApiErrorBody | null>(null);
  const [kept, failure] = useKept(minutes, `${state?.revision} ${job.value?.job} ${job.value?.state} ${asked === null}`);
  if (state === null) return null;
  const undo = async (change: number): Promise<void> => {
    setRefused(null);
    try {
      const request = { undo: change };
      setAsked({ request, plan: await ask<Plan>('plan', request), title: `Undo change ${change}?` });
    } catch (problem) {
      setRefused(inWords(problem));
    }
  };
  const words = refused ?? failure;
  return (
    <>
      <h1>History</h1>
      <div class="choice" role="group" aria-label="how far back">
        {ranges.map((range) => (
          <button key={range.minutes} type="button" aria-pressed={minutes === range.minutes} onClick={() => setMinutes(range.minutes)}>{range.words}</button>
        ))}
      </div>
      {words && <p class="bad-words" role="alert">{words.what}{words.remedy && `. Try: ${words.remedy}`}</p>}
      {kept === null ? <p class="empty">Asking the agent …</p> : (
        <div class="history">
          <section aria-label="layouts over time">
            <h2>Layouts over time</h2>
            {kept.series ? <LayoutsOverTime state={state} series={kept.series} to={kept.at} /> : <p class="empty">No layouts were kept.</p>}
          </section>
          <section aria-label="changes">
            <h2>Who changed what</h2>
            <ChangesTable changes={kept.changes} why={whyNot.value} onUndo={(change) => void undo(change)} />
          </section>
          <section aria-label="numbers"><h2>Numbers</h2>{kept.series ? <Numbers series={kept.series} /> : <p class="empty">Nothing was sampled.</p>}</section>
        </div>
      )}
      {asked && <ApplyDialog asked={asked} onClose={() => setAsked(null)} />}
    </>
  );
}
