/** Edit/Parody: joins clip, brief, plan, film and versions; drop, pick, restore, keys. */

import { address, api, connect, contentUrl, el, icon, isLive, on, project, setHidden, setText, tell, toast, toastError, upload } from "../studio.js";
import { eta, percent } from "../format.js";
import { Brief } from "../components/plan_brief.js";
import { PlanBar } from "../components/plan_bar.js";
import { newId } from "../components/plan_changes.js";
import { shownLater } from "../components/plan_effects.js";
import { Exports } from "../components/plan_exports.js";
import { Thumbs } from "../components/plan_thumbs.js";
import { Versions } from "../components/plan_versions.js";
import { CompareView } from "../components/compare.js";
import { Draft } from "./draft.js";
import { EditDesk } from "./edit_desk.js";
import { FilmView } from "./edit_film.js";
import { editWelcome } from "./edit_welcome.js";
import { Work } from "./edit_work.js";

const PICTURE_S = 3; // how long a picture stands until it is trimmed
const ACCEPT = "video/*,.mkv,.ts,.mts,.m2ts,.avi,.mov,.webm,.mxf";

export function mount(element) {
  connect();
  new EditTab(element.querySelector(".panel"));
}

class EditTab {
  constructor(root) {
    this.root = root;
    this.clip = null; // {artifact|null, name, analysis|null, uploading|null, error|null}
    this.draft = new Draft();
    this.work = new Work(this.draft);
    this.thumbs = new Thumbs(() => this.soon("film"));
    this.film = new FilmView(root.querySelector(".film"), this.draft, this.thumbs);
    this.desk = new EditDesk(this);
    this.bar = new PlanBar({ play: () => this.play(), render: (preview) => this.render(preview), cancel: (job) => this.work.cancel(job) });
    this.versions = new Versions({
      showVersion: (item) => this.#toggleVersion(item), seekVersion: (item, seconds) => this.film.showVersion(item, seconds), judge: (item) => this.attempt(() => this.work.judge(item)),
      improve: () => this.attempt(() => this.work.improve()), usePlan: (item) => this.attempt(() => this.usePlan(item)), compare: (ids) => this.compare(ids, this.film.frame), inLibrary: () => tell("show-tab", { id: "library" }),
    });
    this.brief = new Brief(() => this.plan());
    this.exports = new Exports(root, { ask: (name, body) => this.work.ask(name, body), exportRequest: (format) => ({ plan: this.draft.plan, format, formats: [format], edit: this.draft.id }) });
    this.picker = el("input", { type: "file", accept: ACCEPT, hidden: true, "aria-label": "Clip to edit", tabindex: "-1", onChange: () => { if (this.picker.files.length) this.openFile(this.picker.files[0]); } });
    root.append(this.picker);
    this.welcome = editWelcome(root.querySelector(".edit-welcome"), this);
    this.#side(root.querySelector(".edit-side"));
    this.#listen();
    this.#drops();
    this.restore();
  }

  #side(side) {
    this.name = el("h2.clip-name");
    this.planner = el("span.badge", { hidden: true });
    this.views = el("div.segments", { role: "group", "aria-label": "Plan or versions" }, ...[["plan", "Plan"], ["versions", "Versions"]].map(([value, text]) =>
      el("button.segment", { type: "button", "aria-pressed": String(value === "plan"), data: { view: value }, onClick: () => this.view(value) }, el("span", { text }), el("span.count"))));
    this.state = { title: el("strong"), detail: el("span.state-detail"), bar: el("progress", { max: 1, value: 0, "aria-label": "Progress" }), cancel: el("button.button", { type: "button", text: "Cancel", onClick: () => this.cancelPlan() }) };
    this.stateNode = el("section.state", { "aria-label": "Planning", hidden: true }, el("div.state-line", { role: "status" }, this.state.title, this.state.detail), this.state.bar, el("div.row", {}, this.state.cancel));
    this.briefPlace = el("details.edit-brief", { open: true }, el("summary", { text: "Brief" }), this.brief.node);
    this.notes = el("ul.plan-notes", { "aria-label": "Notes of the planner", hidden: true });
    this.planView = el("div.edit-plan", {}, this.notes, this.desk.table.node);
    this.rights = el("p.edit-rights", { text: "Parody and quotation have limits: make sure you may use the clip, the music and the faces in it." });
    side.replaceChildren(
      el("header.inspector-head", {}, this.name, this.planner, el("button.button.quiet", { type: "button", "aria-label": "Edit another clip", onClick: () => this.pick() }, icon("folder"), el("span", { text: "Open" }))),
      this.stateNode, this.briefPlace, el("div.edit-views", {}, this.views, this.exports.button), this.planView, this.versions.node, this.bar.node, this.rights);
    this.view("plan");
  }

  view(name) {
    this.shownView = name;
    for (const button of this.views.children) button.setAttribute("aria-pressed", String(button.dataset.view === name));
    setHidden(this.planView, name !== "plan");
    setHidden(this.versions.node, name !== "versions");
  }

  #listen() {
    const { draft, work, film } = this;
    for (const what of ["plan", "film", "sources", "closed"]) draft.addEventListener(what, () => this.soon("film"));
    draft.addEventListener("selected", () => this.soon("rows"));
    draft.addEventListener("history", () => this.desk.drawHistory());
    for (const what of ["work", "versions", "plan"]) work.addEventListener(what, () => this.soon("side"));
    work.addEventListener("rendered", ({ detail }) => { const item = work.cards.find((card) => card.job_id === detail.job_id); this.view("versions"); film.showVersion(item); });
    work.addEventListener("improved", ({ detail }) => this.#improved(detail));
    film.addEventListener("state", () => { this.soon("rows"); this.soon("side"); });
    film.addEventListener("version", () => this.soon("side"));
    film.addEventListener("settled", () => this.#remember());
    on("edit-clip", ({ artifact, analysis }) => { tell("show-tab", { id: "edit" }); this.attempt(() => this.openArtifact(artifact, analysis)); });
    on("edit-job", ({ job }) => { tell("show-tab", { id: "edit" }); this.attempt(() => this.openJob(job)); });
    on("edit-picture", ({ artifact }) => { tell("show-tab", { id: "edit" }); this.attempt(() => this.addPicture(artifact)); });
    on("open-edit", ({ id }) => { tell("show-tab", { id: "edit" }); this.attempt(() => this.openEdit(id)); });
    on("tab", ({ id }) => { if (id === "edit") { this.soon("film"); this.#remember(); } });
    document.addEventListener("keydown", (event) => {
      if (!(event.ctrlKey || event.metaKey) || event.key !== "Enter" || !this.root.offsetParent || !this.clip) return;
      event.preventDefault();
      if (draft.plan && !event.target.closest?.(".brief")) this.render(false); else if (this.brief.valid()) this.plan();
    });
    addEventListener("beforeunload", (event) => { if (this.clip?.uploading !== null && this.clip?.uploading !== undefined) event.preventDefault(); });
  }

  /** Runs something that may fail and says so in words. */
  async attempt(work) { try { await work(); } catch (error) { toastError(error); } }

  async restore() {
    const here = address.get("tab") === "edit", edit = address.get("edit"), clip = here ? address.get("clip") : null, planning = address.get("plan"), frame = Number(address.get("at")) || 0;
    this.restoring = true;
    this.root.classList.add("opening");
    await this.attempt(async () => {
      if (edit) { await this.openEdit(edit); if (frame) this.film.player.frame = frame; this.film.player.seek(this.film.player.frame); } else if (planning) await this.openJob(await api(`/api/jobs/${encodeURIComponent(planning)}`));
      else if (clip?.startsWith("a-")) await this.openArtifact(await api(`/api/artifacts/${encodeURIComponent(clip)}`));
      else if (clip?.startsWith("j-")) { const job = await api(`/api/jobs/${encodeURIComponent(clip)}`); await this.openArtifact(await api(`/api/artifacts/${job.request.video}`), job.id); }
    });
    this.root.classList.remove("opening");
    this.restoring = false;
    this.draw();
    const pair = (here ? address.get("compare") ?? "" : "").split(",").filter(Boolean);
    if (pair.length === 2) this.compare(pair, Number(address.get("f")) || 0);
  }

  /** The address names what is shown, so that a refresh loses nothing. */
  #remember() {
    if (!this.root.offsetParent && address.get("tab") !== "edit") return;
    const { draft, clip } = this;
    if (this.restoring || this.comparison?.node.hidden === false) return;
    address.set({ edit: draft.id, plan: draft.id ? null : this.work.planning?.id ?? null, at: draft.id ? this.film.player.frame || null : null });
    if (!draft.id && clip?.artifact) address.set({ clip: clip.artifact.id });
  }

  pick() { this.picker.value = ""; this.picker.click(); }

  #close() {
    this.turn = (this.turn ?? 0) + 1;
    this.abort?.abort();
    this.work.forgetPlan();
    this.draft.close();
    this.film.stamp = null;
  }

  async openFile(file) {
    this.#close();
    const { turn } = this;
    this.clip = { artifact: null, name: file.name, analysis: null, uploading: 0, error: null, url: URL.createObjectURL(file) };
    this.abort = new AbortController();
    this.draw();
    try {
      const artifact = await upload(file, { projectId: project(), signal: this.abort.signal, onProgress: (fraction) => { if (turn === this.turn) { this.clip.uploading = fraction; this.soon("side"); } } });
      if (turn === this.turn) await this.openArtifact(artifact, null, this.clip.url);
    } catch (error) {
      if (turn !== this.turn) return;
      URL.revokeObjectURL(this.clip.url);
      this.clip = null;
      this.draw();
      if (error.name !== "AbortError") this.welcome.refused(file.name, error);
    }
  }

  /** A clip that is in the studio; `analysis`: the job that has looked at it. */
  async openArtifact(artifact, analysis = null, url = null) {
    if (artifact.kind !== "video") throw Object.assign(new Error(`${artifact.name} is no video.`), { remedy: "Choose a clip." });
    this.#close();
    this.clip = { artifact, name: artifact.name, analysis, uploading: null, error: null, url };
    this.#remember();
    this.draw();
    this.briefPlace.open = true;
  }

  async openEdit(id) {
    const edit = await api(`/api/edits/${encodeURIComponent(id)}`);
    this.#close();
    this.clip = { artifact: null, name: edit.title, analysis: edit.analysis, uploading: null, error: null };
    this.briefPlace.open = false;
    await this.draft.open(id);
    const media = edit.video ?? edit.plan.sources[0]?.media;
    const artifact = await api(`/api/artifacts/${media}`).catch(() => null);
    if (this.draft.id !== id) return;
    this.clip = { ...this.clip, artifact, name: artifact?.name ?? edit.title };
    this.#remember();
    this.soon("film");
  }

  /** A picture becomes the last row of the edit that is open, or the first of a new one. */
  async addPicture({ id: media, name }) {
    const title = name.split("/").pop(), row = (id) => ({ id, source: id, start_s: 0, end_s: PICTURE_S, reason: "A picture from Generate Image." });
    if (this.draft.id) {
      this.draft.change("Add a picture", (plan) => { const id = newId({ segments: [...plan.segments, ...plan.sources] }); return { ...plan, sources: [...plan.sources, { id, media }], segments: [...plan.segments, row(id)] }; });
      toast(`${title} is the last row of the plan.`);
      return;
    }
    await this.draft.create({ plan: { version: 1, title, sources: [{ id: "picture", media }], segments: [row("picture")] }, title, label: "Begin with a picture" });
    await this.openEdit(this.draft.id);
  }

  /** A job of ours: a planning is followed to its plan, a rendering shows its draft. */
  async openJob(job) {
    if (job.request?.edit) { await this.openEdit(job.request.edit); return; }
    const full = job.result === undefined ? await api(`/api/jobs/${job.id}`) : job;
    if (full.capability === "video.plan") {
      await this.openArtifact(await api(`/api/artifacts/${full.request.video}`), full.request.analysis ?? null);
      this.brief.set(full.request);
      await this.#planned(this.work.followPlan(full));
      return;
    }
    const plan = full.result?.plan ?? full.request?.plan;
    if (!plan) throw Object.assign(new Error("That job has no plan to open."), { remedy: "Open its film in the Library." });
    await this.draft.create({ plan, title: plan.title ?? "", video: full.request?.video ?? plan.sources[0].media, label: "Open the plan" });
    await this.openEdit(this.draft.id);
  }

  /** Asks for a plan of the brief; the same brief again gives another plan. */
  async plan() {
    const { clip } = this;
    if (!clip?.artifact || (this.work.planning && isLive(this.work.planning))) return;
    const wishes = this.brief.values(), same = JSON.stringify(wishes) === JSON.stringify(this.asked);
    this.seed = same && this.draft.plan ? (this.seed ?? 0) + 1 : 0;
    this.asked = wishes;
    await this.attempt(() => this.#planned(this.work.plan({ ...wishes, seed: this.seed, video: clip.artifact.id, analysis: clip.analysis ?? undefined })));
  }

  async #planned(following) {
    const { turn } = this;
    setTimeout(() => this.#remember());
    const job = await following;
    if (!job || turn !== this.turn || job.state !== "succeeded") { this.soon("side"); return; }
    const { result } = job, { artifact } = this.clip;
    if (this.draft.id) {
      this.draft.change("Plan anew", () => result.plan);
      this.work.forgetPlan();
    } else {
      await this.draft.create({ plan: result.plan, title: result.plan.title || artifact.name, video: artifact.id, analysis: result.analysis ?? undefined, label: "Plan" });
      this.work.forgetPlan();
    }
    this.briefPlace.open = false;
    this.view("plan");
    this.#remember();
    this.film.showVersion(null);
  }

  /** The draft becomes what a version was made from. */
  async usePlan(item) {
    const plan = await this.work.planOf(item);
    if (!plan) return;
    this.draft.change(`Back to ${item.name.split(" ·")[0].toLowerCase()}`, () => plan);
    this.view("plan");
    this.film.showVersion(null);
  }

  #improved({ plan, score, notes }) {
    this.draft.change("Improve automatically", () => plan);
    toast([`The best version scores ${Math.round(score * 100)} of 100.`, ...notes].join(" "));
  }

  cancelPlan() { if (this.clip?.uploading !== null && this.clip?.uploading !== undefined) this.abort?.abort(); else if (this.work.planning) this.work.cancel(this.work.planning); }

  play() { if (this.film.version) this.film.showVersion(null); this.film.toggle(); }

  async render(preview) {
    const { draft } = this;
    if (!draft.id || draft.problems.length || (this.work.job && isLive(this.work.job))) return;
    await this.attempt(async () => {
      for (let tries = 0; draft.saving && tries < 100; tries += 1) await new Promise((resolve) => setTimeout(resolve, 30));
      await this.work.render(preview);
    });
  }

  moment() {
    if (this.draft.problems.length) { toast("The rows marked need mending before a frame can be rendered."); return; }
    this.#moment();
  }
  #moment() { this.film.moment((frame) => this.work.ask("video.moment", { plan: this.draft.plan, frame })); }

  #toggleVersion(item) { this.film.showVersion(this.film.version?.job_id === item.job_id ? null : item); }

  /** Two versions side by side, in the same view that compares clips. */
  compare(ids, frame = 0) {
    if (!this.comparison) {
      this.comparison = new CompareView({ close: () => this.#compared() }, "edit-compare");
      this.root.append(this.comparison.node);
    }
    this.film.pause();
    this.root.classList.add("beside");
    setHidden(this.comparison.node, false);
    this.comparison.open(ids, frame).catch(toastError);
  }
  #compared() {
    this.comparison.close();
    setHidden(this.comparison.node, true);
    this.root.classList.remove("beside");
    this.#remember();
    this.soon("film");
  }

  soon(what) {
    (this.dues ??= new Set()).add(what);
    this.due ??= requestAnimationFrame(() => {
      const { dues } = this;
      this.due = this.dues = undefined;
      if (dues.has("film") || dues.has("side")) this.draw(dues.has("film"));
      if (dues.has("rows") && !dues.has("film")) this.drawRows();
    });
  }

  drawRows() {
    this.desk.table.draw(this.draft, this.film.playing);
    this.film.timeline.redraw();
  }

  draw(film = true) {
    const { draft, root, clip, work } = this;
    root.classList.toggle("empty", !clip);
    root.classList.toggle("planless", Boolean(clip) && !draft.plan);
    this.film.showClip(clip && !draft.plan ? clip.url ?? (clip.artifact ? contentUrl(clip.artifact.id) : null) : null);
    if (!clip) return;
    this.welcome.refused();
    if (film) {
      this.film.draw();
      this.drawRows();
      this.desk.table.pictures((id) => this.film.thumb(id));
    }
    this.#drawSide(clip);
    this.#drawBar();
    this.versions.draw(work.cards, { shown: this.film.version?.job_id ?? null, revision: draft.edit?.revision, canImprove: work.has("video.auto_edit"), canJudge: work.has("video.evaluate") });
    this.exports.set(draft.plan ? work.choices("video.export", "format").concat(work.choices("video.export", "formats")) : []);
  }

  #drawSide(clip) {
    const { draft, work } = this, planner = draft.plan?.planner;
    setText(this.name, clip.name);
    this.name.title = clip.name;
    setHidden(this.planner, !planner);
    setText(this.planner, planner ?? "");
    this.planner.dataset.builtIn = String(!planner || /built.in|person|you/i.test(planner));
    this.planner.title = planner ? `Planned by: ${planner}` : "";
    const counts = { plan: draft.plan?.segments.length, versions: work.cards.length };
    for (const button of this.views.children) setText(button.lastChild, counts[button.dataset.view] ? String(counts[button.dataset.view]) : "");
    setHidden(this.views.parentElement, !draft.plan);
    setHidden(this.planView, !draft.plan || this.shownView !== "plan");
    setHidden(this.versions.node, !draft.plan || this.shownView !== "versions");
    setHidden(this.bar.node, !draft.plan);
    const notes = draft.plan?.notes ?? [];
    this.notes.replaceChildren(...(this.shownNotes === String(notes) ? [...this.notes.children] : notes.map((text) => el("li", { text }))));
    this.shownNotes = String(notes);
    setHidden(this.notes, !notes.length);
    setText(this.brief.make.lastChild, draft.plan ? "Make another plan" : "Make a plan");
    this.brief.make.classList.toggle("primary", !draft.plan);
    this.brief.make.disabled = !clip.artifact || Boolean(work.planning && isLive(work.planning));
    this.#drawState(clip, work.planning);
  }

  #drawState(clip, job) {
    const { title, detail, bar, cancel } = this.state, uploading = clip.uploading !== null, live = job && isLive(job);
    const failed = clip.error ?? (job && ["failed", "quarantined"].includes(job.state) ? job.error ?? { message: "The plan could not be made." } : null);
    const shown = uploading || live || failed || job?.state === "cancelled";
    setHidden(this.stateNode, !shown);
    if (!shown) return;
    this.stateNode.dataset.tone = failed ? "bad" : "plain";
    setText(title, uploading ? "Bringing the clip in" : failed ? failed.message : job.state === "cancelled" ? "Cancelled" : job.cancel_requested ? "Stopping" : job.state === "queued" ? "Waiting" : job.message || "Planning");
    setText(detail, uploading ? percent(clip.uploading) : failed ? failed.remedy ?? "" : live ? [percent(job.progress), eta(job.eta_s)].filter(Boolean).join(" · ") : "");
    setHidden(bar, !(uploading || live));
    bar.value = uploading ? clip.uploading : job?.progress ?? 0;
    setHidden(cancel, !(uploading || (live && !job.cancel_requested)));
  }

  #drawBar() {
    const { draft, work, film } = this;
    if (!draft.plan) return;
    this.bar.draw({ playing: film.playing && !film.version, film: draft.film, problems: draft.problems, prediction: draft.prediction, checking: draft.checking, later: shownLater(draft.plan), job: work.job, rows: draft.plan.segments.filter((row) => row.approved !== false).length });
  }

  /** The whole tab takes a dropped file, and no other tab while this one is in front. */
  #drops() {
    let depth = 0;
    const mine = (event) => this.root.offsetParent && [...(event.dataTransfer?.types ?? [])].includes("Files");
    const listen = (type, handler) => document.addEventListener(type, (event) => { if (mine(event)) { event.preventDefault(); event.stopPropagation(); handler(event); } }, { capture: true });
    const shown = (yes) => this.root.classList.toggle("dropping", yes);
    listen("dragenter", () => { depth += 1; shown(true); });
    listen("dragover", (event) => { event.dataTransfer.dropEffect = "copy"; });
    listen("dragleave", () => { depth -= 1; if (depth <= 0) { depth = 0; shown(false); } });
    listen("drop", (event) => {
      depth = 0;
      shown(false);
      const { files } = event.dataTransfer;
      if (files.length > 1) toast("One clip is edited at a time; the first is taken.");
      if (files.length) this.openFile(files[0]);
    });
  }
}
