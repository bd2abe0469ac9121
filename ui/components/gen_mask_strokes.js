/** A mask as strokes on a canvas, with undo: white is made anew. It knows no page; positions are pixels of the picture. */

const KEPT = 30; // steps that can be undone

export class MaskStrokes {
  constructor(width, height) {
    this.canvas = Object.assign(document.createElement("canvas"), { width, height });
    this.context = this.canvas.getContext("2d", { willReadFrequently: true });
    this.done = [];
    this.undone = [];
    this.last = null;
  }

  /** Before a change: what undo comes back to. */
  #keep() {
    this.done.push(this.context.getImageData(0, 0, this.canvas.width, this.canvas.height));
    if (this.done.length > KEPT) this.done.shift();
    this.undone.length = 0;
  }

  begin(x, y, size, erase) { this.#keep(); this.last = null; this.to(x, y, size, erase); }

  to(x, y, size, erase) {
    const c = this.context;
    c.globalCompositeOperation = erase ? "destination-out" : "source-over";
    c.strokeStyle = c.fillStyle = "#fff";
    c.lineCap = c.lineJoin = "round";
    c.lineWidth = size;
    c.beginPath();
    if (this.last) { c.moveTo(...this.last); c.lineTo(x, y); c.stroke(); } else { c.arc(x, y, size / 2, 0, 2 * Math.PI); c.fill(); }
    this.last = [x, y];
    c.globalCompositeOperation = "source-over";
  }

  end() { this.last = null; }

  clear() { this.#keep(); this.context.clearRect(0, 0, this.canvas.width, this.canvas.height); }

  invert() {
    this.#keep();
    const c = this.context;
    c.globalCompositeOperation = "source-out";
    c.fillStyle = "#fff";
    c.fillRect(0, 0, this.canvas.width, this.canvas.height);
    c.globalCompositeOperation = "source-over";
  }

  undo() { this.#swap(this.done, this.undone); }
  redo() { this.#swap(this.undone, this.done); }
  get canUndo() { return this.done.length > 0; }
  get canRedo() { return this.undone.length > 0; }

  #swap(from, to) {
    if (!from.length) return;
    to.push(this.context.getImageData(0, 0, this.canvas.width, this.canvas.height));
    this.context.putImageData(from.pop(), 0, 0);
  }

  /** A mask made before: what is bright in it becomes painted. */
  async load(url) {
    const picture = await createImageBitmap(await (await fetch(url)).blob());
    const c = this.context;
    c.clearRect(0, 0, this.canvas.width, this.canvas.height);
    c.drawImage(picture, 0, 0, this.canvas.width, this.canvas.height);
    const data = c.getImageData(0, 0, this.canvas.width, this.canvas.height);
    for (let at = 0; at < data.data.length; at += 4) { data.data[at + 3] = Math.round((data.data[at] * data.data[at + 3]) / 255); data.data[at] = data.data[at + 1] = data.data[at + 2] = 255; }
    c.putImageData(data, 0, 0);
  }

  /** The part of the picture that is painted, 0 to 1. */
  get share() {
    const { data } = this.context.getImageData(0, 0, this.canvas.width, this.canvas.height);
    let sum = 0;
    for (let at = 3; at < data.length; at += 4) sum += data[at];
    return sum / 255 / (data.length / 4);
  }

  /** White on black, as a PNG file. */
  async file(name) {
    const flat = Object.assign(document.createElement("canvas"), { width: this.canvas.width, height: this.canvas.height }), c = flat.getContext("2d");
    c.fillStyle = "#000";
    c.fillRect(0, 0, flat.width, flat.height);
    c.drawImage(this.canvas, 0, 0);
    const blob = await new Promise((resolve) => flat.toBlob(resolve, "image/png"));
    return new File([blob], name, { type: "image/png" });
  }
}
