/** The left half of Edit/Parody: stage, transport and timeline of the planned film, and the version that is looked at. */

import { api, contentUrl, el, on, prefs, setHidden, setIcon, setText, toast, toastError } from "../studio.js";
import { FrameMap, label } from "../timecode.js";
import { Edges } from "../components/plan_edges.js";
import { clipAt, shapeOf, sourceFrame } from "../components/plan_film.js";
import { FilmPlayer } from "../components/plan_play.js";
import { ended } from "../components/plan_source.js";
import { Blocks, FilmTimeline, marksOf } from "../components/plan_strip.js";
import { operationWords, rowOfPath, shortened, time } from "../components/plan_words.js";
import { Player } from "../components/player.js";

export class FilmView extends EventTarget {
  /** Events: `pick` ({id, focus}), `trim` ({id, side, frame}), `frame`, `state`. */
  constructor(root, draft, thumbs) {
    super();
    Object.assign(this, { root, draft, thumbs, marks: { out: [], words: [], sounds: [], beats: [] }, version: null });
    this.stage = root.querySelector(".film-stage");
    this.slider = root.querySelector(".film-timeline");
    this.player = new FilmPlayer(this.stage);
    this.still = el("img.film-still", { alt: "This frame as it will be rendered", hidden: true });
    this.video = el("video.film-version", { playsinline: true, preload: "auto", hidden: true, "aria-label": "Version" });
    this.chip = el("div.film-chip", { hidden: true }, el("span"), el("button.button.quiet", { type: "button", text: "Back to the plan", onClick: () => this.showVersion(null) }));
    this.stage.append(this.video, this.still, this.chip);
    this.timeline = new FilmTimeline(this.slider, root.querySelector("canvas"));
    const look = () => ({ plan: draft.plan, film: draft.film, sources: draft.sources, marks: this.marks, selected: draft.selected, problems: this.wrong ?? new Set(), thumb: (id) => this.thumb(id), words: (id) => this.#words(id) });
    this.edges = new Edges(this.timeline, look, (source) => this.#targets(source));
    this.timeline.tools.push(new Blocks(this.timeline, look, this.edges));
    this.#listen();
    this.mute(prefs.get("muted", false));
  }

  get frame() { return this.version ? this.versionPlayer.frame : this.player.frame; }
  get playing() { return this.version ? Boolean(this.versionPlayer?.playing) : this.player.playing; }
  get fps() { return this.draft.film.fps; }

  thumb(id) {
    const row = this.draft.plan?.segments.find((segment) => segment.id === id), source = this.draft.sources.get(row?.source);
    return source ? this.thumbs.get(source, source.frameAt(row.start_s)) : null;
  }

  #words(id) {
    const row = this.draft.plan.segments.find((segment) => segment.id === id), text = (row.operations ?? []).find((operation) => operation.op === "text");
    const shown = text ?? (row.operations ?? []).find((operation) => operation.op !== "transition");
    return shown ? operationWords(shown) : shortened(row.reason ?? "", 40);
  }

  /** Frames of a source where its shots begin and beats lie. */
  #targets(id) {
    const source = this.draft.sources.get(id), found = this.draft.analysis?.result;
    if (!source || !found || found.media?.artifact_id !== source.media) return [];
    const cuts = found.scenes.flatMap((scene) => [scene.start_s, scene.end_s]);
    return [...cuts, ...(found.sound?.rhythm?.beats_s ?? found.sound?.beats_s ?? [])].map((seconds) => source.frameAt(seconds));
  }

  #beats() {
    const found = this.draft.analysis?.result, source = [...this.draft.sources.values()].find((one) => one.media === found?.media?.artifact_id);
    if (!source || !source.rate) return null;
    return { source: source.id, beats: (found.sound?.rhythm?.beats_s ?? found.sound?.beats_s ?? []).map((seconds) => source.frameAt(seconds)) };
  }

  #listen() {
    const { player, timeline, draft } = this;
    player.addEventListener("frame", ({ detail }) => { if (!this.version) this.#painted(detail); });
    player.addEventListener("state", () => this.#state());
    timeline.addEventListener("scrub", ({ detail }) => { this.seek(detail.frame); if (detail.done) this.dispatchEvent(new Event("settled")); });
    timeline.addEventListener("pick", ({ detail }) => this.dispatchEvent(new CustomEvent("pick", { detail })));
    timeline.addEventListener("trim", ({ detail }) => {
      if (!detail.done) { this.showVersion(null); player.peek(detail.id, detail.side === "end" ? detail.frame - 1 : detail.frame); return; }
      if (detail.frame !== detail.from) this.dispatchEvent(new CustomEvent("trim", { detail })); else this.seek(player.frame);
    });
    this.stage.addEventListener("click", (event) => { if (!event.target.closest("button, video[controls]")) this.toggle(); });
    this.slider.addEventListener("focus", () => {});
    new MutationObserver(() => timeline.recolour()).observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => timeline.recolour());
    document.fonts?.ready.then(() => timeline.redraw());
    on("tab", ({ id }) => { if (id !== "edit") this.pause(); else timeline.redraw(); });
    draft.addEventListener("closed", () => { this.showVersion(null); player.clear(); player.set({ plan: null, film: { fps: 25, frames: 0, clips: [] }, sources: new Map() }); });
  }

  /** The plan, its lengths or its sources changed. */
  draw() {
    const { draft, timeline } = this, { plan, film, sources } = draft;
    if (!plan) return;
    this.wrong = new Set(draft.problems.map((problem) => plan.segments[rowOfPath(problem.path) ?? -1]?.id).filter(Boolean));
    this.marks = marksOf(plan, film, this.#beats());
    timeline.marks = this.marks;
    timeline.set({ count: film.frames, fps: film.fps, label: (frame) => time(frame, film.fps), upTo: Infinity, range: [null, null], scenes: [] });
    this.slider.setAttribute("aria-valuemax", String(Math.max(0, film.frames - 1)));
    this.stage.style.setProperty("--shape", shapeOf(plan, sources));
    const stamp = JSON.stringify([plan.segments, plan.film, plan.output, film.frames, film.clips.map((clip) => [clip.begins, clip.first, clip.stretches]), [...sources.values()].map((source) => [source.url, source.ready])]);
    if (stamp !== this.stamp) { this.stamp = stamp; this.player.set({ plan, film, sources }); setHidden(this.still, true); }
    const note = [...sources.values()].map((source) => source.trouble || (source.note ? `${source.note} · ${Math.floor((source.progress ?? 0) * 100)} %` : "")).find(Boolean);
    this.note(note ?? "");
  }

  note(text) { const place = this.root.querySelector(".film-note"); setText(place, text); setHidden(place, !text); }

  #painted({ frame, exact }) {
    const { film, plan } = this.draft;
    setText(this.root.querySelector(".film-timecode"), label(frame, film.fps));
    this.timeline.set({ frame });
    if (this.playing) this.timeline.follow(frame);
    const clip = film.frames ? clipAt(film, frame) : null, number = clip && plan ? plan.segments.findIndex((row) => row.id === clip.segment) + 1 : 0;
    setText(this.root.querySelector(".film-where"), number ? `row ${number} · frame ${frame}` : "");
    const now = performance.now();
    if (!this.playing || now - (this.spoken ?? 0) > 500) {
      this.spoken = now;
      this.slider.setAttribute("aria-valuenow", String(frame));
      this.slider.setAttribute("aria-valuetext", `${label(frame, film.fps)}${number ? `, row ${number}` : ""}`);
    }
    this.root.dataset.frame = String(frame);
    this.root.dataset.exact = String(exact);
    if (!this.still.hidden && this.still.dataset.frame !== String(frame)) setHidden(this.still, true);
    this.dispatchEvent(new CustomEvent("frame", { detail: { frame, exact, segment: clip?.segment ?? null } }));
  }

  #state() {
    const button = this.root.querySelector("[data-film=toggle]");
    setIcon(button, this.playing ? "pause" : "play");
    button.setAttribute("aria-label", this.playing ? "Pause" : this.version ? "Play the version" : "Play plan");
    if (this.playing) setHidden(this.still, true);
    this.root.dataset.playing = String(this.playing);
    this.dispatchEvent(new Event("state"));
  }

  seek(frame) { if (this.version) this.versionPlayer.seek(frame); else this.player.seek(frame); }
  step(frames) { if (this.version) this.versionPlayer.step(frames); else this.player.step(frames); }
  toggle() { if (this.version) this.versionPlayer.toggle(); else this.player.toggle(); }
  pause() { this.player.pause(); this.versionPlayer?.stop(); }

  /** To where the row before or after begins. */
  toRow(direction) {
    const starts = this.draft.film.clips.map((clip) => clip.begins), { frame } = this;
    this.seek(direction > 0 ? starts.find((start) => start > frame) ?? this.player.last : starts.filter((start) => start < frame).pop() ?? 0);
  }
  toBegin(id) { const clip = this.draft.film.clips.find((one) => one.segment === id); if (clip) this.seek(clip.begins + clip.overlap); }

  /** What is under the playhead: {clip, at, source frame, row, source}; null where nothing is. */
  here() {
    const { film, plan, sources } = this.draft, clip = film.frames ? clipAt(film, this.player.frame) : null;
    if (!clip) return null;
    const row = plan.segments.find((segment) => segment.id === clip.segment), source = sources.get(row.source), at = this.player.frame - clip.begins;
    return { clip, at, row, source, frame: sourceFrame(clip, at) };
  }

  mute(yes) {
    prefs.set("muted", yes);
    this.player.mute(yes);
    this.video.muted = yes;
    const button = this.root.querySelector("[data-film=mute]");
    setIcon(button, yes ? "sound-off" : "sound");
    button.setAttribute("aria-pressed", String(!yes));
  }

  /** The bare clip, for as long as there is no plan; `url` null takes it away. */
  showClip(url) {
    this.bare ??= el("video.film-version", { playsinline: true, preload: "metadata", controls: true, "aria-label": "The clip" });
    if ((this.bare.getAttribute("src") ?? null) === url) return;
    this.bare.pause();
    if (url) {
      this.bare.src = url;
      this.stage.append(this.bare);
      // It stands on a picture from within, since many clips begin in black, and plays from its beginning.
      this.bare.addEventListener("loadedmetadata", () => { this.bare.currentTime = Math.min(10, this.bare.duration * 0.3); }, { once: true });
      this.bare.addEventListener("play", () => { this.bare.currentTime = 0; }, { once: true });
    } else { this.bare.removeAttribute("src"); this.bare.load(); this.bare.remove(); }
  }

  /** A rendering in the player, or null for the plan again. */
  async showVersion(item, seconds = this.frame / this.fps) {
    const was = this.version;
    if (!item) {
      if (!was) return;
      this.versionPlayer.clear();
      this.version = null;
    } else {
      this.pause();
      this.versionPlayer ??= this.#versionPlayer();
      const artifact = await api(`/api/artifacts/${item.artifact_id}`).catch((error) => { toastError(error); return null; });
      if (!artifact) return;
      const { num, den } = artifact.meta.probe.video.fps_rational, frame = Math.floor((seconds * num) / den + 0.01);
      if (was?.job_id !== item.job_id) { this.versionPlayer.load(contentUrl(item.artifact_id), frame); this.versionPlayer.setMap(new FrameMap({ num, den, count: artifact.meta.probe.video.frame_count })); } else this.versionPlayer.seek(frame);
      this.version = item;
      setText(this.chip.firstChild, item.name);
    }
    setHidden(this.video, !item);
    setHidden(this.chip, !item);
    setHidden(this.still, true);
    setHidden(this.player.node, Boolean(item));
    this.#state();
    if (!item) this.#painted({ frame: this.player.frame, exact: true });
    this.dispatchEvent(new Event("version"));
  }

  #versionPlayer() {
    const player = new Player(this.video);
    player.addEventListener("frame", ({ detail }) => { if (this.version) this.#painted(detail); });
    player.addEventListener("state", () => this.#state());
    player.addEventListener("trouble", ({ detail }) => toast(detail.message, { tone: "bad" }));
    return player;
  }

  /** The frame under the playhead as it will be rendered, made by the renderer itself. */
  async moment(ask) {
    if (this.version || !this.draft.film.frames) return;
    this.pause();
    const { frame } = this.player;
    this.note("Rendering this frame");
    try {
      const job = await ended(await ask(frame));
      if (job.state !== "succeeded") throw new Error([job.error?.message ?? "The frame could not be rendered.", job.error?.remedy].filter(Boolean).join(" "));
      if (frame !== this.player.frame) return;
      this.still.src = contentUrl(job.result.artifact_id);
      this.still.dataset.frame = String(frame);
      await this.still.decode().catch(() => {});
      setHidden(this.still, frame !== this.player.frame || this.playing);
    } catch (error) { toastError(error); } finally { this.note(""); }
  }

  act(name) {
    const acts = {
      toggle: () => this.toggle(), prevFrame: () => this.step(-1), nextFrame: () => this.step(1), prevRow: () => this.toRow(-1), nextRow: () => this.toRow(1),
      backSecond: () => this.step(-Math.round(this.fps)), nextSecond: () => this.step(Math.round(this.fps)), home: () => this.seek(0), end: () => this.seek(this.player.last),
      stop: () => this.pause(), forward: () => this.playing || this.toggle(), mute: () => this.mute(!this.video.muted), zoomIn: () => this.timeline.zoom(1.6), zoomOut: () => this.timeline.zoom(1 / 1.6),
      zoomFit: () => this.timeline.fit(), fullscreen: () => (document.fullscreenElement ? document.exitFullscreen() : this.root.requestFullscreen?.().catch(() => {})),
    };
    if (!acts[name]) return false;
    acts[name]();
    return true;
  }
}
