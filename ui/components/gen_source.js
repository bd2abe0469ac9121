/** What the picture starts from: image-to-image, inpaint with a painted mask, outpaint. */

import { contentUrl, el, icon, setHidden, setText } from "../studio.js";
import { field, Fold, numberInput, numberOf, Slider } from "./gen_fields.js";
import { PictureSlot } from "./gen_picture.js";

const EDGES = ["top", "left", "right", "bottom"];

export class SourceFields {
  /** `wishes`: changed(), pick(), paint(artifact, mask) resolves to the mask's artifact, sized(width, height). */
  constructor(wishes) {
    this.wishes = wishes;
    this.mask = null;
    this.slot = new PictureSlot("Picture to start from", { pick: wishes.pick, changed: (artifact) => { this.mask = null; this.#tell(); wishes.changed(); if (artifact?.meta?.probe?.width) wishes.sized(artifact.meta.probe.width, artifact.meta.probe.height); } });
    this.strength = new Slider("Change", { value: 0.6, say: (value) => `${Math.round(value * 100)} %`, id: "gen-strength", onChange: wishes.changed });
    this.paint = el("button.button", { type: "button", onClick: () => this.#paint() }, icon("brush"), el("span", { text: "Paint a mask" }));
    this.maskFace = el("img.gen-mask-face", { alt: "Mask: white is made anew", hidden: true });
    this.unmask = el("button.button.quiet", { type: "button", hidden: true, onClick: () => { this.mask = null; this.#tell(); wishes.changed(); } }, icon("x"), el("span", { text: "No mask" }));
    this.blur = new Slider("Soft edge", { min: 0, max: 64, step: 1, value: 4, say: (value) => `${value} px`, onChange: wishes.changed });
    this.margins = Object.fromEntries(EDGES.map((edge) => [edge, numberInput({ id: `gen-outpaint-${edge}`, min: 0, max: 2048, step: 8, value: 0, onChange: () => { this.#tell(); wishes.changed(); } })]));
    for (const input of Object.values(this.margins)) input.addEventListener("change", () => { input.value = String(Math.round((numberOf(input) ?? 0) / 8) * 8); this.#tell(); wishes.changed(); });
    this.frame = el("div.gen-outpaint-frame", { "aria-hidden": "true" }, el("span"));
    this.outpaint = el("details.gen-sub", {}, el("summary", { text: "Carry it on beyond its edges" }),
      el("div.gen-outpaint", {}, ...EDGES.map((edge) => field(edge[0].toUpperCase() + edge.slice(1), this.margins[edge])), this.frame),
      el("div.row.wrap", {}, ...[["All sides", 128, EDGES], ["Wider", 256, ["left", "right"]], ["Taller", 256, ["top", "bottom"]], ["None", 0, EDGES]].map(([text, size, edges]) =>
        el("button.button.quiet", { type: "button", text, onClick: () => { for (const edge of EDGES) this.margins[edge].value = String(edges.includes(edge) ? size : 0); this.#tell(); wishes.changed(); } }))));
    this.with = el("div.gen-source-with", {}, this.strength.node, el("div.row.wrap", {}, this.paint, this.maskFace, this.unmask), this.blur.node, this.outpaint);
    this.fold = new Fold("Start from a picture", "image", this.slot.node, this.with);
    this.node = this.fold.node;
    this.#tell();
  }

  async #paint() {
    const mask = await this.wishes.paint(this.slot.artifact, this.mask);
    if (mask === undefined) return; // left without a change
    this.mask = mask?.id ?? null;
    this.#tell();
    this.wishes.changed();
  }

  #tell() {
    const has = Boolean(this.slot.artifact), out = this.#out();
    setHidden(this.with, !has);
    setHidden(this.maskFace, !this.mask);
    setHidden(this.unmask, !this.mask);
    setHidden(this.blur.node, !this.mask && !out);
    if (this.mask) this.maskFace.src = contentUrl(this.mask); else this.maskFace.removeAttribute("src");
    setText(this.paint.lastChild, this.mask ? "Change the mask" : "Paint a mask");
    this.fold.say(!has ? "" : out ? "outpaint" : this.mask ? "inpaint" : `image to image, ${Math.round(this.strength.value * 100)} %`);
    const most = Math.max(512, ...Object.values(out ?? {}));
    for (const edge of EDGES) this.frame.style.setProperty(`--${edge}`, `${(40 * (out?.[edge] ?? 0)) / most}%`);
  }

  #out() {
    const out = Object.fromEntries(EDGES.map((edge) => [edge, Math.round((numberOf(this.margins[edge]) ?? 0) / 8) * 8]));
    return Object.values(out).some(Boolean) ? out : null;
  }

  get values() {
    if (!this.slot.artifact) return {};
    const out = this.#out();
    return { image: this.slot.artifact.id, strength: this.strength.value, ...(this.mask ? { mask: this.mask } : {}), ...(this.mask || out ? { mask_blur_px: this.blur.value } : {}), ...(out ? { outpaint: out } : {}) };
  }

  /** From a request; the picture may be an artifact already known. */
  async set({ image = null, mask = null, strength, mask_blur_px: blur, outpaint } = {}, artifact = null) {
    this.strength.value = strength ?? 0.6;
    this.blur.value = blur ?? 4;
    for (const edge of EDGES) this.margins[edge].value = String(outpaint?.[edge] ?? 0);
    this.outpaint.open = EDGES.some((edge) => outpaint?.[edge]);
    if (artifact) this.slot.set(artifact); else await this.slot.setId(image);
    this.mask = this.slot.artifact ? mask : null;
    this.fold.open = this.fold.node.open || Boolean(this.slot.artifact);
    this.#tell();
  }
}
