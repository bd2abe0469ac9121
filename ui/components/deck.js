/** The deck: player, scene strip, timeline and keys as one. It knows frames and shots, not jobs or uploads. */

import { contentUrl, el, patchList, prefs, setHidden, setIcon, setText } from "../studio.js";
import { plural } from "../format.js";
import { clock, label, parse, typed } from "../timecode.js";
import { Boundaries } from "./boundaries.js";
import { Pins } from "./pins.js";
import { Player } from "./player.js";
import { Timeline } from "./timeline.js";

const FIELDS = "input, select, textarea, dialog, [contenteditable], [popover]";

export class Deck extends EventTarget {
  /** Events: `frame` ({frame, exact}), `shot` ({scene}), `trouble` ({message}), `settled` (the playhead came to rest), `command` ({name}: what others do). */
  constructor(root) {
    super();
    this.root = root;
    this.stage = root.querySelector(".stage");
    this.video = root.querySelector("video");
    this.strip = root.querySelector(".strip");
    this.slider = root.querySelector(".timeline");
    this.player = new Player(this.video);
    this.timeline = new Timeline(this.slider, root.querySelector("canvas"));
    this.pins = new Pins(this.timeline);
    this.boundaries = new Boundaries(this.timeline);
    this.timeline.tools.push(this.pins, this.boundaries);
    this.scenes = [];
    this.range = [null, null];
    this.first = 0;
    this.drop = false;
    this.video.muted = prefs.get("muted", false);
    this.#listen();
    this.#muteShown();
  }

  /** Shows a source at once; the frame map may follow later. */
  load(source, frame = 0) { this.player.load(source, frame); this.note(""); this.#paint(frame, false); }

  /** `map` is a FrameMap; `startTimecode` the label of frame 0. */
  setMedia({ map, startTimecode, drop }) {
    this.drop = Boolean(drop);
    this.first = (map && parse(startTimecode, map.fps)) || 0;
    this.range = [null, null];
    this.player.setMap(map);
    this.timeline.set({ count: map?.count ?? 0, fps: map?.fps ?? 25, label: (frame) => this.timecode(frame), range: this.range });
    this.slider.setAttribute("aria-valuemax", String(map?.last ?? 0));
    this.#paint(this.player.frame, true);
  }

  /** Shots found so far, in order; `upTo` is the first frame not looked at yet. */
  setScenes(scenes, upTo = Infinity) {
    this.scenes = scenes;
    this.timeline.set({ scenes, upTo });
    patchList(this.strip, scenes, (scene) => scene.start_frame, (scene) => this.#card(scene), (node, scene) => this.#updateCard(node, scene));
    this.shot = undefined;
    this.#markShot(this.player.frame);
  }

  /** What was measured along the film; none of it while that is not known. */
  setLanes(lanes) { this.timeline.set({ lanes }); }

  clear() {
    this.player.clear();
    this.setLanes([]);
    this.setMedia({ map: null });
    this.setScenes([]);
    this.note("");
  }

  note(text) { setText(this.root.querySelector(".stage-note"), text); setHidden(this.root.querySelector(".stage-note"), !text); }
  seek(frame) { this.player.seek(frame); }
  get frame() { return this.player.frame; }
  get map() { return this.player.map; }
  timecode(frame) { return this.map ? label(frame + this.first, this.map.fps, this.drop) : clock(this.player.seconds); }

  /** The frame that a person's words name: a timecode, digits of one, or +10 and -24 from `here`; null when none. */
  typed(text, here = this.frame) {
    const frame = this.map ? typed(text, this.map.fps, here + this.first) : null;
    return frame === null ? null : frame - this.first;
  }

  sceneAt(frame) {
    let low = 0, high = this.scenes.length - 1;
    while (low <= high) {
      const middle = (low + high) >> 1, scene = this.scenes[middle];
      if (frame < scene.start_frame) high = middle - 1; else if (frame >= scene.end_frame) low = middle + 1; else return scene;
    }
    return null;
  }

  toShot(direction) {
    const cuts = this.scenes.map((scene) => scene.start_frame);
    if (!cuts.length) { this.seek(direction < 0 ? 0 : this.map?.last ?? 0); return; }
    const target = direction > 0 ? cuts.find((cut) => cut > this.frame) ?? this.map.last : cuts.filter((cut) => cut < this.frame).pop() ?? 0;
    this.seek(target);
  }

  mark(which) {
    this.range[which] = this.frame;
    const [into, out] = this.range;
    if (into !== null && out !== null && into > out) this.range[1 - which] = null;
    this.#rangeShown();
  }
  clearRange() { this.range = [null, null]; this.#rangeShown(); }

  #rangeShown() {
    const place = this.root.querySelector(".range");
    const [into, out] = this.range;
    this.timeline.set({ range: this.range });
    place.replaceChildren();
    if (into === null && out === null) return;
    const text = into !== null && out !== null ? `${this.timecode(into)} – ${this.timecode(out)} · ${plural(out - into + 1, "frame")}`
      : into !== null ? `In ${this.timecode(into)}` : `Out ${this.timecode(out)}`;
    place.append(el("span", { text }), el("button.button.quiet", { type: "button", text: "Clear", "aria-label": "Clear in and out", onClick: () => this.clearRange() }));
  }

  #listen() {
    const { player, timeline, root } = this;
    player.addEventListener("frame", (event) => this.#paint(event.detail.frame, event.detail.exact));
    player.addEventListener("state", (event) => this.#stateShown(event.detail));
    player.addEventListener("trouble", (event) => this.dispatchEvent(new CustomEvent("trouble", { detail: event.detail })));
    timeline.addEventListener("scrub", (event) => {
      player.seek(event.detail.frame);
      if (event.detail.done) this.dispatchEvent(new Event("settled"));
    });
    this.strip.addEventListener("click", (event) => {
      const card = event.target.closest("[role=option]");
      if (!card) return;
      if (event.detail > 0) this.slider.focus({ preventScroll: true });
      this.seek(Number(card.dataset.key));
      this.dispatchEvent(new Event("settled"));
    });
    this.strip.addEventListener("keydown", (event) => this.#stripKey(event));
    this.stage.addEventListener("click", (event) => event.target.closest(".range, .cards") || player.toggle());
    root.querySelector(".timecode").addEventListener("click", () => this.goTo());
    root.querySelectorAll("[data-deck]").forEach((button) => button.addEventListener("click", (event) => {
      // After a click by pointer the keys belong to the deck again: the space bar plays, it does not press the button anew.
      if (event.detail > 0) this.slider.focus({ preventScroll: true });
      this.act(button.dataset.deck);
    }));
    this.strip.addEventListener("wheel", (event) => {
      if (!event.deltaY || event.ctrlKey || this.strip.scrollWidth <= this.strip.clientWidth) return;
      event.preventDefault();
      this.strip.scrollLeft += event.deltaY;
    }, { passive: false });
    document.addEventListener("keydown", (event) => this.#key(event));
    new MutationObserver(() => timeline.recolour()).observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => timeline.recolour());
    document.fonts?.ready.then(() => timeline.redraw());
  }

  /** What the transport's buttons do, by name. */
  act(name) {
    const acts = {
      toggle: () => this.player.toggle(), prevFrame: () => this.player.step(-1), nextFrame: () => this.player.step(1),
      prevShot: () => this.toShot(-1), nextShot: () => this.toShot(1), markIn: () => this.mark(0), markOut: () => this.mark(1),
      mute: () => this.#mute(), zoomIn: () => this.timeline.zoom(1.6), zoomOut: () => this.timeline.zoom(1 / 1.6),
      zoomFit: () => this.timeline.fit(), fullscreen: () => this.#fullscreen(),
      goTo: () => this.goTo(), home: () => this.seek(0), end: () => this.seek(this.map?.last ?? 0),
      back: () => this.player.shuttle(-1), stop: () => this.player.stop(), forward: () => this.player.shuttle(1),
      backSecond: () => this.player.step(-Math.round(this.map?.fps ?? 25)), nextSecond: () => this.player.step(Math.round(this.map?.fps ?? 25)),
    };
    if (!acts[name]) { this.dispatchEvent(new CustomEvent("command", { detail: { name } })); return; }
    acts[name]();
    if (!["toggle", "back", "forward", "mute", "goTo"].includes(name)) this.dispatchEvent(new Event("settled"));
  }

  #key(event) {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || !this.root.offsetParent) return;
    if (event.target.closest?.(FIELDS) || document.querySelector("dialog[open]")) return;
    const onButton = event.target.closest?.("button, a, summary");
    const name = KEYS[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (!name || (onButton && (event.key === " " || event.key === "Enter")) || !this.map) return;
    if (event.target.closest?.("[role=tablist]")) return;
    event.preventDefault();
    this.act(event.shiftKey && name === "prevFrame" ? "backSecond" : event.shiftKey && name === "nextFrame" ? "nextSecond" : name);
  }

  #stripKey(event) {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!step) return;
    event.preventDefault();
    this.toShot(step);
    this.#markShot(this.frame, true);
  }

  #card(scene) {
    const picture = el("span.shot-picture");
    return el("div.shot", { role: "option", tabindex: "-1", "aria-selected": "false", id: `shot-${scene.start_frame}` },
      picture, el("span.shot-line", {}, el("span.shot-number"), el("span.shot-length"), el("span.shot-remark", { hidden: true })));
  }

  #updateCard(node, scene) {
    const best = (scene.keyframes || []).reduce((a, b) => (!a || b.sharpness > a.sharpness ? b : a), null);
    const picture = node.querySelector(".shot-picture");
    if (best?.artifact_id && picture.dataset.id !== best.artifact_id) {
      picture.dataset.id = best.artifact_id;
      picture.replaceChildren(el("img", { src: contentUrl(best.artifact_id), alt: "", loading: "lazy", decoding: "async", draggable: "false" }));
    }
    const length = scene.end_frame - scene.start_frame, remarks = scene.quality?.remarks ?? [];
    setText(node.querySelector(".shot-number"), String(scene.index + 1));
    setText(node.querySelector(".shot-length"), this.map ? `${((this.map.start(scene.end_frame) - this.map.start(scene.start_frame)) || length / this.map.fps).toFixed(1)} s` : "");
    setText(node.querySelector(".shot-remark"), remarks[0] ?? "");
    setHidden(node.querySelector(".shot-remark"), !remarks.length);
    node.setAttribute("aria-label", `Shot ${scene.index + 1}, from ${scene.start_timecode ?? this.timecode(scene.start_frame)}, ${plural(length, "frame")}${remarks.length ? ", " + remarks.join(", ") : ""}${scene.edited ? ", edited by hand" : ""}`);
    node.dataset.edited = String(Boolean(scene.edited));
  }

  #paint(frame, exact) {
    setText(this.root.querySelector(".timecode-value"), this.timecode(frame));
    setText(this.root.querySelector(".frame-number"), this.map ? `frame ${frame}` : "");
    this.timeline.set({ frame });
    if (this.player.playing) this.timeline.follow(frame);
    this.#markShot(frame);
    const now = performance.now();
    if (exact && (!this.player.playing || now - (this.spoken ?? 0) > 500)) {
      this.spoken = now;
      const scene = this.sceneAt(frame);
      this.slider.setAttribute("aria-valuenow", String(frame));
      this.slider.setAttribute("aria-valuetext", this.timecode(frame) + (scene ? `, shot ${scene.index + 1} of ${this.scenes.length}` : ""));
    }
    this.root.dataset.frame = String(frame);
    this.root.dataset.exact = String(exact);
    this.dispatchEvent(new CustomEvent("frame", { detail: { frame, exact } }));
  }

  #markShot(frame, focus = false) {
    const scene = this.sceneAt(frame);
    if (scene === this.shot && !focus) return;
    this.shot = scene;
    const before = this.strip.querySelector('[aria-selected="true"]'), card = this.strip.children[scene ? this.scenes.indexOf(scene) : -1] ?? null;
    if (before !== card) {
      before?.setAttribute("aria-selected", "false");
      this.strip.querySelectorAll('[tabindex="0"]').forEach((node) => { node.tabIndex = -1; });
      card?.setAttribute("aria-selected", "true");
      (card ?? this.strip.firstElementChild)?.setAttribute("tabindex", "0");
      if (card) this.#reveal(card);
    }
    if (focus) card?.focus({ preventScroll: true });
    this.dispatchEvent(new CustomEvent("shot", { detail: { scene } }));
  }

  /** Brings a card that is out of sight to the middle; scrolls the strip alone, never the page. */
  #reveal(card) {
    const { offsetLeft, offsetWidth } = card, { scrollLeft, clientWidth } = this.strip;
    const hidden = offsetLeft - 8 < scrollLeft || offsetLeft + offsetWidth + 8 > scrollLeft + clientWidth;
    if (hidden) this.strip.scrollLeft = offsetLeft + offsetWidth / 2 - clientWidth / 2;
  }

  #stateShown({ playing, rate }) {
    const button = this.root.querySelector('[data-deck="toggle"]');
    setIcon(button, playing ? "pause" : "play");
    button.setAttribute("aria-label", playing ? "Pause" : "Play");
    this.root.dataset.rate = String(rate);
    this.note(Math.abs(rate) > 1 || rate < 0 ? `${rate < 0 ? "◀" : "▶"} ${Math.abs(rate)}×` : "");
    if (!playing) this.dispatchEvent(new Event("settled"));
  }

  /** Takes a typed timecode, a few digits of one, or +10 and -24 frames. */
  goTo() {
    const shown = this.root.querySelector(".timecode");
    if (!this.map || shown.hidden) return;
    const field = el("input.timecode-field", { type: "text", value: this.timecode(this.frame), "aria-label": "Go to timecode", autocomplete: "off", spellcheck: "false" });
    let open = true;
    const done = (go) => {
      if (!open) return;
      open = false; // taking the field away takes its focus, which ends up here again
      const frame = go ? this.typed(field.value) : null;
      shown.hidden = false;
      field.remove();
      this.slider.focus({ preventScroll: true });
      if (frame !== null) { this.seek(frame); this.dispatchEvent(new Event("settled")); }
    };
    field.addEventListener("keydown", (event) => { if (event.key === "Enter" || event.key === "Escape") { event.preventDefault(); done(event.key === "Enter"); } });
    field.addEventListener("blur", () => done(false));
    shown.hidden = true;
    shown.before(field);
    field.select();
    field.focus();
  }

  #mute() { this.video.muted = !this.video.muted; prefs.set("muted", this.video.muted); this.#muteShown(); }
  #muteShown() {
    const button = this.root.querySelector('[data-deck="mute"]');
    setIcon(button, this.video.muted ? "sound-off" : "sound");
    button.setAttribute("aria-pressed", String(!this.video.muted));
  }

  #fullscreen() {
    if (document.fullscreenElement) document.exitFullscreen(); else this.root.requestFullscreen?.().catch(() => {});
  }
}

export const KEYS = {
  " ": "toggle", j: "back", k: "stop", l: "forward", ArrowLeft: "prevFrame", ArrowRight: "nextFrame", ArrowUp: "prevShot", ArrowDown: "nextShot",
  i: "markIn", o: "markOut", Home: "home", End: "end", a: "mute", s: "split", m: "merge", b: "nearest", p: "marker", v: "cards", c: "guides", n: "onion", f: "fullscreen", "+": "zoomIn", "=": "zoomIn", "-": "zoomOut", 0: "zoomFit",
  g: "goTo", PageUp: "backSecond", PageDown: "nextSecond",
};
