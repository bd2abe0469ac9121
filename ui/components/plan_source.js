/** One source of a plan: its file, or a copy that this browser can step through, and where its frames lie in time. Draws nothing. */

import { api, contentUrl, isLive, live, project } from "../studio.js";

const submit = (capability, body) => api(`/api/capabilities/${capability}?${new URLSearchParams(project() ? { project_id: project() } : {})}`, { method: "POST", body });

/** A job after its end; `onChange(job)` on the way. `stops` collects what ends the waiting. */
export function ended(job, onChange = () => {}, stops = []) {
  if (!isLive(job) && job.result !== undefined) return Promise.resolve(job);
  return new Promise((resolve) => {
    let row = job;
    const change = (changes) => { row = { ...row, ...changes }; onChange(row); };
    const stream = live(`/api/jobs/${job.id}/events`, { snapshot: change, job: change, end: (detail) => { stream.close(); resolve(detail); } });
    stops.push(() => stream.close());
  });
}

export class SourceClip extends EventTarget {
  /** Events: `change`. `id` within the plan; `media`: the artifact. */
  constructor(id, media) {
    super();
    Object.assign(this, { id, media, artifact: null, url: null, offset: 0, note: "", trouble: "" });
  }

  get kind() { return this.artifact?.kind ?? null; }
  get info() { return this.artifact?.meta?.probe ?? null; }
  get name() { return this.artifact?.name ?? ""; }
  get size() { const shown = this.info?.video ?? (this.info?.width ? this.info : null); return shown ? { width: shown.width, height: shown.height } : null; }
  /** Frames a second; 0 for a still. */
  get rate() { const rational = this.info?.video?.fps_rational; return rational ? rational.num / rational.den : 0; }
  get ready() { return Boolean(this.artifact); }
  get seconds() { return this.kind === "image" ? 24 * 3600 : this.info?.duration_s ?? Infinity; }
  get last() { return Math.max(0, Math.floor((this.info?.duration_s ?? 0) * this.rate + 0.01) - 1); }

  /** The frame that begins nearest to a time, as the studio counts. */
  frameAt(seconds) { return Math.floor(seconds * this.rate + 0.5 + 1e-6); }
  timeOf(frame) { return this.rate ? Math.round((frame / this.rate) * 1e6) / 1e6 : 0; }
  /** Where a player has to stand to show a frame: in the middle of it, or early in it when it is to play on from there. */
  middle(frame, early = false) { return (frame + (early && !this.info?.video?.vfr ? 0.2 : 0.5)) / this.rate + this.offset; }
  /** The frame a player shows at its time. */
  shown(mediaTime) { return Math.floor((mediaTime - this.offset) * this.rate + 0.25); }

  #tell() { this.dispatchEvent(new Event("change")); }

  async open(stops = []) {
    try {
      this.artifact = await api(`/api/artifacts/${encodeURIComponent(this.media)}`);
      this.#tell();
      if (this.artifact.missing) throw Object.assign(new Error(`${this.name} has moved.`), { remedy: "Relink it in the Library." });
      const { info } = this;
      this.url = this.kind === "video" && (info?.needs_proxy || info?.video?.vfr) ? await this.#copy(stops) : contentUrl(this.media);
    } catch (error) { this.trouble = [error.message, error.remedy].filter(Boolean).join(" "); }
    this.#tell();
  }

  async #copy(stops) {
    const job = await ended(await submit("video.proxy", { video: this.media }), (row) => { this.note = `Making a copy of ${this.name} that plays smoothly`; this.progress = row.progress; this.#tell(); }, stops);
    this.note = "";
    if (job.state !== "succeeded") throw new Error(`No copy of ${this.name} for playing could be made: ${job.error?.message ?? "it failed."}`);
    return contentUrl(job.result.artifact_id);
  }
}
