/**
 * Pictures being made and made: jobs, live previews, the history. It draws nothing.
 * Events: `jobs` (a job moved), `preview` (of the job followed), `pictures` (the newest changed), `made` ({job, id}: a first picture), `ended` (job).
 */

import { api, contentUrl, isLive, live, on, project, toastError } from "../studio.js";

/** Capabilities whose results stand in the filmstrip. */
export const MAKES = new Set(["image.generate", "image.batch", "image.upscale", "image.cutout", "character.sheet"]);
const PAGE = 40;

export class GenerateStore extends EventTarget {
  constructor() {
    super();
    Object.assign(this, { jobs: new Map(), pictures: [], previews: new Map(), waiting: new Map(), boards: [], people: [], over: new Set() });
    on("job", (job) => this.#job(job));
    on("snapshot", () => this.start());
    on("artifact", (item) => this.#artifact(item));
    on("board", () => { clearTimeout(this.boardTimer); this.boardTimer = setTimeout(() => { this.loadBoards(); this.refresh(); }, 150); });
    on("character", () => { clearTimeout(this.peopleTimer); this.peopleTimer = setTimeout(() => this.loadPeople(), 150); });
    on("project", () => this.refresh());
  }

  #tell(what, detail) { this.dispatchEvent(new CustomEvent(what, { detail })); }

  /** Everything anew: at the beginning, and when the connection comes back. */
  async start() {
    try {
      const page = await api("/api/jobs?state=queued,running&limit=200");
      const before = [...this.jobs.values()].filter(isLive), now = new Set(page.items.map((job) => job.id));
      for (const job of before) if (!now.has(job.id)) this.#gone(job.id);
      for (const job of page.items) if (MAKES.has(job.capability) && !job.request?.dry_run) this.jobs.set(job.id, job);
      this.#follow();
      this.#tell("jobs");
      this.started = true;
    } catch (error) { if (error.code !== "unreachable") toastError(error); }
    await Promise.all([this.refresh(), this.loadBoards(), this.loadPeople()]);
  }

  /** A job that ended while nobody listened. */
  async #gone(id) { try { this.#job(await api(`/api/jobs/${id}`)); } catch { this.jobs.delete(id); } }

  async refresh() {
    const turn = (this.turn = (this.turn ?? 0) + 1);
    try {
      const page = await this.page({ limit: PAGE });
      if (turn !== this.turn) return;
      this.pictures = page.items;
      this.loaded = true;
      this.#tell("pictures");
    } catch (error) { if (!["unreachable", "not_found"].includes(error.code)) toastError(error); }
  }

  /** One page of the history; `filter`: board, favourite, q, model, character, before, limit. */
  page(filter) {
    const params = new URLSearchParams(Object.entries({ project_id: project(), ...filter }).filter(([, value]) => value !== null && value !== undefined && value !== ""));
    return api(`/api/pictures?${params}`);
  }

  picture(id) { return this.pictures.find((item) => item.id === id) ?? this.others?.get(id) ?? null; }
  /** A picture that is not among the newest is kept as well, once somebody looks at it. */
  async know(id) {
    if (this.picture(id)) return this.picture(id);
    const item = { favourite: false, boards: [], ...(await api(`/api/artifacts/${encodeURIComponent(id)}`)) };
    (this.others ??= new Map()).set(id, item);
    return item;
  }
  remember(items) { this.others ??= new Map(); for (const item of items) this.others.set(item.id, item); }

  async loadBoards() { try { this.boards = (await api(`/api/boards${project() ? `?project_id=${encodeURIComponent(project())}` : ""}`)).items; this.#tell("boards"); } catch { /* the next event asks again */ } }
  async loadPeople() {
    try { const found = await api("/api/characters"); this.people = found.items ?? found; this.#tell("people"); } catch { /* the next event asks again */ }
  }

  // Jobs -------------------------------------------------------------------------------------------------------------

  /** What stands in the strip before the pictures: nobody's children, the last asked for first. */
  get live() { return [...this.jobs.values()].filter((job) => isLive(job) && !(job.parent_id && this.jobs.has(job.parent_id))).sort((a, b) => b.created_at - a.created_at); }
  /** Jobs of this session that went wrong and have not been put away. */
  get failed() { return [...this.jobs.values()].filter((job) => ["failed", "quarantined"].includes(job.state) && !job.parent_id); }
  dismiss(id) { this.jobs.delete(id); this.#tell("jobs"); }

  #job(job) {
    const watching = this.waiting.get(job.id);
    if (watching && !isLive(job)) { this.waiting.delete(job.id); api(`/api/jobs/${job.id}`).then(watching, watching); }
    if (!MAKES.has(job.capability) || job.request?.dry_run) return;
    const before = this.jobs.get(job.id);
    if (!isLive(job)) this.over.add(job.id);
    if (!before && !isLive(job)) return;
    this.jobs.set(job.id, { ...before, ...job });
    if (before && isLive(before) && !isLive(job)) this.#ended(this.jobs.get(job.id));
    this.#follow();
    this.#tell("jobs");
  }

  #ended(job) {
    if (!["failed", "quarantined"].includes(job.state)) { this.jobs.delete(job.id); this.previews.delete(job.id); }
    if (!job.parent_id) this.refresh();
    this.#tell("ended", job);
  }

  /** One stream for what runs: previews come by it, step by step. */
  #follow() {
    const all = [...this.jobs.values()].filter((job) => job.state === "running").sort((a, b) => a.started_at - b.started_at); // the first to begin has the model
    const running = all.find((job) => job.capability === "image.generate") ?? all[0];
    if (running?.id === this.followed) return;
    this.stream?.close();
    this.followed = running?.id;
    if (!running) return;
    const { id } = running;
    const published = ({ key, value }) => { if (/^image-/.test(key) && value?.artifact_id) this.#made(id, value); };
    this.stream = live(`/api/jobs/${id}/events`, {
      snapshot: (job) => { for (const [key, value] of Object.entries(job.published ?? {})) published({ key, value }); },
      emit: ({ kind, data }) => { if (kind === "preview") this.#preview(id, data); },
      published,
      end: () => { if (this.followed === id) { this.stream.close(); this.followed = null; } },
    });
  }

  #preview(id, data) {
    this.previews.set(id, { ...data, url: data.jpeg ? `data:image/jpeg;base64,${data.jpeg}` : null });
    const parent = this.jobs.get(id)?.parent_id;
    if (parent) this.previews.set(parent, this.previews.get(id));
    this.#tell("preview", { id, parent });
  }

  #made(job, made) {
    const known = (this.madeBy ??= new Map()), list = known.get(job) ?? [];
    if (list.includes(made.artifact_id)) return;
    known.set(job, [...list, made.artifact_id]);
    this.#tell("made", { job, id: made.artifact_id });
  }

  /** A picture is there: it stands in the strip before the list has been read anew. */
  #artifact(item) {
    if (item.kind !== "image" || item.role !== "result" || !item.meta?.picture) return;
    if (project() && item.project_id !== project()) return;
    const job = this.jobs.get(item.job_id);
    for (const id of job ? [job.id, job.parent_id] : []) if (id && !this.previews.get(id)?.jpeg) this.previews.set(id, { url: contentUrl(item.id) }); // the newest picture of what is still running
    if (!this.picture(item.id)) { this.pictures = [{ favourite: false, boards: [], ...item }, ...this.pictures]; this.#tell("pictures"); }
  }

  /** Submits; `first`: before everything that waits. */
  async submit(capability, body, { reuse = false, first = false } = {}) {
    const priority = first ? Math.min(100, 1 + Math.max(0, ...this.live.map((job) => job.priority))) : 0;
    const params = new URLSearchParams({ ...(project() ? { project_id: project() } : {}), ...(reuse ? {} : { reuse: "false" }), ...(priority ? { priority } : {}) });
    const job = await api(`/api/capabilities/${capability}?${params}`, { method: "POST", body });
    const over = isLive(job) && this.over.has(job.id); // its end came before the answer to its submission
    this.#job(job);
    if (over) this.#gone(job.id);
    return job;
  }

  /** Submits and waits; resolves to the ended job with its result, throws what it failed of. */
  async ask(capability, body) {
    let job = await this.submit(capability, body, { reuse: true });
    if (isLive(job)) job = await this.#end(job.id);
    else if (job.result === undefined || job.artifacts === undefined) job = await api(`/api/jobs/${job.id}`);
    if (job instanceof Error) throw job;
    if (job.state !== "succeeded") throw Object.assign(new Error(job.error?.message ?? "It was cancelled."), { remedy: job.error?.remedy ?? "" });
    return job;
  }

  /** The job after its end, which may have come before the answer to its submission. */
  #end(id) {
    return new Promise((resolve) => {
      this.waiting.set(id, resolve);
      api(`/api/jobs/${id}`).then((now) => { if (!isLive(now) && this.waiting.delete(id)) resolve(now); }, () => {});
    });
  }

  async post(job, what) { try { this.#job(await api(`/api/jobs/${job.id}/${what}`, { method: "POST" })); } catch (error) { toastError(error); } }

  // Pictures ---------------------------------------------------------------------------------------------------------

  async favour(item, yes) {
    item.favourite = yes;
    this.#tell("pictures");
    try { await api(`/api/favourites/${item.id}`, { method: yes ? "PUT" : "DELETE" }); } catch (error) { item.favourite = !yes; this.#tell("pictures"); toastError(error); }
  }

  async remove(item) {
    await api(`/api/artifacts/${item.id}`, { method: "DELETE" });
    this.pictures = this.pictures.filter((other) => other.id !== item.id);
    this.others?.delete(item.id);
    this.#tell("pictures");
    this.#tell("removed", { id: item.id });
  }
}
