/** Thresholds that are applied at once: two sliders redraw the shots as they move, a button makes the new analysis. */

import { el, setHidden, setText } from "../studio.js";
import { plural } from "../format.js";

const SENSITIVITY = { min: 0.2, max: 3, step: 0.05 };
const LONGEST = 72; // frames

export class Rescene {
  /** `actions`: preview(settings|null), apply(). */
  constructor(actions) {
    this.actions = actions;
    this.sensitivity = el("input", { type: "range", id: "rescene-sensitivity", ...SENSITIVITY });
    this.shortest = el("input", { type: "range", id: "rescene-shortest", min: 1, max: LONGEST, step: 1 });
    this.sensitivityShown = el("output", { for: "rescene-sensitivity" });
    this.shortestShown = el("output", { for: "rescene-shortest" });
    this.verdict = el("p.rescene-verdict", { role: "status" });
    this.apply = el("button.button", { type: "button", text: "Apply", title: "Measures the shots and writes all files anew", onClick: () => actions.apply() });
    this.back = el("button.button.quiet", { type: "button", text: "As analyzed", onClick: () => { this.#to(this.analyzed); actions.preview(null); } });
    for (const input of [this.sensitivity, this.shortest]) input.addEventListener("input", () => { this.#shown(); actions.preview(this.values()); });
    const row = (text, input, shown) => el("div.slider-row", {}, el("label", { for: input.id, text }), input, shown);
    this.controls = el("div.rescene-controls", {}, row("Sensitivity", this.sensitivity, this.sensitivityShown), row("Shortest shot", this.shortest, this.shortestShown));
    this.fixed = el("p.hint", { text: "Thresholds of this detector take a new analysis; edits by hand can be applied here." });
    this.node = el("details.group.rescene", { hidden: true }, el("summary", { text: "Find shots anew" }),
      el("div", {}, this.controls, this.fixed, this.verdict, el("div.row", {}, this.apply, this.back)));
  }

  /** `settings` of the analysis that is shown, or null while there is none; `fps` of its clip. */
  open(settings, fps) {
    setHidden(this.node, !settings);
    if (!settings) return;
    const decidable = settings.detector === "studio"; // the others leave no curves to decide from
    setHidden(this.controls, !decidable);
    setHidden(this.fixed, decidable);
    this.fps = fps;
    this.analyzed = { sensitivity: settings.scene_threshold, shortest: settings.min_scene_frames };
    this.sensitivity.min = Math.min(SENSITIVITY.min, settings.scene_threshold);
    this.sensitivity.max = Math.max(SENSITIVITY.max, settings.scene_threshold);
    this.shortest.max = Math.max(LONGEST, settings.min_scene_frames);
    this.#to(this.analyzed);
  }

  /** What differs from the analysis, as the studio wants it; null when nothing does. */
  values() {
    const values = {};
    if (Math.abs(this.sensitivity.value - this.analyzed.sensitivity) > 0.001) values.sensitivity = Number(this.sensitivity.value);
    if (Number(this.shortest.value) !== this.analyzed.shortest) values.min_shot_s = Number((this.shortest.value / this.fps).toFixed(6));
    return Object.keys(values).length ? values : null;
  }

  #to({ sensitivity, shortest }) {
    this.sensitivity.value = sensitivity;
    this.shortest.value = shortest;
    this.#shown();
  }

  #shown() {
    setText(this.sensitivityShown, String(Number(Number(this.sensitivity.value).toFixed(2))));
    setText(this.shortestShown, `${this.shortest.value} f`);
    this.shortest.setAttribute("aria-valuetext", plural(Number(this.shortest.value), "frame"));
  }

  /** `state`: {found, analyzed, differs, thresholds, edits, busy, error}: shots now and in the files, and what was changed. */
  draw({ found, analyzed, differs, thresholds, edits, busy, error }) {
    const changes = [thresholds ? "new thresholds" : "", edits ? `${plural(edits, "edit")} by hand` : ""].filter(Boolean).join(" and ");
    const words = differs ? `${plural(found, "shot")}${changes ? `, with ${changes}` : ""}. The files still have ${found === analyzed ? "the old boundaries" : analyzed}.`
      : `${plural(found, "shot")}, as in the files.`;
    setText(this.verdict, error ? `${error.message} ${error.remedy ?? ""}` : words);
    this.apply.disabled = !differs || busy;
    setText(this.apply, busy ? "Applying" : "Apply");
    setHidden(this.back, !thresholds);
    if (differs && !this.offered) this.node.open = true;
    this.offered = differs;
  }
}
