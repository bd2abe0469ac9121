/** Composition drawn over the picture as vector lines: thirds, power points, balance, and the subject of the shot. */

import { el, setHidden, setText } from "../studio.js";

const SVG = "http://www.w3.org/2000/svg";
const THIRDS = [100 / 3, 200 / 3].map((share) => `${share}%`);

function draw(tag, attributes) {
  const node = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  return node;
}

/** The same shape twice, a dark rim under the line, so that it shows on every picture. */
function rimmed(tag, className, attributes) {
  return [draw(tag, { ...attributes, class: `${className} rim` }), draw(tag, { ...attributes, class: className })];
}

const SURE = 0.35; // from this confidence on a box is taken for a subject

/** The subject's box at any frame of a track, straight from sample to sample; null for an empty one. */
export function boxAt(track, frame) {
  const frames = track?.frames ?? [];
  if (!frames.length) return null;
  let next = frames.findIndex((sampled) => sampled >= frame);
  if (next < 0) next = frames.length - 1;
  const before = Math.max(0, frames[next] > frame ? next - 1 : next), wide = frames[next] - frames[before];
  const share = wide ? Math.min(1, Math.max(0, (frame - frames[before]) / wide)) : 0;
  const at = (name) => track[name][before] + (track[name][next] - track[name][before]) * share;
  const [x, y, w, h, confidence] = ["x", "y", "w", "h", "confidence"].map(at);
  return { x, y, w, h, confidence, centre_x: x + w / 2, centre_y: y + h / 2 };
}

export class Guides {
  constructor(layer) {
    this.svg = draw("svg", { width: "100%", height: "100%", "aria-hidden": "true" });
    for (const at of THIRDS) {
      this.svg.append(...rimmed("line", "third", { x1: at, x2: at, y1: "0%", y2: "100%" }), ...rimmed("line", "third", { y1: at, y2: at, x1: "0%", x2: "100%" }));
    }
    for (const x of THIRDS) for (const y of THIRDS) this.svg.append(...rimmed("circle", "power", { cx: x, cy: y, r: 6 }));
    this.subject = [...rimmed("rect", "subject", {}), ...rimmed("circle", "centre", { r: 4 })];
    this.svg.append(...this.subject);
    this.label = el("span.subject-label");
    this.across = el("span.balance.across", {}, el("i"));
    this.upright = el("span.balance.upright", {}, el("i"));
    this.words = el("p.visually-hidden", { role: "status" });
    this.node = el("div.guides", { hidden: true }, this.label, this.across, this.upright, this.words);
    this.node.prepend(this.svg);
    layer.node.append(this.node);
  }

  show(on) { setHidden(this.node, !on); }

  /**
   * `shot` is what the analysis says of the composition of the shot under the playhead, or null; `track` where its subject
   * goes, if it was followed; `frame` the playhead.
   */
  draw(shot, track, frame) {
    const followed = boxAt(track, frame), subject = followed ?? shot?.subject ?? null;
    for (const node of this.subject) node.style.display = subject ? "" : "none";
    setHidden(this.label, !subject);
    setHidden(this.across, !shot);
    setHidden(this.upright, !shot);
    if (this.node.hidden === false) setText(this.words, shot ? described(shot) : "No composition was measured here.");
    if (!shot) return;
    this.across.firstChild.style.left = `${50 + 50 * shot.balance_left_right}%`;
    this.upright.firstChild.style.top = `${50 + 50 * shot.balance_top_bottom}%`;
    if (!subject) return;
    const place = { x: subject.x, y: subject.y, width: Math.min(subject.w, 1 - subject.x), height: Math.min(subject.h, 1 - subject.y) };
    const [rim, box, ...centres] = this.subject;
    for (const node of [rim, box]) for (const [name, value] of Object.entries(place)) node.setAttribute(name, `${value * 100}%`);
    for (const node of centres) { node.setAttribute("cx", `${subject.centre_x * 100}%`); node.setAttribute("cy", `${subject.centre_y * 100}%`); }
    // Without a track the box was measured on one frame of the shot; on all others it is a reminder, not a measurement.
    this.node.dataset.measured = String(followed ? followed.confidence >= SURE : frame === shot.frame);
    this.label.style.left = `${subject.x * 100}%`;
    this.label.style.top = `${subject.y * 100}%`;
    this.label.style.transform = `translate(${subject.x > 0.7 ? "-100%" : "0"}, ${subject.y > 0.08 ? "-100%" : "0"})`; // outside the box where there is room
    setText(this.label, shot.shot_size ? `Subject · ${shot.shot_size}` : "Subject");
  }
}

function described(shot) {
  return [shot.subject ? `Subject at ${Math.round(shot.subject.centre_x * 100)} % from the left, ${Math.round(shot.subject.centre_y * 100)} % from the top` : "No subject stands out",
    ...(shot.remarks ?? [])].join(", ") + ".";
}
