// web/src/api/stream.ts — what does the agent say by itself? Server-sent events, read with fetch so
// that a token can go with them, and asked for again with growing pauses when the line is cut.
import { ApiError, headers } from './client';

export interface Event {
  name: string;
  data: string;
}

// Splits what has arrived into whole events; the rest waits for more.
export function takeEvents(text: string): { events: Event[]; rest: string } {
  const blocks = text.split(/\r?\n\r?\n/);
  const rest = blocks.pop() ?? '';
  const events: Event[] = [];
  for (const block of blocks) {
    let name = 'message';
    const data: string[] = [];
    for (const line of block.split(/\r?\n/)) {
      if (line.startsWith('event:')) name = line.slice(6).trim();
      else if (line.startsWith('data:')) data.push(line.slice(5).replace(/^ /, ''));
    }
    if (data.length > 0) events.push({ name, data: data.join('\n') });
  }
  return { events, rest };
}

export interface Listener {
  event(event: Event): void;
  opened(): void;
  // `wait` ms until the next try.
  lost(status: number, wait: number): void;
}

const shortest = 250;
const longest = 8000;
// The agent says something every second; half a minute of nothing is a dead line.
const silence = 30_000;

async function readOnce(listener: Listener, abort: AbortController): Promise<void> {
  const response = await fetch('/api/v1/events', {
    headers: { ...headers(), Accept: 'text/event-stream' },
    cache: 'no-store',
    credentials: 'omit',
    signal: abort.signal,
  });
  if (!response.ok || response.body === null) {
    await response.body?.cancel();
    throw new ApiError(response.status, { code: '', what: '', remedy: '', exit_code: 1 });
  }
  listener.opened();
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let held = '';
  for (;;) {
    const timer = setTimeout(() => abort.abort(), silence);
    const { done, value } = await reader.read().finally(() => clearTimeout(timer));
    if (done) return;
    const { events, rest } = takeEvents(held + value);
    held = rest;
    for (const event of events) listener.event(event);
  }
}

// Runs until the returned function is called.
export function listen(listener: Listener): () => void {
  let stopped = false;
  let abort = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let wait = shortest;
  const again = async (): Promise<void> => {
    abort = new AbortController();
    let status = 0;
    const opened = (): void => {
      wait = shortest;
      listener.opened();
    };
    try {
      await readOnce({ ...listener, opened }, abort);
    } catch (failure) {
      if (failure instanceof ApiError) status = failure.status;
    }
    if (stopped) return;
    // Half of it by chance, so that a hundred pages do not come back in one moment.
    const pause = wait * (0.5 + Math.random() / 2);
    listener.lost(status, pause);
    if (stopped) return; // the listener has had enough
    wait = Math.min(longest, wait * 2);
    timer = setTimeout(() => void again(), pause);
  };
  void again();
  return () => {
    stopped = true;
    clearTimeout(timer);
    abort.abort();
  };
}
