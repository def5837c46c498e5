// web/src/page/theme.ts — light or dark? As the system says, or as the reader chose for this tab.
import { effect, signal } from '@preact/signals';

export type Theme = 'light' | 'dark';

const system = window.matchMedia('(prefers-color-scheme: dark)');
const key = 'septet-theme';

function chosen(): Theme | null {
  try {
    const value = sessionStorage.getItem(key);
    return value === 'light' || value === 'dark' ? value : null;
  } catch {
    return null; // a browser that keeps nothing
  }
}

let byReader = chosen();
export const theme = signal<Theme>(byReader ?? (system.matches ? 'dark' : 'light'));

system.addEventListener('change', () => {
  if (byReader === null) theme.value = system.matches ? 'dark' : 'light';
});

effect(() => {
  document.documentElement.dataset['theme'] = theme.value;
});

export function toggleTheme(): void {
  byReader = theme.value === 'dark' ? 'light' : 'dark';
  theme.value = byReader;
  try {
    sessionStorage.setItem(key, byReader);
  } catch {
    // It holds until the page is left.
  }
}
