/** Everything a person sets before a picture is made; it reads as a request and is set from one. */

import { api, el, setHidden, setText } from "../studio.js";
import { check, field, fill, Fold, iconButton, numberInput, numberOf, Segments, select } from "./gen_fields.js";
import { ControlRows } from "./gen_controls.js";
import { LoraRows } from "./gen_loras.js";
import { ModelField } from "./gen_model.js";
import { PromptBox } from "./gen_prompt.js";
import { ReferenceRows } from "./gen_references.js";
import { SizeFields } from "./gen_size.js";
import { SourceFields } from "./gen_source.js";

const SAMPLERS = [["", "The model's own"]], SCHEDULES = [["", "The model's own"], ["karras", "Karras"], ["exponential", "Exponential"], ["beta", "Beta"], ["sgm_uniform", "SGM uniform"], ["trailing", "Trailing"]];
/** Fields of a request that this form shows; all else of a request that is restored is kept aside. */
export const PLAIN = ["prompt", "negative", "style", "model", "steps", "guidance", "sampler", "schedule", "clip_skip", "seed", "count", "rerolls", "transparent", "compiled", "width", "height"];

export class PictureForm {
  /** `wishes`: changed(), pick(), paint(artifact, mask), newCharacter(), toBatch(), previewControl(row). */
  constructor(wishes) {
    this.wishes = wishes;
    const changed = () => wishes.changed();
    this.prompt = new PromptBox(wishes);
    this.negative = el("textarea", { id: "gen-negative", rows: 1, onInput: changed });
    this.style = select("Style", [["", "None"]], { id: "gen-style", onChange: () => { this.#tellStyle(); changed(); } });
    this.model = new ModelField((entry, chosen) => this.#modelled(entry, chosen));
    this.size = new SizeFields(changed);
    this.count = numberInput({ id: "gen-count", min: 1, max: 16, value: 1, onChange: changed });
    this.seed = numberInput({ id: "gen-seed", min: -1, max: 2 ** 32 - 1, told: "By chance", onChange: () => { this.#tellSeed(); changed(); } });
    this.seed.addEventListener("change", () => { if (this.minus) { this.setSeed(null); changed(); } });
    this.dice = iconButton("dice", "A new seed by chance each time", () => { this.setSeed(null); changed(); });
    this.keepSeed = iconButton("pin", "Keep the seed of the picture shown", () => { const seed = wishes.shownSeed(); if (seed !== null) { this.setSeed(seed); changed(); } });
    this.steps = numberInput({ id: "gen-steps", min: 1, max: 150, told: "Model's own", onChange: changed });
    this.guidance = numberInput({ id: "gen-guidance", min: 0, max: 30, step: 0.1, told: "Model's own", onChange: changed });
    this.sampler = select("Sampler", SAMPLERS, { id: "gen-sampler", onChange: changed });
    this.schedule = select("Schedule", SCHEDULES, { id: "gen-schedule", onChange: changed });
    this.clip = numberInput({ id: "gen-clip-skip", min: 1, max: 12, value: 1, onChange: changed });
    this.rerolls = numberInput({ id: "gen-rerolls", min: 0, max: 8, value: 0, onChange: changed });
    this.transparent = check("Transparent background", { id: "gen-transparent", onChange: changed });
    this.compiled = check("Compile the model: a minute once, then quicker", { id: "gen-compiled", onChange: changed });
    this.source = new SourceFields({ changed, pick: wishes.pick, paint: wishes.paint, sized: (width, height) => this.#sized(width, height) });
    this.loras = new LoraRows({ changed, insert: (text) => this.prompt.add(text), family: () => this.family });
    this.controls = new ControlRows({ changed, pick: wishes.pick, ask: wishes.ask });
    this.references = new ReferenceRows({ changed, pick: wishes.pick });
    this.level = new Segments("How much is shown", [["simple", "Simple"], ["advanced", "Advanced"]], { value: "simple", onChange: (value) => this.setLevel(value) });
    this.advanced = new Fold("Sampling", "sliders",
      el("div.gen-pairs", {}, field("Steps", this.steps), field("Guidance", this.guidance), field("Sampler", this.sampler), field("Schedule", this.schedule), field("CLIP skip", this.clip), field("Make again when unlike", this.rerolls)),
      this.transparent.node, this.compiled.node);
    this.advanced.open = true;
    this.node = el("div.gen-form", {}, this.prompt.node,
      el("div.field", {}, el("label", { for: "gen-negative", text: "Negative: what is not to be seen" }), this.negative),
      el("div.gen-pairs", {}, el("div.field", {}, el("label", { for: "gen-style", text: "Style" }), this.style), this.model.node.firstChild), this.model.node,
      this.size.node,
      el("div.gen-counts", {}, this.size.sides, field("How many", this.count)), el("div.field.gen-seed", {}, el("label", { for: "gen-seed", text: "Seed" }), el("div.row", {}, this.seed, this.dice, this.keepSeed)),
      this.source.node, this.loras.node, this.controls.node, this.references.node, this.advanced.node);
    this.setLevel("simple");
    this.#tellSeed();
  }

  async load() {
    this.model.load();
    this.loras.load();
    this.controls.load();
    const [styles, samplers] = await Promise.all(["/api/images/styles", "/api/images/samplers"].map((path) => api(path).then((found) => found.items, () => [])));
    this.styles = styles;
    fill(this.style, [["", "None"], ...styles.map((style) => [style.name, style.title, style.prompt, style.group])], this.wantedStyle ?? this.style.value);
    fill(this.sampler, [...SAMPLERS, ...samplers.map((row) => [row.name, row.title])], this.wantedSampler ?? this.sampler.value);
    this.#tellStyle();
  }

  get family() { return this.model.entry?.family ?? ""; }

  setLevel(level) {
    this.level.value = level;
    this.node.dataset.level = level;
    setHidden(this.advanced.node, level !== "advanced" && !this.#set());
    this.wishes.levelled?.(level);
  }

  /** Whether something advanced is set: it is then shown in the simple form too, so that nothing acts unseen. */
  #set() { return Boolean(this.steps.value || this.guidance.value || this.sampler.value || this.schedule.value || this.clip.value !== "1" || (numberOf(this.rerolls) ?? 0) > 0 || this.transparent.input.checked || this.compiled.input.checked); }

  #modelled(entry, chosen) {
    const { steps, guidance, width, height } = entry?.defaults ?? {};
    this.steps.placeholder = steps ? `${steps}, the model's own` : "Model's own";
    this.guidance.placeholder = guidance === undefined ? "Model's own" : `${guidance}, the model's own`;
    this.prompt.setFamily(entry?.family ?? "");
    const before = this.size.values, own = this.size.side;
    this.size.setModelSide(width && height ? Math.sqrt(width * height) : 1024);
    if (chosen && own !== this.size.side) this.size.set((before.width * this.size.side) / own, (before.height * this.size.side) / own);
    if (chosen) { this.size.set(this.size.values.width, this.size.values.height); this.wishes.changed(); }
    this.loras.familyChanged?.();
  }

  #sized(width, height) {
    const scale = Math.min(1, Math.sqrt((1.6 * this.size.side ** 2) / (width * height)));
    this.size.set(Math.max(64, Math.round((width * scale) / 8) * 8), Math.max(64, Math.round((height * scale) / 8) * 8));
    this.wishes.changed();
  }

  #tellStyle() { const style = this.styles?.find((row) => row.name === this.style.value); this.style.title = style?.prompt ?? ""; this.wantedStyle = this.style.value; }
  #tellSeed() { this.dice.setAttribute("aria-pressed", String(this.seed.value === "" || this.minus)); }
  /** A seed below zero means chance, as in A1111. */
  get minus() { return this.seed.value.trim().startsWith("-"); }
  setSeed(seed) { this.seed.value = seed ?? ""; this.#tellSeed(); }

  /** The request of image.generate; what is left out is the model's own. */
  get values() {
    const text = { prompt: this.prompt.value.trim(), negative: this.negative.value.trim(), sampler: this.sampler.value, schedule: this.schedule.value };
    const request = {
      ...text, style: this.style.value || null, model: this.model.value, ...this.size.values, steps: numberOf(this.steps), guidance: numberOf(this.guidance), clip_skip: numberOf(this.clip) ?? 1,
      seed: this.minus ? null : numberOf(this.seed), count: numberOf(this.count) ?? 1, rerolls: numberOf(this.rerolls) ?? 0, transparent: this.transparent.input.checked, compiled: this.compiled.input.checked,
      ...this.source.values, loras: this.loras.values, controls: this.controls.values, references: this.references.values,
    };
    return Object.fromEntries(Object.entries(request).filter(([, value]) => value !== null && value !== "" && value !== false && !(Array.isArray(value) && !value.length)));
  }

  /** From a request, or a part of one: what it lacks goes back to where it begins. */
  async set(request) {
    this.prompt.value = request.prompt ?? "";
    this.negative.value = request.negative ?? "";
    this.wantedStyle = request.style ?? "";
    this.style.value = this.wantedStyle;
    if (this.style.value !== this.wantedStyle) fill(this.style, [...this.style.options].map((option) => [option.value, option.text]), this.wantedStyle);
    this.model.value = request.model ?? null;
    this.size.set(request.width ?? 1024, request.height ?? 1024);
    this.count.value = request.count ?? 1;
    this.setSeed(request.seed ?? null);
    for (const [input, name] of [[this.steps, "steps"], [this.guidance, "guidance"]]) input.value = request[name] ?? "";
    this.wantedSampler = request.sampler ?? "";
    fill(this.sampler, [...this.sampler.options].map((option) => [option.value, option.text]), this.wantedSampler);
    this.schedule.value = request.schedule ?? "";
    this.clip.value = request.clip_skip ?? 1;
    this.rerolls.value = request.rerolls ?? 0;
    this.transparent.input.checked = Boolean(request.transparent);
    this.compiled.input.checked = Boolean(request.compiled);
    this.loras.set(request.loras ?? []);
    this.setLevel(this.level.value);
    this.#tellStyle();
    await Promise.all([this.source.set(request), this.controls.set(request.controls ?? []), this.references.set(request.references ?? [])]);
  }

  /** What a refused request is about is shown and focused. */
  point(message) {
    const names = { prompt: "gen-prompt", width: "gen-width", height: "gen-height", steps: "gen-steps", guidance: "gen-guidance", sampler: "gen-sampler", style: "gen-style", model: "gen-model", seed: "gen-seed", count: "gen-count" };
    const found = Object.keys(names).find((name) => new RegExp(`(^|[^a-z])${name}([^a-z]|$)`).test(message));
    const control = found && document.getElementById(names[found]);
    if (control?.offsetParent) control.focus();
  }
}

