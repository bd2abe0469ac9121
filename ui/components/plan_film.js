/**
 * The planned film in whole frames: which frame of which source is shown when. The studio's own check tells it exactly; until that
 * answer is there, the same is worked out here, so that nothing waits for it. Pure.
 */

import { find } from "./plan_changes.js";

const RATES = [[24000, 1001], [30000, 1001], [60000, 1001]];
const PIECES = 12; // of a ramp
const EASE = {
  linear: (x) => x, ease_in: (x) => x * x, ease_out: (x) => 1 - (1 - x) ** 2, ease_in_out: (x) => (x < 0.5 ? 2 * x * x : 1 - 2 * (1 - x) ** 2),
};
export const eased = (name, x) => (EASE[name] ?? EASE.linear)(Math.min(1, Math.max(0, x)));

/** Frames per second as the studio means them: 29.97 is 30000/1001. */
export function exactRate(fps) {
  const found = RATES.find(([num, den]) => Math.abs(num / den - fps) < 0.006);
  return found ? found[0] / found[1] : fps;
}

const SHAPES = { "16:9": 16 / 9, "9:16": 9 / 16, "1:1": 1, "4:5": 4 / 5, "4:3": 4 / 3, "21:9": 21 / 9 };
/** Width to height of the film. */
export function shapeOf(plan, sources) {
  if (SHAPES[plan.output?.aspect]) return SHAPES[plan.output.aspect];
  const first = plan.segments.find((segment) => segment.approved !== false && sources.get(segment.source)?.size) ?? plan.segments[0];
  const size = sources.get(first?.source)?.size;
  return size ? size.width / size.height : 16 / 9;
}

export const ratio = (value) => (typeof value === "string" && value.includes("/") ? value.split("/").reduce((a, b) => a / b) : Number(value));

/** Pieces of a row: [{start, step, frames}], `step` in source frames per film frame. */
function stretchesOf(segment, count, perFrame) {
  const ramp = find(segment, "ramp"), reverse = Boolean(find(segment, "reverse"));
  const freezes = (segment.operations ?? []).filter((operation) => operation.op === "freeze").sort((a, b) => a.at_s - b.at_s);
  let pieces = [];
  if (ramp) {
    for (let at = 0; at < PIECES; at += 1) {
      const factor = ramp.from_factor + (ramp.to_factor - ramp.from_factor) * eased(ramp.easing ?? "ease_in_out", (at + 0.5) / PIECES);
      pieces.push({ start: (count * at) / PIECES, source: count / PIECES, step: factor * perFrame });
    }
  } else pieces = [{ start: 0, source: count, step: (find(segment, "speed")?.factor ?? 1) * perFrame }];
  if (reverse) pieces = pieces.reverse().map((piece) => ({ ...piece, start: piece.start + piece.source - 0.001, step: -piece.step }));
  const made = [];
  let owed = 0;
  for (const piece of pieces) {
    const exact = piece.source / Math.abs(piece.step) + owed, frames = Math.max(made.length || pieces.length > 1 ? 0 : 1, Math.round(exact));
    owed = exact - frames;
    if (frames) made.push({ start: piece.start, step: piece.step, frames });
  }
  return freezes.reduce((list, freeze) => held(list, freeze), made);
}

/** The list with a hold where source frame `at` is shown. */
function held(stretches, { at, frames }) {
  const found = stretches.findIndex((piece) => piece.step && (at - piece.start) / piece.step >= 0 && (at - piece.start) / piece.step < piece.frames);
  if (found < 0) return [...stretches, { start: at, step: 0, frames }];
  const piece = stretches[found], before = Math.max(0, Math.ceil((at - piece.start) / piece.step));
  return [...stretches.slice(0, found), ...(before ? [{ ...piece, frames: before }] : []), { start: at, step: 0, frames },
    ...(piece.frames > before ? [{ ...piece, start: piece.start + before * piece.step, frames: piece.frames - before }] : []), ...stretches.slice(found + 1)];
}

/** The film as far as this page can tell by itself; `sources`: id -> `SourceClip`. */
export function estimate(plan, sources) {
  const rows = plan.segments.filter((segment) => segment.approved !== false && segment.end_s > segment.start_s && sources.get(segment.source)?.ready);
  const fps = exactRate(plan.output?.fps ?? rows.map((segment) => sources.get(segment.source).rate).find(Boolean) ?? 25);
  const clips = [];
  let end = 0;
  for (const segment of rows) {
    const source = sources.get(segment.source), still = !source.rate;
    const first = still ? 0 : source.frameAt(segment.start_s), count = still ? 1 : Math.max(1, source.frameAt(segment.end_s) - first);
    const freezes = (segment.operations ?? []).map((operation) => (operation.op === "freeze" ? { ...operation, at: Math.round(operation.at_s * source.rate), frames: Math.round(operation.duration_s * fps) } : operation));
    const stretches = still ? [{ start: 0, step: 0, frames: Math.max(1, Math.round((segment.end_s - segment.start_s) * fps)) }] : stretchesOf({ ...segment, operations: freezes }, count, source.rate / fps);
    const frames = Math.max(1, stretches.reduce((sum, piece) => sum + piece.frames, 0));
    const wanted = clips.length ? Math.round((find(segment, "transition")?.duration_s ?? (find(segment, "transition") ? 0.5 : 0)) * fps) : 0;
    const overlap = Math.max(0, Math.min(wanted, frames - 1, (clips.at(-1)?.frames ?? 0) - 1));
    const begins = end - overlap;
    clips.push({ segment: segment.id, first, count, begins, frames, overlap, stretches });
    end = begins + frames;
  }
  return { fps, frames: end, clips, exact: false };
}

/** The same from the studio's answer to a check. */
export function checked(timeline) {
  const fps = ratio(timeline.rate ?? timeline.fps);
  const clips = timeline.clips.map((clip) => {
    const stretches = clip.stretches.map((piece) => ({ start: ratio(piece.start), step: ratio(piece.step), frames: piece.frames }));
    return { segment: clip.segment, first: clip.first_frame, count: clip.end_frame - clip.first_frame, begins: clip.begins_frame ?? Math.round(clip.begins_s * fps),
      frames: stretches.reduce((sum, piece) => sum + piece.frames, 0), overlap: clip.overlap_frames, stretches };
  });
  return { fps, frames: timeline.frames, clips, exact: true, width: timeline.width, height: timeline.height };
}

/** The clip that is shown at a film frame: of two that overlap the later one. */
export function clipAt(film, frame) {
  for (let at = film.clips.length - 1; at >= 0; at -= 1) if (frame >= film.clips[at].begins) return film.clips[at];
  return film.clips[0] ?? null;
}

/** Source frame (from the source's first) that a clip shows at its own film frame `at`; fractions allowed. */
export function sourceFrame(clip, at) {
  let left = Math.max(0, at);
  for (const piece of clip.stretches) {
    if (left < piece.frames) return within(clip, piece.start + Math.floor(left) * piece.step);
    left -= piece.frames;
  }
  const last = clip.stretches.at(-1);
  return last ? within(clip, last.start + Math.max(0, last.frames - 1) * last.step) : clip.first;
}
const within = (clip, offset) => clip.first + Math.min(clip.count - 1, Math.max(0, Math.floor(offset + 1e-6)));

/** The stretch a clip is in at its own film frame `at`: {piece, from: the frame it began, index}. */
export function stretchAt(clip, at) {
  let from = 0;
  for (const [index, piece] of clip.stretches.entries()) {
    if (at < from + piece.frames) return { piece, from, index };
    from += piece.frames;
  }
  const piece = clip.stretches.at(-1);
  return { piece, from: from - piece.frames, index: clip.stretches.length - 1 };
}

/** A clip's own film frame at which it first shows a source frame; null when it never does. */
export function frameShowing(clip, frame) {
  let from = 0;
  for (const piece of clip.stretches) {
    const at = piece.step ? (frame - clip.first - piece.start) / piece.step : frame - clip.first === Math.floor(piece.start) ? 0 : -1;
    if (at >= -1 && at < piece.frames) return from + Math.max(0, Math.ceil(at - 1e-6));
    from += piece.frames;
  }
  return null;
}
