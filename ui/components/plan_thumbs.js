/** Small pictures of single frames, drawn by a video of their own, one after the other; each is made once. */

import { el } from "../studio.js";

const WIDE = 160;

export class Thumbs {
  /** `onDrawn()` after each new picture. */
  constructor(onDrawn) {
    this.onDrawn = onDrawn;
    this.known = new Map(); // "source media:frame" -> canvas
    this.wishes = new Map();
    this.video = null;
  }

  /** The picture, or null while it is not drawn; asking for it is a wish. */
  get(source, frame) {
    if (!source?.url || !source.size) return null;
    const key = `${source.media}:${source.kind === "image" ? 0 : frame}`, found = this.known.get(key);
    if (found) return found;
    this.wishes.set(key, { source, frame, key });
    this.#work();
    return null;
  }

  /** Only what is shown now need be drawn. */
  forget() { this.wishes.clear(); }

  async #work() {
    if (this.busy) return;
    this.busy = true;
    while (this.wishes.size) {
      const [wish] = this.wishes.values();
      this.wishes.delete(wish.key);
      if (this.known.has(wish.key)) continue;
      try { this.known.set(wish.key, await this.#draw(wish)); this.onDrawn(); } catch { /* the row is there without its picture */ }
    }
    this.busy = false;
  }

  async #draw({ source, frame }) {
    const picture = source.kind === "image" ? await loadImage(source.url) : await this.#seek(source, frame);
    const canvas = el("canvas");
    canvas.width = WIDE;
    canvas.height = Math.max(1, Math.round((WIDE * source.size.height) / source.size.width));
    canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
    return canvas;
  }

  async #seek(source, frame) {
    if (this.url !== source.url) {
      this.url = source.url;
      this.video = el("video", { preload: "auto", playsinline: true });
      this.video.muted = true;
      this.video.src = source.url;
      await once(this.video, "loadeddata");
    }
    this.video.currentTime = Math.min(source.middle(frame), Math.max(0, this.video.duration - 0.01));
    await once(this.video, "seeked");
    return this.video;
  }
}

/** The event, or its failure, or ten seconds. */
function once(target, name) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(name)), 10000);
    target.addEventListener(name, () => { clearTimeout(timer); resolve(); }, { once: true });
    target.addEventListener("error", () => { clearTimeout(timer); reject(new Error("error")); }, { once: true });
  });
}

async function loadImage(url) {
  const image = el("img", { src: url });
  await image.decode();
  return image;
}
