/** Painting a mask over a picture: brush, eraser, undo, invert, clear, zoom; with mouse, pen or finger. */

import { contentUrl, el, icon, setText, toastError } from "../studio.js";
import { iconButton, Segments, Slider } from "./gen_fields.js";
import { MaskStrokes } from "./gen_mask_strokes.js";
import { keepPicture } from "./gen_picture.js";

const ZOOMS = [1, 1.5, 2, 3, 4, 6, 8];

export class MaskPainter {
  constructor() {
    this.tool = new Segments("Tool", [["paint", "Brush", "brush"], ["erase", "Eraser", "eraser"]], { value: "paint", onChange: () => this.#cursor() });
    this.size = new Slider("Size", { min: 1, max: 100, step: 1, value: 24, say: (value) => `${this.#pixels(value)} px`, onChange: () => this.#cursor() });
    this.size.input.setAttribute("aria-label", "Brush size");
    this.undo = iconButton("undo", "Undo a stroke", () => this.#do((mask) => mask.undo()));
    this.redo = iconButton("redo", "Redo a stroke", () => this.#do((mask) => mask.redo()));
    this.zoomed = el("span.gen-mask-zoom", { role: "status" });
    this.said = el("span.gen-mask-said", { role: "status" });
    this.picture = el("img", { alt: "", draggable: "false" });
    this.view = el("canvas.gen-mask-view", { role: "img", "aria-label": "Painted mask" });
    this.ring = el("span.gen-mask-ring", { "aria-hidden": "true", hidden: true });
    this.paper = el("div.gen-mask-paper", {}, this.picture, this.view);
    this.place = el("div.gen-mask-place", {}, this.paper, this.ring);
    this.keep = el("button.button.primary", { type: "button", onClick: () => this.#done() }, icon("check"), el("span", { text: "Use this mask" }));
    this.node = el("section.gen-mask", { "aria-label": "Paint the mask", hidden: true, onKeydown: (event) => this.#key(event) },
      el("div.gen-mask-tools", { role: "toolbar", "aria-label": "Mask" }, this.tool.node, this.size.node, this.undo, this.redo,
        iconButton("invert", "Invert the mask", () => this.#do((mask) => mask.invert()), { text: "Invert" }), iconButton("trash", "Clear the mask", () => this.#do((mask) => mask.clear()), { text: "Clear" }),
        el("span.gen-mask-zooms", {}, iconButton("minus", "Zoom out", () => this.#zoom(-1)), this.zoomed, iconButton("plus", "Zoom in", () => this.#zoom(1)))),
      this.place,
      el("div.gen-mask-foot", {}, this.said, el("button.button", { type: "button", text: "Leave", onClick: () => this.#close(undefined) }), this.keep));
    this.#pointer();
    new ResizeObserver(() => this.#fit()).observe(this.place);
  }

  /** Paints over an artifact; resolves to the mask's artifact, null when nothing is painted, undefined when left. */
  async open(artifact, maskId) {
    this.#close(undefined);
    this.node.hidden = false;
    this.picture.src = contentUrl(artifact.id);
    try { await this.picture.decode(); } catch { this.node.hidden = true; toastError(new Error("The picture cannot be shown.")); return undefined; }
    const { naturalWidth: width, naturalHeight: height } = this.picture;
    this.mask = new MaskStrokes(width, height);
    Object.assign(this.view, { width, height });
    this.name = `mask-of-${artifact.name.split("/").pop().replace(/\.[^.]*$/, "")}.png`;
    if (maskId) await this.mask.load(contentUrl(maskId)).catch(() => {});
    this.scale = 1;
    this.#fit();
    this.#draw();
    this.keep.disabled = false;
    this.tool.node.firstChild.focus();
    return new Promise((resolve) => { this.resolve = resolve; });
  }

  #close(answer) { this.node.hidden = true; const { resolve } = this; this.resolve = null; resolve?.(answer); }

  async #done() {
    if (this.mask.share === 0) { this.#close(null); return; }
    this.keep.disabled = true;
    try { this.#close(await keepPicture(await this.mask.file(this.name))); } catch (error) { toastError(error); this.keep.disabled = false; }
  }

  #do(work) { work(this.mask); this.#draw(); }

  /** The brush's width in pixels of the picture: finer steps for small brushes. */
  #pixels(value = this.size.value) { const side = Math.max(64, Math.min(this.view?.width || 1024, this.view?.height || 1024)); return Math.max(1, Math.round((value / 100) ** 1.6 * side * 0.6)); }

  #draw() {
    const c = this.view.getContext("2d");
    c.clearRect(0, 0, this.view.width, this.view.height);
    c.drawImage(this.mask.canvas, 0, 0);
    c.globalCompositeOperation = "source-in";
    c.fillStyle = getComputedStyle(this.node).getPropertyValue("--play") || "#ff6b4a";
    c.fillRect(0, 0, this.view.width, this.view.height);
    c.globalCompositeOperation = "source-over";
    this.undo.disabled = !this.mask.canUndo;
    this.redo.disabled = !this.mask.canRedo;
    clearTimeout(this.counting);
    this.counting = setTimeout(() => { const { share } = this.mask; setText(this.said, share ? `${share < 0.01 ? "Less than 1" : Math.round(share * 100)} % is made anew, the rest stays as it is.` : "Paint over what shall be made anew."); }, 60);
  }

  #fit() {
    if (this.node.hidden || !this.mask) return;
    const { width, height } = this.mask.canvas, room = this.place.getBoundingClientRect();
    const whole = Math.min((room.width - 16) / width, (room.height - 16) / height);
    this.shown = whole * this.scale;
    Object.assign(this.paper.style, { width: `${width * this.shown}px`, height: `${height * this.shown}px` });
    setText(this.zoomed, this.scale === 1 ? "Fit" : `${this.scale} ×`);
  }

  #zoom(by) {
    const at = ZOOMS.indexOf(this.scale) + by;
    if (at < 0 || at >= ZOOMS.length) return;
    const middle = [(this.place.scrollLeft + this.place.clientWidth / 2) / this.scale, (this.place.scrollTop + this.place.clientHeight / 2) / this.scale];
    this.scale = ZOOMS[at];
    this.#fit();
    this.place.scrollTo(middle[0] * this.scale - this.place.clientWidth / 2, middle[1] * this.scale - this.place.clientHeight / 2);
  }

  #at(event) { const box = this.view.getBoundingClientRect(); return [((event.clientX - box.left) / box.width) * this.view.width, ((event.clientY - box.top) / box.height) * this.view.height]; }

  #pointer() {
    const { paper } = this, erase = (event) => this.tool.value === "erase" || event.buttons === 2 || event.pointerType === "pen" && event.button === 5;
    paper.addEventListener("contextmenu", (event) => event.preventDefault());
    paper.addEventListener("pointerdown", (event) => {
      if (event.button > 2 || !event.isPrimary) return;
      event.preventDefault();
      try { paper.setPointerCapture(event.pointerId); } catch { /* a synthetic pointer has nothing to capture */ }
      this.painting = true;
      this.mask.begin(...this.#at(event), this.#pixels(), erase(event));
      this.#draw();
    });
    paper.addEventListener("pointermove", (event) => {
      this.#cursor(event);
      if (!this.painting || !event.isPrimary) return;
      for (const part of event.getCoalescedEvents?.().length ? event.getCoalescedEvents() : [event]) this.mask.to(...this.#at(part), this.#pixels(), erase(event));
      this.#draw();
    });
    for (const end of ["pointerup", "pointercancel"]) paper.addEventListener(end, () => { this.painting = false; this.mask?.end(); });
    paper.addEventListener("pointerleave", () => { this.ring.hidden = true; });
    this.place.addEventListener("wheel", (event) => { if (event.ctrlKey) { event.preventDefault(); this.#zoom(event.deltaY < 0 ? 1 : -1); } }, { passive: false });
  }

  #cursor(event = null) {
    if (!event) { this.ring.hidden = true; return; }
    const size = this.#pixels() * (this.shown ?? 1), room = this.place.getBoundingClientRect();
    this.ring.hidden = event.pointerType === "touch";
    Object.assign(this.ring.style, { width: `${size}px`, height: `${size}px`, left: `${event.clientX - room.left + this.place.scrollLeft - size / 2}px`, top: `${event.clientY - room.top + this.place.scrollTop - size / 2}px` });
  }

  #key(event) {
    if (event.target.closest("input[type=text]")) return;
    const key = event.key.toLowerCase(), control = event.ctrlKey || event.metaKey;
    if (control && key === "z") this.#do((mask) => (event.shiftKey ? mask.redo() : mask.undo()));
    else if (control && key === "enter") this.#done();
    else if (control) return;
    else if (key === "[" || key === "]") { this.size.value = Math.min(100, Math.max(1, this.size.value + (key === "]" ? 4 : -4))); this.#cursor(); }
    else if (key === "b" || key === "e") this.tool.value = key === "b" ? "paint" : "erase";
    else if (key === "x") this.#do((mask) => mask.invert());
    else if (key === "+" || key === "-") this.#zoom(key === "+" ? 1 : -1);
    else if (key === "escape") this.#close(undefined); else return;
    event.preventDefault();
    event.stopPropagation();
  }
}
