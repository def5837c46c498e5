// web/src/chip/cut_strip.tsx — a layout in one line: before, after, long ago. Marks say what goes,
// stays and comes, so that colour is not needed to tell.

export interface StripBlock {
  profile: string;
  start: number;
  size: number;
  fate: 'stays' | 'goes' | 'new' | 'was';
}

const markOf: Record<StripBlock['fate'], string> = { stays: '', goes: '− ', new: '+ ', was: '' };
const wordOf: Record<StripBlock['fate'], string> = { stays: ', stays', goes: ', goes', new: ', new', was: '' };

interface Props {
  label: string;
  columns: number;
  blocks: StripBlock[];
  off?: boolean;
}

export function CutStrip({ label, columns, blocks, off }: Props) {
  const words = off
    ? 'MIG off, one undivided GPU'
    : blocks.map((one) => `${one.profile} at ${one.start}${wordOf[one.fate]}`).join('; ') || 'nothing on it';
  return (
    <div class="strip" role="img" aria-label={`${label}: ${words}`} style={{ gridTemplateColumns: `repeat(${columns}, minmax(0, 1fr))` }}>
      {Array.from({ length: off ? 0 : columns }, (_, i) => <span key={i} class="strip-cell" style={{ gridColumn: i + 1 }} />)}
      {off && <span class="strip-block was" style={{ gridColumn: `1 / span ${columns}` }}>MIG off</span>}
      {blocks.map((one) => (
        <span
          key={`${one.profile}:${one.start}`}
          class={`strip-block ${one.fate}`}
          style={{ gridColumn: `${one.start + 1} / span ${one.size}` }}
          title={`${one.profile} at ${one.start}${wordOf[one.fate]}`}
        >
          {markOf[one.fate]}{one.profile}
        </span>
      ))}
    </div>
  );
}
