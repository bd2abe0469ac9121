/** The analysis settings: a labelled form whose values come back the next time. */

import { api, capabilities, el, prefs } from "../studio.js";

export const DEFAULTS = { detector: "studio", scene_threshold: null, min_scene_frames: null, frames_per_scene: 3 };

function field(labelText, control, hint) {
  const id = "setting-" + control.name;
  control.id = id;
  if (hint) control.setAttribute("aria-describedby", id + "-hint");
  return el("div.field", {}, el("label", { for: id, text: labelText }), control, hint && el("span.hint", { id: id + "-hint", text: hint }));
}

function number(name, { min, max, step = 1 }) { return el("input", { type: "number", name, min, max, step, inputmode: step < 1 ? "decimal" : "numeric" }); }

export class Settings {
  /** Draws the form; `onRun` is called by its button. */
  constructor(onRun) {
    this.choices = [];
    this.detector = el("select", { name: "detector" });
    this.threshold = number("scene_threshold", { min: 0.1, max: 255, step: 0.1 });
    this.minimum = number("min_scene_frames", { min: 1, max: 10000 });
    this.keyframes = number("frames_per_scene", { min: 1, max: 12 });
    this.run = el("button.button", { type: "submit", text: "Analyze with these settings" });
    this.form = el("form.settings", { novalidate: true, onSubmit: (event) => { event.preventDefault(); if (this.valid()) onRun(); } },
      field("Detector", this.detector), field("Threshold", this.threshold, "How big a change makes a cut (for Studio: higher finds more); empty for the usual value."),
      field("Shortest shot, frames", this.minimum), field("Keyframes per shot", this.keyframes),
      el("p.form-error", { role: "alert", hidden: true }),
      el("div.row", {}, this.run, el("button.button.quiet", { type: "button", text: "Usual values", onClick: () => this.set(DEFAULTS, true) })));
    this.form.addEventListener("input", () => { this.#usual(); prefs.set("analyze", this.values()); });
    this.set({ ...DEFAULTS, ...prefs.get("analyze", {}) });
    this.#choices();
  }

  /** Fills in the detectors that the studio offers, with their usual values, from the request's schema. */
  async #choices() {
    const known = await capabilities().catch(() => []);
    this.choices = known.find(({ name }) => name === "video.analyze")?.request_schema.properties.detector.choices ?? [];
    if (!this.choices.length) return;
    const { value } = this.detector;
    this.detector.replaceChildren(...this.choices.map((choice) => el("option", { value: choice.value, text: choice.title })));
    this.detector.value = this.choices.some((choice) => choice.value === value) ? value : DEFAULTS.detector;
    this.#usual();
  }

  set(values, remember = false) {
    const all = { ...DEFAULTS, ...values };
    if (!this.choices.length) this.detector.replaceChildren(el("option", { value: all.detector, text: all.detector }));
    this.detector.value = all.detector;
    this.threshold.value = all.scene_threshold ?? "";
    this.minimum.value = all.min_scene_frames ?? "";
    this.keyframes.value = all.frames_per_scene;
    this.#usual();
    if (remember) prefs.set("analyze", this.values());
  }

  #usual() {
    const usual = this.choices.find(({ value }) => value === this.detector.value);
    if (!usual) return;
    const fine = usual.most <= 1 ? 0.01 : 0.1;
    Object.assign(this.threshold, { placeholder: String(usual.scene_threshold), min: fine, step: fine, max: usual.most });
    this.minimum.placeholder = String(usual.min_scene_frames);
  }

  /** The request's fields besides the clip. */
  values() {
    const values = { detector: this.detector.value, frames_per_scene: Number(this.keyframes.value) };
    if (this.minimum.value !== "") values.min_scene_frames = Number(this.minimum.value);
    if (this.threshold.value !== "") values.scene_threshold = Number(this.threshold.value);
    return values;
  }

  /** Says in words which field is out of its limits. */
  valid() {
    const wrong = [this.threshold, this.minimum, this.keyframes].find((input) => !input.checkValidity() || (input === this.keyframes && input.value === ""));
    const place = this.form.querySelector(".form-error");
    place.hidden = !wrong;
    if (!wrong) return true;
    const name = this.form.querySelector(`label[for="${wrong.id}"]`).textContent;
    place.textContent = `${name} must lie between ${wrong.min} and ${wrong.max}${wrong.value === "" ? "" : `, not ${wrong.value}`}.`;
    wrong.closest("details")?.setAttribute("open", "");
    wrong.focus();
    return false;
  }
}
