/** A layer that lies exactly over the picture of a `<video>`, bars left out; drawings over the film are put into it. */

import { el } from "../studio.js";

/** Where `object-fit: contain` puts the picture inside the element, CSS pixels; null while there is none. */
export function pictureBox({ clientWidth, clientHeight, videoWidth, videoHeight }) {
  if (!clientWidth || !clientHeight || !videoWidth || !videoHeight) return null;
  const scale = Math.min(clientWidth / videoWidth, clientHeight / videoHeight);
  const width = videoWidth * scale, height = videoHeight * scale;
  return { left: (clientWidth - width) / 2, top: (clientHeight - height) / 2, width, height };
}

export class PictureLayer {
  constructor(video) {
    this.video = video;
    this.node = el("div.picture-layer", { hidden: true });
    video.after(this.node);
    for (const type of ["resize", "loadedmetadata", "emptied"]) video.addEventListener(type, () => this.place());
    new ResizeObserver(() => this.place()).observe(video);
  }

  place() {
    const box = pictureBox(this.video);
    this.node.hidden = !box;
    if (box) for (const side of ["left", "top", "width", "height"]) this.node.style[side] = `${box[side]}px`;
  }
}
