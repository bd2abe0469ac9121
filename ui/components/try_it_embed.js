/** Two texts and how alike a model finds them. */

import { el, icon, setHidden, setText, toastError } from "../studio.js";
import { duration } from "../format.js";
import { cosine, embed } from "./gateway.js";
import { doing } from "./model_words.js";
import { engineLine } from "./try_it_line.js";

const FIRST = "A cat leaps onto the windowsill.", SECOND = "A kitten jumps up to the window.";

export class EmbedTry {
  constructor(entry) {
    this.entry = entry;
    const box = (id, label, value) => el("div.field", {}, el("label", { for: id, text: label }), el("textarea", { id, rows: 3, value }));
    const one = box("try-one", "One text", FIRST), two = box("try-two", "Another", SECOND);
    this.inputs = [one.lastChild, two.lastChild];
    this.score = el("strong.try-score");
    this.track = el("span.meter-track", { "aria-hidden": "true" }, el("span"));
    this.result = el("div.try-result", { hidden: true, role: "status" }, el("span.muted", { text: "Cosine similarity" }), this.score, this.track);
    this.line = el("p.try-line", { "aria-live": "polite" });
    this.go = el("button.button.primary", { type: "submit" }, icon("layers"), el("span", { text: "Compare" }));
    this.node = el("section.try", { "aria-label": "Try it" }, el("form.try-form.try-embed", { onSubmit: (event) => { event.preventDefault(); this.compare(); } }, one, two, this.result, el("div.row", {}, this.line, this.go)));
    setText(this.line, engineLine(entry));
  }

  focus() { this.inputs[0].focus(); }
  close() { this.abort?.abort(); }
  update(entry, seen) {
    this.entry = entry;
    if (this.abort && seen?.moving) setText(this.line, doing({ ...seen, leases: [] }));
  }

  async compare() {
    const texts = this.inputs.map((input) => input.value.trim()), empty = texts.findIndex((text) => !text);
    if (empty >= 0) { this.inputs[empty].focus(); return; }
    if (this.abort) return;
    this.abort = new AbortController();
    this.go.disabled = true;
    setText(this.line, "Reading");
    try {
      const { vectors: [one, two], seconds } = await embed(this.entry.name, texts, this.abort.signal), score = cosine(one, two);
      setText(this.score, score.toFixed(3));
      this.track.firstChild.style.width = `${Math.max(0, score) * 100}%`;
      setHidden(this.result, false);
      setText(this.line, `${one.length} dimensions · ${duration(Math.round(seconds * 1000) / 1000)} · ${engineLine(this.entry)}`);
    } catch (error) { toastError(error); setText(this.line, engineLine(this.entry)); }
    this.abort = null;
    this.go.disabled = false;
  }
}
