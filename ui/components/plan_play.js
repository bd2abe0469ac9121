/**
 * Plays a plan at once, unrendered: two pictures lie on top of each other; while one plays, the other stands on the first frame of the
 * next row, so a join only changes which of them is on top. Where a row plays forwards, the film's clock follows the picture; holds and
 * reverse follow the clock of the page.
 */

import { el, prefs } from "../studio.js";
import { Captions } from "./plan_captions.js";
import { coloured, faded } from "./plan_effects.js";
import { clipAt, shapeOf, sourceFrame } from "./plan_film.js";
import { Layer } from "./plan_layer.js";
import { Bed } from "./plan_music.js";

const EARLY = 0.55; // of a drawing interval: a join that would come too late by less is made now
const TAIL = 1.3; // drawing intervals before a row's end in which its picture is held, lest a frame behind the cut be seen
const AHEAD = 0.5; // source frames by which browsers show a picture before its time

/** Source position at every film frame of a clip, counted from its in-point. */
function trackOf(clip) {
  if (clip.track) return clip.track;
  const track = new Float64Array(clip.frames + 1);
  let at = 0;
  for (const piece of clip.stretches) for (let n = 0; n < piece.frames && at < clip.frames; n += 1, at += 1) track[at] = piece.start + n * piece.step;
  const last = clip.stretches.at(-1);
  track[clip.frames] = last ? last.start + last.frames * last.step : 0;
  return (clip.track = track);
}

export class FilmPlayer extends EventTarget {
  /** Events: `frame` ({frame, exact}), `state` ({playing}). `place` is the stage. */
  constructor(place) {
    super();
    this.layers = [new Layer(() => this.#seen()), new Layer(() => this.#seen())];
    this.captions = new Captions();
    this.cover = el("div.film-cover");
    this.tint = el("div.film-tint");
    this.vignette = el("div.film-vignette");
    this.pictures = el("div.film-pictures", {}, ...this.layers.map((layer) => layer.node));
    this.node = el("div.film-canvas", { role: "img", "aria-label": "The planned film" }, this.pictures, this.tint, this.vignette, this.cover, this.captions.node);
    place.prepend(this.node);
    this.bed = new Bed();
    this.interval = 16.7;
    Object.assign(this, { plan: null, film: null, sources: new Map(), frame: 0, playing: false });
    this.mute(prefs.get("muted", false));
  }

  mute(yes) { this.muted = yes; for (const layer of this.layers) layer.video.muted = yes; this.bed.mute(yes); }

  /** Another plan, or the same in other lengths; the playhead stays. */
  set({ plan, film, sources }) {
    const clip = this.playing ? this.clip : null;
    Object.assign(this, { plan, film, sources });
    this.rows = new Map(plan?.segments.map((row) => [row.id, row]) ?? []);
    this.canvas = plan ? shapeOf(plan, sources) : 16 / 9;
    this.node.style.setProperty("--shape", this.canvas);
    this.node.style.backgroundColor = plan?.output?.background ?? "#000";
    if (clip && film.clips.some((other) => same(other, clip))) { this.#retarget(clip); return; }
    this.pause();
    if (film?.frames) this.seek(Math.min(this.frame, film.frames - 1)); else this.clear();
  }

  /** While it plays, a change elsewhere in the plan must not be felt. */
  #retarget(clip) {
    this.clip = this.film.clips.find((other) => same(other, clip));
    this.active.clip = this.clip;
    this.#cueNext();
  }

  clear() { this.layers.forEach((layer) => layer.clear()); this.captions.draw([]); this.frame = 0; }

  get last() { return Math.max(0, (this.film?.frames ?? 0) - 1); }
  get exact() { return !this.playing && this.layers.every((layer) => layer.node.dataset.on !== "true" || layer.ready); }

  #state() { this.dispatchEvent(new CustomEvent("state", { detail: { playing: this.playing } })); }
  #moved(exact) { this.dispatchEvent(new CustomEvent("frame", { detail: { frame: this.frame, exact } })); }
  #seen() { this.layers.forEach((layer) => layer.poke()); if (!this.playing && this.exact) this.#moved(true); }

  /** The layer that has the clip, else one that `but` does not use. */
  #layer(clip, but = null) { return this.layers.find((layer) => layer !== but && layer.clip?.segment === clip.segment) ?? this.layers.find((layer) => layer !== but) ?? this.layers[0]; }

  seek(frame) {
    if (this.playing) this.pause();
    if (!this.film?.frames) return;
    this.frame = Math.min(this.last, Math.max(0, Math.round(frame)));
    const clip = clipAt(this.film, this.frame), at = this.frame - clip.begins, source = this.sources.get(this.rows.get(clip.segment)?.source);
    if (!source?.url) { this.#moved(false); return; }
    const before = at < clip.overlap ? this.#before(clip) : null, active = this.#layer(clip);
    this.clip = clip;
    this.active = active;
    active.cue(clip, source, sourceFrame(clip, at));
    active.show(true, true);
    this.leaving = null;
    if (before) this.#cueLeaving(before, this.frame - before.begins);
    else this.#cueNext();
    this.#paint(at);
    this.#moved(this.exact);
  }

  step(frames) { this.seek(this.frame + frames); }
  #before(clip) { return this.film.clips[this.film.clips.indexOf(clip) - 1] ?? null; }
  #after(clip) { return this.film.clips[this.film.clips.indexOf(clip) + 1] ?? null; }

  #cueLeaving(clip, at) {
    const layer = this.layers.find((other) => other !== this.active), source = this.sources.get(this.rows.get(clip.segment)?.source);
    if (!source?.url) return;
    layer.cue(clip, source, sourceFrame(clip, at));
    layer.show(true, false);
    this.leaving = { clip, layer };
  }

  /** The idle picture goes to where the next row begins. */
  #cueNext() {
    const idle = this.layers.find((layer) => layer !== this.active);
    idle.show(false, false);
    this.idle = idle;
    const next = this.#after(this.clip), source = next && this.sources.get(this.rows.get(next.segment)?.source);
    if (source?.url) idle.cue(next, source, sourceFrame(next, 0), true);
  }

  toggle() { if (this.playing) this.pause(); else this.play(); }

  async play() {
    if (!this.film?.frames || this.playing) return;
    const from = this.frame >= this.last ? 0 : this.frame;
    this.seek(from);
    if (this.active.source) this.active.cue(this.clip, this.active.source, sourceFrame(this.clip, this.frame - this.clip.begins), true);
    this.playing = true;
    this.at = this.frame - this.clip.begins;
    this.#lead(performance.now());
    this.before = performance.now();
    this.bed.play(this.plan, this.sources, this.frame / this.film.fps);
    this.#state();
    const tick = (now) => {
      if (!this.playing) return;
      this.interval += (Math.min(50, now - this.before) - this.interval) * 0.1;
      this.before = now;
      this.#tick(now);
      this.request = requestAnimationFrame(tick);
    };
    this.request = requestAnimationFrame(tick);
  }

  pause() {
    if (!this.playing) return;
    this.playing = false;
    cancelAnimationFrame(this.request);
    this.layers.forEach((layer) => { layer.hold(); layer.moving = true; });
    this.bed.pause();
    this.#state();
    this.seek(this.frame);
  }

  /** From here on the page's clock leads. */
  #lead(now) { this.led = { now, at: this.at }; }

  /** Moves the clip on, as its picture or the clock says. */
  #advance(now) {
    const { clip, active } = this, track = trackOf(clip), here = Math.min(clip.frames - 1, Math.floor(this.at)), source = active.source;
    const slope = here + 1 < clip.frames ? (track[Math.min(clip.frames - 1, here + 4)] - track[here]) / Math.min(4, clip.frames - 1 - here) : track[clip.frames] - track[here];
    const step = track[Math.min(clip.frames, here + 1)] - track[here];
    const still = source.kind === "image" || step === 0;
    const row = this.rows.get(clip.segment), pitch = (row?.operations ?? []).every((operation) => operation.keep_pitch !== false);
    if (!still && step > 0 && this.#follows(now, here, step, (slope * this.film.fps) / source.rate, pitch)) return;
    this.at = this.led.at + ((now - this.led.now) / 1000) * this.film.fps;
    active.hold();
    if (source.kind === "image" || (!still && step > 0 && active.playable)) return;
    const frame = sourceFrame(clip, Math.min(this.at, clip.frames - 1));
    if (frame !== this.held) { this.held = frame; active.seek(frame); }
  }

  /** The clock follows the picture, until just before the row's end; false where it has to lead. */
  #follows(now, here, step, rate, pitch) {
    const { clip, active } = this, track = trackOf(clip);
    if (active.running && !active.video.seeking) {
      const position = active.position - clip.first;
      let at = here;
      while (at < clip.frames && track[at + 1] <= position && track[at + 1] > track[at]) at += 1;
      const wide = at < clip.frames ? track[at + 1] - track[at] : 1;
      this.at = Math.max(this.at, Math.min(clip.frames, at + (wide > 0 ? Math.min(1, Math.max(0, (position - track[at]) / wide)) : 0)));
      this.#lead(now);
    }
    this.held = null;
    if (this.at + (TAIL * this.interval * this.film.fps) / 1000 + AHEAD / step >= clip.frames) return false;
    const runs = active.run(rate, pitch);
    if (runs) this.#lead(now);
    return runs;
  }

  #tick(now) {
    const early = (EARLY * this.interval * this.film.fps) / 1000;
    this.#advance(now);
    const next = this.#after(this.clip), end = this.clip.frames - (next?.overlap ?? 0);
    if (this.leaving && this.at >= this.clip.overlap) { this.leaving = null; this.#cueNext(); }
    if (this.at + early >= end) {
      if (!next) { this.#end(); return; }
      if (!this.#join(next, now)) this.at = Math.min(this.at, end - 0.01);
    }
    this.frame = Math.min(this.last, this.clip.begins + Math.floor(this.at));
    this.#paint(this.at);
    this.#moved(true);
  }

  /** The next row comes on top; false while its picture is not there yet. */
  #join(next, now) {
    if (this.leaving) { this.leaving = null; this.#cueNext(); }
    const into = this.idle, out = this.active, clip = this.clip;
    if (!into.ready) { this.waited ??= now; out.hold(); return false; }
    const told = { segment: next.segment, film_frame: next.begins, source_frame: into.frame(), planned_frame: sourceFrame(next, 0), left_at: out.source.kind === "video" ? Math.floor(out.position + 1e-3) : 0, waited_ms: this.waited ? now - this.waited : 0 };
    this.waited = null;
    this.held = null;
    this.clip = next;
    this.active = into;
    this.at = 0;
    this.#lead(now);
    into.show(true, true);
    if (next.overlap) { this.leaving = { clip, layer: out }; out.show(true, false); } else this.#cueNext();
    this.#advance(now);
    this.node.dispatchEvent(new CustomEvent("join", { bubbles: true, detail: told }));
    return true;
  }

  #end() {
    this.frame = this.last;
    this.playing = false;
    cancelAnimationFrame(this.request);
    this.layers.forEach((layer) => { layer.hold(); layer.moving = true; });
    this.bed.pause();
    this.seek(this.last);
    this.#state();
  }

  /** Shows one frame of a row's source for a while: the edge that is being dragged. */
  peek(segment, frame) {
    const clip = this.film.clips.find((other) => other.segment === segment), source = this.sources.get(this.rows.get(segment)?.source);
    if (!clip || !source?.url) return;
    if (this.playing) this.pause();
    this.active = this.#layer(clip);
    this.layers.forEach((layer) => layer.show(layer === this.active, layer === this.active));
    this.active.cue(clip, source, frame);
  }

  /** Styles of everything on screen at the clip's own film frame. */
  #paint(at) {
    const { fps } = this.film, film = this.plan.film ?? [], film_s = this.frame / fps, whole_s = this.film.frames / fps;
    const fit = this.plan.output?.fit ?? "pad", loud = this.muted ? 0 : 1;
    const { clip, leaving } = this, row = this.rows.get(clip.segment);
    const share = clip.overlap ? Math.min(1, at / clip.overlap) : 1, kind = (row?.operations ?? []).find((operation) => operation.op === "transition")?.kind ?? "dissolve";
    const rows = [{ operations: film, at: film_s, seconds: whole_s, key: "film-" }];
    const paint = (layer, one, now, join) => {
      const shown = this.rows.get(one.segment);
      if (!shown) return;
      layer.paint({ row: shown, at: now / fps, seconds: one.frames / fps, canvas: this.canvas, fit, join, loud });
      rows.push({ operations: shown.operations ?? [], at: now / fps, seconds: one.frames / fps, key: `${one.segment}-` });
    };
    paint(this.active, clip, at, leaving ? { kind, share, incoming: true } : null);
    if (leaving) paint(leaving.layer, leaving.clip, this.frame - leaving.clip.begins, { kind, share, incoming: false });
    this.captions.draw(rows);
    const fade = faded(film, film_s, whole_s);
    this.cover.style.background = fade.colour;
    this.cover.style.opacity = fade.share;
    const whole = coloured(film);
    this.pictures.style.filter = whole.filter;
    this.tint.style.background = whole.tint;
    this.vignette.style.opacity = whole.vignette;
  }
}

const same = (one, other) => one.segment === other.segment && one.first === other.first && one.frames === other.frames && one.begins === other.begins && one.overlap === other.overlap;
