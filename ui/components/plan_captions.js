/** Captions over the unrendered picture: near to what the preview will show, not the same letters. */

import { el, patchList } from "../studio.js";
import { eased } from "./plan_film.js";

/**
 * The styles as the studio ships them (configs/styles/captions.yaml): size of the capitals in % of the shorter side, outline in % of
 * that, where the block is fastened. A style of a person's own is shown as a caption.
 */
const INTER = { family: "var(--font)", capital: 0.7275, weight: 700 }, ANTON = { family: "Anton, Impact, var(--font)", capital: 0.859, weight: 400 };
const STYLES = {
  caption: { face: INTER, size: 4.2, outline: 14, y: 0.86, width: 0.86, animation: "fade" }, subtitle: { face: INTER, size: 3.4, outline: 12, y: 0.93, width: 0.8 },
  title: { face: ANTON, size: 9, outline: 6, y: 0.5, align: "middle", width: 0.86, upper: true, animation: "fade" },
  lower_third: { face: INTER, size: 3.6, outline: 0, x: 0.06, y: 0.88, align: "left", width: 0.6, box: "#101418b8", animation: "slide_up" },
  meme_top: { face: ANTON, size: 9, outline: 12, y: 0.04, align: "top", width: 0.9, upper: true }, meme_bottom: { face: ANTON, size: 9, outline: 12, y: 0.96, width: 0.9, upper: true },
  shout: { face: ANTON, size: 15, outline: 10, y: 0.5, align: "middle", width: 0.88, upper: true, colour: "#ffe14a", animation: "shake" },
  impact: { face: ANTON, size: 12, outline: 10, y: 0.5, align: "middle", width: 0.88, upper: true, animation: "pop" },
  whisper: { face: INTER, size: 2.6, outline: 8, y: 0.78, width: 0.6, colour: "#dfe6ee", animation: "fade" },
  karaoke: { face: INTER, size: 5, outline: 14, y: 0.72, width: 0.8, animation: "karaoke" }, typewriter: { face: INTER, size: 3.6, outline: 8, x: 0.08, y: 0.82, align: "left", width: 0.8, animation: "typewriter" },
};
export const STYLE_NAMES = Object.keys(STYLES);
const SHIFTS = { bottom: "translate(-50%, -100%)", middle: "translate(-50%, -50%)", top: "translate(-50%, 0)", left: "translate(0, -100%)" };
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
  constructor() {
    document.fonts?.add(new FontFace("Anton", `url("${new URL("../fonts/anton.ttf", import.meta.url).href}")`)); // fetched when a caption uses it
    this.node = el("div.film-captions", { "aria-hidden": "true" });
  }

  /** `rows`: [{operations, at, seconds, key}] of everything on screen, the film's own first. */
  draw(rows) {
    const shown = rows.flatMap((row) => captions(row.operations, row.at, row.seconds, row.key));
    patchList(this.node, shown, (caption) => caption.key, () => el("p.film-caption", {}, el("span", { dir: "auto" })), (node, caption) => this.#update(node, caption));
  }

  #update(node, caption) {
    const style = STYLES[caption.style ?? "caption"] ?? STYLES.caption, placed = caption.x !== null && caption.x !== undefined;
    const { family, capital, weight } = style.face, shift = placed || (caption.y !== null && caption.y !== undefined) ? "middle" : style.align ?? "bottom";
    Object.assign(node.style, {
      left: `${(caption.x ?? style.x ?? 0.5) * 100}%`, top: `${(caption.y ?? style.y) * 100}%`, transform: placed ? SHIFTS.middle : SHIFTS[shift], maxWidth: `${style.width * 100}%`,
      textAlign: style.align === "left" && !placed ? "start" : "center", fontFamily: caption.font ? `"${caption.font.replace(/["\\]/g, "")}", ${family}` : family, fontWeight: weight,
      fontSize: caption.size_percent ? `${caption.size_percent / capital}cqh` : `${style.size / capital}cqmin`, textTransform: style.upper ? "uppercase" : "none",
      color: caption.colour ?? style.colour ?? "#fff", background: style.box ?? "", padding: style.box ? "0.25em 0.5em" : "0",
    });
    node.style.setProperty("--outline", caption.outline_colour ?? "#000");
    node.style.setProperty("--outline-width", `${((2 * style.outline) / 100) * capital}em`);
    animate(node, { ...caption, animation: caption.animation ?? style.animation });
  }
}
