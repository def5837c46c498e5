// web/src/page/banners.tsx — what must be known before anything else: simulated, driver away, line
// cut, governed by another, read-only.
import { useState } from 'preact/hooks';
import { token } from '../api/client';
import { connect, link, node } from '../live/node';

export function Banners() {
  const state = node.value;
  const line = link.value;
  return (
    <section class="banners" aria-label="notices">
      {state?.simulated && (
        <p class="banner simulated" role="note">
          <b>Simulated node.</b> These GPUs are not real: nothing here touches hardware
          {state.simulated_state ? <> (state: <code>{state.simulated_state}</code>)</> : null}.
        </p>
      )}
      {line.kind === 'lost' && (
        <p class="banner bad" role="alert">
          <b>The line to the agent is cut.</b> What is drawn is the last that was heard. Trying again
          {line.tries > 1 ? ` (${line.tries} times so far)` : ''} …
        </p>
      )}
      {state !== null && state.problem !== null && (
        <p class="banner bad" role="alert"><b>The driver is away:</b> {state.problem}</p>
      )}
      {state !== null && state.governed_by !== null && (
        <p class="banner" role="note">
          <b>Governed by {state.governed_by}.</b> The layout is kept by it: look and plan here, change it there.
        </p>
      )}
      {state !== null && !state.may_change && state.governed_by === null && (
        <p class="banner" role="note"><b>Read-only.</b> Look and plan; to change GPUs from here, start the agent with <code>--token-file</code>.</p>
      )}
    </section>
  );
}

// Shown in place of the page where the agent answers nobody without a token.
export function TokenGate({ wrong }: { wrong: boolean }) {
  const [typed, setTyped] = useState('');
  const submit = (event: Event): void => {
    event.preventDefault();
    token.value = typed.trim();
    connect(true);
  };
  return (
    <form class="token" onSubmit={submit}>
      <h1>This node asks for a token</h1>
      <p>It is in the file that <code>septet agent --token-file</code> names. This page keeps it in memory until it is closed.</p>
      {wrong && <p class="bad-words" role="alert">That token is not the one.</p>}
      <label>
        Token
        <input type="password" autoComplete="off" value={typed} onInput={(e) => setTyped(e.currentTarget.value)} required />
      </label>
      <button type="submit">Open</button>
    </form>
  );
}
