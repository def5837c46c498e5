// web/src/plan/board_focus.ts — where does the focus go on the boards? Places are found by their
// data-place, so that arrows can cross from one GPU to the next.

function placesOf(board: Element): HTMLElement[] {
  return [...board.querySelectorAll<HTMLElement>('[data-place]')];
}

// The first place where what is in the hand may be; else the first place, to read why not.
export function focusFirstPlace(): void {
  const legal = document.querySelector<HTMLElement>('[data-place][data-legal="yes"]');
  (legal ?? document.querySelector<HTMLElement>('[data-place]'))?.focus();
}

export function focusPiece(profile: string): void {
  document.querySelector<HTMLElement>(`[data-piece="${CSS.escape(profile)}"]`)?.focus();
}

export function focusPlace(gpu: number, start: number): void {
  document.querySelector<HTMLElement>(`[data-board="${gpu}"] [data-place="${start}"]`)?.focus();
}

export function focusDrafted(gpu: number, name: string): void {
  const desk = document.querySelector(`[data-board="${gpu}"]`)?.closest('.desk');
  desk?.querySelector<HTMLElement>(`[data-drafted="${CSS.escape(name)}"]`)?.focus();
}

// Moves by one place, or to the same place of the next board; true when there was one.
export function moveFocus(from: HTMLElement, key: string): boolean {
  const board = from.closest('[data-board]');
  if (!board) return false;
  const places = placesOf(board);
  const at = places.indexOf(from);
  let to: HTMLElement | undefined;
  if (key === 'ArrowLeft') to = places[at - 1];
  else if (key === 'ArrowRight') to = places[at + 1];
  else if (key === 'Home') to = places[0];
  else if (key === 'End') to = places[places.length - 1];
  else {
    const boards = [...document.querySelectorAll('[data-board]')].filter((one) => placesOf(one).length > 0);
    const next = boards[boards.indexOf(board) + (key === 'ArrowDown' ? 1 : -1)];
    if (next) to = placesOf(next)[Math.min(at, placesOf(next).length - 1)];
  }
  to?.focus();
  return to !== undefined;
}
