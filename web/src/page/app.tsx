// web/src/page/app.tsx — the frame around the views: where one can go, and what is said above all.
import { signal } from '@preact/signals';
import type { ComponentType } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { CompareView } from '../compare/compare_view';
import { FitsView } from '../fits/fits_view';
import { HistoryView } from '../history/history_view';
import { link, node, said } from '../live/node';
import { NodeView } from '../node/node_view';
import { PlanView } from '../plan/plan_view';
import { Banners, TokenGate } from './banners';
import { theme, toggleTheme } from './theme';

interface View {
  path: string;
  name: string;
  body: ComponentType;
}
const views: View[] = [
  { path: '', name: 'Node', body: NodeView },
  { path: 'plan', name: 'Plan', body: PlanView },
  { path: 'fits', name: 'What fits', body: FitsView },
  { path: 'compare', name: 'Comparison', body: CompareView },
  { path: 'history', name: 'History', body: HistoryView },
];

function pathNow(): string {
  return window.location.hash.replace(/^#\/?/, '');
}
const path = signal(pathNow());
window.addEventListener('hashchange', () => (path.value = pathNow()));

function Header({ at }: { at: View }) {
  const state = node.value;
  return (
    <header class="top">
      <a class="mark" href="#/" aria-label="septet, the node">
        <svg viewBox="0 0 28 16" aria-hidden="true">
          <rect x="0.5" y="0.5" width="27" height="15" class="m-board" />
          <path d="M4,0.5 V15.5 M8,0.5 V15.5 M12,0.5 V15.5 M16,0.5 V15.5 M20,0.5 V15.5 M24,0.5 V15.5" class="m-line" />
        </svg>
        septet
      </a>
      <span class="host">{state?.host ?? ''}</span>
      <nav aria-label="views">
        {views.map((view) => (
          <a key={view.path} href={`#/${view.path}`} aria-current={view === at ? 'page' : undefined}>
            {view.name}
          </a>
        ))}
      </nav>
      <span class={`link ${link.value.kind}`}>{link.value.kind === 'live' ? 'live' : link.value.kind === 'lost' ? 'not live' : 'connecting'}</span>
      <button type="button" class="plain" onClick={toggleTheme}>{theme.value === 'dark' ? 'Light' : 'Dark'}</button>
    </header>
  );
}

export function App() {
  const at = views.find((view) => view.path === path.value) ?? views[0]!;
  const main = useRef<HTMLElement>(null);
  const first = useRef(true);
  useEffect(() => {
    document.title = `${at.name} · ${node.value?.host ?? 'septet'} · septet`;
    // Not on arrival: there the reader begins at the top.
    if (!first.current) main.current?.focus({ preventScroll: true });
    first.current = false;
  }, [at]);
  const Body = at.body;
  const skip = (event: Event): void => {
    event.preventDefault();
    main.current?.focus();
  };
  return (
    <>
      <a class="skip" href="#main" onClick={skip}>Skip to the content</a>
      <Header at={at} />
      <Banners />
      <main id="main" tabIndex={-1} ref={main} class={`view-${at.path || 'node'}`}>
        {link.value.kind === 'token' ? <TokenGate wrong={link.value.wrong} />
          : node.value === null ? <p class="empty">Asking the node …</p>
          : <Body />}
      </main>
      <div class="unseen" role="status" aria-live="polite">{said.value}</div>
      <footer class="foot">
        {node.value && <>{node.value.version} · driver {node.value.driver_version} · <a href="/api/v1/openapi.json">API</a> · <a href="/metrics">metrics</a></>}
      </footer>
    </>
  );
}
