/**
 * The review of one clip as the page holds it: edited boundaries, markers, undo, and the shots decided anew from stored curves.
 * No drawing in here. Events: `review` (the review changed), `shots` (the shots to be shown changed).
 */

import { api } from "../studio.js";

const blank = () => ({ artifactId: null, jobId: null, review: null, settings: null, shots: null, error: null });
const starts = (scenes) => scenes.map((scene) => scene.start_frame).join();

/** Whether two lists of shots begin at different frames. */
export function differ(one, other) { return starts(one) !== starts(other); }

export class Review extends EventTarget {
  constructor() { super(); Object.assign(this, blank()); this.turn = 0; }

  get markers() { return this.review?.markers ?? []; }
  get boundaries() { return this.review?.boundaries ?? { added: [], removed: [] }; }

  #tell(what) { this.dispatchEvent(new Event(what)); }

  /** Follows another clip; `null` for none. */
  async open(artifactId) {
    if (artifactId === this.artifactId) return;
    this.turn += 1;
    Object.assign(this, blank(), { artifactId });
    this.#tell("review");
    if (artifactId) await this.reload();
  }

  /** A finished analysis whose shots can be decided anew, or null. */
  async analysis(jobId) {
    if (jobId === this.jobId) return;
    Object.assign(this, { jobId, settings: null, error: null });
    await this.#decide();
  }

  async reload() {
    const { turn, artifactId } = this;
    const review = await api(`/api/artifacts/${encodeURIComponent(artifactId)}/review`);
    if (turn === this.turn) await this.#take(review);
  }

  /** Somebody's change arrived; our own is known already. */
  async changed({ artifact_id: id, revision }) {
    if (id === this.artifactId && revision !== this.review?.revision && !this.sending) await this.reload();
  }

  /** One operation, judged against the shots that are shown; throws what the studio says against it. */
  async change(operation) {
    const shown = this.jobId && !this.error ? `?${new URLSearchParams({ job: this.jobId, ...this.settings })}` : "";
    await this.#send(shown, operation);
  }
  async undo() { await this.#send("/undo"); }
  async redo() { await this.#send("/redo"); }

  /** Thresholds to be tried, or null for those of the analysis. */
  async preview(settings) { this.settings = settings; await this.#decide(); }

  async #send(path, body) {
    const { turn } = this;
    this.sending = true;
    try {
      const review = await api(`/api/artifacts/${encodeURIComponent(this.artifactId)}/review${path}`, { method: "POST", body });
      if (turn === this.turn) await this.#take(review);
    } finally { this.sending = false; }
  }

  async #take(review) {
    if (this.review && review.revision < this.review.revision) return;
    const before = JSON.stringify(this.boundaries);
    this.review = review;
    this.#tell("review");
    if (before !== JSON.stringify(this.boundaries) || (review.revision && !this.shots)) await this.#decide();
  }

  /** Asks for the shots; while one answer is on its way only the newest wish waits. */
  async #decide() {
    if (this.asking) { this.again = true; return; }
    const { jobId, settings } = this;
    if (!jobId || !(settings || this.review?.revision)) { this.#show(null); return; }
    this.asking = true;
    try {
      const shots = await api(`/api/jobs/${encodeURIComponent(jobId)}/shots?${new URLSearchParams(settings ?? {})}`);
      if (jobId === this.jobId) { this.error = null; this.#show(shots); }
    } catch (error) {
      if (jobId === this.jobId) { this.error = error; this.#show(null); }
    } finally { this.asking = false; }
    if (this.again) { this.again = false; await this.#decide(); }
  }

  #show(shots) {
    if (shots === this.shots && !this.error) return;
    this.shots = shots;
    this.#tell("shots");
  }
}
