/** What two pictures look like together: side by side, wiped over each other, or their difference. */

import { el, setText } from "../studio.js";

const THUMB = 28; // px, of the slider
const SAMPLE = [96, 54]; // px at which the mean difference is taken

export class Pictures {
  constructor(a, b) {
    Object.assign(this, { a, b, mode: "side", gain: 4 });
    this.canvas = el("canvas.compare-difference", { role: "img", "aria-label": "Difference of the two pictures" });
    this.wipe = el("input.compare-wipe", { type: "range", min: 0, max: 1000, value: 500, "aria-label": "Where the wipe divides A from B", onInput: () => this.#wiped() });
    this.edge = el("span.compare-edge", { "aria-hidden": "true" });
    this.said = el("span.compare-said", { role: "status" });
    const box = (side) => el("div.compare-box", { data: { side: side.letter } }, side.video);
    this.boxes = [box(a), box(b)];
    this.labels = [a, b].map((side) => el("span.compare-name", { data: { side: side.letter } }));
    this.node = el("div.compare-stage", { data: { mode: "side" } }, ...this.boxes, this.canvas, this.edge, this.wipe, ...this.labels, this.said);
    this.sample = document.createElement("canvas");
    [this.sample.width, this.sample.height] = SAMPLE;
    this.#wiped();
    this.#drags();
  }

  /** The dividing line is dragged anywhere on the picture; the slider below is for the keyboard, and shows that there is one. */
  #drags() {
    const go = (event) => {
      const { left, width } = this.node.getBoundingClientRect();
      this.wipe.value = String(Math.round((1000 * (event.clientX - left - THUMB / 2)) / (width - THUMB)));
      this.#wiped();
    };
    this.node.addEventListener("pointerdown", (event) => {
      if (this.mode !== "wipe" || event.button !== 0 || event.target === this.wipe) return;
      try { this.node.setPointerCapture(event.pointerId); } catch { /* a synthetic pointer has nothing to capture */ }
      this.dragging = true;
      go(event);
    });
    this.node.addEventListener("pointermove", (event) => this.dragging && go(event));
    for (const end of ["pointerup", "pointercancel"]) this.node.addEventListener(end, () => { this.dragging = false; });
  }

  setMode(mode) { this.mode = mode; this.node.dataset.mode = mode; this.draw(); }
  setGain(gain) { this.gain = gain; this.canvas.style.filter = `brightness(${gain})`; }
  #wiped() {
    const share = this.wipe.value / 1000;
    this.node.style.setProperty("--wipe", share <= 0 ? "0%" : share >= 1 ? "100%" : `calc(${THUMB / 2}px + (100% - ${THUMB}px) * ${share})`);
    this.wipe.setAttribute("aria-valuetext", `${Math.round(this.wipe.value / 10)} % A`);
  }

  names() {
    this.labels.forEach((place, n) => {
      const side = n ? this.b : this.a;
      setText(place, [side.letter, side.name, side.trouble || side.note].filter(Boolean).join(" · "));
      place.dataset.trouble = String(Boolean(side.trouble));
    });
  }

  /** `still`: both stand, so the figure is of exactly these two frames. */
  draw(still = false) {
    if (this.mode !== "difference") { setText(this.said, ""); return; }
    const { videoWidth: width, videoHeight: height } = this.a.video;
    if (!width || !this.b.video.videoWidth) return;
    if (this.canvas.width !== width || this.canvas.height !== height) Object.assign(this.canvas, { width, height });
    subtract(this.canvas, this.a.video, this.b.video);
    if (still) setText(this.said, `They differ by ${this.#mean().toFixed(1)} levels on average`);
  }

  #mean() {
    subtract(this.sample, this.a.video, this.b.video);
    const data = this.sample.getContext("2d").getImageData(0, 0, ...SAMPLE).data;
    let sum = 0;
    for (let at = 0; at < data.length; at += 4) sum += data[at] + data[at + 1] + data[at + 2];
    return sum / (data.length / 4) / 3;
  }
}

function subtract(canvas, one, other) {
  const c = canvas.getContext("2d", { willReadFrequently: canvas.width === SAMPLE[0] });
  c.globalCompositeOperation = "source-over";
  c.drawImage(one, 0, 0, canvas.width, canvas.height);
  c.globalCompositeOperation = "difference";
  c.drawImage(other, 0, 0, canvas.width, canvas.height);
}
