/** Many pictures at once: lists, wildcards, a table; and grids that vary one thing along each axis. */

import { el } from "../studio.js";

export class BatchForm {
  constructor(wishes) {
    this.wishes = wishes;
    this.node = el("div.gen-batch", { hidden: true });
  }
  setKnown() {}
  show(mode) { this.mode = mode; }
  takePrompt() {}
  counted() {}
  get saved() { return {}; }
  set() {}
  request(picture) { return { capability: "image.generate", body: picture }; }
}
