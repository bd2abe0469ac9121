/** One of the two pictures that lie on top of each other while a plan plays: a video or a still, fitted, moved, coloured. */

import { el } from "../studio.js";
import { coloured, faded, fitted, joined, loudness, moved } from "./plan_effects.js";

const SETTLE_MS = 400; // a picture that is not drawn (a hidden tab, a picture still out of sight) is waited for no longer than this
const SLOWEST = 0.0625, FASTEST = 16; // what browsers play

export class Layer {
  /** `onSeen()`: a sought picture is there. */
  constructor(onSeen) {
    this.onSeen = onSeen;
    this.video = el("video.film-picture", { playsinline: true, preload: "auto", tabindex: "-1" });
    this.image = el("img.film-picture", { alt: "", hidden: true });
    this.fit = el("div.film-fit", {}, this.video, this.image);
    this.tint = el("div.film-tint");
    this.vignette = el("div.film-vignette");
    this.cover = el("div.film-cover");
    this.node = el("div.film-layer", { "aria-hidden": "true" }, this.fit, this.tint, this.vignette, this.cover);
    this.clip = this.source = this.wanted = this.next = null;
    this.video.addEventListener("seeked", () => this.#seeked());
    this.video.addEventListener("loadeddata", () => this.#loaded());
    this.#frames();
  }

  /** Whether the picture that was asked for is there. */
  get ready() {
    if (!this.source) return false;
    if (this.source.kind === "image") return this.image.complete;
    return this.wanted === null && this.video.readyState >= 2 && !this.video.seeking && this.source.settled;
  }
  get running() { return !this.video.paused && this.video.readyState >= 2; }
  /** Source frame on screen, fractions included. */
  get position() { return (this.video.currentTime - this.source.offset) * this.source.rate; }

  /** Turns to a clip of the film, standing on one of its source frames; `early` where it will play on from there. */
  cue(clip, source, frame, early = false) {
    if (early !== this.early) this.at = null;
    Object.assign(this, { clip, early });
    if (this.source !== source || this.url !== source.url) this.#load(source);
    this.seek(frame);
  }

  #load(source) {
    Object.assign(this, { source, url: source.url, wanted: null, next: null, at: null });
    this.#sought(false);
    const still = source.kind === "image";
    this.video.hidden = still;
    this.image.hidden = !still;
    this.video.pause();
    if (still) this.image.src = source.url ?? ""; else if (source.url) this.video.src = source.url;
  }

  /** Until the frame that was asked for is there, a file that has just been opened shows its beginning: that is kept out of sight. */
  #sought(yes) { this.video.dataset.sought = String(yes); }

  seek(frame) {
    if (!this.source || this.source.kind === "image") { this.at = frame; this.onSeen(); return; }
    if (frame === this.at && this.wanted === null && !this.moving) return;
    this.at = frame;
    this.moving = false;
    if (!this.source.settled || this.video.readyState < 1) { this.wanted = frame; return; }
    if (this.wanted !== null) { this.next = frame; return; }
    this.#go(frame);
  }

  #go(frame) { this.wanted = frame; this.next = null; this.video.currentTime = this.source.middle(frame, this.early); }

  #seeked() {
    const { next } = this;
    this.wanted = null;
    this.mediaTime = undefined; // what was told last may be the picture from before
    if (next !== null) { this.#go(next); return; }
    this.#sought(true);
    this.onSeen();
  }

  /** The first picture tells where the browser's clock puts frame 0; only then can a frame be sought exactly. */
  #loaded() {
    if (this.source?.settled) this.#settled(); else setTimeout(() => this.#settle(this.video.currentTime), SETTLE_MS);
  }
  #settle(mediaTime) {
    if (!this.source || this.source.settled || this.video.readyState < 2) return;
    if (Math.abs(mediaTime - this.video.currentTime) > 0.5) return;
    Object.assign(this.source, { settled: true, offset: mediaTime });
    this.#settled();
  }
  #settled() { if (this.wanted !== null && !this.video.seeking) this.#go(this.next ?? this.wanted); }
  /** Another layer has found out about the same source. */
  poke() { if (this.source?.settled && this.wanted !== null && this.video.readyState >= 2 && !this.video.seeking) this.#settled(); }

  #frames() {
    if (!this.video.requestVideoFrameCallback) return;
    const look = (_, { mediaTime }) => {
      this.#settle(mediaTime);
      this.mediaTime = mediaTime;
      this.video.requestVideoFrameCallback(look);
    };
    this.video.requestVideoFrameCallback(look);
  }

  /** Plays on at `rate` times the source's own speed; false where no browser can. */
  run(rate, pitch) {
    this.playable = rate >= SLOWEST && rate <= FASTEST;
    if (!this.playable) return false;
    if (Math.abs(this.video.playbackRate - rate) > 0.004 * rate) this.video.playbackRate = rate;
    this.video.preservesPitch = pitch;
    this.moving = true;
    if (this.video.paused) this.video.play().catch(() => {});
    return true;
  }
  hold() { if (!this.video.paused) this.video.pause(); }
  frame() { return this.source?.kind === "video" ? this.source.shown(this.video.seeking ? this.video.currentTime : this.mediaTime ?? this.video.currentTime) : 0; }

  show(on, above) {
    this.node.dataset.on = String(on);
    this.node.style.zIndex = above ? 2 : 1;
    if (!on) this.hold();
  }

  /** `look`: {row, at, seconds, canvas, fit, join: {kind, share, incoming} | null, loud}. Seconds of the clip. */
  paint({ row, at, seconds, canvas, fit, join, loud }) {
    const operations = row.operations ?? [], { size } = this.source ?? {};
    if (size) Object.assign((this.source.kind === "image" ? this.image : this.video).style, fitted(operations, at, size.width / size.height, canvas, fit));
    this.fit.style.transform = moved(operations, at, seconds);
    const { filter, tint, vignette } = coloured(operations), fade = faded(operations, at, seconds);
    this.fit.style.filter = filter;
    this.tint.style.background = tint;
    this.vignette.style.opacity = vignette;
    const style = join ? joined(join.kind, join.share)[join.incoming ? "into" : "out"] : null;
    this.node.style.opacity = style?.opacity ?? "1";
    this.node.style.clipPath = style?.clipPath ?? "";
    this.node.style.transform = style?.transform ?? "";
    this.cover.style.background = style?.cover ? style.colour : fade.colour;
    this.cover.style.opacity = Math.max(style?.cover ?? 0, fade.share);
    const volume = loud * loudness(operations, at, seconds) * (join ? (join.incoming ? join.share : 1 - join.share) : 1);
    if (Math.abs(this.video.volume - volume) > 0.01) this.video.volume = volume;
  }

  clear() {
    this.hold();
    Object.assign(this, { clip: null, source: null, url: null, wanted: null, next: null, at: null });
    this.video.removeAttribute("src");
    this.video.load();
    this.image.removeAttribute("src");
    this.show(false);
  }
}
