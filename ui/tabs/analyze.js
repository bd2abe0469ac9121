/** Analyze Video: joins the session, the deck and the inspector; drop, pick, restore, keys. */

import { address, connect, el, icon, isLive, on, tell, toast, toastError } from "../studio.js";
import { percent, plural } from "../format.js";
import { welcome } from "./welcome.js";
import { Deck } from "../components/deck.js";
import { Inspector, jobView } from "../components/inspector.js";
import { Settings } from "../components/settings.js";
import { Takes } from "../components/rank_mount.js";
import { Desk } from "./desk.js";
import { Session, enqueue, mapOf } from "./session.js";

const ACCEPT = "video/*,.mkv,.ts,.mts,.m2ts,.avi,.mov,.webm,.mxf";

export function mount(element) {
  connect();
  new AnalyzeTab(element.querySelector(".panel"));
}

class AnalyzeTab {
  constructor(root) {
    this.root = root;
    this.session = new Session();
    this.deck = new Deck(root.querySelector(".deck"));
    this.settings = new Settings(() => this.run());
    this.inspector = new Inspector(root.querySelector(".inspector"), this.settings, { open: () => this.pick(), cancel: () => this.attempt(() => this.session.cancel()) });
    this.picker = el("input", { type: "file", accept: ACCEPT, multiple: true, hidden: true, "aria-label": "Clip file", tabindex: "-1", onChange: () => this.picked() });
    root.append(this.picker);
    welcome(root.querySelector(".welcome"), this);
    this.toEdit = el("button.button", { type: "button", onClick: () => tell("edit-clip", { artifact: this.session.artifact, analysis: this.session.job?.state === "succeeded" ? this.session.job.id : null }) }, icon("scissors"), el("span", { text: "Send to Edit" }));
    this.inspector.downloads.node.after(el("section.group.send", { "aria-label": "Send to" }, this.toEdit));
    this.desk = new Desk(this);
    this.takes = new Takes(this);
    this.session.addEventListener("change", (event) => this.changed(event.detail));
    this.deck.addEventListener("shot", () => this.drawShot());
    this.deck.addEventListener("settled", () => this.session.empty || address.set({ f: this.deck.frame || null }));
    this.deck.addEventListener("trouble", (event) => this.trouble(event.detail.message));
    this.#drops();
    document.addEventListener("keydown", (event) => {
      if ((event.ctrlKey || event.metaKey) && event.key === "Enter" && this.root.offsetParent && !this.session.empty) { event.preventDefault(); this.run(); }
    });
    on("open-clip", ({ artifact, job, analyze }) => this.takes.takes(job) || this.attempt(() => (job ? this.session.openJob(job) : this.session.openArtifact(artifact, analyze ? this.settings.values() : null))));
    addEventListener("beforeunload", (event) => { if (this.session.uploading !== null) event.preventDefault(); });
    this.restore();
  }

  async restore() {
    const clip = address.get("clip"), frame = Number(address.get("f")) || 0;
    if (!clip) { this.draw(); return; }
    this.wantedFrame = frame;
    this.restoring = true;
    this.root.classList.add("opening");
    await this.attempt(() => this.session.restore(clip));
    this.root.classList.remove("opening");
    this.restoring = false;
    this.draw();
  }

  /** Runs something that may fail and says so in words. */
  async attempt(work) { try { await work(); } catch (error) { toastError(error); } }

  run() { if (this.settings.valid() && !(this.session.job && isLive(this.session.job)) && this.session.uploading === null) this.attempt(() => this.session.analyze(this.settings.values())); }

  pick() { this.picker.value = ""; this.picker.click(); }
  picked() { if (this.picker.files.length) this.open([...this.picker.files]); }

  /** The first clip is shown; the others are brought in after it and wait their turn in the queue. */
  async open([first, ...others]) {
    if (!this.settings.valid() || (others.length && await this.takes.offer([first, ...others]))) return;
    const settings = this.settings.values();
    const shown = this.session.openFile(first, settings);
    if (!others.length) return;
    toast(`${plural(others.length, "more clip")} will be analyzed after this one.`, { action: "Jobs", onAction: () => tell("show-tab", { id: "jobs" }) });
    await shown;
    for (const file of others) await this.attempt(() => enqueue(file, settings));
  }

  changed(what) {
    const { session, deck } = this;
    if (what === "closed") { deck.clear(); this.inspector.showDownloads(null); this.unplayable = null; return; }
    if (what === "opened") {
      if (session.file || !this.wantedFrame) address.set({ f: null });
      if (!this.restoring) tell("show-tab", { id: "analyze" });
    }
    if (what === "source") this.drawSource();
    if (what === "lanes") { this.deck.setLanes(this.session.lanes); return; }
    if (what === "opened" || (what === "job" && !this.session.before)) this.deck.setLanes([]);
    if (what === "artifact" && session.info) this.drawMedia();
    if (["scenes", "job", "opened", "state"].includes(what)) this.due ??= requestAnimationFrame(() => { this.due = undefined; this.drawScenes(); });
    address.set({ clip: session.job?.id ?? session.artifact?.id ?? null });
    this.draw();
  }

  drawSource() {
    const frame = this.wantedFrame ?? this.deck.frame;
    this.unplayable = null;
    this.deck.load(this.session.source, frame);
    if (this.session.info && !this.deck.map) this.drawMedia();
    this.wantedFrame = undefined;
  }

  drawMedia() {
    const { video } = this.session.info;
    this.deck.setMedia({ map: mapOf(this.session.info, this.session.times, this.session.analysis?.frame_count), startTimecode: video.start_timecode, drop: video.drop_frame });
    this.deck.stage.style.setProperty("--aspect", `${video.width} / ${video.height}`);
    this.drawScenes();
  }

  drawScenes() {
    const { job, scenes, times } = this.session;
    const counted = this.session.analysis?.frame_count;
    if (counted && this.deck.map && !times && counted !== this.deck.map.count) { this.drawMedia(); return; }
    const last = scenes[scenes.length - 1];
    const running = job && job.state !== "succeeded" && !this.session.draft;
    this.deck.setScenes(scenes, running ? last?.end_frame ?? 0 : job ? Infinity : 0);
    this.drawShot();
  }

  drawShot() {
    const scene = this.deck.sceneAt(this.deck.frame);
    this.inspector.showShot(scene, this.session.scenes.length, (frame) => this.deck.timecode(frame), this.session.analysis);
  }

  draw() {
    const { session, inspector, root } = this;
    root.classList.toggle("empty", session.empty);
    root.classList.toggle("failed", Boolean(session.error) && !session.artifact);
    const done = session.job?.state === "succeeded";
    inspector.showName(session.artifact?.name ?? session.file?.name ?? "");
    inspector.showEngine(done || session.job?.state === "running" ? session.job.engine : null);
    inspector.showClip(session.artifact, session.job?.result?.warnings);
    inspector.showDownloads(done ? session.job.artifacts : session.before?.artifacts);
    inspector.showState(session.empty ? null : this.stateView());
    this.toEdit.disabled = !session.artifact || session.artifact.missing;
    this.settings.run.disabled = session.uploading !== null || Boolean(session.job && isLive(session.job));
    this.drawNote();
  }

  stateView() {
    const { session } = this;
    const retry = () => this.attempt(() => session.retry());
    if (session.uploading !== null) return { title: "Bringing the clip in", detail: percent(session.uploading), progress: session.uploading, cancellable: true };
    if (session.error) return { title: session.error.message, remedy: session.error.remedy, tone: "bad", action: ["Open a clip", () => this.pick()] };
    if (session.job) return jobView(session.job, session.scenes.length, { retry });
    return { title: "Not analyzed yet", action: ["Analyze", () => this.run()] };
  }

  /** What stands over the picture when the browser cannot show it (yet). */
  drawNote() {
    const { session, deck } = this;
    if (deck.player.playing) return;
    const proxy = session.proxy;
    if (proxy && isLive(proxy)) deck.note(`Making a copy that scrubs smoothly · ${percent(proxy.progress)}`);
    else if (proxy?.state === "failed") deck.note(`No copy for playing could be made: ${proxy.error?.message ?? "it failed."}`);
    else if (session.artifact?.missing) deck.note("The file has moved. Relink it in the Library.");
    else if (this.unplayable && !session.error && !session.info?.needs_proxy) deck.note(this.unplayable);
    else deck.note("");
  }

  trouble(message) { this.unplayable = message; this.drawNote(); }

  /** The whole tab takes a dropped file. */
  #drops() {
    let depth = 0;
    const files = (event) => [...(event.dataTransfer?.types ?? [])].includes("Files");
    const shown = (yes) => this.root.classList.toggle("dropping", yes);
    const listen = (type, handler) => document.addEventListener(type, (event) => { if (files(event)) { event.preventDefault(); handler(event); } });
    listen("dragenter", () => { depth += 1; shown(true); });
    listen("dragover", (event) => { event.dataTransfer.dropEffect = "copy"; });
    listen("dragleave", () => { depth -= 1; if (depth <= 0) { depth = 0; shown(false); } });
    listen("drop", (event) => {
      depth = 0;
      shown(false);
      if (event.dataTransfer.files.length) { tell("show-tab", { id: "analyze" }); this.open([...event.dataTransfer.files]); }
    });
  }
}
