/** Width and height: shapes in one press, three sizes, or any multiple of eight. */

import { el } from "../studio.js";
import { field, iconButton, numberInput, numberOf, Segments } from "./gen_fields.js";

export const SHAPES = [["1:1", 1, 1], ["4:3", 4, 3], ["3:2", 3, 2], ["16:9", 16, 9], ["21:9", 21, 9], ["3:4", 3, 4], ["2:3", 2, 3], ["9:16", 9, 16]];
const SIZES = [["0.5", "Small", "For a first look"], ["0.75", "Medium", ""], ["1", "Full", "What the model was made for"], ["1.5", "Large", "Slow, and some models repeat themselves"]];
const STEP = 8, LEAST = 64, MOST = 4096;
const snap = (side) => Math.min(MOST, Math.max(LEAST, Math.round(side / (STEP * 2)) * STEP * 2));

/** Sides, px, of a shape with about the area of a square of `side` times `scale`. */
export function sides([, across, down], side = 1024, scale = 1) {
  const unit = Math.sqrt((side * scale) ** 2 / (across * down));
  return [snap(across * unit), snap(down * unit)];
}

/** The shape that sides come nearest to, or null when none is near. */
export function shapeOf(width, height) {
  const ratio = width / height, near = SHAPES.map((shape) => [Math.abs(Math.log(ratio / (shape[1] / shape[2]))), shape]).sort((a, b) => a[0] - b[0])[0];
  return near[0] < 0.03 ? near[1] : null;
}

export class SizeFields {
  constructor(changed) {
    this.changed = changed;
    this.side = 1024;
    this.width = numberInput({ id: "gen-width", min: LEAST, max: MOST, step: STEP, value: 1024, onChange: () => this.#typed() });
    this.height = numberInput({ id: "gen-height", min: LEAST, max: MOST, step: STEP, value: 1024, onChange: () => this.#typed() });
    for (const input of [this.width, this.height]) input.addEventListener("change", () => { input.value = String(Math.max(LEAST, Math.round((numberOf(input) ?? this.side) / STEP) * STEP)); this.#typed(); });
    this.shapes = el("div.gen-shapes", { role: "group", "aria-label": "Shape" }, ...SHAPES.map((shape) =>
      el("button.gen-shape", { type: "button", title: `Shape ${shape[0]}`, "aria-label": `Shape ${shape[0]}`, "aria-pressed": "false", data: { shape: shape[0] }, onClick: () => this.#shape(shape) }, el("span.gen-shape-box", { style: `aspect-ratio:${shape[1]}/${shape[2]}` }), el("span", { text: shape[0] }))));
    this.scale = new Segments("Size", SIZES.map(([value, text, title]) => [value, text, null, title]), { value: "1", onChange: () => this.#scaled() });
    this.swap = iconButton("swap", "Swap width and height", () => { this.set(numberOf(this.height), numberOf(this.width)); this.changed(); });
    this.node = el("div.gen-size", {}, this.shapes, this.scale.node);
    this.sides = el("div.gen-sides", {}, field("Width", this.width), this.swap, field("Height", this.height));
    this.#tell();
  }

  /** The side of a square that the model was made for. */
  setModelSide(side) { this.side = side || 1024; this.#tell(); }
  get values() { const even = (input) => Math.round((numberOf(input) ?? this.side) / STEP) * STEP; return { width: even(this.width), height: even(this.height) }; }
  set(width, height) { this.width.value = String(width ?? this.side); this.height.value = String(height ?? this.side); this.#tell(); }

  #shape(shape) { this.set(...sides(shape, this.side, Number(this.scale.value) || this.#area())); this.changed(); }
  #area() { return Math.sqrt(this.values.width * this.values.height) / this.side; }
  #scaled() {
    const { width, height } = this.values, shape = shapeOf(width, height) ?? ["", width, height];
    this.set(...sides(shape, this.side, Number(this.scale.value)));
    this.changed();
  }
  #typed() { this.#tell(); this.changed(); }
  #tell() {
    const { width, height } = this.values, shape = shapeOf(width, height), area = this.#area();
    for (const button of this.shapes.children) button.setAttribute("aria-pressed", String(button.dataset.shape === shape?.[0]));
    this.scale.value = SIZES.find(([value]) => Math.abs(Number(value) - area) < 0.06)?.[0] ?? "";
  }
}
