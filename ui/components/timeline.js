/** The timeline: ruler, shots and quality lanes on one canvas, with zoom and scrubbing. Redraws only when something changed. */

import { drawLane } from "./lanes.js";

export const RULER = 20, LANE = 26;
const THIN = 17, GAP = 2;
const STEPS_S = [0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1200, 1800, 3600];

export class Timeline extends EventTarget {
  /**
   * Events: `scrub` ({frame, done}), `view`, and those of its tools. `host` is focusable, `canvas` lies in it.
   * A tool draws on top (`draw(c, colour)`), may take a press (`take(event)`) or a double one (`open(event)`), and tells the pointer's shape (`cursor(event)`).
   */
  constructor(host, canvas) {
    super();
    this.tools = [];
    Object.assign(this, { host, canvas, context: canvas.getContext("2d") });
    this.data = { count: 0, fps: 25, scenes: [], lanes: [], upTo: 0, frame: 0, label: () => "", range: [null, null], start: (frame) => frame / 25 };
    this.view = { from: 0, span: 1 };
    this.pointers = new Map();
    this.colours = {};
    new ResizeObserver(() => this.redraw()).observe(host);
    this.#listen();
  }

  set(changes) {
    const counted = changes.count !== undefined && changes.count !== this.data.count;
    Object.assign(this.data, changes);
    if (counted) this.fit();
    if (changes.scenes) this.peak = Math.max(1, ...changes.scenes.map((scene) => scene.quality?.sharpness ?? 0));
    this.redraw();
  }

  /** The rows under the ruler, each [name, hint, height]: what was measured along the film once that is known, else per shot. */
  get rows() {
    const { lanes } = this.data;
    const below = lanes.length ? lanes.map((lane) => [lane.name, lane.hint, THIN]) : [["Sharpness", "", LANE], ["Brightness", "", LANE]];
    return [["Shots", "", LANE], ...below];
  }
  get height() { return RULER + this.rows.reduce((sum, [, , height]) => sum + height, 0) + 4; }

  recolour() { this.colours = {}; this.redraw(); }
  redraw() { this.due ??= requestAnimationFrame(() => { this.due = undefined; this.#draw(); }); }

  get gutter() { return this.host.clientWidth < 560 ? 0 : 84; }
  get width() { return Math.max(1, this.host.clientWidth - this.gutter - 1); }
  x(frame) { return this.gutter + ((frame - this.view.from) / this.view.span) * this.width; }
  frameAt(clientX) {
    const left = this.canvas.getBoundingClientRect().left + this.gutter;
    return this.view.from + ((clientX - left) / this.width) * this.view.span;
  }

  /** Where a pointer is, CSS pixels from the canvas's corner. */
  place(event) {
    const box = this.canvas.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  }

  fit() { this.view = { from: 0, span: Math.max(1, this.data.count) }; this.#viewed(); }
  zoom(factor, around = this.data.frame) {
    const span = Math.min(Math.max(1, this.data.count), Math.max(12, this.view.span / factor));
    const share = (around - this.view.from) / this.view.span;
    this.view = { from: around - share * span, span };
    this.#viewed();
  }
  pan(frames) { this.view = { ...this.view, from: this.view.from + frames }; this.#viewed(); }
  /** Turns the page when the playhead leaves the window. */
  follow(frame) {
    const { from, span } = this.view;
    if (span < this.data.count && (frame < from || frame > from + span)) { this.view = { from: frame - span * 0.1, span }; this.#viewed(); }
  }
  #viewed() {
    this.view.from = Math.min(Math.max(0, this.view.from), Math.max(0, this.data.count - this.view.span));
    this.dispatchEvent(new Event("view"));
    this.redraw();
  }

  #listen() {
    const { canvas } = this;
    canvas.addEventListener("pointerdown", (event) => {
      if (event.button !== 0 || !this.data.count) return;
      try { canvas.setPointerCapture(event.pointerId); } catch { /* a synthetic pointer has nothing to capture */ }
      if (!this.pointers.size && this.tools.some((tool) => tool.take(event))) return;
      this.pointers.set(event.pointerId, event.clientX);
      if (this.pointers.size === 1) this.#scrub(event, false);
      else this.pinch = this.#spread();
    });
    canvas.addEventListener("pointermove", (event) => {
      if (!this.pointers.has(event.pointerId)) { if (!event.buttons) this.#cursor(event); return; }
      this.pointers.set(event.pointerId, event.clientX);
      if (this.pointers.size === 1) { this.#scrub(event, false); return; }
      const now = this.#spread();
      if (this.pinch && now.wide > 4) this.zoom(now.wide / this.pinch.wide, this.frameAt(now.middle));
      this.pinch = now;
    });
    const release = (event) => {
      if (!this.pointers.delete(event.pointerId)) return;
      if (!this.pointers.size && !this.pinch) this.#scrub(event, true);
      if (!this.pointers.size) this.pinch = null;
    };
    canvas.addEventListener("pointerup", release);
    canvas.addEventListener("pointercancel", release);
    canvas.addEventListener("pointerleave", (event) => this.#cursor(event));
    canvas.addEventListener("dblclick", (event) => { if (!this.tools.some((tool) => tool.open?.(event))) this.#frameShot(this.frameAt(event.clientX)); });
    canvas.addEventListener("wheel", (event) => {
      const sideways = event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY);
      if (!event.ctrlKey && !event.metaKey && !event.altKey && !sideways) return;
      event.preventDefault();
      if (sideways) this.pan(((event.deltaX || event.deltaY) / this.width) * this.view.span);
      else this.zoom(Math.exp(-event.deltaY / 240), this.frameAt(event.clientX));
    }, { passive: false });
  }

  #cursor(event) {
    const shapes = this.tools.map((tool) => tool.cursor(event));
    this.canvas.style.cursor = shapes.find(Boolean) ?? "";
  }

  #spread() {
    const places = [...this.pointers.values()];
    return { wide: Math.max(...places) - Math.min(...places), middle: (Math.max(...places) + Math.min(...places)) / 2 };
  }

  /** A press that was no drag: the playhead goes there. */
  press(clientX) { this.#scrub({ clientX }, true); }

  #scrub({ clientX }, done) {
    const frame = Math.min(this.data.count - 1, Math.max(0, Math.floor(this.frameAt(clientX))));
    this.dispatchEvent(new CustomEvent("scrub", { detail: { frame, done } }));
  }

  #frameShot(frame) {
    const shot = this.data.scenes.find((scene) => frame >= scene.start_frame && frame < scene.end_frame);
    if (!shot || this.view.span <= (shot.end_frame - shot.start_frame) * 1.3) { this.fit(); return; }
    const length = shot.end_frame - shot.start_frame;
    this.view = { from: shot.start_frame - length * 0.05, span: Math.max(12, length * 1.1) };
    this.#viewed();
  }

  #colour(name) { return (this.colours[name] ??= getComputedStyle(this.host).getPropertyValue("--" + name).trim()); }

  #draw() {
    const { canvas, context: c, host, data } = this;
    const ratio = devicePixelRatio || 1, width = host.clientWidth;
    if (!width) return;
    const high = this.height;
    if (canvas.width !== Math.round(width * ratio) || canvas.height !== Math.round(high * ratio)) {
      canvas.width = Math.round(width * ratio);
      canvas.height = Math.round(high * ratio);
      host.style.height = canvas.style.height = `${high}px`;
    }
    c.setTransform(ratio, 0, 0, ratio, 0, 0);
    c.clearRect(0, 0, width, high);
    c.textBaseline = "middle";
    this.#lanes(c, width);
    if (!data.count) return;
    c.save();
    c.beginPath();
    c.rect(this.gutter, 0, this.width + 1, high);
    c.clip();
    this.#ruler(c);
    this.#shots(c);
    if (data.lanes.length) this.#measured(c);
    else this.#perShot(c);
    for (const tool of this.tools) tool.draw(c, (name) => this.#colour(name));
    c.restore();
    this.#names(c);
    this.#playhead(c);
  }

  #perShot(c) {
    this.#curve(c, RULER + LANE, (scene) => Math.log1p(scene.quality?.sharpness ?? 0) / Math.log1p(this.peak || 1), "action");
    this.#curve(c, RULER + 2 * LANE, (scene) => (scene.quality?.brightness ?? 0) / 255, "warn");
  }

  #measured(c) {
    const { data } = this;
    const indexAt = (x, values) => ((this.view.from + ((x - this.gutter) / this.width) * this.view.span) / data.count) * values;
    let top = RULER + LANE;
    for (const lane of data.lanes) {
      const place = { left: this.gutter, top, width: this.width, height: THIN, indexAt, x: (frame) => this.x(frame) };
      drawLane(c, lane, place, (name) => this.#colour(name));
      top += THIN;
    }
  }

  /** Without a gutter the names stand in their lanes. */
  #names(c) {
    if (this.gutter) return;
    c.font = `10px ${this.#colour("font")}`;
    let bottom = RULER;
    this.rows.forEach(([name, , height], index) => {
      bottom += height;
      if (!index) return;
      c.globalAlpha = 0.85;  // a ground of its own, because a lane may be of any colour
      c.fillStyle = this.#colour("panel");
      c.fillRect(3, bottom - 15, c.measureText(name).width + 6, 13);
      c.globalAlpha = 1;
      c.fillStyle = this.#colour("text");
      c.fillText(name, 6, bottom - 8);
    });
  }

  #lanes(c, width) {
    c.font = `11px ${this.#colour("font")}`;
    let top = RULER;
    for (const [name, , height] of this.rows) {
      c.fillStyle = this.#colour("hair");
      c.fillRect(this.gutter, top - 0.5, width - this.gutter, 0.5);
      c.fillStyle = this.#colour("muted");
      if (this.gutter) c.fillText(name, 2, top + height / 2);
      top += height;
    }
  }

  #ruler(c) {
    const { data, view } = this;
    const perSecond = (this.width / view.span) * data.fps;
    const step = STEPS_S.find((seconds) => seconds * perSecond >= 92) ?? 7200;
    const frames = Math.max(1, Math.round(step * data.fps));
    c.font = `10px ${this.#colour("mono")}`;
    for (let frame = Math.floor(view.from / frames) * frames; frame <= view.from + view.span; frame += frames) {
      const x = Math.round(this.x(frame)) + 0.5;
      c.fillStyle = this.#colour("border");
      c.fillRect(x, RULER - 7, 1, 7);
      for (let part = 1; part < 5; part += 1) c.fillRect(Math.round(this.x(frame + (frames * part) / 5)) + 0.5, RULER - 3, 1, 3);
      c.fillStyle = this.#colour("muted");
      c.fillText(data.label(frame), x + 4, 8);
    }
    const [into, out] = data.range;
    if (into === null && out === null) return;
    const left = this.x(into ?? 0), right = this.x((out ?? data.count - 1) + 1);
    c.fillStyle = this.#colour("action-soft");
    c.fillRect(left, 0, right - left, this.height);
    c.fillStyle = this.#colour("action");
    c.fillRect(left, RULER - 3, right - left, 3);
  }

  #shots(c) {
    const { data, view } = this;
    const top = RULER + GAP, height = LANE - 2 * GAP;
    c.font = `11px ${this.#colour("font")}`;
    for (const scene of this.#visible()) {
      const left = this.x(scene.start_frame), wide = Math.max(1, this.x(scene.end_frame) - left - 1);
      const here = data.frame >= scene.start_frame && data.frame < scene.end_frame;
      c.fillStyle = this.#colour(scene.index % 2 ? "shot-b" : "shot-a");
      c.fillRect(left, top, wide, height);
      if (here) {
        c.strokeStyle = this.#colour("action");
        c.lineWidth = 1.5;
        c.strokeRect(left + 0.75, top + 0.75, Math.max(0, wide - 1.5), height - 1.5);
      }
      const from = Math.max(left, this.gutter);
      if (left + wide - from > 22) { c.fillStyle = this.#colour(here ? "text" : "muted"); c.fillText(String(scene.index + 1), from + 7, top + height / 2 + 0.5); }
    }
    if (data.upTo < data.count) this.#hatch(c, this.x(Math.max(data.upTo, view.from)), this.x(data.count), top, height);
  }

  /** What has not been looked at yet. */
  #hatch(c, left, right, top, height) {
    c.save();
    c.beginPath();
    c.rect(left, top, right - left, height);
    c.clip();
    c.strokeStyle = this.#colour("hair");
    c.lineWidth = 1;
    c.beginPath();
    for (let x = left - height; x < Math.min(right, this.gutter + this.width); x += 7) { c.moveTo(x, top + height); c.lineTo(x + height, top); }
    c.stroke();
    c.restore();
  }

  #curve(c, top, level, colour) {
    const base = top + LANE - 3, height = LANE - 7;
    c.beginPath();
    let drawn = false;
    for (const scene of this.#visible()) {
      if (!scene.quality) continue;
      const y = base - Math.min(1, Math.max(0, level(scene))) * height;
      const left = this.x(scene.start_frame), right = this.x(scene.end_frame);
      if (!drawn) c.moveTo(left, base);
      c.lineTo(left + Math.min(3, (right - left) / 2), y);
      c.lineTo(right - Math.min(3, (right - left) / 2), y);
      drawn = right;
    }
    if (!drawn) return;
    c.strokeStyle = this.#colour(colour);
    c.lineWidth = 1.25;
    c.lineJoin = "round";
    c.stroke();
    c.lineTo(drawn, base);
    c.closePath();
    c.globalAlpha = 0.14;
    c.fillStyle = this.#colour(colour);
    c.fill();
    c.globalAlpha = 1;
  }

  *#visible() {
    const { from, span } = this.view;
    for (const scene of this.data.scenes) if (scene.end_frame > from && scene.start_frame < from + span) yield scene;
  }

  #playhead(c) {
    const x = Math.round(this.x(this.data.frame + 0.5));
    if (x < this.gutter - 1 || x > this.gutter + this.width + 1) return;
    c.fillStyle = this.#colour("play");
    c.fillRect(x - 0.75, 0, 1.5, this.height);
    c.beginPath();
    c.moveTo(x - 5.5, 0);
    c.lineTo(x + 5.5, 0);
    c.lineTo(x + 5.5, 5);
    c.lineTo(x, 11);
    c.lineTo(x - 5.5, 5);
    c.fill();
  }
}
