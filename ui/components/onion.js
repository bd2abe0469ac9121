/**
 * Onion skin: the frames before and after, ghosted over a frame that stands still, warm before and cool after.
 * A second `<video>` seeks the neighbours, so that the playhead's own never moves; each is aimed at its middle, like every seek here.
 */

const KEPT = 16; // pictures of neighbours, so that stepping on seeks one frame and not six
const WIDEST = 960;
const WARM = [255, 107, 74], COOL = [90, 190, 240];
const QUIET = 7, FULL = 26; // differences in luma levels: below the first a ghost is left out, from the second on it is drawn in full

/** Neighbours of `frame`, nearest first, that lie within [from, to). */
export function neighbours(frame, count, from, to) {
  const found = [];
  for (let step = 1; step <= count; step += 1) for (const other of [frame - step, frame + step]) if (other >= from && other < to) found.push(other);
  return found;
}

/** Writes into `ghost` (RGBA) a tint where it differs from `current`; `strength` 0 to 1. What both share stays clear. */
export function ghosted(ghost, current, tint, strength) {
  for (let at = 0; at < ghost.length; at += 4) {
    const luma = 0.299 * ghost[at] + 0.587 * ghost[at + 1] + 0.114 * ghost[at + 2];
    const change = Math.abs(ghost[at] - current[at]) + Math.abs(ghost[at + 1] - current[at + 1]) + Math.abs(ghost[at + 2] - current[at + 2]);
    const share = Math.min(1, Math.max(0, (change / 3 - QUIET) / (FULL - QUIET)));
    const light = 0.35 + luma / 390; // the drawing stays readable under its tint
    for (let part = 0; part < 3; part += 1) ghost[at + part] = ghost[at + part] * 0.35 + Math.min(255, tint[part] * light) * 0.65;
    ghost[at + 3] = 255 * share * strength;
  }
}

export class Onion {
  /** `main` is the player's video; ghosts are drawn on `canvas`, which lies over its picture. */
  constructor(main, canvas) {
    Object.assign(this, { main, canvas, on: false, count: 1, opacity: 0.5, turn: 0, pictures: new Map(), waiting: Promise.resolve() });
  }

  set(options) {
    Object.assign(this, options);
    if (!this.on) this.#release();
  }

  clear() {
    this.turn += 1;
    this.canvas.dataset.frames = "";
    if (this.canvas.width) this.canvas.getContext("2d").clearRect(0, 0, this.canvas.width, this.canvas.height);
  }

  /** Draws the neighbours of `frame` within `[from, to)`; `place` is {map, offset} of the player. */
  async show(frame, place, [from, to]) {
    this.clear();
    if (!this.on || !this.main.videoWidth) return;
    const turn = this.turn, wanted = neighbours(frame, this.count, from, to), found = [];
    const current = this.#copy(this.main);
    for (const other of wanted) {
      const picture = await this.picture(other, place, () => turn !== this.turn);
      if (turn !== this.turn) return;
      if (picture) found.push([other, picture]);
    }
    this.#draw(frame, current, found);
  }

  /** The picture of one frame as a canvas, from what is kept or by seeking; null once `stale()`. */
  picture(frame, place, stale = () => false) {
    this.waiting = this.waiting.then(async () => {
      if (stale()) return null;
      const video = await this.#source();
      const kept = this.pictures.get(frame);
      if (kept) return kept;
      const time = place.map.middle(frame) + place.offset;
      if (video.currentTime !== time || video.seeking) {
        const arrived = new Promise((resolve) => video.addEventListener("seeked", resolve, { once: true }));
        video.currentTime = time;
        await arrived;
      }
      const picture = this.#copy(video);
      this.pictures.set(frame, picture);
      if (this.pictures.size > KEPT) this.pictures.delete(this.pictures.keys().next().value);
      return picture;
    }).catch(() => null);
    return this.waiting;
  }

  #copy(video) {
    const picture = document.createElement("canvas"), scale = Math.min(1, WIDEST / video.videoWidth);
    picture.width = Math.round(video.videoWidth * scale);
    picture.height = Math.round(video.videoHeight * scale);
    picture.getContext("2d", { willReadFrequently: true }).drawImage(video, 0, 0, picture.width, picture.height);
    return picture;
  }

  #draw(frame, current, found) {
    const { width, height } = current;
    Object.assign(this.canvas, { width, height });
    const c = this.canvas.getContext("2d"), base = current.getContext("2d").getImageData(0, 0, width, height).data;
    const sheet = document.createElement("canvas");
    Object.assign(sheet, { width, height });
    for (const [other, picture] of [...found].reverse()) {
      const ghost = picture.getContext("2d").getImageData(0, 0, width, height);
      ghosted(ghost.data, base, other < frame ? WARM : COOL, this.opacity / (1 + (Math.abs(other - frame) - 1) * 0.6));
      sheet.getContext("2d").putImageData(ghost, 0, 0);
      c.drawImage(sheet, 0, 0);
    }
    this.canvas.dataset.frames = found.map(([other]) => other).sort((a, b) => a - b).join(" ");
  }

  /** The second video, on the source that is being played. */
  async #source() {
    const address = this.main.currentSrc;
    if (this.video && this.address === address) return this.video;
    this.#release();
    this.address = address;
    this.video = Object.assign(document.createElement("video"), { muted: true, playsInline: true, preload: "auto" });
    await new Promise((resolve, reject) => {
      this.video.addEventListener("loadeddata", resolve, { once: true });
      this.video.addEventListener("error", reject, { once: true });
      this.video.src = address;
    });
    return this.video;
  }

  #release() {
    this.pictures.clear();
    if (this.video) { this.video.removeAttribute("src"); this.video.load(); }
    this.video = null;
  }
}
