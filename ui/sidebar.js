/** The sidebar: project, queue at a glance, what finished while you were away, and the machine. */

import { api, canOpen, el, icon, isEdit, isLive, on, patchList, prefs, project, setHidden, setText, subject, tell, toast, toastError } from "./studio.js";
import { ago, bytes, eta, percent, plural, STATES } from "./format.js";

const STATUS_EVERY_MS = 5000;

export class Sidebar {
  /** `onLeave` is called when something in it leads to another tab. */
  constructor(root, onLeave) {
    this.root = root;
    this.leave = onLeave;
    this.jobs = new Map();
    this.counts = {};
    this.since = prefs.get("seen", null);
    this.shown = true;
    this.away = el("section.side-group", { "aria-label": "While you were away", hidden: true }, el("h2", { text: "While you were away" }), el("div.away-list"));
    this.queue = el("section.side-group", { "aria-label": "Queue" }, el("h2", { text: "Queue" }), el("div.queue-list"), el("p.queue-line"));
    this.machine = el("section.side-group.machine", { "aria-label": "Machine" }, el("h2", { text: "Machine" }), el("div.machine-list"));
    root.replaceChildren(this.#projects(), this.queue, this.away, el("div.side-space"), this.machine);
    on("snapshot", ({ counts, jobs }) => this.#snapshot(counts, jobs));
    on("job", (job) => this.#job(job));
    document.addEventListener("visibilitychange", () => { if (!document.hidden) this.#poll(); });
    addEventListener("pagehide", () => this.#seen());
    this.#poll();
  }

  set visible(yes) { this.shown = yes; if (yes) this.#poll(); }

  // The project that new work goes into.
  #projects() {
    this.picker = el("select", { id: "project-picker", onChange: () => this.#choose(this.picker.value) });
    const add = el("button.button.quiet.square", { type: "button", "aria-label": "New project", title: "New project", onClick: () => { setHidden(form, !form.hidden); if (!form.hidden) name.focus(); } }, icon("plus"));
    const name = el("input", { type: "text", maxlength: 80, placeholder: "Name of the new project", "aria-label": "Name of the new project" });
    const form = el("form.row", { hidden: true, onSubmit: (event) => { event.preventDefault(); this.#create(name, form); } }, name, el("button.button", { type: "submit", text: "Make" }));
    this.#loadProjects();
    return el("div.side-group", {}, el("label.side-title", { for: "project-picker", text: "Project" }), el("div.row", {}, this.picker, add), form);
  }

  async #loadProjects() {
    try {
      const projects = await api("/api/projects");
      const known = projects.some((item) => item.id === project()) ? project() : projects[0]?.id;
      this.picker.replaceChildren(...projects.map((item) => el("option", { value: item.id, text: item.name })));
      this.picker.value = known;
      if (known !== project()) this.#choose(known);
    } catch (error) { if (error.code !== "unreachable") toastError(error); else setTimeout(() => this.#loadProjects(), 1500); }
  }

  #choose(id) { prefs.set("project", id); this.picker.value = id; tell("project", { id }); }

  async #create(input, form) {
    if (!input.value.trim()) { input.focus(); return; }
    try {
      const made = await api("/api/projects", { method: "POST", body: { name: input.value.trim() } });
      input.value = "";
      form.hidden = true;
      prefs.set("project", made.id);
      await this.#loadProjects();
      tell("project", { id: made.id });
    } catch (error) { toastError(error); }
  }

  #snapshot(counts, jobs) {
    this.counts = counts;
    this.jobs = new Map(jobs.filter(isLive).map((job) => [job.id, job]));
    if (this.since === null) this.since = Date.now() / 1000;
    this.#drawAway(jobs.filter((job) => !isLive(job) && !job.parent_id && job.finished_at > this.since));
    this.#drawQueue();
    if (!document.hidden) this.#seen();
  }

  #job(job) {
    if (isLive(job)) this.jobs.set(job.id, job); else this.jobs.delete(job.id);
    this.#drawQueue();
    if (!document.hidden) this.#seen();
  }

  #seen() { prefs.set("seen", Date.now() / 1000); }

  #drawQueue() {
    const live = [...this.jobs.values()], running = live.filter((job) => job.state === "running"), waiting = live.length - running.length;
    patchList(this.queue.querySelector(".queue-list"), running, (job) => job.id, () => this.#queueRow(), (node, job) => {
      setText(node.querySelector(".side-name"), subject(job));
      node.title = job.title;
      node.querySelector("progress").value = job.progress;
      const [share, what, left] = node.querySelectorAll(".side-detail");
      setText(share, percent(job.progress));
      setText(what, job.title.split(":")[0]);
      setText(left, eta(job.eta_s));
    });
    setText(this.queue.querySelector(".queue-line"), waiting ? `${waiting} waiting` : running.length ? "" : "Nothing is running.");
  }

  #queueRow() {
    return el("button.side-row", { type: "button", onClick: () => this.#go("jobs") }, 
      el("span.side-name"), el("span.side-detail"), el("progress", { max: 1, value: 0, "aria-label": "Progress" }), el("span.side-detail"), el("span.side-detail"));
  }

  #drawAway(jobs) {
    setHidden(this.away, jobs.length === 0);
    patchList(this.away.querySelector(".away-list"), jobs.slice(0, 4), (job) => job.id,
      () => el("button.side-row", { type: "button" }, el("span.side-name"), el("span.side-detail")), (node, job) => {
        setText(node.querySelector(".side-name"), subject(job));
      node.title = job.title;
        setText(node.querySelector(".side-detail"), `${STATES[job.state]} ${ago(job.finished_at)}`);
        node.dataset.state = job.state;
        node.onclick = () => { if (canOpen(job) && job.state === "succeeded") tell(isEdit(job) ? "edit-job" : "open-clip", { job }); else this.#go("jobs"); this.leave(); };
      });
    setText(this.away.querySelector("h2"), jobs.length > 4 ? `While you were away: ${plural(jobs.length, "job")}` : "While you were away");
  }

  #go(tab) { tell("show-tab", { id: tab }); this.leave(); }

  async #poll() {
    clearTimeout(this.timer);
    if (document.hidden || !this.shown) return;
    try { this.#drawMachine(await api("/api/status")); } catch { /* the line at the top says so */ }
    this.timer = setTimeout(() => this.#poll(), STATUS_EVERY_MS);
  }

  #drawMachine(status) {
    tell("status", status);
    this.version ??= status.version;
    if (this.version !== status.version) {
      this.version = status.version;
      toast(`The studio is now version ${status.version}.`, { action: "Reload", onAction: () => location.reload() });
    }
    const { memory, disk, gpu } = status, rows = [["CPU", status.cpu_percent / 100, `${Math.round(status.cpu_percent)} %`]];
    if (memory) rows.push(["Memory", memory.used_bytes / memory.total_bytes, `${bytes(memory.used_bytes)} of ${bytes(memory.total_bytes)}`]);
    if (gpu) rows.push([gpu.name ?? "GPU", gpu.total_bytes ? gpu.used_bytes / gpu.total_bytes : 0, `${bytes(gpu.used_bytes)} of ${bytes(gpu.total_bytes)}`]);
    if (disk) rows.push(["Disk", disk.total_bytes ? 1 - disk.free_bytes / disk.total_bytes : null, `${bytes(disk.free_bytes)} free`]);
    patchList(this.machine.querySelector(".machine-list"), rows, (row) => row[0],
      (row) => el("div.machine-row", {}, el("span", { text: row[0] }), el("span.machine-value"), el("span.meter-track", { "aria-hidden": "true" }, el("span"))),
      (node, row) => {
        setText(node.querySelector(".machine-value"), row[2]);
        const track = node.querySelector(".meter-track");
        setHidden(track, row[1] === null);
        if (row[1] !== null) { track.firstChild.style.width = `${Math.round(row[1] * 100)}%`; track.dataset.full = String(row[1] > 0.9); }
      });
  }
}
