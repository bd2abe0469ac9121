/** Fields of the picture form: each has a label, a value that can be read and set, and tells of changes. */

import { el, icon, setHidden, setText } from "../studio.js";

let last = 0;
const named = (id) => id ?? `gen-field-${(last += 1)}`;

/** A labelled control. `hint` stands below it. */
export function field(label, control, { hint = null, wide = false } = {}) {
  control.id = named(control.id || undefined);
  return el("div.field" + (wide ? ".wide" : ""), {}, el("label", { for: control.id, text: label }), control, hint);
}

export function numberInput({ min, max, step = 1, value = null, id, told = "", onChange = () => {} } = {}) {
  const input = el("input", { type: "number", id, min, max, step, value: value ?? "", placeholder: told, inputmode: step < 1 ? "decimal" : "numeric", onInput: onChange });
  input.addEventListener("change", () => { const kept = numberOf(input); if (kept !== null && kept !== Number(input.value)) { input.value = String(kept); onChange(); } });
  return input;
}

/** What stands in a number field, kept within its bounds; null when it is empty. */
export function numberOf(input) {
  if (input.value.trim() === "") return null;
  const value = Number(input.value);
  if (!Number.isFinite(value)) return null;
  return Math.min(input.max === "" ? Infinity : Number(input.max), Math.max(input.min === "" ? -Infinity : Number(input.min), value));
}

export class Slider {
  constructor(label, { min = 0, max = 1, step = 0.05, value = 0, id, say = (number) => String(Number(number.toFixed(2))), onChange = () => {} } = {}) {
    Object.assign(this, { say, otherwise: value });
    this.input = el("input", { type: "range", id: named(id), min, max, step, value: String(value), onInput: () => { this.#tell(); onChange(this.value); } });
    this.output = el("output", { for: this.input.id });
    this.node = el("div.slider-row", {}, el("label", { for: this.input.id, text: label }), this.input, this.output);
    this.#tell();
  }

  #tell() { setText(this.output, this.say(this.value)); this.input.setAttribute("aria-valuetext", this.output.textContent); }
  get value() { return Number(this.input.value); }
  set value(number) { this.input.value = String(number ?? this.otherwise); this.#tell(); }
}

export function select(label, options, { id, value = "", onChange = () => {}, hidden = false } = {}) {
  const control = el("select", { id: named(id), "aria-label": hidden ? label : undefined, onChange: () => onChange(control.value) });
  fill(control, options, value);
  return control;
}

/** Puts `[value, text, title?, group?]` into a select; a value that is not among them is kept and said to be missing. */
export function fill(control, options, value = control.value) {
  const known = options.some(([key]) => key === value), groups = new Map();
  for (const [key, text, title, group = ""] of options) groups.set(group, [...(groups.get(group) ?? []), el("option", { value: key, text, title })]);
  control.replaceChildren(...[...groups].flatMap(([group, rows]) => (group ? [el("optgroup", { label: group }, ...rows)] : rows)), ...(known || !value ? [] : [el("option", { value, text: `${value} (not here)` })]));
  control.value = value ?? "";
}

export function check(label, { id, value = false, hint = "", onChange = () => {} } = {}) {
  const input = el("input", { type: "checkbox", id: named(id), checked: value, onChange: () => onChange(input.checked) });
  return { input, node: el("div.gen-check", {}, input, el("label", { for: input.id, text: label }), hint ? el("span.hint", { text: hint }) : null) };
}

/** A group of buttons of which one is pressed. */
export class Segments {
  constructor(label, choices, { value, onChange = () => {} } = {}) {
    this.node = el("div.segments", { role: "group", "aria-label": label }, ...choices.map(([key, text, picture, title]) =>
      el("button.segment", { type: "button", title: title ?? undefined, data: { value: key }, "aria-pressed": "false", onClick: () => { this.value = key; onChange(key); } }, picture ? icon(picture) : null, el("span", { text }))));
    this.value = value ?? choices[0][0];
  }

  get value() { return this.chosen; }
  set value(key) { this.chosen = key; for (const button of this.node.children) button.setAttribute("aria-pressed", String(button.dataset.value === key)); }
}

/** A part of the form that folds; beside its title stands, while it is closed, what is set in it. */
export class Fold {
  constructor(title, picture, ...content) {
    this.said = el("span.gen-fold-said");
    this.node = el("details.gen-fold", {}, el("summary", {}, icon(picture), el("span.gen-fold-title", { text: title }), this.said), el("div.gen-fold-body", {}, ...content));
  }

  say(text) { setText(this.said, text); setHidden(this.said, !text); this.node.dataset.used = String(Boolean(text)); }
  set open(yes) { this.node.open = yes; }
}

export function iconButton(name, label, run, { text = "", quiet = true, ...more } = {}) {
  return el("button.button" + (quiet ? ".quiet" : "") + (text ? "" : ".square"), { type: "button", "aria-label": label, title: label, onClick: run, ...more }, icon(name), text ? el("span", { text }) : null);
}

/** A part of one whole after the point where it changes nothing. */
export const clone = (value) => JSON.parse(JSON.stringify(value));
