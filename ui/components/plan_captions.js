/** Captions over the unrendered picture: near to what the preview will show, not the same letters. */

import { el, patchList } from "../studio.js";
import { eased } from "./plan_film.js";

const PLACES = { meme_top: 0.1, meme_bottom: 0.9, title: 0.5, shout: 0.5, lower_third: 0.82, caption: 0.86, subtitle: 0.9 };
const SIZES = { meme_top: 11, meme_bottom: 11, title: 10, shout: 14, lower_third: 5.5, caption: 6.5, subtitle: 5.5 };
const RISE_S = 0.25;

/** Captions of one list of operations that are shown at `at` seconds of its place. */
function captions(operations, at, seconds, prefix) {
  const found = [];
  operations.forEach((operation, index) => {
    if (operation.op === "text") {
      const from = operation.at_s ?? 0, end = operation.duration_s ? from + operation.duration_s : seconds;
      if (at >= from && at < end) found.push({ key: `${prefix}${index}`, ...operation, begun: at - from, left: end - at });
    }
    if (operation.op === "subtitles") {
      const cue = (operation.cues ?? []).find((line) => at >= line.start_s && at < line.end_s);
      if (cue) found.push({ key: `${prefix}${index}`, text: cue.text, style: operation.style ?? "subtitle", begun: at - cue.start_s, left: cue.end_s - at });
    }
  });
  return found;
}

function animate(node, { animation = "none", text, begun, left }) {
  const share = Math.min(1, begun / RISE_S);
  let opacity = 1, transform = "";
  let words = text;
  if (animation === "fade") opacity = Math.min(share, Math.min(1, left / RISE_S));
  if (animation === "pop") transform = `scale(${(0.6 + 0.4 * eased("ease_out", share)).toFixed(3)})`;
  if (animation === "slide_up") { transform = `translateY(${((1 - eased("ease_out", share)) * 60).toFixed(1)}%)`; opacity = share; }
  if (animation === "shake") transform = `translate(${(Math.sin(begun * 47) * 1.5).toFixed(2)}%, ${(Math.cos(begun * 39) * 4).toFixed(2)}%)`;
  if (animation === "typewriter") words = [...text].slice(0, Math.ceil(begun * 24)).join("");
  const inner = node.firstChild;
  if (inner.textContent !== words) inner.textContent = words;
  inner.style.opacity = opacity;
  inner.style.transform = transform;
}

export class Captions {
  constructor() { this.node = el("div.film-captions", { "aria-hidden": "true" }); }

  /** `rows`: [{operations, at, seconds, key}] of everything on screen, the film's own first. */
  draw(rows) {
    const shown = rows.flatMap((row) => captions(row.operations, row.at, row.seconds, row.key));
    patchList(this.node, shown, (caption) => caption.key, () => el("p.film-caption", {}, el("span", { dir: "auto" })), (node, caption) => this.#update(node, caption));
  }

  #update(node, caption) {
    const style = caption.style ?? "caption";
    node.dataset.style = style;
    const y = caption.y ?? PLACES[style] ?? PLACES.caption, x = caption.x ?? (style === "lower_third" ? 0.3 : 0.5);
    node.style.left = `${x * 100}%`;
    node.style.top = `${y * 100}%`;
    node.style.fontSize = `${caption.size_percent ?? SIZES[style] ?? SIZES.caption}cqh`;
    node.style.color = caption.colour ?? "";
    node.style.fontFamily = caption.font ? `"${caption.font.replace(/["\\]/g, "")}", var(--font)` : "";
    node.style.setProperty("--outline", caption.outline_colour ?? "#000");
    animate(node, caption);
  }
}
