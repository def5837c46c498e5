// web/src/chip/colours.ts — which colour is whose? Paul Tol's light scheme, which colour-blind
// people tell apart on black text; the same instance keeps its colour while the page is open.

export const colourCount = 8;

function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let i = 0; i < text.length; ++i) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193);
  return value >>> 0;
}

const given = new Map<string, number>();

// Colours by UUID; two instances of one GPU get different ones while there are enough.
export function coloursOf(uuids: string[]): Map<string, number> {
  const taken = new Set<number>();
  for (const uuid of uuids) {
    const known = given.get(uuid);
    if (known !== undefined) taken.add(known);
  }
  for (const uuid of uuids) {
    if (given.has(uuid)) continue;
    let colour = hash(uuid) % colourCount;
    for (let i = 0; i < colourCount && taken.has(colour); ++i) colour = (colour + 1) % colourCount;
    taken.add(colour);
    given.set(uuid, colour);
  }
  return new Map(uuids.map((uuid) => [uuid, given.get(uuid) ?? 0]));
}
