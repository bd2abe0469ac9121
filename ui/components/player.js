/** The player: a `<video>` driven by frame numbers. One seek at a time; the newest wish wins. */

const SHUTTLE = [-8, -4, -2, -1, 0, 1, 2, 4, 8];

const SETTLE_MS = 1500; // a picture that is not drawn (a hidden tab) is waited for no longer than this

export class Player extends EventTarget {
  /** Events: `frame` ({frame, exact}), `state` ({playing, rate}), `trouble` ({message}), `ready`. */
  constructor(video) {
    super();
    this.video = video;
    this.map = null;
    this.wanted = null; // frame being sought
    this.next = null; // frame wished for while a seek runs
    this.frame = 0;
    this.rate = 0;
    this.offset = 0; // media time of frame 0: what the browser reports for the first picture it shows
    this.settled = false;
    video.addEventListener("seeked", () => this.#seeked());
    video.addEventListener("loadeddata", () => { this.dispatchEvent(new Event("ready")); setTimeout(() => this.#settle(null), SETTLE_MS); });
    video.addEventListener("error", () => this.#error());
    video.addEventListener("play", () => this.#state());
    video.addEventListener("pause", () => this.rate >= 0 && this.#stopped());
    video.addEventListener("ended", () => this.#stopped());
    if (video.requestVideoFrameCallback) this.#watch();
    else video.addEventListener("timeupdate", () => this.#show(video.currentTime));
  }

  /** Loads a source and goes to `frame`. Keeps the map until `setMap` replaces it. */
  load(source, frame = 0) {
    this.stop();
    Object.assign(this, { offset: 0, settled: false, frame, pending: frame, wanted: null, next: null });
    this.video.src = source;
  }

  clear() { this.stop(); Object.assign(this, { map: null, frame: 0 }); this.video.removeAttribute("src"); this.video.load(); }

  setMap(map) {
    this.map = map;
    if (this.settled && this.pending !== undefined) this.#arrive();
    else if (map && this.video.readyState >= 2 && this.wanted === null) this.#show(this.mediaTime ?? this.video.currentTime);
  }

  get playing() { return this.rate !== 0; }
  get seconds() { return Math.max(0, this.video.currentTime - this.offset); }

  /** Goes to a frame exactly: aims at its middle. */
  seek(frame) {
    if (!this.map) return;
    const target = this.map.clamp(frame);
    if (this.rate !== 0) this.stop();
    this.#go(target);
  }

  #go(target) {
    this.frame = target;
    this.dispatchEvent(new CustomEvent("frame", { detail: { frame: target, exact: false } }));
    if (!this.settled) { this.pending = target; return; }
    if (this.wanted !== null) { this.next = target; return; }
    this.wanted = target;
    this.video.currentTime = this.map.middle(target) + this.offset;
  }

  step(frames) { this.seek((this.next ?? this.wanted ?? this.frame) + frames); }

  toggle() { if (this.playing) this.stop(); else this.play(1); }

  /** J, K, L: each press of J or L doubles the speed in its direction, the opposite key slows down. */
  shuttle(direction) {
    if (direction === 0) { this.stop(); return; }
    const at = SHUTTLE.indexOf(this.rate);
    const next = Math.min(SHUTTLE.length - 1, Math.max(0, (at < 0 ? 4 : at) + direction));
    this.play(SHUTTLE[next]);
  }

  play(rate) {
    if (rate === 0) { this.stop(); return; }
    cancelAnimationFrame(this.reverse);
    this.rate = rate;
    if (rate > 0) {
      if (this.map && this.frame >= this.map.last) { this.frame = 0; this.video.currentTime = this.offset; }
      this.video.playbackRate = rate;
      this.video.play().catch((error) => { if (error.name !== "AbortError") this.#stopped(); });
    } else {
      this.video.pause();
      this.#backwards();
    }
    this.#state();
  }

  /** Browsers do not play backwards: frames are sought one after the other, as fast as the clip allows. */
  #backwards() {
    const from = this.frame, began = performance.now();
    const tick = (now) => {
      if (this.rate >= 0 || !this.map) return;
      const target = this.map.clamp(from + ((now - began) / 1000) * this.rate * this.map.fps);
      if (target !== this.frame) this.#go(target);
      if (target === 0) { this.stop(); return; }
      this.reverse = requestAnimationFrame(tick);
    };
    this.reverse = requestAnimationFrame(tick);
  }

  stop() {
    cancelAnimationFrame(this.reverse);
    const was = this.rate;
    this.rate = 0;
    if (!this.video.paused) this.video.pause();
    if (was !== 0) this.#state();
  }

  #stopped() { if (this.rate !== 0) { this.rate = 0; this.#state(); } }
  #state() { this.dispatchEvent(new CustomEvent("state", { detail: { playing: this.playing, rate: this.rate } })); }

  /** The first picture tells where the browser's clock puts frame 0; only then can a frame be sought exactly. */
  #settle(mediaTime) {
    if (this.settled) return;
    const { currentTime } = this.video; // not zero where a file starts later: the browser goes to its first picture by itself
    if (mediaTime !== null && Math.abs(mediaTime - currentTime) > 0.5) return; // still a picture of the clip before
    this.offset = mediaTime ?? currentTime;
    this.settled = true;
    this.#arrive();
  }

  #arrive() {
    if (this.pending === undefined || !this.map) return;
    const frame = this.map.clamp(this.pending);
    this.pending = undefined;
    if (frame > 0) this.#go(frame);
  }

  #seeked() {
    const done = this.wanted;
    this.wanted = null;
    if (this.next !== null && this.next !== done) {
      const target = this.next;
      this.next = null;
      this.#go(target);
      return;
    }
    this.next = null;
    if (done !== null) this.dispatchEvent(new CustomEvent("frame", { detail: { frame: this.frame, exact: true } }));
  }

  #watch() {
    const look = (_, meta) => {
      this.mediaTime = meta.mediaTime;
      this.#settle(meta.mediaTime);
      if (this.wanted === null) this.#show(meta.mediaTime);
      this.video.requestVideoFrameCallback(look);
    };
    this.video.requestVideoFrameCallback(look);
  }

  #show(mediaTime) {
    if (this.map) this.frame = this.map.at(mediaTime - this.offset);
    this.dispatchEvent(new CustomEvent("frame", { detail: { frame: this.frame, exact: true } }));
  }

  #error() {
    this.stop();
    const code = this.video.error?.code;
    if (!this.video.getAttribute("src")) return;
    const message = code === 3 || code === 4 ? "This browser cannot play the clip as it is." : "The clip could not be loaded.";
    this.dispatchEvent(new CustomEvent("trouble", { detail: { message } }));
  }
}
