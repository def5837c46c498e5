// web/src/compare/clock.ts — what time is it in the lab? One clock for all modes, so that they are
// seen side by side at the same moment; it can be paused and slowed.
import { signal } from '@preact/signals';

const quiet = window.matchMedia('(prefers-reduced-motion: reduce)');

export const moves = signal(!quiet.matches); // false: the whole timeline, nothing moves
export const playing = signal(true);
export const speed = signal(1);
quiet.addEventListener('change', () => (moves.value = !quiet.matches));

// At speed 1 the drawn window takes this long.
export const playSeconds = 24;

type Draw = (share: number) => void; // of the window, 0..1
const draws = new Set<Draw>();
let share = 0;
let last = 0;
let frame = 0;

function tick(at: number): void {
  const passed = last === 0 ? 0 : Math.min(0.1, (at - last) / 1000);
  last = at;
  if (playing.peek() && moves.peek()) share = (share + (passed * speed.peek()) / playSeconds) % 1;
  for (const draw of draws) draw(share);
  frame = draws.size > 0 ? requestAnimationFrame(tick) : 0;
}

export function onTick(draw: Draw): () => void {
  draws.add(draw);
  if (frame === 0) {
    last = 0;
    frame = requestAnimationFrame(tick);
  }
  return () => draws.delete(draw);
}

export function fromTheStart(): void {
  share = 0;
}
