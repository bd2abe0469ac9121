/** Keeps two players in step: clip A leads, clip B shows the frame that belongs to A's, moved by an offset. */

const FAR = 6; // frames apart at which B is sought anew while playing
const EASE = 0.03; // change of B's speed per frame that it is off

/** Whether two rates are so near that frame n of one belongs to frame n of the other. */
export const sameRate = (a, b) => Math.abs(a - b) / a < 0.001;

/** The frame of B that belongs to A's, before it is clamped to what B has; `offset` in frames of B. */
export function partner(frame, mapA, mapB, offset) {
  if (sameRate(mapA.fps, mapB.fps) && !mapA.times && !mapB.times) return frame + offset;
  const seconds = mapA.start(frame);
  return (seconds >= mapB.duration ? mapB.last + Math.round((seconds - mapB.duration) * mapB.fps) + 1 : mapB.at(seconds)) + offset;
}

export class Sync {
  /** `a`, `b`: the sides; `onChange()` whenever something moved. */
  constructor(a, b, onChange) {
    Object.assign(this, { a, b, onChange, offset: 0, wantsPlay: false });
    a.addEventListener("frame", ({ detail }) => { if (this.playing) this.#hold(); else if (detail.exact) this.onChange(); });
    b.addEventListener("frame", () => this.onChange());
    a.addEventListener("state", ({ detail }) => { if (!detail.playing && this.was) this.#landed(); this.was = detail.playing; this.onChange(); });
  }

  get playing() { return this.a.player.playing; }
  get frame() { return this.a.player.frame; }
  get ready() { return this.a.ready && this.b.ready; }
  partnerOf(frame) { return this.a.map && this.b.map ? partner(frame, this.a.map, this.b.map, this.offset) : frame; }
  /** Both stand on the frames they should. */
  get settled() { return this.a.settled && this.b.settled && !this.playing && this.b.player.frame === this.b.map.clamp(this.partnerOf(this.frame)); }

  seek(frame) {
    if (!this.a.map) return;
    const target = this.a.map.clamp(frame);
    this.a.player.seek(target);
    this.b.player.seek(this.partnerOf(target));
    this.onChange();
  }

  step(frames) { const { player } = this.a; this.seek((player.next ?? player.wanted ?? player.frame) + frames); }
  setOffset(frames) { this.offset = frames; if (this.a.map && this.b.map) this.b.player.seek(this.partnerOf(this.frame)); this.onChange(); }
  toggle() { if (this.playing) this.pause(); else this.play(); }
  pause() { this.a.player.stop(); }

  async play() {
    if (!this.ready) return;
    if (this.frame >= this.a.map.last) this.seek(0);
    else this.seek(this.frame);
    await this.#both();
    this.a.player.play(1);
    if (this.#inside()) this.b.player.play(1);
  }

  #inside() { const at = this.partnerOf(this.frame); return at >= 0 && at < this.b.map.last; }

  /** While playing B is eased towards A's frame, and sought only when it is far off. */
  #hold() {
    const { a, b } = this, off = b.player.frame - b.map.clamp(this.partnerOf(a.player.frame));
    if (!this.#inside()) { if (b.player.playing) b.player.stop(); } else if (!b.player.playing) { b.player.seek(this.partnerOf(this.frame)); b.player.play(1); }
    else if (Math.abs(off) >= FAR) b.video.currentTime = b.map.middle(b.map.clamp(this.partnerOf(a.player.frame) + 1)) + b.player.offset;
    else b.video.playbackRate = Math.min(1.2, Math.max(0.8, 1 - EASE * off));
    this.onChange();
  }

  /** Where A stopped, both stand exactly. */
  #landed() {
    this.b.player.stop();
    this.b.video.playbackRate = 1;
    this.seek(this.frame);
  }

  /** Waits until both pictures are there. */
  #both() {
    return new Promise((resolve) => {
      const look = () => { if (this.a.settled && this.b.settled) resolve(); else requestAnimationFrame(look); };
      look();
    });
  }
}
