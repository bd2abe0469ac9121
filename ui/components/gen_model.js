/** Which model makes the picture; the storyboard is always there and says what it is, and a real model that fits is one press away. */

import { api, el, icon, isLive, on, project, setHidden, setText, toast, toastError } from "../studio.js";
import { bytes, percent } from "../format.js";
import { field, fill, select } from "./gen_fields.js";
import { askInstall } from "./model_dialogs.js";
import { canInstall, formOf, isInstalled } from "./model_words.js";

export const STORYBOARD = "storyboard";
const VERDICTS = ["fits", "when_others_leave", "quantised"];

/** The model to offer where none is installed: it fits, may be used for money, and is the smallest to download. */
export function recommended(entries) {
  const rank = (entry) => [VERDICTS.indexOf(entry.fit.verdict), entry.commercial ? 0 : 1, formOf(entry).download_bytes];
  const fitting = entries.filter((entry) => entry.task === "image" && canInstall(entry) && !isInstalled(entry) && VERDICTS.includes(entry.fit.verdict));
  return fitting.sort((a, b) => { const [x, y] = [rank(a), rank(b)], at = x.findIndex((value, n) => value !== y[n]); return at < 0 ? 0 : x[at] - y[at]; })[0] ?? null;
}

export class ModelField {
  /** `changed(entry|null)`: another model, or more is known of it. */
  constructor(changed) {
    this.changed = changed;
    this.entries = [];
    this.wanted = "";
    this.control = select("Model", [["", "Automatic"], [STORYBOARD, "Storyboard (no AI image)"]], { id: "gen-model", onChange: (value) => { this.wanted = value; this.#tell(); changed(this.entry, true); } });
    this.note = el("p.gen-model-note");
    this.offer = el("button.button", { type: "button", hidden: true, onClick: () => this.#install() }, icon("download"), el("span"));
    this.bar = el("progress", { max: 1, value: 0, "aria-label": "Installing", hidden: true });
    this.node = el("div.gen-model", {}, field("Model", this.control), el("div.gen-model-more", {}, this.note, this.offer, this.bar));
    on("catalogue", () => { clearTimeout(this.timer); this.timer = setTimeout(() => this.load(), 250); });
    on("job", (job) => { if (job.capability === "model.install" && job.request.model === this.best?.name) { this.job = job; if (!isLive(job)) this.load(); this.#tell(); } });
    on("status", ({ disk }) => { this.disk = disk?.free_bytes; });
  }

  async load() {
    try {
      const [entries, machine] = await Promise.all([api("/api/models"), api("/api/models/machine")]);
      this.entries = entries.filter((entry) => entry.task === "image");
      this.machine = machine;
      this.best = recommended(this.entries);
      this.ready = true;
      const installed = this.entries.filter((entry) => isInstalled(entry) && entry.usable);
      fill(this.control, [["", `Automatic (${installed[0]?.title ?? "storyboard"})`], ...installed.map((entry) => [entry.name, entry.title]), [STORYBOARD, "Storyboard (no AI image)"]], this.wanted);
      this.#tell();
      this.changed(this.entry, false);
    } catch (error) { if (error.code !== "unreachable") toastError(error); }
  }

  get value() { return this.wanted || null; }
  set value(name) { this.wanted = name ?? ""; if (this.ready) fill(this.control, [...this.control.options].map((option) => [option.value, option.text]), this.wanted); this.#tell(); this.changed(this.entry, false); }

  get installed() { return this.entries.filter((entry) => isInstalled(entry) && entry.usable); }
  /** The card in effect; null for the storyboard. Which is best is decided by the studio: here it is the first. */
  get entry() { return this.wanted === STORYBOARD ? null : this.entries.find((entry) => entry.name === this.wanted) ?? (this.wanted ? null : this.installed[0] ?? null); }
  get storyboard() { return this.wanted === STORYBOARD || (!this.wanted && this.ready && !this.installed.length); }

  #tell() {
    const { entry, best, job } = this, installing = job && isLive(job) && job.request.model === best?.name;
    this.node.dataset.storyboard = String(Boolean(this.storyboard));
    setText(this.note, this.storyboard ? "Built in, no AI image: a storyboard card with palette, framing and caption, good enough for an animatic." : entry ? entry.summary : "");
    setHidden(this.note, !this.note.textContent);
    setHidden(this.offer, !best || installing || this.installed.length > 0 || !this.storyboard);
    if (best) setText(this.offer.lastChild, `Install ${best.title} · ${bytes(formOf(best).download_bytes)}, ${best.fit.verdict === "quantised" ? "fits quantised" : "fits here"}`);
    setHidden(this.bar, !installing);
    if (installing) { this.bar.value = job.progress; setHidden(this.note, false); setText(this.note, `${best.title}: ${job.state === "queued" ? "waiting" : `${percent(job.progress)} ${job.message}`}`); }
  }

  async #install() {
    const request = await askInstall(this.best, this.machine, this.disk);
    if (!request) return;
    try {
      this.job = await api(`/api/capabilities/model.install?reuse=false${project() ? `&project_id=${encodeURIComponent(project())}` : ""}`, { method: "POST", body: request });
      toast(`${this.best.title} is being installed; the storyboard serves until then.`);
      this.#tell();
    } catch (error) { toastError(error); }
  }
}
