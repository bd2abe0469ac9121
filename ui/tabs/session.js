/**
 * One clip being looked at: where its bytes come from, its analysis job and the shots found so far.
 * No drawing in here; `change` says what to draw anew. An analysis is named by its job (`j-...`), a bare clip by its artifact (`a-...`).
 */

import { api, contentUrl, isAnalysis, isLive, live, project, upload } from "../studio.js";
import { FrameMap } from "../timecode.js";

/** The frame map that probing tells, or better the decoder's count of frames (`counted`); `times` (seconds from 0) where frames are unevenly spaced. */
export function mapOf(info, times = null, counted = undefined) {
  const { fps_rational: rational, frame_count: announced } = info.video, count = counted ?? announced;
  return new FrameMap({ num: rational.num, den: rational.den, count, times, duration: times ? null : info.duration_s });
}

/** Shots published so far, in order. Each is published under a key of its own as soon as it is known. */
export function scenesOf(job) {
  if (job?.result?.scenes) return job.result.scenes;
  return Object.entries(job?.published ?? {}).filter(([key, value]) => key.startsWith("scene") && value?.end_frame)
    .map(([, scene]) => scene).sort((a, b) => a.start_frame - b.start_frame);
}

const blank = () => ({ file: null, artifact: null, job: null, draft: null, before: null, proxy: null, uploading: null, error: null, source: null, times: null });

export class Session extends EventTarget {
  constructor() { super(); Object.assign(this, blank()); this.turn = 0; }

  /** The shots to be shown: decided anew (`draft`), else those of the job. */
  get scenes() { return this.draft ?? scenesOf(this.job); }
  /** The document; while shots are being applied, the one before. */
  get analysis() { return this.job?.result ?? this.before?.result; }
  get info() { return this.artifact?.meta?.probe ?? null; }
  get empty() { return !this.file && !this.artifact && !this.error; }

  #tell(what) { this.dispatchEvent(new CustomEvent("change", { detail: what })); }

  close() {
    this.turn += 1;
    this.abort?.abort();
    this.stream?.close();
    this.proxyStream?.close();
    if (this.objectUrl) URL.revokeObjectURL(this.objectUrl);
    Object.assign(this, blank(), { abort: null, stream: null, proxyStream: null, objectUrl: null });
    this.#tell("closed");
  }

  /** Plays a dropped file at once, uploads it, then analyzes it. */
  async openFile(file, settings) {
    this.close();
    const turn = this.turn;
    this.file = file;
    this.uploading = 0;
    this.objectUrl = URL.createObjectURL(file);
    this.#setSource(this.objectUrl);
    this.abort = new AbortController();
    this.#tell("opened");
    await this.#guard(turn, async () => {
      const onProgress = (fraction) => { if (turn === this.turn) { this.uploading = fraction; this.#tell("state"); } };
      const artifact = await upload(file, { projectId: project(), onProgress, signal: this.abort.signal });
      if (turn !== this.turn) return;
      this.uploading = null;
      this.#setArtifact(artifact);
      await this.#submit(turn, settings);
    });
  }

  /** Opens something on this machine by its path; the studio leaves it where it is. */
  async openPath(path, settings) {
    const turn = this.turn;
    const job = await api(`/api/capabilities/video.analyze?${query()}`, { method: "POST", body: { ...settings, video: path } });
    if (turn === this.turn) await this.openJob(job);
  }

  async openSample(settings) {
    const artifact = await api("/api/samples/animation", { method: "POST" });
    await this.openArtifact(artifact, settings);
  }

  /** Shows a stored clip; analyzes it when `settings` are given. */
  async openArtifact(artifact, settings = null) {
    this.close();
    const turn = this.turn;
    this.#setArtifact(artifact);
    this.#setSource(contentUrl(artifact.id));
    this.#tell("opened");
    if (settings) await this.#guard(turn, () => this.#submit(turn, settings));
  }

  /** Shows an analysis, running or done. */
  async openJob(job) {
    const artifact = await api(`/api/artifacts/${await clipOf(job)}`);
    this.close();
    this.#setArtifact(artifact);
    this.#setSource(contentUrl(artifact.id));
    this.job = job;
    this.#tell("opened");
    this.#follow(job);
  }

  /** What an address names: `j-...` an analysis, `a-...` a clip. */
  async restore(id) {
    if (id.startsWith("j-")) {
      const job = await api(`/api/jobs/${encodeURIComponent(id)}`);
      if (!isAnalysis(job)) throw Object.assign(new Error("That job is not an analysis."), { remedy: "Open it on the Jobs tab." });
      await this.openJob(job);
    } else await this.openArtifact(await api(`/api/artifacts/${encodeURIComponent(id)}`));
  }

  async analyze(settings, reuse = true) {
    const turn = this.turn;
    if (!this.artifact) { if (this.file) await this.openFile(this.file, settings); return; }
    this.stream?.close();
    Object.assign(this, { job: null, error: null, draft: null, before: null });
    this.#tell("state");
    await this.#guard(turn, () => this.#submit(turn, settings, reuse));
  }

  /** Makes a new analysis of the one that is shown, from its stored curves, with other thresholds and the clip's review. */
  async rescene(settings) {
    const turn = this.turn, before = this.job;
    const job = await api(`/api/capabilities/video.rescene?${query()}`, { method: "POST", body: { analysis: before.id, ...settings } });
    if (turn !== this.turn) return;
    this.stream?.close();
    this.before = before;
    this.job = job;
    this.#tell("job");
    this.#follow(job);
  }

  async cancel() {
    if (this.uploading !== null) { this.abort?.abort(); return; }
    if (this.job) { this.job = { ...this.job, ...await api(`/api/jobs/${this.job.id}/cancel`, { method: "POST" }) }; this.#tell("state"); }
  }

  async retry() {
    const job = await api(`/api/jobs/${this.job.id}/retry`, { method: "POST" });
    this.job = { ...this.job, ...job };
    this.#follow(job);
  }

  async #guard(turn, work) {
    try { await work(); } catch (error) {
      if (turn !== this.turn) return;
      this.uploading = null;
      this.error = error.name === "AbortError" ? { message: "The upload was cancelled.", remedy: "Drop the clip again when you want it." } : error;
      this.#tell("state");
    }
  }

  async #submit(turn, settings, reuse = true) {
    const body = { ...settings, video: this.artifact.id };
    const job = await api(`/api/capabilities/video.analyze?${query({ reuse })}`, { method: "POST", body });
    if (turn !== this.turn) return;
    this.job = job;
    this.#tell("job");
    this.#follow(job);
  }

  #follow(job) {
    this.stream?.close();
    const turn = this.turn;
    const keep = (changes, what) => {
      if (turn !== this.turn) return;
      const reused = this.job?.id === job.id ? this.job.reused : undefined;
      this.job = { ...this.job, ...changes, reused };
      this.#tell(what);
    };
    this.stream = live(`/api/jobs/${job.id}/events`, {
      snapshot: (detail) => keep(detail, "scenes"),
      job: (row) => keep(row, "state"),
      published: ({ key, value }) => keep({ published: { ...this.job.published, [key]: value } }, "scenes"),
      end: (detail) => {
        this.stream?.close();
        if (turn !== this.turn) return;
        const { before } = this;
        this.before = null;
        if (before && detail.state !== "succeeded") { this.job = before; this.refusal = detail; this.#tell("refused"); return; }
        keep(detail, "scenes");
        this.#measured(turn, detail);
      },
    });
  }

  /** What was measured along the film, for the timeline; an analysis of an older studio has none. */
  async #measured(turn, job) {
    const found = job.artifacts?.find((artifact) => artifact.name === "lanes.json");
    if (!found || turn !== this.turn) return;
    try {
      const { lanes } = await api(contentUrl(found.id));
      if (turn === this.turn && this.job?.id === job.id) { this.lanes = lanes; this.#tell("lanes"); }
    } catch { /* the shots are there without them */ }
  }

  #setArtifact(artifact) {
    this.artifact = artifact;
    const info = artifact.meta?.probe;
    if (info && (info.needs_proxy || info.video.vfr)) this.#proxy(this.turn);
    this.#tell("artifact");
  }

  #setSource(url) { this.source = url; this.#tell("source"); }

  /** A copy the browser can scrub; its frames are those of the original, so the playhead stays. */
  async #proxy(turn) {
    try {
      const job = await api(`/api/capabilities/video.proxy?${query()}`, { method: "POST", body: { video: this.artifact.id } });
      if (turn !== this.turn) return;
      this.proxy = job;
      const done = async (detail) => {
        this.proxyStream?.close();
        if (turn !== this.turn) return;
        this.proxy = detail;
        if (detail.state !== "succeeded") { this.#tell("state"); return; }
        const { artifact_id: id, frames_artifact_id: frames } = detail.result;
        if (frames) this.times = timesOf(await api(contentUrl(frames)));
        if (turn === this.turn) { this.#tell("artifact"); this.#setSource(contentUrl(id)); }
      };
      this.proxyStream = live(`/api/jobs/${job.id}/events`, {
        snapshot: (detail) => { if (isLive(detail)) { this.proxy = detail; this.#tell("state"); } },
        job: (row) => { this.proxy = { ...this.proxy, ...row }; this.#tell("state"); },
        end: done,
      });
    } catch (error) { if (turn === this.turn) { this.proxy = { state: "failed", error }; this.#tell("state"); } }
  }
}

/** The clip an analysis is about: asked for itself, or by way of the analysis that was decided anew. */
async function clipOf(job) {
  for (let at = job; at;) {
    if (at.request?.video) return at.request.video;
    if (at.result?.media) return at.result.media.artifact_id;
    const id = at.request?.analysis ?? "";
    at = id.startsWith("a-") ? await api(`/api/jobs/${(await api(`/api/artifacts/${id}`)).job_id}`) : id ? await api(`/api/jobs/${id}`) : null;
  }
  throw Object.assign(new Error("That job is not an analysis."), { remedy: "Open it on the Jobs tab." });
}

/** Brings a clip in and queues its analysis without showing it. */
export async function enqueue(file, settings) {
  const artifact = await upload(file, { projectId: project() });
  return api(`/api/capabilities/video.analyze?${query()}`, { method: "POST", body: { ...settings, video: artifact.id } });
}

/** Seconds of every frame from the first, out of a frames.json. */
export function timesOf(document) {
  const { times } = document, first = times[0] ?? 0;
  return times.length ? times.map((time) => time - first) : null;
}

function query({ reuse = true } = {}) {
  const params = new URLSearchParams();
  if (project()) params.set("project_id", project());
  if (!reuse) params.set("reuse", "false");
  return params;
}
