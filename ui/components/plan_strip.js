/** The planned film as a timeline: rows as blocks to scale, what is left out below them, words, sounds and beats. */

import { RULER, Timeline } from "./timeline.js";
import { frameShowing } from "./plan_film.js";

export const BLOCK = 44;
const OUT = 15, THIN = 17;

export class FilmTimeline extends Timeline {
  get rows() {
    const { marks } = this;
    return [["Film", "", BLOCK], ...(marks?.out.length ? [["Left out", "", OUT]] : []), ...(marks?.words.length ? [["Words", "", THIN]] : []), ...(marks?.sounds.length ? [["Sound", "", THIN]] : [])];
  }

  /** A film that grows shorter or longer while one looks at a part of it: that part stays. */
  set(changes) {
    this.keeps = this.view.span < this.data.count - 0.5;
    super.set(changes);
    this.keeps = false;
  }
  fit() { if (!this.keeps) super.fit(); }

  /** Upper edge of a row, by its name; null when it is not there. */
  top(name) {
    let top = RULER;
    for (const [row, , height] of this.rows) { if (row === name) return top; top += height; }
    return null;
  }
}

const seconds = (value, otherwise) => (value === undefined || value === null ? otherwise : value);

/** What is drawn besides the blocks, in frames of the film: {out, words, sounds, beats, cuts}. */
export function marksOf(plan, film, analysis) {
  const marks = { out: [], words: [], sounds: [], beats: [] }, clips = new Map(film.clips.map((clip) => [clip.segment, clip]));
  const span = (operation, begins, frames) => {
    const from = begins + seconds(operation.at_s, 0) * film.fps;
    return [from, Math.min(begins + frames, from + seconds(operation.duration_s, Infinity) * film.fps)];
  };
  const gather = (operations, begins, frames) => {
    for (const operation of operations ?? []) {
      if (operation.op === "text") marks.words.push({ span: span(operation, begins, frames), text: operation.text });
      if (operation.op === "subtitles") for (const cue of operation.cues ?? []) marks.words.push({ span: [begins + cue.start_s * film.fps, begins + cue.end_s * film.fps], text: cue.text });
      if (operation.op === "sound_effect") marks.sounds.push({ at: begins + seconds(operation.at_s, 0) * film.fps, text: operation.name.replaceAll("_", " ") });
      if (operation.op === "music") marks.sounds.push({ span: span(operation, begins, frames), text: "music" });
    }
  };
  let end = 0, left = 0;
  for (const segment of plan.segments) {
    const clip = clips.get(segment.id);
    if (clip) { gather(segment.operations, clip.begins, clip.frames); end = clip.begins + clip.frames; left = 0; continue; }
    const frames = Math.max(1, (segment.end_s - segment.start_s) * film.fps);
    marks.out.push({ id: segment.id, span: [end + left, end + left + frames] });
    left += frames;
  }
  gather(plan.film, 0, film.frames);
  for (const clip of film.clips) for (const frame of beatsWithin(clip, plan, analysis)) marks.beats.push(clip.begins + frame);
  return marks;
}

function beatsWithin(clip, plan, analysis) {
  const row = plan.segments.find((segment) => segment.id === clip.segment), found = [];
  if (!analysis || analysis.source !== row?.source) return found;
  for (const beat of analysis.beats) if (beat >= clip.first && beat < clip.first + clip.count) { const at = frameShowing(clip, beat); if (at !== null) found.push(at); }
  return found;
}

/** Draws the film and takes presses on blocks and their edges: a tool of the timeline. */
export class Blocks {
  /** `look`: {plan, film, marks, selected, problems: Set of ids, thumb(segment)}. Events of the timeline: `pick` ({id}), and those of the edges. */
  constructor(timeline, look, edges) { Object.assign(this, { timeline, look, edges }); }

  /** What is under the pointer: {id, clip?} or null. */
  hit(event) {
    const { timeline } = this, { x, y } = timeline.place(event), look = this.look(), frame = timeline.view.from + ((x - timeline.gutter) / timeline.width) * timeline.view.span;
    const top = timeline.top("Film"), out = timeline.top("Left out");
    if (!look.plan || x < timeline.gutter) return null;
    if (y >= top && y < top + BLOCK) { const clip = look.film.clips.filter((one) => frame >= one.begins && frame < one.begins + one.frames).at(-1); return clip ? { id: clip.segment, clip } : null; }
    if (out !== null && y >= out && y < out + OUT) { const mark = look.marks.out.find(({ span: [from, end] }) => frame >= from && frame < end); return mark ? { id: mark.id } : null; }
    return null;
  }

  cursor(event) { return this.edges.hit(event) ? "col-resize" : this.hit(event)?.clip ? "pointer" : null; }
  take(event) {
    if (this.edges.take(event)) return true;
    const found = this.hit(event);
    if (found) this.timeline.dispatchEvent(new CustomEvent("pick", { detail: found }));
    return Boolean(found && !found.clip);
  }

  draw(c, colour) {
    const look = this.look();
    if (!look.plan) return;
    look.film.clips.forEach((clip, index) => this.#block(c, colour, clip, index, look));
    for (const { segment, overlap, begins } of look.film.clips) if (overlap) this.#transition(c, colour, begins, overlap, segment);
    this.#out(c, colour, look);
    this.#beats(c, colour, look.marks.beats);
    this.#words(c, colour, look.marks.words);
    this.#sounds(c, colour, look.marks.sounds);
    this.edges.draw(c, colour);
  }

  #block(c, colour, clip, index, look) {
    const { timeline } = this, top = RULER + 2, high = BLOCK - 4, left = timeline.x(clip.begins), wide = Math.max(2, timeline.x(clip.begins + clip.frames) - left - 1);
    if (left > timeline.gutter + timeline.width || left + wide < timeline.gutter) return;
    const chosen = look.selected === clip.segment, wrong = look.problems.has(clip.segment);
    c.save();
    c.beginPath();
    c.roundRect(left, top, wide, high, 3);
    c.fillStyle = colour(index % 2 ? "shot-b" : "shot-a");
    c.fill();
    c.clip();
    const picture = look.thumb(clip.segment), number = String(look.plan.segments.findIndex((row) => row.id === clip.segment) + 1);
    let inside = left + 6;
    if (picture && wide > 26) {
      const across = (picture.width / picture.height) * high;
      c.drawImage(picture, left, top, across, high);
      inside = left + Math.min(across, wide) - 2;
      c.fillStyle = "#000a";
      c.fillRect(left, top, 8 + number.length * 7, 15);
      c.fillStyle = "#fff";
      c.font = `600 11px ${colour("font")}`;
      c.fillText(number, left + 4, top + 8);
      inside += 8;
    } else {
      c.fillStyle = colour(chosen ? "text" : "muted");
      c.font = `600 11px ${colour("font")}`;
      if (wide > 14) c.fillText(number, Math.max(inside, timeline.gutter + 6), top + 10);
      inside += 16;
    }
    if (left + wide - inside > 34) {
      c.fillStyle = colour("text");
      c.font = `11px ${colour("font")}`;
      c.fillText(look.words(clip.segment), inside, top + 12);
      c.fillStyle = colour("muted");
      c.fillText(`${(clip.frames / look.film.fps).toFixed(1)} s`, inside, top + 28);
    }
    c.restore();
    if (!chosen && !wrong) return;
    c.strokeStyle = colour(wrong ? "warn" : "action");
    c.lineWidth = 2;
    c.beginPath();
    c.roundRect(left + 1, top + 1, wide - 2, high - 2, 3);
    c.stroke();
  }

  #transition(c, colour, begins, overlap) {
    const { timeline } = this, left = timeline.x(begins), right = timeline.x(begins + overlap), top = RULER + 2, bottom = RULER + BLOCK - 2;
    c.globalAlpha = 0.75;
    c.fillStyle = colour("panel");
    c.beginPath();
    c.moveTo(left, bottom);
    c.lineTo(right, top);
    c.lineTo(right, bottom);
    c.fill();
    c.globalAlpha = 1;
    c.strokeStyle = colour("action");
    c.lineWidth = 1.25;
    c.beginPath();
    c.moveTo(left, bottom);
    c.lineTo(right, top);
    c.stroke();
  }

  #out(c, colour, { marks, selected }) {
    const { timeline } = this, top = timeline.top("Left out");
    c.setLineDash([3, 3]);
    for (const { id, span: [from, end] } of marks.out) {
      c.strokeStyle = colour(id === selected ? "action" : "border");
      c.lineWidth = id === selected ? 2 : 1;
      const left = timeline.x(from);
      c.strokeRect(left + 0.5, top + 2.5, Math.max(3, timeline.x(end) - left - 2), OUT - 5);
    }
    c.setLineDash([]);
  }

  #beats(c, colour, beats) {
    c.fillStyle = colour("good");
    for (const beat of beats) c.fillRect(Math.round(this.timeline.x(beat)) - 0.5, RULER + BLOCK - 6, 1.5, 6);
  }

  #words(c, colour, words) {
    const { timeline } = this, top = timeline.top("Words");
    c.font = `10px ${colour("font")}`;
    for (const { span: [from, end], text } of words) {
      const left = timeline.x(from), wide = Math.max(2, timeline.x(end) - left - 1);
      c.save();
      c.beginPath();
      c.rect(left, top + 2, wide, THIN - 4);
      c.globalAlpha = 0.28;
      c.fillStyle = colour("action");
      c.fill();
      c.globalAlpha = 1;
      c.clip();
      c.fillStyle = colour("text");
      c.fillText(text.replaceAll("\n", " "), left + 4, top + THIN / 2);
      c.restore();
    }
  }

  #sounds(c, colour, sounds) {
    const { timeline } = this, top = timeline.top("Sound");
    c.font = `10px ${colour("font")}`;
    const begins = sounds.map(({ at, span }) => (span ? span[0] : at)).sort((a, b) => a - b);
    for (const { at, span, text } of sounds) {
      const left = timeline.x(span ? span[0] : at), next = begins.find((other) => other > (span ? span[0] : at));
      c.fillStyle = colour("warn");
      if (span) { c.globalAlpha = 0.22; c.fillRect(left, top + 2, Math.max(2, timeline.x(span[1]) - left), THIN - 4); c.globalAlpha = 1; } else { c.beginPath(); c.arc(left + 3, top + THIN / 2, 3, 0, 7); c.fill(); }
      c.fillStyle = colour("muted");
      if (next === undefined || timeline.x(next) - left > c.measureText(text).width + 14) c.fillText(text, left + 9, top + THIN / 2);
    }
  }
}
