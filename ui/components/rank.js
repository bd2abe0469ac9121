/** Takes of one shot, ranked: rows that fill while the takes are analyzed, the steadiest first, each with its worst frame. */

import { address, api, contentUrl, el, icon, isLive, live, on, patchList, project, setHidden, setText, toastError, upload } from "../studio.js";
import { percent, plural } from "../format.js";
import { drawRow, makeRow } from "./rank_row.js";

export const FEWEST = 2, MOST = 64;
const AT_ONCE = 2; // uploads
const FILES = [[/ranking\.html$/, "Report"], [/ranking\.csv$/, "CSV"], [/contact-sheet\.jpg$/, "Contact sheet"]];

/** Best first; what is still being analyzed in the order given; what failed last. */
export function ordered(takes) {
  const group = (take) => (take.failed ? 2 : take.score === undefined || take.score === null ? 1 : 0);
  return [...takes].sort((a, b) => (a.place && b.place ? a.place - b.place : group(a) - group(b) || (group(a) === 0 ? b.score - a.score : 0) || a.order - b.order));
}

export class RankView {
  /** `actions`: open(artifact_id, frame), compare(best, other, frame), close(). */
  constructor(actions) {
    this.actions = actions;
    this.takes = [];
    this.title = el("h1", { text: "Takes of one shot" });
    this.state = el("span.rank-state", { role: "status" });
    this.bar = el("progress", { max: 1, value: 0, "aria-label": "Progress of the ranking" });
    this.cancelButton = el("button.button", { type: "button", text: "Cancel", onClick: () => this.cancel() });
    this.retryButton = el("button.button", { type: "button", text: "Try again", onClick: () => this.retry() });
    this.files = el("span.row.rank-files", { role: "group", "aria-label": "Downloads" });
    this.remarks = el("ul.rank-remarks");
    this.list = el("ol.rank-list", { "aria-label": "Takes, best first" });
    this.method = el("p.hint.rank-method");
    this.node = el("section.beside-view.rank-view", { "aria-label": "Rank takes", hidden: true },
      el("header.page-head", {}, this.title, this.state, this.cancelButton, this.retryButton, this.files,
        el("button.button.quiet.rank-close", { type: "button", onClick: () => actions.close() }, icon("x"), el("span", { text: "Close" }))),
      this.bar, el("div.page-body", {}, this.remarks, this.list, this.method));
    on("job", (job) => this.#child(job));
    addEventListener("beforeunload", (event) => { if (this.abort) event.preventDefault(); });
  }

  get best() { return ordered(this.takes).find((take) => take.score !== null && take.score !== undefined); }
  get busy() { return Boolean(this.abort) || Boolean(this.job && isLive(this.job)); }

  #reset(takes) {
    this.abort?.abort();
    this.stream?.close();
    this.turn = (this.turn ?? 0) + 1;
    Object.assign(this, { takes, job: null, error: null, abort: null, refused: [] });
    this.list.replaceChildren();
    this.draw();
    return this.turn;
  }

  /** Brings files in, two at a time; one that cannot be opened is listed last and does not stop the others. */
  async startFiles(files) {
    const turn = this.#reset(files.map((file, order) => ({ order, key: `file-${order}`, name: file.name, file, state: "uploading", progress: 0 })));
    const abort = (this.abort = new AbortController()), waiting = [...this.takes];
    const work = async () => { for (let take = waiting.shift(); take && !abort.signal.aborted; take = waiting.shift()) await this.#bring(take, abort.signal); };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
    if (turn !== this.turn) return;
    this.abort = null;
    if (abort.signal.aborted) { this.error = { message: "The upload was cancelled.", remedy: "Drop the takes again when you want them ranked." }; this.draw(); return; }
    await this.#submit();
  }

  async startArtifacts(artifacts) {
    this.#reset(artifacts.map((item, order) => ({ order, key: item.id, name: item.name, artifact_id: item.id, state: "waiting" })));
    await this.#submit();
  }

  async #bring(take, signal) {
    try {
      const artifact = await upload(take.file, { projectId: project(), signal, onProgress: (fraction) => { take.progress = fraction; this.soon(); } });
      Object.assign(take, { artifact_id: artifact.id, key: artifact.id, state: "waiting" });
      if (this.takes.some((other) => other !== take && other.key === take.key)) take.key = `file-${take.order}`;
    } catch (error) {
      if (error.name !== "AbortError") Object.assign(take, { state: "failed", failed: [error.message, error.remedy].filter(Boolean).join(" ") });
    }
    this.draw();
  }

  async #submit() {
    const turn = this.turn, good = this.takes.filter((take) => take.artifact_id), refused = this.takes.filter((take) => !take.artifact_id);
    if (good.length < FEWEST) {
      this.error = { message: `Only ${good.length} of ${plural(this.takes.length, "take")} can be opened, so there is nothing to rank.`, remedy: "Give at least two that can." };
      this.draw();
      return;
    }
    const body = { takes: good.map((take) => take.artifact_id), names: good.map((take) => take.name), refused: refused.map((take) => ({ name: take.name.slice(0, 300), reason: take.failed.slice(0, 600) })) };
    const params = new URLSearchParams(project() ? { project_id: project() } : {});
    try {
      const job = await api(`/api/capabilities/video.rank_takes?${params}`, { method: "POST", body });
      if (turn === this.turn) this.follow(job);
    } catch (error) { if (turn === this.turn) { this.error = error; this.draw(); } }
  }

  /** Shows a ranking that runs or is done. */
  async openJob(id) {
    const turn = this.#reset([]);
    const job = await api(`/api/jobs/${encodeURIComponent(id)}`);
    if (job.capability !== "video.rank_takes") throw Object.assign(new Error("That job is not a ranking."), { remedy: "Open it on the Jobs tab." });
    if (turn === this.turn) this.follow(job);
  }

  follow(job) {
    const turn = this.turn;
    this.error = null;
    address.set({ rank: job.id });
    this.#take(job);
    this.stream?.close();
    const keep = (changes) => { if (turn === this.turn) this.#take({ ...this.job, ...changes }); };
    this.stream = live(`/api/jobs/${job.id}/events`, {
      snapshot: (detail) => { keep(detail); this.#children(turn); },
      job: keep,
      published: ({ key, value }) => keep({ published: { ...this.job.published, [key]: value } }),
      end: (detail) => { this.stream?.close(); keep(detail); },
    });
  }

  /** What is known of the takes: the result, else what was published of each, else that they were asked for. */
  #take(job) {
    this.job = job;
    const asked = job.request?.takes ?? [], known = new Map(this.takes.map((take) => [take.order, take]));
    const found = job.result
      ? job.result.takes.map((take) => ({ ...take, order: take.take ?? asked.length + take.place, state: take.failed ? "failed" : "done" }))
      : [...asked.map((id, order) => ({ state: "waiting", name: job.request.names?.[order] ?? "", ...(job.published?.[`take-${order}`] ?? {}), artifact_id: id, order })),
        ...(job.request?.refused ?? []).map((lost, n) => ({ name: lost.name, failed: lost.reason, state: "failed", order: asked.length + n + 1 }))];
    this.takes = found.map((take) => ({ ...take, key: `${take.order}`, progress: known.get(take.order)?.artifact_id === take.artifact_id ? known.get(take.order)?.progress : undefined }));
    this.soon();
  }

  /** How far the analyses are; children say it in the studio's stream of events. */
  #child(job) {
    if (job.capability !== "video.analyze" || !this.job || !isLive(this.job)) return;
    for (const take of this.takes) {
      if (take.artifact_id !== job.request?.video || ["done", "failed"].includes(take.state)) continue;
      take.progress = job.progress;
      take.state = job.state === "running" ? "running" : take.state;
      this.soon();
    }
  }

  async #children(turn) {
    try {
      const { items } = await api(`/api/jobs?parent_id=${this.job.id}&limit=200`);
      if (turn === this.turn) items.forEach((job) => this.#child(job));
    } catch { /* the rows then show no progress of their own */ }
  }

  async cancel() {
    if (this.abort) { this.abort.abort(); return; }
    try { this.#take({ ...this.job, ...await api(`/api/jobs/${this.job.id}/cancel`, { method: "POST" }) }); } catch (error) { toastError(error); }
  }

  async retry() {
    try { this.follow({ ...this.job, ...await api(`/api/jobs/${this.job.id}/retry`, { method: "POST" }) }); } catch (error) { toastError(error); }
  }

  soon() { this.due ??= requestAnimationFrame(() => { this.due = undefined; this.draw(); }); }

  draw() {
    const { job, takes } = this, error = this.error ?? (job?.state === "failed" ? job.error : null);
    const done = takes.filter((take) => ["done", "failed"].includes(take.state)).length;
    setText(this.title, takes.length ? `${plural(takes.length, "take")} of one shot` : "Takes of one shot");
    setText(this.state, error ? [error.message, error.remedy].filter(Boolean).join(" ") : this.abort ? "Bringing the takes in" : words(job, done, takes.length));
    this.state.dataset.tone = error ? "bad" : "plain";
    setHidden(this.bar, !this.busy);
    this.bar.value = this.abort ? average(takes) * 0.1 : job ? Math.max(job.progress ?? 0, average(takes) * 0.85) : 0;
    this.bar.setAttribute("aria-valuetext", percent(this.bar.value));
    setHidden(this.cancelButton, !this.busy || Boolean(job?.cancel_requested));
    setHidden(this.retryButton, !["failed", "cancelled"].includes(job?.state));
    patchList(this.remarks, job?.result?.remarks ?? [], (text) => text, (text) => el("li", { text }), () => {});
    setText(this.method, job?.result ? `${job.result.method} Engine: ${job.result.engine}.` : "");
    this.#drawFiles(job);
    const best = this.best, finished = Boolean(job?.result);
    patchList(this.list, ordered(takes), (take) => take.key, () => makeRow(this.actions), (node, take) => drawRow(node, take, { best, finished, live: this.busy }));
  }

  #drawFiles(job) {
    const found = job?.state === "succeeded" ? FILES.flatMap(([pattern, title]) => (job.artifacts ?? []).filter((item) => pattern.test(item.name)).map((item) => ({ title, id: item.id }))) : [];
    patchList(this.files, found, (file) => file.id,
      (file) => el("a.button", { href: contentUrl(file.id, true), download: "" }, icon("download"), el("span", { text: file.title })), () => {});
  }
}

function average(takes) {
  const share = (take) => (["done", "failed"].includes(take.state) ? 1 : take.progress ?? 0);
  return takes.length ? takes.reduce((sum, take) => sum + share(take), 0) / takes.length : 0;
}

function words(job, done, count) {
  if (!job) return count ? "Starting" : "";
  if (job.state === "queued") return "Waiting; other work comes first";
  if (job.state === "running") return job.cancel_requested ? "Stopping" : done < count ? `Analyzing, ${done} of ${count} done` : job.message || "Nearly done";
  if (job.state === "cancelled") return `Cancelled; ${done} of ${count} were done`;
  return job.state === "succeeded" ? "Ranked by coherence" : "";
}
