/** What the page knows of models, kept current by events, and what it asks for; it draws nothing. */

import { api, isLive, on, project, toast, toastError } from "../studio.js";
import { bytes } from "../format.js";
import { askImport, askInstall, askRemove } from "../components/model_dialogs.js";
import { canInstall } from "../components/model_words.js";

const NOTHING = { device: null, budget: {}, models: [], waiting: [], decisions: [] };
const SOON_MS = 250, FITS_MS = 1500; // after a change of the disk; of the memory, which changes only what is predicted
const ENDS = { "model.install": "is installed", "model.import": "is taken in", "model.remove": "is removed" };

export class ModelStore {
  /** `changed()` is called after every change. */
  constructor(changed) {
    this.changed = changed;
    this.entries = new Map();
    this.memory = NOTHING;
    this.machine = null;
    this.jobs = new Map(); // model -> its live job
    this.imports = new Map(); // id -> live import
    this.failures = new Map(); // model -> why its last job ended badly
    this.pending = new Map(); // model -> what this page has asked for and not heard of yet
    on("models", (status) => { this.memory = status; this.#later(FITS_MS); changed(); });
    on("catalogue", () => this.#later(SOON_MS));
    on("job", (job) => this.#job(job));
    on("snapshot", () => { if (this.awake) this.refresh(); });
    on("status", ({ disk }) => { this.disk = disk?.free_bytes; });
  }

  /** The tab is shown: from now on everything is kept current. */
  wake() { if (!this.awake) { this.awake = true; this.refresh(); } else if (this.stale) this.refresh(); }

  seen(name) { return this.memory.models.find((model) => model.name === name); }
  facts(name) { return { seen: this.seen(name), job: this.jobs.get(name), pending: this.pending.get(name), failure: this.failures.get(name) }; }

  #later(delay) {
    if (!this.awake) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.refresh(), delay);
  }

  async refresh() {
    const turn = (this.turn = (this.turn ?? 0) + 1);
    try {
      const [entries, memory, machine, live] = await Promise.all([api("/api/models"), api("/api/models/memory"), api("/api/models/machine"), api("/api/jobs?state=queued,running&limit=200")]);
      if (turn !== this.turn) return;
      this.entries = new Map(entries.map((entry) => [entry.name, entry]));
      this.memory = memory;
      this.machine = machine;
      this.jobs.clear();
      this.imports.clear();
      for (const job of live.items.reverse()) this.#place(job);
      this.ready = true;
      this.stale = false;
      this.changed();
    } catch (error) { this.stale = true; if (error.code !== "unreachable") toastError(error); }
  }

  #place(job) {
    if (job.capability === "model.import") this.imports.set(job.id, job);
    else if (job.capability in ENDS) this.jobs.set(job.request.model, job);
  }

  #job(job) {
    if (!(job.capability in ENDS)) return;
    const name = job.request.model;
    if (isLive(job)) { this.failures.delete(name); this.#place(job); } else this.#ended(job, name);
    this.changed();
  }

  /** The card keeps the job until the list has been read anew: else it would say for a moment what is no longer so. */
  #ended(job, name) {
    const known = this.imports.get(job.id) ?? this.jobs.get(name);
    if (known?.id !== job.id || !isLive(known)) return;
    if (job.capability === "model.import") this.imports.delete(job.id); else this.jobs.set(name, { ...job, progress: 1, message: "", eta_s: null, cancel_requested: true });
    const title = this.entries.get(name)?.title ?? job.request.name ?? job.request.path ?? name;
    if (job.state === "succeeded") toast(`${title} ${ENDS[job.capability]}.`);
    else if (job.error && job.state !== "cancelled") {
      if (name) this.failures.set(name, job.error); else toastError(job.error);
    }
    this.refresh();
  }

  async #submit(capability, request) {
    try {
      const job = await api(`/api/capabilities/${capability}?reuse=false${project() ? `&project_id=${encodeURIComponent(project())}` : ""}`, { method: "POST", body: request });
      this.failures.delete(request.model);
      if (isLive(job)) this.#place(job);
    } catch (error) { if (request.model) this.failures.set(request.model, error); else toastError(error); }
    this.changed();
  }

  async install(entry) {
    const request = await askInstall(entry, this.machine, this.disk);
    if (request) await this.#submit("model.install", request);
  }

  async importModel() {
    const request = await askImport([...this.entries.values()].filter((entry) => canInstall(entry) && entry.state === "absent"));
    if (request) await this.#submit("model.import", request);
  }

  async remove(entry) { if (await askRemove(entry)) await this.#submit("model.remove", { model: entry.name }); }

  async cancel(subject) {
    const job = subject.capability ? subject : this.jobs.get(subject.name);
    if (!job) return;
    try { this.#job(await api(`/api/jobs/${job.id}/cancel`, { method: "POST" })); } catch (error) { toastError(error); }
  }

  load(entry) { return this.#ask(entry, "load", `/api/models/${entry.name}/load`); }
  unload(entry) { return this.#ask(entry, "unload", `/api/models/${entry.name}/unload`); }
  pin(entry) { return this.#ask(entry, "pin", `/api/models/${entry.name}/${this.seen(entry.name)?.pinned ? "unpin" : "pin"}`); }

  /** Unloading is what ends a loading, too. */
  async stop(entry) {
    this.stopped = entry.name;
    await this.unload(entry);
  }

  async #ask(entry, what, path) {
    if (this.pending.get(entry.name) === what) return;
    this.pending.set(entry.name, what);
    this.failures.delete(entry.name);
    this.changed();
    const began = performance.now(), before = this.seen(entry.name)?.host_bytes ?? 0;
    try {
      this.memory = await api(path, { method: "POST" });
      if (what === "load" && performance.now() - began > 5000) toast(`${entry.title} is loaded.`);
      if (what === "unload" && before && this.stopped !== entry.name) toast(`${entry.title} is unloaded; ${bytes(before)} are free again.`);
    } catch (error) {
      if (error.code !== "unloaded" || this.stopped !== entry.name) this.failures.set(entry.name, error);
    }
    if (what === "unload") this.stopped = null;
    if (this.pending.get(entry.name) === what) this.pending.delete(entry.name);
    this.changed();
  }
}
