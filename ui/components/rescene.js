/** Thresholds that are applied at once: two sliders redraw the shots as they move, a button makes the new analysis. */

import { el, setHidden, setText } from "../studio.js";
import { plural } from "../format.js";

/** Limits of the slider per detector: lowest, highest, step. Only for studio does a higher value find more. */
const RANGES = {
  studio: [0.2, 3, 0.05], content: [5, 80, 0.5], adaptive: [0.5, 12, 0.1], threshold: [2, 60, 0.5], histogram: [0.01, 0.5, 0.01], hash: [0.05, 0.9, 0.01],
};

export class Rescene {
  /** `actions`: preview(values|null), apply(). */
  constructor(actions) {
    this.actions = actions;
    this.threshold = el("input", { type: "range", id: "rescene-threshold" });
    this.shortest = el("input", { type: "range", id: "rescene-shortest", min: 1, max: 72, step: 1 });
    this.thresholdName = el("label", { for: "rescene-threshold" });
    this.thresholdShown = el("output", { for: "rescene-threshold" });
    this.shortestShown = el("output", { for: "rescene-shortest" });
    this.verdict = el("p.rescene-verdict", { role: "status" });
    this.apply = el("button.button", { type: "button", text: "Apply", onClick: () => actions.apply() });
    this.back = el("button.button.quiet", { type: "button", text: "As analyzed", onClick: () => { this.#to(this.analyzed); actions.preview(null); } });
    for (const input of [this.threshold, this.shortest]) input.addEventListener("input", () => { this.#shown(); actions.preview(this.values()); });
    const row = (label, input, shown) => el("div.slider-row", {}, label, input, shown);
    this.hint = el("p.hint");
    this.controls = el("div.rescene-controls", {}, row(this.thresholdName, this.threshold, this.thresholdShown),
      row(el("label", { for: "rescene-shortest", text: "Shortest shot" }), this.shortest, this.shortestShown), this.hint);
    this.node = el("details.group.rescene", {}, el("summary", { text: "Find shots anew" }),
      el("div", {}, this.controls, this.verdict, el("div.row", {}, this.apply, this.back)));
    this.node.hidden = true;
  }

  /** `settings` of the analysis that is shown; null while there is none. */
  open(settings) {
    setHidden(this.node, !settings);
    if (!settings) return;
    const studio = settings.detector === "studio", [min, max, step] = RANGES[settings.detector] ?? [settings.scene_threshold / 5, settings.scene_threshold * 3, settings.scene_threshold / 50];
    this.analyzed = { scene_threshold: settings.scene_threshold, min_scene_frames: settings.min_scene_frames };
    Object.assign(this.threshold, { min: Math.min(min, settings.scene_threshold), max: Math.max(max, settings.scene_threshold), step });
    this.shortest.max = Math.max(72, settings.min_scene_frames);
    setText(this.thresholdName, studio ? "Sensitivity" : "Threshold");
    setText(this.hint, studio ? "Higher finds more shots." : "Lower finds more shots.");
    this.#to(this.analyzed);
  }

  values() { return { scene_threshold: Number(this.threshold.value), min_scene_frames: Number(this.shortest.value) }; }

  #to(values) {
    this.threshold.value = values.scene_threshold;
    this.shortest.value = values.min_scene_frames;
    this.#shown();
  }

  #shown() {
    setText(this.thresholdShown, String(Number(Number(this.threshold.value).toFixed(2))));
    setText(this.shortestShown, `${this.shortest.value} f`);
  }

  /** `state`: {found, analyzed, differs, thresholds, edits, busy, error}: shots now and in the document, and what was changed. */
  draw({ found, analyzed, differs, thresholds, edits, busy, error }) {
    const changes = [thresholds ? "new thresholds" : "", edits ? plural(edits, "edit") + " by hand" : ""].filter(Boolean).join(" and ");
    setText(this.verdict, error ? `${error.message} ${error.remedy ?? ""}` : differs ? `${plural(found, "shot")} instead of ${analyzed}${changes ? `, with ${changes}` : ""}. Apply measures them and writes all files anew.` : plural(found, "shot") + ", as in the files.");
    this.apply.disabled = !differs || busy;
    setHidden(this.back, !thresholds);
    if (differs && !this.offered) { this.offered = true; this.node.open = true; }
    if (!differs) this.offered = false;
  }
}
