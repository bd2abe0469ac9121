/** LoRAs: a browser with pictures, search and trigger words, and the rows of those in use with their weights. */

import { api, el, icon, patchList, setHidden, setText } from "../studio.js";
import { bytes } from "../format.js";
import { Fold, Slider } from "./gen_fields.js";

const MOST = 16;
/** The title its trainer gave it, where that says something else than the name by which it is used. */
export const besides = ({ name, title }) => (title && ![name, name.split("/").pop()].includes(title) ? title : "");
export const called = (file) => [file.name, besides(file)].filter(Boolean).join(" · ");

export class LoraRows {
  /** `wishes`: changed(), insert(text), family(). */
  constructor(wishes) {
    this.wishes = wishes;
    this.files = [];
    this.rows = new Map();
    this.list = el("div.gen-rows", { role: "list", "aria-label": "LoRAs in use" });
    this.search = el("input", { type: "search", id: "gen-lora-search", placeholder: "Search LoRAs", autocomplete: "off", onInput: () => this.#draw() });
    this.grid = el("div.gen-lora-grid", { role: "list", "aria-label": "LoRAs" });
    this.none = el("p.hint");
    this.fold = new Fold("LoRA", "puzzle", this.list, el("div.search", {}, icon("search"), el("label.visually-hidden", { for: "gen-lora-search", text: "Search LoRAs" }), this.search), this.grid, this.none);
    this.fold.node.addEventListener("toggle", () => { if (this.fold.node.open) this.load(); });
    this.node = this.fold.node;
  }

  async load() {
    try { const found = await api("/api/adapters?kind=lora"); this.files = found.items; this.folder = found.folder; this.trouble = ""; } catch (error) { this.trouble = error.status === 404 ? "" : error.message; this.files = []; }
    this.#draw();
    for (const row of this.rows.values()) this.#about(row);
  }

  familyChanged() { this.#draw(); }

  #draw() {
    const words = this.search.value.toLowerCase().split(/\s+/).filter(Boolean), family = this.wishes.family();
    const hit = (file) => words.every((word) => `${file.title} ${file.name} ${(file.triggers ?? []).join(" ")} ${file.family}`.toLowerCase().includes(word));
    const fits = (file) => !file.trouble && (!family || !file.family || file.family === family);
    const found = this.files.filter(hit).sort((a, b) => fits(b) - fits(a) || a.name.localeCompare(b.name));
    patchList(this.grid, found.slice(0, 60), (file) => file.name, (file) => this.#card(file), (node, file) => {
      node.dataset.fits = String(fits(file));
      const button = node.firstChild, why = file.trouble || (fits(file) ? "" : `made for ${file.family}`);
      button.setAttribute("aria-pressed", String(this.rows.has(file.name)));
      button.disabled = Boolean(file.trouble);
      setText(node.querySelector(".card-line"), [besides(file), ...(why ? [why] : [file.family, bytes(file.size_bytes)])].filter(Boolean).join(" · "));
    });
    setText(this.none, this.trouble || (this.files.length ? (found.length ? "" : "No LoRA answers this search.") : `No LoRAs yet. Put .safetensors files into ${this.folder ?? "the folder of adapters"}, or import one in Models; pictures of the same name beside them are shown here.`));
    setHidden(this.none, !this.none.textContent);
    setHidden(this.search.parentElement, this.files.length < 4);
  }

  #card(file) {
    const face = el("span.gen-lora-face", {}, file.preview ? el("img", { src: file.preview, alt: "", loading: "lazy" }) : icon("puzzle"));
    const words = (file.triggers ?? []).slice(0, 4).map((word) => el("button.gen-trigger", { type: "button", text: word, title: `Put "${word}" into the prompt`, onClick: () => this.wishes.insert(word) }));
    return el("div.gen-lora", { role: "listitem" }, el("button.gen-lora-pick", { type: "button", "aria-label": `Use ${file.name}`, title: called(file), onClick: () => this.toggle(file.name) }, face, el("span.card-name", { text: file.name }), el("span.card-line")),
      words.length ? el("span.gen-triggers", {}, ...words) : null);
  }

  toggle(name) { if (this.rows.has(name)) this.#remove(name); else if (this.rows.size < MOST) this.#add({ name }); this.#changed(); }

  #add({ name, weight = 1, text_weight: text = null }) {
    const row = { name, text };
    row.weight = new Slider("Weight", { min: -1, max: 2, step: 0.05, value: weight, onChange: () => this.wishes.changed() });
    row.title = el("span.muted");
    row.words = el("span.gen-triggers");
    row.said = el("span.hint");
    row.node = el("div.gen-row", { role: "listitem", "aria-label": name }, el("div.row", {}, el("strong", { text: name }), row.title, el("span.side-space"), el("button.button.quiet.square", { type: "button", "aria-label": `Take ${name} out`, title: "Take it out", onClick: () => { this.#remove(name); this.#changed(); } }, icon("x"))), row.words, row.said, row.weight.node);
    this.rows.set(name, row);
    this.list.append(row.node);
    this.#about(row);
  }

  #about(row) {
    const file = this.files.find((each) => each.name === row.name);
    setText(row.title, file ? besides(file) : "");
    setText(row.said, file || !this.files.length ? file?.trouble ?? "" : "It is not on this machine.");
    setHidden(row.said, !row.said.textContent);
    row.words.replaceChildren(...(file?.triggers ?? []).slice(0, 8).map((word) => el("button.gen-trigger", { type: "button", text: word, title: `Put "${word}" into the prompt`, onClick: () => this.wishes.insert(word) })));
    setHidden(row.words, !row.words.children.length);
  }

  #remove(name) { this.rows.get(name)?.node.remove(); this.rows.delete(name); }
  #changed() { this.#tell(); this.#draw(); this.wishes.changed(); }
  #tell() { this.fold.say(this.rows.size ? [...this.rows.keys()].join(", ") : ""); }

  get values() { return [...this.rows.values()].map((row) => ({ name: row.name, weight: row.weight.value, ...(row.text === null ? {} : { text_weight: row.text }) })); }
  set(uses) { for (const name of [...this.rows.keys()]) this.#remove(name); for (const use of uses) this.#add(use); if (uses.length) this.fold.open = true; this.#tell(); this.#draw(); }
}
