/**
 * What the studio is asked to do for an edit: plan, preview, render, judge, improve, export; and the versions that come of it.
 * It draws nothing. Events: `plan` (the planning job moved), `work` (a rendering moved), `versions`.
 */

import { api, capabilities, isLive, live, on, project, toastError } from "../studio.js";
import { ended } from "../components/plan_source.js";

const RENDERS = new Set(["video.edit", "video.auto_edit"]);

/** Newest first; films alone are numbered, by when they were finished, so that a number once said stays. What is on its way stands above them. */
export function numbered(items) {
  const films = items.filter((item) => item.artifact_id).sort((a, b) => (b.finished_at ?? b.created_at) - (a.finished_at ?? a.created_at));
  const kind = (item) => (item.capability === "video.auto_edit" ? "Improvement" : item.preview ? "Preview" : "Render");
  return [...items.filter((item) => !item.artifact_id).map((item) => ({ ...item, name: kind(item) })),
    ...films.map((item, index) => ({ ...item, name: `Version ${films.length - index}${item.preview ? " · preview" : ""}` }))];
}

export class Work extends EventTarget {
  constructor(draft) {
    super();
    Object.assign(this, { draft, planning: null, job: null, versions: [], known: new Map(), evaluations: new Map(), judging: new Map() });
    this.capabilities = capabilities().then((rows) => { for (const row of rows) this.known.set(row.name, row); this.#tell("versions"); }).catch(() => {});
    on("job", (job) => this.#job(job));
    draft.addEventListener("history", () => { if (draft.id !== this.of) { this.of = draft.id; this.refresh(); } });
    draft.addEventListener("closed", () => { this.of = null; this.versions = []; this.job = null; this.#tell("work"); this.#tell("versions"); });
  }

  #tell(what) { this.dispatchEvent(new Event(what)); }
  has(name) { return this.known.has(name); }
  /** The values a field of a request may have. */
  choices(name, field) {
    const schema = this.known.get(name)?.request_schema, row = schema?.properties?.[field];
    const real = row?.$ref ? schema.$defs?.[row.$ref.split("/").pop()] : row?.items?.enum ? row.items : row;
    return real?.enum ?? [];
  }

  /** Submits a job; fields that this studio does not know are left out. */
  async ask(name, body, { reuse = true } = {}) {
    await this.capabilities;
    const fields = this.known.get(name)?.request_schema?.properties, params = new URLSearchParams(project() ? { project_id: project() } : {});
    if (!reuse) params.set("reuse", "false");
    const asked = fields ? Object.fromEntries(Object.entries(body).filter(([field, value]) => field in fields && value !== undefined && value !== null)) : body;
    return api(`/api/capabilities/${name}?${params}`, { method: "POST", body: asked });
  }

  /** Plans a clip; resolves to the finished job, or null when another planning took its place. */
  async plan(body) { return this.followPlan(await this.ask("video.plan", body)); }

  async followPlan(job) {
    this.planStream?.close();
    this.planning = job;
    this.#tell("plan");
    if (!isLive(job) && job.result !== undefined) return job;
    return new Promise((resolve) => {
      const keep = (changes) => { if (this.planning?.id === job.id) { this.planning = { ...this.planning, ...changes }; this.#tell("plan"); } };
      const stream = live(`/api/jobs/${job.id}/events`, { snapshot: keep, job: keep, end: (detail) => { stream.close(); keep(detail); resolve(this.planning?.id === job.id ? this.planning : null); } });
      this.planStream = stream;
    });
  }

  forgetPlan() { this.planStream?.close(); this.planning = null; this.#tell("plan"); }

  async cancel(job) { try { await api(`/api/jobs/${job.id}/cancel`, { method: "POST" }); } catch (error) { toastError(error); } }

  async render(preview) { this.#started(await this.ask("video.edit", { plan: this.draft.plan, preview, edit: this.draft.id, revision: this.draft.edit.revision })); }
  async improve() {
    const { plan, edit, id } = this.draft;
    const job = await this.ask("video.auto_edit", { plan, edit: id, revision: edit.revision, video: edit.video ?? plan.sources[0].media, analysis: edit.analysis, goal: plan.goal, style: plan.style });
    this.improving = job.id;
    this.#started(job);
  }

  #started(job) { this.job = job; this.#tell("work"); this.refresh(); }

  /** The judge's opinion of a version: the plan it was made from says what is meant to be so. */
  async judge(item) {
    const job = await api(`/api/jobs/${item.job_id}`), plan = job.request?.plan ?? this.draft.plan;
    const asked = await this.ask("video.evaluate", { video: item.artifact_id, plan, goal: plan.goal, style: plan.style });
    this.judging.set(item.job_id, asked);
    this.#tell("versions");
    const done = await ended(asked, (row) => { this.judging.set(item.job_id, row); this.#tell("versions"); });
    this.judging.delete(item.job_id);
    if (done.state === "succeeded") this.evaluations.set(item.artifact_id, done.result);
    this.#tell("versions");
    if (done.state !== "succeeded" && done.error) toastError(done.error);
  }

  #job(job) {
    if (!RENDERS.has(job.capability) || !this.draft.id) return;
    const mine = job.request?.edit === this.draft.id || this.versions.some((item) => item.job_id === job.id) || this.job?.id === job.id;
    if (!mine) return;
    const item = this.versions.find((one) => one.job_id === job.id);
    if (!this.job || this.job.id === job.id || isLive(job)) this.job = { ...(this.job?.id === job.id ? this.job : {}), ...job };
    if (item) item.job = job;
    if (job.capability === "video.auto_edit" && job.state === "succeeded" && job.id === this.improving) this.#improved(job);
    this.#tell("work");
    if (!item || !isLive(job)) this.refresh(job.state === "succeeded" && job.capability === "video.edit" ? job.id : null);
    else this.#tell("versions");
  }

  /** The best plan of an improvement that this page asked for. */
  async #improved({ id }) {
    this.improving = null;
    const { result } = await api(`/api/jobs/${id}`), best = result.versions.find((version) => version.n === result.best);
    for (const version of result.versions) this.evaluations.set(version.artifact_id, { engine: "built in, CPU", ...version });
    this.dispatchEvent(new CustomEvent("improved", { detail: { plan: best.plan, score: best.score, notes: result.notes, artifact_id: result.artifact_id } }));
  }

  /** The plan that a version was made from. */
  async planOf(item) { return (await api(`/api/jobs/${item.job_id}`)).request?.plan ?? null; }

  /** What the judge has said before; a refresh loses none of it. */
  async #judged() {
    if (this.judgedOf === this.draft.id) return;
    this.judgedOf = this.draft.id;
    const films = new Set(this.versions.map((item) => item.artifact_id).filter(Boolean));
    if (!films.size) return;
    const { items } = await api("/api/jobs?capability=video.evaluate&state=succeeded&limit=100");
    for (const job of items) {
      if (!films.has(job.request?.video) || this.evaluations.has(job.request.video)) continue;
      this.evaluations.set(job.request.video, (await api(`/api/jobs/${job.id}`)).result);
      this.#tell("versions");
    }
  }

  /** `finished`: the job whose film is to be looked at once it is there. */
  async refresh(finished = null) {
    const { id } = this.draft, turn = (this.turn = (this.turn ?? 0) + 1);
    if (!id) return;
    try {
      const { items } = await api(`/api/edits/${id}/versions`);
      if (id !== this.draft.id || turn !== this.turn) { if (finished && id === this.draft.id) this.refresh(finished); return; }
      const before = new Map(this.versions.map((item) => [item.job_id, item]));
      this.versions = items.map((item) => ({ ...before.get(item.job_id), ...item }));
      const running = items.find((item) => isLive(item));
      if (running && (!this.job || !isLive(this.job))) { this.job = await api(`/api/jobs/${running.job_id}`); this.#tell("work"); }
      this.#tell("versions");
      this.#judged().catch(() => {});
      const made = finished && this.versions.find((item) => item.job_id === finished && item.artifact_id);
      if (made) this.dispatchEvent(new CustomEvent("rendered", { detail: made }));
    } catch (error) { if (error.code !== "unreachable") toastError(error); }
  }

  /** Versions as cards show them. */
  get cards() {
    const shown = this.versions.filter((item) => item.artifact_id || (item.capability === "video.edit" ? item.state !== "cancelled" : !["cancelled", "succeeded"].includes(item.state)));
    return numbered(shown).map((item) => ({ ...item, evaluation: this.evaluations.get(item.artifact_id), judging: this.judging.get(item.job_id), error: ["failed", "quarantined"].includes(item.state) ? item.job?.error?.message ?? "It failed." : "" }));
  }
}
