/** One of two clips that are compared: its file or proxy, its frames, its coherence along the film. Draws nothing. */

import { api, contentUrl, el, isLive, live, project } from "../studio.js";
import { percent } from "../format.js";
import { label, parse } from "../timecode.js";
import { mapOf, timesOf } from "../tabs/session.js";
import { Player } from "./player.js";

/** The job after its end; `onChange(job)` on the way. `stop` closes the stream when nobody waits any more. */
function ended(job, onChange, stop) {
  if (!isLive(job) && job.result !== undefined) return Promise.resolve(job);
  return new Promise((resolve) => {
    let row = job;
    const change = (changes) => { row = { ...row, ...changes }; onChange(row); };
    const stream = live(`/api/jobs/${job.id}/events`, { snapshot: change, job: change, end: (detail) => { stream.close(); resolve(detail); } });
    stop.push(() => stream.close());
  });
}

const submit = (capability, body) => api(`/api/capabilities/${capability}?${new URLSearchParams(project() ? { project_id: project() } : {})}`, { method: "POST", body });

export class Side extends EventTarget {
  /** Events: `change` (something is known now), `frame` ({frame, exact}), `state` of the player. */
  constructor(letter) {
    super();
    this.letter = letter;
    this.video = el("video", { muted: true, playsinline: true, preload: "auto", "aria-label": `Clip ${letter}` });
    this.video.muted = true;
    this.player = new Player(this.video);
    this.player.addEventListener("frame", (event) => this.dispatchEvent(new CustomEvent("frame", { detail: event.detail })));
    this.player.addEventListener("state", (event) => this.dispatchEvent(new CustomEvent("state", { detail: event.detail })));
    this.player.addEventListener("trouble", (event) => { this.trouble = event.detail.message; this.#tell(); });
    this.stops = [];
    this.#blank();
  }

  #blank() { Object.assign(this, { artifact: null, lane: null, trouble: "", note: "", waits: "", map: null, first: 0, counted: undefined, times: null }); }
  #tell() { this.dispatchEvent(new Event("change")); }

  close() {
    this.turn = (this.turn ?? 0) + 1;
    this.stops.splice(0).forEach((stop) => stop());
    this.player.clear();
    this.#blank();
  }

  get info() { return this.artifact?.meta?.probe ?? null; }
  get name() { return this.artifact?.name ?? ""; }
  get ready() { return Boolean(this.map && this.player.settled); }
  get settled() { const { player } = this; return this.ready && player.wanted === null && !this.video.seeking; }
  timecode(frame) { return this.map ? label(frame + this.first, this.map.fps, Boolean(this.info?.video.drop_frame)) : "--:--:--:--"; }

  /** `id`: a clip (`a-...`) or its analysis (`j-...`). */
  async open(id, frame = 0) {
    this.close();
    const { turn } = this;
    const job = id.startsWith("j-") ? await api(`/api/jobs/${encodeURIComponent(id)}`) : null;
    if (job && !job.request?.video) throw Object.assign(new Error(`${job.title} is no analysis of a clip.`), { remedy: "Choose two clips." });
    const artifact = await api(`/api/artifacts/${encodeURIComponent(job ? job.request.video : id)}`);
    if (turn !== this.turn) return;
    if (artifact.kind !== "video" || !artifact.meta?.probe) throw Object.assign(new Error(`${artifact.name} is no video.`), { remedy: "Choose two clips." });
    this.artifact = artifact;
    if (artifact.missing) { this.trouble = "The file has moved. Relink it in the Library."; this.#tell(); return; }
    this.#setMap();
    this.#tell();
    this.#lanes(turn);
    const source = await this.#source(turn);
    if (turn !== this.turn || !source) return;
    this.#setMap();
    this.player.load(source, frame);
    this.#tell();
  }

  #setMap() {
    const { video } = this.info;
    this.map = mapOf(this.info, this.times, this.counted);
    this.first = parse(video.start_timecode, this.map.fps) || 0;
    this.player.setMap(this.map);
  }

  /** The file itself, or a copy that this browser can step through. */
  async #source(turn) {
    if (!this.info.needs_proxy && !this.info.video.vfr) return contentUrl(this.artifact.id);
    const say = (job) => { if (turn === this.turn) { this.note = `Making a copy that scrubs smoothly · ${percent(job.progress)}`; this.#tell(); } };
    const job = await ended(await submit("video.proxy", { video: this.artifact.id }), say, this.stops);
    if (turn !== this.turn) return null;
    this.note = "";
    if (job.state !== "succeeded") { this.trouble = `No copy for playing could be made: ${job.error?.message ?? "it failed."}`; this.#tell(); return null; }
    if (job.result.frames_artifact_id) this.times = timesOf(await api(contentUrl(job.result.frames_artifact_id)));
    return contentUrl(job.result.artifact_id);
  }

  /** The newest analysis's lane; the clip is analyzed when it has none. */
  async #lanes(turn) {
    try {
      const { children } = await api(`/api/artifacts/${this.artifact.id}/lineage`);
      let found = children.filter((item) => item.name === "lanes.json" && !item.missing).sort((a, b) => b.created_at - a.created_at)[0];
      if (!found) {
        const say = (job) => { if (turn === this.turn) { this.waits = job.state === "queued" ? "Waiting to be analyzed" : `Analyzing · ${percent(job.progress)}`; this.#tell(); } };
        const job = await ended(await submit("video.analyze", { video: this.artifact.id }), say, this.stops);
        if (job.state !== "succeeded") throw new Error(job.error?.message ?? "It could not be analyzed.");
        found = job.artifacts.find((item) => item.name === "lanes.json");
      }
      const measured = await api(contentUrl(found.id));
      if (turn !== this.turn) return;
      this.lane = measured.lanes.find((lane) => lane.name === "Coherence") ?? null;
      this.waits = "";
      if (measured.frame_count !== this.map.count && !this.times) { this.counted = measured.frame_count; this.#setMap(); }
    } catch (error) { if (turn === this.turn) this.waits = error.message; }
    if (turn === this.turn) this.#tell();
  }
}
