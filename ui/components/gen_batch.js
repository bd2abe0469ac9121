/** Many pictures at once: a list, a table, or prompts that choose; and grids that vary one thing along each axis. */

import { api, el, icon, patchList, setHidden, setText } from "../studio.js";
import { plural } from "../format.js";
import { check, field, fill, Fold, numberInput, numberOf, Segments, select } from "./gen_fields.js";
import { wildcards } from "./gen_prompt.js";

const FAULTS = [["likeness", "Unlike its character"], ["sharpness", "Blurred"], ["exposure", "Badly lit"], ["emptiness", "Empty"], ["duplicates", "A repetition"]];
const EXAMPLES = { seed: "1-4", steps: "10-50 (+10)", guidance: "3, 5, 7", sampler: "euler, dpmpp_2m", schedule: "karras, trailing", model: "storyboard", style: "3d_animation, 3d_cinematic", prompt: "a fox, an owl", negative: "blur, noise", strength: "0.2-0.8 [4]", clip_skip: "1, 2", size: "512x512, 768x512", replace: "fox, owl, bear" };
const PLACES = [["x", "From left to right"], ["y", "From top to bottom"], ["z", "From grid to grid"]];

/** Lines with something in them. */
export const lines = (text) => text.split("\n").map((line) => line.trim()).filter(Boolean);
/** Rows of a table below its header; quoted fields may hold line breaks. */
export function rowsOf(table) {
  let quoted = false, rows = 0, filled = false;
  for (const mark of `${table}\n`) {
    if (mark === '"') quoted = !quoted;
    if (mark === "\n" && !quoted) { rows += filled; filled = false; } else if (mark.trim()) filled = true;
  }
  return Math.max(0, rows - 1);
}
/** How many values an axis names; null when only the studio can tell. */
export function valuesOf(text) {
  let sum = 0;
  for (const part of text.split(",").map((each) => each.trim()).filter(Boolean)) {
    const span = part.match(/^(-?\d+(?:\.\d+)?)\s*-\s*(-?\d+(?:\.\d+)?)(?:\s*\(([+-]?\d+(?:\.\d+)?)\)|\s*\[(\d+)\])?$/);
    sum += !span ? 1 : span[4] ? Number(span[4]) : Math.floor(Math.abs(span[2] - span[1]) / Math.abs(Number(span[3] ?? 1)) + 1e-9) + 1;
  }
  return sum;
}

export class BatchForm {
  /** `wishes`: changed(), form(), ask(capability, body). */
  constructor(wishes) {
    this.wishes = wishes;
    this.mode = "picture";
    const changed = () => { this.#draw(); wishes.changed(); };
    this.kind = new Segments("Prompts from", [["list", "List"], ["table", "Table"], ["choose", "Wildcards"]], { value: "list", onChange: changed });
    this.prompts = el("textarea", { id: "gen-batch-prompts", rows: 6, placeholder: "A fox at dawn\nAn owl at night\n@luca on a bicycle", onInput: changed });
    this.table = el("textarea.mono", { id: "gen-batch-table", rows: 6, spellcheck: "false", placeholder: "prompt,seed,style\nA fox at dawn,1,3d_animation", onInput: changed });
    this.file = el("input", { type: "file", accept: ".csv,.tsv,.txt,text/csv,text/plain", hidden: true, tabindex: "-1", "aria-label": "List or table from a file", onChange: async () => { const [file] = this.file.files; this.file.value = ""; if (file) { (this.kind.value === "table" ? this.table : this.prompts).value = await file.text(); changed(); } } });
    this.open = el("button.button.quiet", { type: "button", onClick: () => this.file.click() }, icon("folder"), el("span", { text: "From a file" }));
    this.lists = el("div.gen-triggers", { role: "group", "aria-label": "Lists to choose from" });
    this.combine = check("Every combination, instead of one by chance", { id: "gen-batch-combine", onChange: changed });
    this.listPart = el("div.field", {}, el("label", { for: "gen-batch-prompts", text: "Prompts, one a line" }), this.prompts);
    this.tablePart = el("div.field", {}, el("label", { for: "gen-batch-table", text: "Table (CSV): columns are settings, or {words} of the prompt" }), this.table);
    this.choosePart = el("div.gen-choose", {}, el("p.hint", { text: "Write {red|blue} or __colours__ into the prompt below; each picture chooses anew." }), this.lists, this.combine.node);
    this.axes = Object.fromEntries(PLACES.map(([key, label]) => [key, this.#axis(key, label, changed)]));
    this.sift = check("Set faulty pictures aside", { id: "gen-batch-filter", onChange: changed });
    this.faults = Object.fromEntries(FAULTS.map(([name, label]) => [name, check(label, { id: `gen-batch-${name}`, value: true, onChange: changed })]));
    this.threshold = numberInput({ id: "gen-batch-threshold", min: 0, max: 1, step: 0.01, told: "Each character's own", onChange: changed });
    this.sifting = el("div.gen-sifting", {}, ...Object.values(this.faults).map((each) => each.node), field("Alike from", this.threshold));
    this.filter = new Fold("Quality filter", "check", el("p.hint", { text: "Judged afterwards, each with its figure; nothing is deleted." }), this.sift.node, this.sifting);
    this.total = el("strong", { role: "status" });
    this.look = el("button.button.quiet", { type: "button", onClick: () => this.#preview() }, icon("eye"), el("span", { text: "Preview the list" }));
    this.said = el("p.form-error", { role: "alert", hidden: true });
    this.preview = el("ol.gen-planned", { "aria-label": "Pictures it would be", hidden: true });
    this.batchPart = el("div.gen-batch-part", {}, el("div.row", {}, this.kind.node, el("span.side-space"), this.open, this.file), this.listPart, this.tablePart, this.choosePart);
    this.gridPart = el("div.gen-batch-part", {}, ...Object.values(this.axes).map((axis) => axis.node));
    this.node = el("section.gen-batch", { "aria-label": "Batch", hidden: true }, this.batchPart, this.gridPart, this.filter.node, el("div.row.wrap", {}, this.total, this.look), this.said, this.preview);
    this.#draw();
  }

  #axis(key, label, changed) {
    const axis = { by: select(label, [["", "Nothing"]], { id: `gen-axis-${key}`, onChange: () => { this.#example(axis); changed(); } }), values: el("input", { type: "text", id: `gen-axis-${key}-values`, autocomplete: "off", spellcheck: "false", "aria-label": `Values, ${label.toLowerCase()}`, onInput: changed }) };
    axis.node = el("div.gen-axis", {}, field(label, axis.by), axis.values);
    return axis;
  }

  #example(axis) { setHidden(axis.values, !axis.by.value); axis.values.placeholder = EXAMPLES[axis.by.value] ?? (axis.by.value.startsWith("lora:") ? "0, 0.5, 1" : ""); }

  async load() {
    const [axes, lists, loras] = await Promise.all(["/api/images/axes", "/api/images/wildcards", "/api/adapters?kind=lora"].map((path) => api(path).then((found) => found.items, () => [])));
    const rows = [["", "Nothing"], ...axes.map((row) => [row.by, row.title]), ["replace", "Words of the prompt"], ...loras.filter((file) => !file.trouble).map((file) => [`lora:${file.name}`, `LoRA ${file.title || file.name}`])];
    for (const [key, axis] of Object.entries(this.axes)) { fill(axis.by, rows, this.wanted?.[key]?.by ?? axis.by.value); this.#example(axis); }
    patchList(this.lists, lists, (row) => row.name, (row) => el("button.gen-trigger", { type: "button", text: `__${row.name}__`, title: `${plural(row.count, "value")}: ${row.values.join(", ")}`, onClick: () => this.wishes.form().prompt.add(`__${row.name}__`) }), () => {});
    this.#draw();
  }

  show(mode) { this.mode = mode; setHidden(this.node, mode === "picture"); this.#draw(); }

  /** The prompt that chooses is taken up where it stands. */
  takePrompt() { this.kind.value = "choose"; this.#draw(); }

  #draw() {
    const grid = this.mode === "grid", kind = this.kind.value;
    setHidden(this.batchPart, grid);
    setHidden(this.gridPart, !grid);
    setHidden(this.listPart, kind !== "list");
    setHidden(this.tablePart, kind !== "table");
    setHidden(this.choosePart, kind !== "choose");
    setHidden(this.open, kind === "choose");
    setHidden(this.sifting, !this.sift.input.checked);
    this.filter.say(this.sift.input.checked ? "on" : "");
    for (const axis of Object.values(this.axes)) this.#example(axis);
    const form = this.wishes.form();
    if (form) { form.node.dataset.mode = grid ? "grid" : this.mode; form.node.dataset.prompts = this.mode === "batch" ? kind : "one"; this.counted(form.values); }
  }

  /** How many pictures it would be, as far as the page can tell. */
  counted(picture) {
    if (this.mode === "picture") return;
    const body = this.#body(picture), times = body.count ?? 1, chooses = this.combine.input.checked && wildcards([picture.prompt ?? "", ...(body.prompts ?? [])].join(" ")).length > 0;
    const rows = body.prompts?.length ?? (body.table ? rowsOf(body.table) : picture.prompt ? 1 : 0);
    const axes = PLACES.map(([key]) => body[key]).filter(Boolean).map((axis) => valuesOf(axis.values)), open = this.mode === "grid" ? !axes.length : body.table === "";
    const all = open ? 0 : axes.reduce((product, count) => product * count, rows * times), parts = [rows > 1 ? rows : "", ...axes, times > 1 ? times : ""].filter(Boolean);
    const said = chooses && !open ? "As many as there are combinations" : !all ? (this.mode === "grid" ? "Choose what differs" : "No prompts yet") : [plural(all, "picture"), parts.length > 1 ? parts.join(" × ") : ""].filter(Boolean).join(": ");
    setText(this.total, said);
    this.look.disabled = !all;
    setHidden(this.preview, true);
    setHidden(this.said, true);
  }

  #body(picture) {
    const body = { ...picture }, kind = this.kind.value;
    if (this.mode === "batch") {
      if (kind === "list") { delete body.prompt; body.prompts = lines(this.prompts.value); } else if (kind === "table") body.table = this.table.value.trim();
      if (this.combine.input.checked && kind !== "table") body.combine = true;
    } else for (const [key, axis] of Object.entries(this.axes)) if (axis.by.value && axis.values.value.trim()) body[key] = { by: axis.by.value, values: axis.values.value.trim() };
    if (this.sift.input.checked) body.filter = { checks: Object.fromEntries(FAULTS.map(([name]) => [name, this.faults[name].input.checked])), ...(numberOf(this.threshold) === null ? {} : { threshold: numberOf(this.threshold) }) };
    return body;
  }

  /** What is asked for; throws in words when there is nothing to make. */
  request(picture) {
    const body = this.#body(picture);
    if (body.prompts && !body.prompts.length) throw new Error("Write the prompts first, one a line.");
    if (this.mode === "batch" && this.kind.value === "table" && !body.table) throw new Error("Give a table first: a line with the columns, then a line for each picture.");
    if (this.mode === "grid" && !body.x && !body.y && !body.z) throw Object.assign(new Error("Choose first what differs in the grid."), { remedy: "Seed with the values 1-4, for example." });
    // What was looked at is what is made: the seed that chance chose for the preview is used, once.
    const { seen } = this;
    this.seen = null;
    return { capability: "image.batch", body: seen && (body.seed ?? null) === null && seen.asked === JSON.stringify(body) ? { ...body, seed: seen.seed } : body };
  }

  async #preview() {
    try {
      const { body } = this.request(this.wishes.form().values), job = await this.wishes.ask("image.batch", { ...body, dry_run: true }), { planned, pictures, notes, settings } = job.result;
      this.seen = { asked: JSON.stringify(body), seed: settings.seed };
      setText(this.total, plural(planned, "picture"));
      this.preview.replaceChildren(...pictures.slice(0, 40).map((row) => el("li", {}, el("span", { text: row.prompt }), el("span.muted", { text: [...Object.entries(row.labels ?? {}).map(([name, value]) => `${name} ${value}`), ...(row.labels?.Seed ? [] : [`seed ${row.seed}`])].join(" · ") }))), ...(planned > 40 ? [el("li.muted", { text: `and ${planned - 40} more` })] : []), ...(notes ?? []).map((note) => el("li.muted", { text: note })));
      setHidden(this.preview, false);
    } catch (error) { setText(this.said, [error.message, error.remedy].filter(Boolean).join(" ")); setHidden(this.said, false); }
  }

  /** What a refresh brings back. */
  get saved() {
    return { kind: this.kind.value, prompts: this.prompts.value, table: this.table.value, combine: this.combine.input.checked, sift: this.sift.input.checked, threshold: numberOf(this.threshold), faults: FAULTS.map(([name]) => name).filter((name) => !this.faults[name].input.checked), axes: Object.fromEntries(Object.entries(this.axes).map(([key, axis]) => [key, { by: axis.by.value, values: axis.values.value }])) };
  }

  set({ kind = "list", prompts = "", table = "", combine = false, sift = false, threshold = null, faults = [], axes = {} } = {}) {
    this.kind.value = kind;
    this.prompts.value = prompts;
    this.table.value = table;
    this.combine.input.checked = combine;
    this.sift.input.checked = sift;
    this.threshold.value = threshold ?? "";
    for (const [name] of FAULTS) this.faults[name].input.checked = !faults.includes(name);
    this.wanted = axes;
    for (const [key, axis] of Object.entries(this.axes)) { if (axes[key]?.by) fill(axis.by, [...axis.by.options].map((option) => [option.value, option.text]), axes[key].by); axis.values.value = axes[key]?.values ?? ""; }
    this.#draw();
  }
}
