/** The brief: what the film shall be, in one sentence, a style, a length, a shape, and who plans it. */

import { api, el, icon, on, prefs, setHidden, setText } from "../studio.js";
import { capital } from "./plan_words.js";

const STYLES = [
  ["", "Any", "The sentence decides"], ["dramatic", "Dramatic", "Slow, close, dark"], ["chaotic", "Chaotic", "Punches, ramps, replays"], ["wholesome", "Wholesome", "Warm, calm, dissolves"],
  ["highlights", "Highlights", "The strongest moments"], ["trailer", "Trailer", "Builds up to a title"], ["beat", "On the beat", "Cuts on the beats of the sound"],
];
const SHAPES = [["auto", "Auto"], ["source", "As the clip"], ["16:9", "16:9"], ["9:16", "9:16"], ["1:1", "1:1"]];
const BUILT_IN = "Built in: planned from the analysis, no model needed.";

export class Brief {
  /** `onMake()`: make a plan of it. */
  constructor(onMake) {
    this.goal = el("textarea", { id: "brief-goal", rows: 2, maxlength: 4000, placeholder: "A dramatic parody of this clip, about 20 seconds", dir: "auto" });
    this.styles = el("div.segments.brief-styles", { role: "radiogroup", "aria-label": "Style" }, ...STYLES.map(([value, text, title]) => this.#choice("style", value, text, title)));
    this.shapes = el("div.segments", { role: "radiogroup", "aria-label": "Shape" }, ...SHAPES.map(([value, text]) => this.#choice("aspect", value, text)));
    this.length = el("input", { type: "number", id: "brief-length", min: 1, max: 7200, step: "any", inputmode: "decimal", placeholder: "auto", "aria-describedby": "brief-length-unit" });
    this.planner = el("select", { id: "brief-planner", onChange: () => this.#badge() }, el("option", { value: "", text: "Built in" }));
    this.badge = el("span.badge", { data: { builtIn: "true" } });
    this.make = el("button.button.primary", { type: "submit" }, icon("scan"), el("span", { text: "Make a plan" }));
    this.error = el("p.form-error", { role: "alert", hidden: true });
    const field = (input, text, ...more) => el("div.field", {}, el("label", { for: input.id, text }), input, ...more);
    this.node = el("form.brief", { "aria-label": "Brief", novalidate: true, onSubmit: (event) => { event.preventDefault(); if (this.valid()) onMake(); } },
      field(this.goal, "What shall it be?"), this.styles,
      el("div.brief-row", {}, el("div.field.brief-length", {}, el("label", { for: "brief-length", text: "Length, s" }), this.length), el("div.field", {}, el("span.field-name", { text: "Shape" }), this.shapes)),
      el("div.brief-row", {}, field(this.planner, "Planner"), this.badge, this.make), this.error);
    this.node.addEventListener("input", () => this.#remember());
    this.goal.addEventListener("keydown", (event) => event.stopPropagation());
    this.set(prefs.get("edit.brief", {}));
    on("catalogue", () => this.planners());
    this.planners();
  }

  #choice(group, value, text, title = "") {
    const input = el("input.visually-hidden", { type: "radio", name: `brief-${group}`, value, onChange: () => this.#remember() });
    return el("label.segment", { title }, input, el("span", { text }));
  }

  #chosen(group) { return this.node.querySelector(`[name="brief-${group}"]:checked`)?.value ?? ""; }
  #remember() { prefs.set("edit.brief", { ...this.values(), planner: this.planner.value }); setHidden(this.error, true); }

  set({ goal = "", style = "", duration_s = null, aspect = "auto", planner = "" }) {
    this.goal.value = goal;
    this.length.value = duration_s ?? "";
    for (const [group, value] of [["style", style ?? ""], ["aspect", aspect ?? "auto"]]) {
      const input = [...this.node.querySelectorAll(`[name="brief-${group}"]`)].find((one) => one.value === value) ?? this.node.querySelector(`[name="brief-${group}"]`);
      input.checked = true;
    }
    this.wanted = planner;
    this.#badge();
  }

  /** What the planner is asked; nothing that was not said. */
  values() {
    const values = { goal: this.goal.value.trim() }, style = this.#chosen("style"), aspect = this.#chosen("aspect");
    if (style) values.style = style;
    if (this.length.value !== "") values.duration_s = Number(this.length.value);
    if (aspect !== "auto") values.aspect = aspect;
    values.planner = this.planner.value || "built_in";
    return values;
  }

  valid() {
    const length = this.length.value === "" ? null : Number(this.length.value), wrong = this.length.validity.badInput || (length !== null && !(length >= 1 && length <= 7200));
    setText(this.error, wrong ? `A length lies between 1 and 7200 seconds${length === null ? "" : `, not ${length}`}.` : "");
    setHidden(this.error, !wrong);
    if (wrong) this.length.focus();
    return !wrong;
  }

  /** Installed language models may plan as well. */
  async planners() {
    const entries = await api("/api/models").catch(() => []);
    const able = entries.filter((entry) => ["chat", "vision-chat"].includes(entry.task) && entry.state !== "absent" && entry.installed !== false);
    const now = this.planner.value || this.wanted;
    this.planner.replaceChildren(el("option", { value: "", text: "Built in" }), ...able.map((entry) => el("option", { value: entry.name, text: entry.title ?? capital(entry.name) })));
    this.planner.value = able.some((entry) => entry.name === now) ? now : "";
    this.#badge();
  }

  #badge() {
    const model = this.planner.value;
    setText(this.badge, model ? "model" : "built in");
    this.badge.dataset.builtIn = String(!model);
    this.badge.title = model ? `Planned by ${this.planner.selectedOptions[0].text}; the built-in planner takes over when its plan cannot be used.` : BUILT_IN;
  }
}
