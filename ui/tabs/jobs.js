/** Jobs: a live list with keyed rows, so that an opened row stays open and nothing flickers. */

import { api, capabilities, connect, el, icon, on, patchList, prefs, project, setHidden, setText, toastError } from "../studio.js";
import { JobRow } from "./job_row.js";

const PAGE = 50;
const FILTERS = [
  ["", "All", []], ["running", "Running", ["running"]], ["queued", "Waiting", ["queued"]], ["succeeded", "Done", ["succeeded"]],
  ["failed", "Failed", ["failed", "quarantined"]], ["cancelled", "Cancelled", ["cancelled"]],
];

export function mount(element) { connect(); new JobsTab(element.querySelector(".panel")); }

class JobsTab {
  constructor(root) {
    this.jobs = new Map();
    this.rows = new Map();
    this.filter = prefs.get("jobs.state", "");
    this.capability = "";
    this.states = el("div.segments", { role: "group", "aria-label": "Filter by state" }, ...FILTERS.map(([value, text]) =>
      el("button.segment", { type: "button", "aria-pressed": "false", data: { value }, onClick: () => this.choose(value) }, el("span", { text }), el("span.count"))));
    this.kinds = el("select", { id: "jobs-capability", onChange: () => { this.capability = this.kinds.value; this.reload(); } }, el("option", { value: "", text: "All kinds of work" }));
    this.list = el("div.job-list", { role: "list", "aria-label": "Jobs" });
    this.none = el("div.nothing", { hidden: true }, icon("mark", "welcome-mark"), el("p"));
    this.more = el("button.button", { type: "button", text: "Load more", hidden: true, onClick: () => this.loadMore() });
    root.replaceChildren(
      el("header.page-head", {}, el("h1", { text: "Jobs" }), this.states, el("label.visually-hidden", { for: "jobs-capability", text: "Filter by kind of work" }), this.kinds),
      el("div.page-body", {}, this.list, this.none, el("div.row.centre", {}, this.more)));
    on("job", (job) => this.changed(job));
    on("snapshot", () => this.reload());
    on("project", () => this.reload());
    this.#capabilities();
  }

  async #capabilities() {
    try {
      const known = await capabilities();
      this.kinds.append(...known.map((item) => el("option", { value: item.name, text: item.title })));
    } catch { /* the filter then offers only everything */ }
  }

  choose(value) { this.filter = value; prefs.set("jobs.state", value); this.reload(); }

  #query(before, limit = PAGE) {
    const params = new URLSearchParams({ limit: String(limit) });
    const states = FILTERS.find(([value]) => value === this.filter)?.[2] ?? [];
    if (states.length) params.set("state", states.join(","));
    if (this.capability) params.set("capability", this.capability);
    if (project()) params.set("project_id", project());
    if (before) params.set("before", before);
    return params;
  }

  async reload() {
    const turn = (this.turn = (this.turn ?? 0) + 1);
    for (const button of this.states.children) button.setAttribute("aria-pressed", String(button.dataset.value === this.filter));
    try {
      const page = await api(`/api/jobs?${this.#query(null, Math.min(200, Math.max(PAGE, this.jobs.size)))}`);
      if (turn !== this.turn) return;
      this.jobs = new Map(page.items.map((job) => [job.id, job]));
      this.next = page.next_before;
      this.draw();
      this.#counts();
    } catch (error) { if (error.code !== "unreachable") toastError(error); }
  }

  async loadMore() {
    try {
      const page = await api(`/api/jobs?${this.#query(this.next)}`);
      for (const job of page.items) this.jobs.set(job.id, job);
      this.next = page.next_before;
      this.draw();
    } catch (error) { toastError(error); }
  }

  fits(job) {
    const states = FILTERS.find(([value]) => value === this.filter)?.[2] ?? [];
    return (!states.length || states.includes(job.state)) && (!this.capability || job.capability === this.capability) && (!project() || job.project_id === project());
  }

  changed(job) {
    const known = this.jobs.get(job.id);
    if (this.fits(job)) {
      if (known) this.jobs.set(job.id, job); else this.jobs = new Map([[job.id, job], ...this.jobs]);
    } else this.jobs.delete(job.id);
    if (known?.state !== job.state) this.#countSoon();
    this.due ??= requestAnimationFrame(() => { this.due = undefined; this.draw(); });
  }

  draw() {
    const jobs = [...this.jobs.values()];
    patchList(this.list, jobs, (job) => job.id, (job) => { const row = new JobRow(job); this.rows.set(job.id, row); return row.node; }, (_, job) => this.rows.get(job.id).update(job));
    for (const id of this.rows.keys()) if (!this.jobs.has(id)) this.rows.delete(id);
    setHidden(this.more, !this.next);
    setHidden(this.none, jobs.length > 0);
    setText(this.none.querySelector("p"), this.filter || this.capability ? "No job fits this filter." : "Nothing has been asked for yet. Drop a clip on Analyze Video.");
  }

  #countSoon() { this.countTimer ??= setTimeout(() => { this.countTimer = undefined; this.#counts(); }, 300); }
  async #counts() {
    try {
      const counts = await api(`/api/jobs/counts${project() ? `?project_id=${encodeURIComponent(project())}` : ""}`);
      FILTERS.forEach(([, , states], index) => {
        const total = (states.length ? states : Object.keys(counts)).reduce((sum, state) => sum + (counts[state] ?? 0), 0);
        setText(this.states.children[index].querySelector(".count"), total ? String(total) : "");
      });
    } catch { /* counts are a courtesy */ }
  }
}
