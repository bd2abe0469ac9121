/** The coherence of two clips under each other on the frames of the first, with one playhead. */

import { drawLane } from "./lanes.js";
import { el, setText } from "../studio.js";

const ROW = 24, GAP = 2;

export class CompareLanes {
  /** `sync`: the two sides in step. */
  constructor(sync) {
    this.sync = sync;
    this.canvas = el("canvas");
    this.labels = [el("span.compare-lane-note"), el("span.compare-lane-note")];
    this.node = el("div.compare-lanes", { role: "slider", tabindex: "0", "aria-label": "Playhead", "aria-valuemin": "0", "aria-valuemax": "0", "aria-valuenow": "0" },
      el("span.compare-lane-name", { text: "A", title: "Coherence of A: where the picture does not hold together" }),
      el("span.compare-lane-name", { text: "B", title: "Coherence of B: where the picture does not hold together" }), this.canvas, ...this.labels);
    this.canvas.addEventListener("pointerdown", (event) => {
      if (event.button !== 0) return;
      try { this.canvas.setPointerCapture(event.pointerId); } catch { /* a synthetic pointer has nothing to capture */ }
      this.dragging = true;
      this.#go(event);
    });
    this.canvas.addEventListener("pointermove", (event) => this.dragging && this.#go(event));
    for (const end of ["pointerup", "pointercancel"]) this.canvas.addEventListener(end, () => { this.dragging = false; });
    new ResizeObserver(() => this.draw()).observe(this.canvas);
    new MutationObserver(() => this.draw()).observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });
  }

  get #count() { return Math.max(1, this.sync.a.map?.count ?? 1); }
  #go(event) {
    const box = this.canvas.getBoundingClientRect();
    this.sync.seek(Math.floor(((event.clientX - box.left) / box.width) * this.#count));
  }

  draw() {
    const { canvas, sync, node } = this, { a, b } = sync, width = canvas.clientWidth, ratio = devicePixelRatio || 1, high = 2 * ROW + GAP;
    setText(this.labels[0], a.lane ? "" : a.waits);
    setText(this.labels[1], b.lane ? "" : b.waits);
    node.setAttribute("aria-valuemax", String(this.#count - 1));
    node.setAttribute("aria-valuenow", String(sync.frame));
    node.setAttribute("aria-valuetext", `A ${a.timecode(sync.frame)}`);
    if (!width || !a.map) return;
    if (canvas.width !== Math.round(width * ratio) || canvas.height !== Math.round(high * ratio)) Object.assign(canvas, { width: Math.round(width * ratio), height: Math.round(high * ratio) });
    const c = canvas.getContext("2d"), style = getComputedStyle(node), colour = (name) => style.getPropertyValue("--" + name).trim();
    c.setTransform(ratio, 0, 0, ratio, 0, 0);
    c.clearRect(0, 0, width, high);
    [a, b].forEach((side, row) => {
      const top = row * (ROW + GAP);
      c.fillStyle = colour("shot-a");
      const [from, to] = this.#span(side, width);
      c.fillRect(from, top, Math.max(0, to - from), ROW);
      if (!side.lane || !side.map) return;
      const at = (x) => { const frame = (x / width) * this.#count; return side === a ? frame : this.#frameOfB(frame); };
      drawLane(c, side.lane, { left: 0, top, width, height: ROW, indexAt: (x, n) => (at(x) / side.map.count) * n, x: (frame) => (frame / this.#count) * width }, colour);
    });
    c.fillStyle = colour("play");
    c.fillRect(Math.round(((sync.frame + 0.5) / this.#count) * width) - 0.5, 0, 1.5, high);
  }

  /** Between whole frames too, so that the lane has as many steps as pixels. */
  #frameOfB(frame) {
    const { a, b, offset } = this.sync;
    return (frame / a.map.fps) * b.map.fps + offset;
  }

  #span(side, width) {
    const { a, offset } = this.sync;
    if (side === a || !side.map) return [0, width];
    const x = (frame) => ((((frame - offset) / side.map.fps) * a.map.fps) / this.#count) * width;
    return [Math.max(0, x(0)), Math.min(width, x(side.map.count))];
  }
}
