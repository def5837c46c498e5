// web/src/page/copy.tsx — a long name that can be taken along: shown short, copied whole.
import { useState } from 'preact/hooks';
import { shortUuid } from './words';

export function Copyable({ text, name }: { text: string; name: string }) {
  const [state, setState] = useState<'' | 'copied' | 'cannot copy'>('');
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(text);
      setState('copied');
    } catch {
      setState('cannot copy');
    }
    setTimeout(() => setState(''), 1500);
  };
  return (
    <button type="button" class="copy" title={text} aria-label={`copy ${name} ${text}`} onClick={() => void copy()}>
      <code>{shortUuid(text)}</code> <span aria-live="polite">{state || 'copy'}</span>
    </button>
  );
}
