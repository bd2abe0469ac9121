/** Pictures that the result shall resemble, each with a weight. */

import { el, icon } from "../studio.js";
import { Fold, Slider } from "./gen_fields.js";
import { PictureSlot } from "./gen_picture.js";

const MOST = 8;

export class ReferenceRows {
  constructor(wishes) {
    this.wishes = wishes;
    this.rows = [];
    this.list = el("div.gen-rows", { role: "list", "aria-label": "Reference pictures" });
    this.more = el("button.button", { type: "button", onClick: () => { this.#add(); this.#tell(); } }, icon("plus"), el("span", { text: "Add a reference" }));
    this.fold = new Fold("Reference pictures", "copy", el("p.hint", { text: "The result takes over look and subject of these pictures (an IP-Adapter, or the model itself where it can)." }), this.list, this.more);
    this.node = this.fold.node;
  }

  #add({ weight = 0.6, model = null } = {}) {
    const row = { model };
    row.slot = new PictureSlot(`Reference ${this.rows.length + 1}`, { pick: this.wishes.pick, changed: () => { this.#tell(); this.wishes.changed(); } });
    row.weight = new Slider("Weight", { min: 0, max: 2, value: weight, onChange: this.wishes.changed });
    row.node = el("div.gen-row", { role: "listitem" }, row.slot.node, row.weight.node,
      el("button.button.quiet", { type: "button", onClick: () => { this.rows = this.rows.filter((other) => other !== row); row.node.remove(); this.#tell(); this.wishes.changed(); } }, icon("trash"), el("span", { text: "Remove this reference" })));
    this.rows.push(row);
    this.list.append(row.node);
    return row;
  }

  /** Takes a picture in beside those that are there. */
  add(artifact) { const row = this.rows.find((each) => !each.slot.artifact) ?? this.#add(); row.slot.set(artifact); this.fold.open = true; this.#tell(); this.wishes.changed(); }

  #tell() { const used = this.values.length; this.fold.say(used ? String(used) : ""); this.more.disabled = this.rows.length >= MOST; }

  get values() { return this.rows.filter((row) => row.slot.artifact).map((row) => ({ image: row.slot.artifact.id, weight: row.weight.value, ...(row.model ? { model: row.model } : {}) })); }

  async set(uses) {
    for (const row of this.rows) row.node.remove();
    this.rows = [];
    await Promise.all(uses.map((use) => this.#add(use).slot.setId(use.image)));
    if (uses.length) this.fold.open = true;
    this.#tell();
  }
}
