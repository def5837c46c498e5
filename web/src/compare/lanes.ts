// web/src/compare/lanes.ts — how is one mode's timeline drawn at a moment? On a canvas: a lane for
// each instance or tenant, requests as blocks that leave the line of "now", who is down crossed out.
import { tenantsOnLane, type Span, type Timeline } from './answer';

export interface Lane {
  name: string;
  gpu: number;
  tenants: number[];
  spans: Span[]; // by time
}
export interface Death {
  at: number;
  down: (number | null)[]; // by tenant, seconds
}
export interface Look {
  ink: string;
  quiet: string;
  rule: string;
  ground: string;
  bad: string;
  hues: string[];
}

export const laneHeight = 24;
const labelWidth = 96;
const nowAt = 0.82; // of the track; what is right of it has not happened

// Spans count lanes within their GPU; the list of lanes is of all GPUs.
export function lanesOf(timeline: Timeline): Lane[] {
  const seen = new Map<number, number>();
  return timeline.lanes.map((lane) => {
    const inGpu = seen.get(lane.gpu) ?? 0;
    seen.set(lane.gpu, inGpu + 1);
    return {
      name: lane.name,
      gpu: lane.gpu,
      tenants: tenantsOnLane(timeline, lane, inGpu),
      spans: timeline.spans.filter((span) => span.gpu === lane.gpu && span.lane === inGpu),
    };
  });
}

function isDown(death: Death | null, tenant: number, at: number): boolean {
  if (death === null || at < death.at) return false;
  const down = death.down[tenant];
  return down !== null && down !== undefined && at < death.at + down;
}

interface Track {
  left: number;
  width: number;
  from: number; // seconds at the left end
  to: number; // seconds at the right end
  now: number;
}

function xOf(track: Track, at: number): number {
  return track.left + ((at - track.from) / (track.to - track.from)) * track.width;
}

function drawSpans(pen: CanvasRenderingContext2D, lane: Lane, y: number, track: Track, look: Look, death: Death | null): boolean {
  let lit = false;
  for (const span of lane.spans) {
    if (span.from > track.now) break;
    if (span.to < track.from || isDown(death, span.tenant, span.from)) continue;
    const died = death !== null && isDown(death, span.tenant, death.at) && span.to > death.at && span.from < death.at;
    const end = Math.min(span.to, track.now, died ? death.at : Infinity);
    const left = Math.max(track.left, xOf(track, span.from));
    const width = Math.max(1.5, xOf(track, end) - left);
    const active = span.from <= track.now && track.now < span.to && !died;
    pen.fillStyle = look.hues[span.tenant % look.hues.length] ?? look.ink;
    pen.globalAlpha = active ? 1 : 0.78;
    pen.fillRect(left, y + 4, width, laneHeight - 8);
    if (active) {
      lit = true;
      pen.globalAlpha = 1;
      pen.strokeStyle = look.ink;
      pen.lineWidth = 1.5;
      pen.strokeRect(left, y + 3, width, laneHeight - 6);
    }
  }
  pen.globalAlpha = 1;
  return lit;
}

function drawDeath(pen: CanvasRenderingContext2D, lane: Lane, y: number, track: Track, look: Look, death: Death): void {
  const dead = lane.tenants.filter((tenant) => isDown(death, tenant, death.at));
  if (dead.length === 0 || death.at > track.now) return;
  const longest = Math.max(...dead.map((tenant) => death.down[tenant] ?? 0));
  const left = Math.max(track.left, xOf(track, death.at));
  const right = xOf(track, Math.min(track.now, death.at + longest));
  pen.save();
  pen.beginPath();
  pen.rect(left, y + 2, Math.max(0, right - left), laneHeight - 4);
  pen.clip();
  pen.strokeStyle = look.bad;
  pen.lineWidth = 1.5;
  pen.beginPath();
  for (let x = left - laneHeight; x < right + laneHeight; x += 7) {
    pen.moveTo(x, y + laneHeight);
    pen.lineTo(x + laneHeight, y);
  }
  pen.stroke();
  pen.restore();
  if (right - left > 44) {
    pen.fillStyle = look.ground;
    pen.fillRect(left + 4, y + 5, 38, laneHeight - 10);
    pen.fillStyle = look.bad;
    pen.fillText('down', left + 8, y + laneHeight / 2);
  }
}

function drawLabel(pen: CanvasRenderingContext2D, lane: Lane, y: number, look: Look, lit: boolean, gpus: number): void {
  pen.fillStyle = lit ? look.hues[(lane.tenants[0] ?? 0) % look.hues.length] ?? look.ink : look.rule;
  pen.fillRect(0, y + 7, 8, laneHeight - 14);
  pen.fillStyle = look.ink;
  const name = gpus > 1 ? `${lane.gpu}· ${lane.name}` : lane.name;
  pen.fillText(name, 13, y + laneHeight / 2, labelWidth - 18);
}

// `now` in the lab's seconds; `whole`: all of it at once, for readers who want nothing to move.
export function drawLanes(
  canvas: HTMLCanvasElement,
  timeline: Timeline,
  lanes: Lane[],
  now: number,
  whole: boolean,
  death: Death | null,
  look: Look,
): void {
  const pen = canvas.getContext('2d');
  if (!pen) return;
  const scale = window.devicePixelRatio || 1;
  const width = canvas.clientWidth;
  const height = lanes.length * laneHeight;
  if (canvas.width !== Math.round(width * scale)) canvas.width = Math.round(width * scale);
  if (canvas.height !== Math.round(height * scale)) canvas.height = Math.round(height * scale);
  pen.setTransform(scale, 0, 0, scale, 0, 0);
  pen.clearRect(0, 0, width, height);
  pen.font = '11px ui-monospace, "DejaVu Sans Mono", monospace';
  pen.textBaseline = 'middle';
  const shown = whole ? timeline.to - timeline.from : (timeline.to - timeline.from) / 3;
  const from = whole ? timeline.from : now - shown * nowAt;
  const track: Track = { left: labelWidth, width: width - labelWidth, from, to: from + shown, now: whole ? timeline.to : now };
  const gpus = new Set(lanes.map((lane) => lane.gpu)).size;
  lanes.forEach((lane, i) => {
    const y = i * laneHeight;
    pen.fillStyle = look.rule;
    pen.fillRect(labelWidth, y + laneHeight - 1, track.width, 1);
    const lit = drawSpans(pen, lane, y, track, look, death);
    if (death) drawDeath(pen, lane, y, track, look, death);
    drawLabel(pen, lane, y, look, lit && !whole, gpus);
  });
  if (!whole) {
    pen.fillStyle = look.ink;
    pen.fillRect(xOf(track, now), 0, 1.5, height);
  }
}
