/**
 * One edit as the page holds it: plan, history, what the studio says of it. No drawing in here.
 * Changes are functions of a plan, shown at once and sent one after the other; when somebody else was quicker, they are made again on
 * that plan. Events: `plan`, `film` (lengths, problems, what it will cost), `sources`, `history`, `selected`, `closed`.
 */

import { address, api, project, toast } from "../studio.js";
import { checked, estimate } from "../components/plan_film.js";
import { SourceClip } from "../components/plan_source.js";

const CHECK_MS = 160;
const blank = () => ({ edit: null, plan: null, film: { fps: 25, frames: 0, clips: [] }, problems: [], prediction: null, checking: false, selected: null, analysis: null });

export class Draft extends EventTarget {
  constructor() {
    super();
    this.sources = new Map();
    this.pending = [];
    this.stops = [];
    Object.assign(this, blank());
  }

  get id() { return this.edit?.id ?? null; }
  get row() { return this.plan?.segments.find((segment) => segment.id === this.selected) ?? null; }
  #tell(what) { this.dispatchEvent(new Event(what)); }

  async create({ plan, title, video, analysis, label }) {
    const params = project() ? `?project_id=${encodeURIComponent(project())}` : "";
    const edit = await api(`/api/edits${params}`, { method: "POST", body: { plan, title, video, analysis, label } });
    await this.#show(edit);
  }

  async open(id) { await this.#show(await api(`/api/edits/${encodeURIComponent(id)}`)); }

  close() {
    this.turn = (this.turn ?? 0) + 1;
    this.stops.splice(0).forEach((stop) => stop());
    clearTimeout(this.timer);
    this.sources.clear();
    this.pending = [];
    Object.assign(this, blank());
    this.#tell("closed");
  }

  async #show(edit) {
    if (this.id !== edit.id) this.close();
    this.edit = edit;
    this.plan = edit.plan;
    address.set({ edit: edit.id });
    if (!this.row) this.selected = null;
    this.#openSources();
    this.#measured();
    for (const what of ["history", "plan", "selected"]) this.#tell(what);
    this.#checkSoon(0);
    if (edit.analysis && this.analysis?.id !== edit.analysis) await this.#analysis(edit.analysis);
  }

  /** Where the source's shots begin and its beats lie: what edges snap to. */
  async #analysis(id) {
    try {
      const job = await api(`/api/jobs/${encodeURIComponent(id)}`);
      this.analysis = { id, result: job.result, artifacts: job.artifacts };
      this.#tell("sources");
    } catch { /* it can be edited without */ }
  }

  #openSources() {
    for (const { id, media } of this.plan.sources) {
      if (this.sources.get(id)?.media === media) continue;
      const source = new SourceClip(id, media), { turn } = this;
      this.sources.set(id, source);
      source.addEventListener("change", () => { if (turn === this.turn) { this.#measured(); this.#tell("sources"); } });
      source.open(this.stops);
    }
  }

  /** Until the studio has answered, the film is as long as this page can tell. */
  #measured() {
    if (this.film.plan === this.plan && this.film.exact) return;
    this.film = { ...estimate(this.plan, this.sources), plan: this.plan };
    this.#tell("film");
  }

  select(id) {
    if (id === this.selected) return;
    this.selected = id;
    this.#tell("selected");
  }

  /** `change`: plan -> plan, shown at once. `label` is what undo will say. */
  change(label, change) {
    const plan = change(this.plan);
    if (plan === this.plan) return;
    this.pending.push({ label, change });
    this.#take(plan);
    this.#send();
  }

  #take(plan) {
    this.plan = plan;
    if (this.selected && !this.row) this.selected = null;
    this.#openSources();
    this.#measured();
    this.#tell("plan");
    this.#checkSoon();
  }

  /** The studio's own form of the plan that is shown: the same, with defaults left out. */
  #adopt(plan) {
    if (this.film.plan === this.plan) this.film.plan = plan;
    this.plan = plan;
    this.#tell("plan");
  }

  get saving() { return this.pending.length > 0; }

  async #send() {
    if (this.sending) return;
    this.sending = true;
    const { turn } = this;
    let conflicts = 0;
    while (this.pending.length && turn === this.turn) {
      const { label, change } = this.pending[0];
      try {
        const plan = change(this.edit.plan);
        const edit = await api(`/api/edits/${this.id}`, { method: "PUT", body: { plan, revision: this.edit.revision, label } });
        if (turn !== this.turn) break;
        this.edit = edit;
        this.pending.shift();
        if (!this.pending.length) this.#adopt(edit.plan);
        this.#tell("history");
      } catch (error) {
        if (turn !== this.turn) break;
        if (error.status === 409 && conflicts < 3) { conflicts += 1; await this.#again(); continue; }
        this.pending = [];
        this.#take(this.edit.plan);
        toast([error.message, error.remedy].filter(Boolean).join(" "), { tone: "bad" });
      }
    }
    this.sending = false;
  }

  /** Somebody else was quicker: our changes are made on their plan. */
  async #again() {
    this.edit = await api(`/api/edits/${this.id}`);
    this.#take(this.pending.reduce((plan, { change }) => change(plan), this.edit.plan));
  }

  /** Undo or redo; resolves to what it was, or null when there is nothing. Those asked for quickly wait for each other. */
  step(name) {
    const next = (this.steps ?? Promise.resolve()).then(() => this.#step(name));
    this.steps = next.catch(() => {});
    return next;
  }

  async #step(name) {
    while (this.saving) await new Promise((resolve) => setTimeout(resolve, 20));
    if (!this.id) return null;
    const label = this.edit[`${name}_label`];
    if (!this.edit[`can_${name}`]) return null;
    this.stepping = true;
    try {
      await this.#show(await api(`/api/edits/${this.id}/${name}`, { method: "POST" }));
    } finally { this.stepping = false; }
    return label ?? "";
  }

  /** Another window, or a job, changed an edit. */
  async changed({ id, revision, deleted }) {
    if (id !== this.id || this.saving || this.stepping || revision === this.edit.revision) return;
    if (deleted) { this.close(); toast("This edit was deleted in another window."); return; }
    await this.open(id);
  }

  #checkSoon(delay = CHECK_MS) {
    this.state = (this.state ?? 0) + 1;
    clearTimeout(this.timer);
    this.checking = true;
    this.#tell("film");
    this.timer = setTimeout(() => this.check(), delay);
  }

  /** Asks what is wrong with the plan and what it will cost. */
  async check() {
    const { turn, plan, state } = this;
    if (!plan) return;
    const asked = (this.asked = (this.asked ?? 0) + 1);
    try {
      const answer = await api("/api/edits/check", { method: "POST", body: { plan } });
      if (turn !== this.turn || asked !== this.asked || state !== this.state) return;
      this.problems = answer.problems ?? [];
      this.prediction = answer.prediction ?? null;
      if (answer.timeline) this.film = { ...checked(answer.timeline), plan: this.plan };
    } catch (error) {
      if (turn !== this.turn || asked !== this.asked) return;
      this.problems = error.status ? [{ path: "$", message: error.message, remedy: error.remedy }] : this.problems;
    }
    this.checking = false;
    this.#tell("film");
  }
}
