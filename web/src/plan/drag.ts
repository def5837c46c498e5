// web/src/plan/drag.ts — what happens while something is dragged with a pointer: a ghost goes along,
// the board under it says whether it may be there, and letting go puts it down or leaves it.
import type { Gpu } from '../api/types';
import { node } from '../live/node';
import { hint, inHand, putDown, whyNotAt, type InHand } from './desk';

const slack = 5; // px before a press is a drag

interface Spot {
  gpu: Gpu;
  start: number;
}

function spotAt(x: number, y: number): Spot | null {
  for (const element of document.elementsFromPoint(x, y)) {
    const board = element.closest('.desk')?.querySelector<HTMLElement>('[data-board]');
    if (!board) continue;
    const gpu = node.peek()?.gpus.find((one) => String(one.index) === board.dataset['board']);
    if (!gpu) return null;
    const columns = Number(board.dataset['columns']);
    const box = board.getBoundingClientRect();
    const start = Math.floor(((x - box.left) / box.width) * columns);
    return { gpu, start: Math.max(0, Math.min(columns - 1, start)) };
  }
  return null;
}

function ghostOf(source: HTMLElement): HTMLElement {
  const ghost = source.cloneNode(true) as HTMLElement;
  ghost.className = `${source.className} ghost`;
  ghost.setAttribute('aria-hidden', 'true');
  ghost.style.width = `${source.offsetWidth}px`;
  ghost.style.height = `${source.offsetHeight}px`;
  document.body.append(ghost);
  return ghost;
}

function showHint(spot: Spot | null, held: InHand): void {
  if (spot === null) {
    hint.value = null;
    return;
  }
  const why = whyNotAt(spot.gpu, spot.start, held);
  const old = hint.peek();
  if (old && old.gpu === spot.gpu.index && old.start === spot.start && !old.refused) return;
  hint.value = { gpu: spot.gpu.index, start: spot.start, why, refused: false };
}

// To be called on pointerdown. `tapped` is called where it was no drag.
export function beginDrag(event: PointerEvent, what: Omit<InHand, 'dragged'>, tapped: () => void): void {
  if (event.button !== 0) return;
  const source = event.currentTarget as HTMLElement;
  const { clientX: x0, clientY: y0, pointerId } = event;
  const held: InHand = { ...what, dragged: true };
  let ghost: HTMLElement | null = null;
  source.setPointerCapture(pointerId);
  const move = (at: PointerEvent): void => {
    if (ghost === null) {
      if (Math.hypot(at.clientX - x0, at.clientY - y0) < slack) return;
      ghost = ghostOf(source);
      inHand.value = held;
    }
    ghost.style.transform = `translate(${at.clientX - 12}px, ${at.clientY - 18}px)`;
    showHint(spotAt(at.clientX, at.clientY), held);
  };
  const end = (at: PointerEvent): void => {
    source.removeEventListener('pointermove', move);
    source.removeEventListener('pointerup', end);
    source.removeEventListener('pointercancel', end);
    if (ghost === null) {
      if (at.type === 'pointerup') tapped();
      return;
    }
    ghost.remove();
    const spot = at.type === 'pointerup' ? spotAt(at.clientX, at.clientY) : null;
    if (spot === null) hint.value = null;
    else putDown(spot.gpu, spot.start);
    inHand.value = null;
  };
  source.addEventListener('pointermove', move);
  source.addEventListener('pointerup', end);
  source.addEventListener('pointercancel', end);
}
