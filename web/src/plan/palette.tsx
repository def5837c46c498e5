// web/src/plan/palette.tsx — which profiles can be picked up? Each as wide as its memory.
import type { Profile } from '../api/types';
import { node } from '../live/node';
import { boardName, count, gib } from '../page/words';
import { focusFirstPlace } from './board_focus';
import { hint, inHand } from './desk';
import { beginDrag } from './drag';

interface Group {
  board: string;
  profiles: Profile[];
}

// One group for each way a board of this node can be cut.
function groupsOf(): Group[] {
  const groups = new Map<string, Group>();
  for (const gpu of node.value?.gpus ?? []) {
    if (gpu.geometry === null || gpu.mig_mode === 'unsupported') continue;
    const key = gpu.geometry.profiles.map((one) => one.name).join();
    if (!groups.has(key)) groups.set(key, { board: boardName(gpu.name), profiles: gpu.geometry.profiles });
  }
  return [...groups.values()];
}

function toggle(profile: string): void {
  const held = inHand.value;
  hint.value = null;
  inHand.value = held?.profile === profile && held.from === null ? null : { profile, from: null, dragged: false };
}

function Piece({ profile, units }: { profile: Profile; units: number }) {
  const held = inHand.value;
  const picked = held?.profile === profile.name && held.from === null && !held.dragged;
  const onKey = (event: KeyboardEvent): void => {
    if (event.key !== 'Enter' && event.key !== ' ') return;
    event.preventDefault();
    toggle(profile.name);
    if (inHand.value) requestAnimationFrame(() => focusFirstPlace());
  };
  return (
    <button
      type="button"
      class="piece"
      aria-pressed={picked}
      data-piece={profile.name}
      style={{ '--share': `${(profile.memory_units / units) * 100}%` }}
      title={`${count(profile.slices, 'compute slice')}, ${gib(profile.memory_mib)} GiB`}
      onKeyDown={onKey}
      onPointerDown={(event) => beginDrag(event, { profile: profile.name, from: null }, () => toggle(profile.name))}
    >
      <b>{profile.name}</b>
      <span class="number">{profile.slices} compute · {profile.memory_units} memory</span>
    </button>
  );
}

export function Palette() {
  const groups = groupsOf();
  if (groups.length === 0) return <p class="empty">No GPU of this node says what it can be cut into.</p>;
  return (
    <div class="palette">
      {groups.map((group) => {
        const units = Math.max(...group.profiles.map((one) => one.memory_units));
        return (
          <div role="group" aria-label={`profiles of ${group.board}`} key={group.board}>
            <h2>{groups.length > 1 ? `Profiles of ${group.board}` : 'Profiles'}</h2>
            <div class="pieces">
              {group.profiles.map((profile) => <Piece key={profile.id} profile={profile} units={units} />)}
            </div>
          </div>
        );
      })}
      <p class="note keys">
        Drag a profile onto a GPU. By keyboard: <kbd>Enter</kbd> picks it up, arrows choose the place, <kbd>Enter</kbd> puts it
        down, <kbd>Esc</kbd> lets go. On an instance: <kbd>Enter</kbd> moves it, <kbd>Del</kbd> removes it.
      </p>
    </div>
  );
}
