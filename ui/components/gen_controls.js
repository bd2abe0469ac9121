/** ControlNets: pictures that guide the composition, each with its kind, strength, and the part of the sampling it guides. */

import { api, contentUrl, el, icon, setHidden, setText } from "../studio.js";
import { field, fill, Fold, select, Slider, check } from "./gen_fields.js";
import { PictureSlot } from "./gen_picture.js";

const MOST = 4;
export const KINDS = [["canny", "Canny edges"], ["softedge", "Soft edges"], ["lineart", "Line art"], ["scribble", "Scribble"], ["depth", "Depth"], ["normal", "Surface normals"], ["pose", "Pose"], ["segmentation", "Segmentation"], ["tile", "Tile: same picture, finer"]];

export class ControlRows {
  /** `wishes`: changed(), pick(), ask(capability, body) resolves to the ended job. */
  constructor(wishes) {
    this.wishes = wishes;
    this.rows = [];
    this.models = [];
    this.list = el("div.gen-rows", { role: "list", "aria-label": "ControlNets" });
    this.more = el("button.button", { type: "button", onClick: () => { this.#add(); this.#tell(); } }, icon("plus"), el("span", { text: "Add a guide" }));
    this.fold = new Fold("Guide the composition", "layers", el("p.hint", { text: "A ControlNet keeps pose, edges or depth of a picture. The map is made from it here; look at it before you queue." }), this.list, this.more);
    this.node = this.fold.node;
  }

  async load() {
    try { const found = await api("/api/adapters?kind=controlnet"); this.models = found.items; } catch { this.models = []; }
    for (const row of this.rows) this.#models(row);
  }

  #models(row) { fill(row.model, [["", "One that fits"], ...this.models.filter((file) => !file.trouble && (!file.controls.length || file.controls.includes(row.kind.value))).map((file) => [file.name, file.title || file.name])], row.wanted ?? ""); }

  #add({ kind = "canny", weight = 1, start = 0, end = 1, preprocess = true, model = null } = {}) {
    const row = { wanted: model }, number = this.rows.length + 1, changed = () => { this.#tell(); this.wishes.changed(); };
    row.kind = select("Kind", KINDS, { value: kind, onChange: () => { this.#models(row); this.#forget(row); changed(); } });
    row.model = select("ControlNet", [["", "One that fits"]], { onChange: (value) => { row.wanted = value || null; changed(); } });
    row.slot = new PictureSlot(`Guide ${number}`, { pick: this.wishes.pick, changed: () => { this.#forget(row); changed(); } });
    row.weight = new Slider("Weight", { min: 0, max: 2, value: weight, onChange: changed });
    row.start = new Slider("From", { value: start, say: (part) => `${Math.round(part * 100)} %`, onChange: (value) => { if (value >= row.end.value) row.end.value = Math.min(1, value + 0.05); if (row.start.value >= row.end.value) row.start.value = row.end.value - 0.05; changed(); } });
    row.end = new Slider("Until", { value: end, say: (part) => `${Math.round(part * 100)} %`, onChange: (value) => { if (value <= row.start.value) row.start.value = Math.max(0, value - 0.05); if (row.end.value <= row.start.value) row.end.value = row.start.value + 0.05; changed(); } });
    row.raw = check("The picture is the map already", { value: !preprocess, onChange: () => { this.#forget(row); changed(); } });
    row.look = el("button.button", { type: "button", onClick: () => this.#preview(row) }, icon("eye"), el("span", { text: "Preview the map" }));
    row.said = el("p.hint", { role: "status" });
    row.map = el("img.gen-map", { hidden: true });
    row.node = el("div.gen-row", { role: "listitem", "aria-label": `Guide ${number}` }, el("div.gen-pairs", {}, field("Kind", row.kind), field("ControlNet", row.model)), row.slot.node,
      el("div.row.wrap", {}, row.look, row.raw.node), row.map, row.said, row.weight.node, row.start.node, row.end.node,
      el("button.button.quiet", { type: "button", onClick: () => { this.rows = this.rows.filter((other) => other !== row); row.node.remove(); changed(); } }, icon("trash"), el("span", { text: "Remove this guide" })));
    this.rows.push(row);
    this.#models(row);
    this.list.append(row.node);
    return row;
  }

  #forget(row) { setHidden(row.map, true); setText(row.said, ""); row.token = null; }

  async #preview(row) {
    if (!row.slot.artifact) { setText(row.said, "Give it a picture first."); return; }
    const token = (row.token = {});
    row.look.disabled = true;
    setText(row.said, "The map is being made");
    try {
      const job = await this.wishes.ask("image.control", { image: row.slot.artifact.id, kind: row.kind.value });
      if (row.token !== token) return;
      const id = job.result.artifact_id;
      Object.assign(row.map, { src: contentUrl(id), alt: `Control map: ${row.kind.selectedOptions[0].text}` });
      setHidden(row.map, false);
      setText(row.said, [job.result.engine, ...job.result.notes].filter(Boolean).join(" · "));
    } catch (error) { if (row.token === token) setText(row.said, [error.message, error.remedy].filter(Boolean).join(" ")); } finally { row.look.disabled = false; }
  }

  add(artifact) { const row = this.rows.find((each) => !each.slot.artifact) ?? this.#add(); row.slot.set(artifact); this.fold.open = true; this.#tell(); this.wishes.changed(); }

  #tell() { const used = this.values.length; this.fold.say(used ? this.values.map((use) => use.kind).join(", ") : ""); this.more.disabled = this.rows.length >= MOST; }

  get values() {
    return this.rows.filter((row) => row.slot.artifact).map((row) => ({ kind: row.kind.value, image: row.slot.artifact.id, weight: row.weight.value, start: row.start.value, end: row.end.value, preprocess: !row.raw.input.checked, ...(row.wanted ? { model: row.wanted } : {}) }));
  }

  async set(uses) {
    for (const row of this.rows) row.node.remove();
    this.rows = [];
    await Promise.all(uses.map((use) => this.#add(use).slot.setId(use.image)));
    if (uses.length) this.fold.open = true;
    this.#tell();
  }
}
