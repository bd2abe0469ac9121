/** One model in the list. */

import { el, icon, isLive, setHidden, setText } from "../studio.js";
import { eta, percent } from "../format.js";
import { Actions } from "./model_actions.js";
import { commercial, fitLine, isInstalled, licenceNames, MODEL_STATES, sizeLine, STATE_ICONS, stateOf, TASKS } from "./model_words.js";

const FIT_ICONS = { fits: "check", when_others_leave: "clock", quantised: "check", too_large: "alert" };

/** A job of a model as a person reads it: how far, how long, what just now. */
export function jobLine(job) {
  if (job.state === "queued") return "Waiting for its turn";
  if (job.state === "cancelled") return "Cancelled";
  if (!isLive(job)) return "Done";
  if (job.cancel_requested) return "Stopping";
  return [percent(job.progress), eta(job.eta_s), job.message.replace(/^.*?: (?=[\d.]+ of )/, "")].filter(Boolean).join(" · ");
}

/** A progress bar with a line; `set(fraction, text)`, null hides it. */
export class Progress {
  constructor() {
    this.bar = el("progress", { max: 1, value: 0, "aria-label": "Progress" });
    this.line = el("span.model-step");
    this.node = el("div.model-progress", { hidden: true }, this.bar, this.line);
  }

  update(seen, job, pending) {
    const loading = seen?.moving === "load" || (pending === "load" && !seen?.moving);
    setHidden(this.node, !job && !loading);
    if (job) { this.bar.value = job.progress; setText(this.line, jobLine(job)); return; }
    if (!loading) return;
    this.bar.value = seen?.progress ?? 0;
    setText(this.line, seen?.moving ? [percent(seen.progress ?? 0), seen.message].filter(Boolean).join(" · ") : seen?.waiting ? "Waiting for its turn" : "Asked for");
  }
}

export class ModelCard {
  /** `run(name, action)` for its buttons, `open(name)` for the rest of it. */
  constructor(entry, run, open) {
    this.title = el("button.model-name", { type: "button", onClick: () => open(entry.name) });
    this.state = el("span.chip", {}, icon("check"), el("span"));
    this.summary = el("p.model-summary");
    this.facts = el("p.model-facts", {}, el("span"), el("span.model-licence"));
    this.fit = el("p.model-fit", {}, icon("check"), el("span"));
    this.progress = new Progress();
    this.error = el("p.form-error", { hidden: true, role: "alert" });
    this.actions = new Actions(entry.name, run);
    this.node = el("article.model", { role: "listitem" }, el("div.model-head", {}, el("h3", {}, this.title), this.state), this.summary, this.fit, this.facts, this.progress.node, this.error, this.actions.node);
  }

  update(entry, { seen, job, pending, failure }) {
    const state = stateOf(entry, seen, job, pending);
    this.node.dataset.state = state;
    this.node.dataset.usable = String(entry.usable && (isInstalled(entry) || !entry.obstacle));
    this.node.setAttribute("aria-label", entry.title);
    setText(this.title, entry.title);
    this.state.dataset.model = state;
    setText(this.state.lastChild, MODEL_STATES[state] + (seen?.pinned ? ", pinned" : ""));
    this.state.querySelector("use").setAttribute("href", "#i-" + STATE_ICONS[state]);
    setText(this.summary, entry.summary);
    setText(this.facts.firstChild, [TASKS[entry.task] ?? entry.task, isInstalled(entry) ? entry.installed_variant : "", sizeLine(entry)].filter(Boolean).join(" · "));
    setText(this.facts.lastChild, `${licenceNames(entry)}, ${commercial(entry)}`);
    this.facts.lastChild.title = `${licenceNames(entry)}: ${entry.commercial ? "commercial use is allowed" : "not for commercial use"}`;
    this.facts.lastChild.dataset.commercial = String(entry.commercial);
    const usable = entry.usable && (isInstalled(entry) || !entry.obstacle);
    setText(this.fit.lastChild, fitLine(entry));
    this.fit.dataset.verdict = usable ? entry.fit.verdict : "none";
    this.fit.querySelector("use").setAttribute("href", "#i-" + (usable ? FIT_ICONS[entry.fit.verdict] : "minus"));
    this.progress.update(seen, job, pending);
    setText(this.error, failure && !job ? [failure.message, failure.remedy].filter(Boolean).join(" ") : "");
    setHidden(this.error, !failure || Boolean(job));
    this.actions.update(entry, seen, job, pending);
  }
}
