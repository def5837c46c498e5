// web/src/plan/text_entry.tsx — workloads, layouts or a mig-parted config as text: pasted, planned,
// shown like a draft made by hand.
import { useState } from 'preact/hooks';
import { edits, outcome, planFor, planning, refusal } from './desk';

const example = `version: v1
mig-configs:
  two-halves:
  - {devices: [0], mig-enabled: true, mig-devices: {3g.40gb: 2}}
`;

export function TextEntry() {
  const [text, setText] = useState('');
  const [config, setConfig] = useState('');
  const submit = (event: Event): void => {
    event.preventDefault();
    edits.value = {};
    outcome.value = null;
    void planFor({ file: text, config: config.trim() === '' ? null : config.trim() });
  };
  return (
    <form class="text-entry" onSubmit={submit}>
      <label>
        Workloads, layouts or a mig-parted config, as YAML
        <textarea rows={12} value={text} spellcheck={false} onInput={(event) => setText(event.currentTarget.value)} required />
      </label>
      <div class="actions">
        <label>Name of the config, if it has several <input value={config} onInput={(event) => setConfig(event.currentTarget.value)} /></label>
        <button type="submit" class="first" disabled={planning.value}>Plan it</button>
        <button type="button" onClick={() => setText(example)}>An example</button>
      </div>
      {refusal.value && (
        <p class="bad-words" role="alert">{refusal.value.what}{refusal.value.remedy && `. Try: ${refusal.value.remedy}`}</p>
      )}
    </form>
  );
}
