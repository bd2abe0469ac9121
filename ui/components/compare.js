/** Two clips compared: one transport for both, frame by frame, side by side, wiped or as a difference, each with its coherence. */

import { address, el, icon, setHidden, setIcon, setText, toastError } from "../studio.js";
import { rate } from "../format.js";
import { Side } from "./compare_side.js";
import { CompareLanes } from "./compare_lanes.js";
import { Pictures } from "./compare_picture.js";
import { Sync, sameRate } from "./compare_sync.js";

const FIELDS = "input, select, textarea, dialog, [contenteditable]";
const MODES = [["side", "Side by side", "1"], ["wipe", "Wipe", "2"], ["difference", "Difference", "3"]];
const KEYS = { ArrowLeft: "back", ArrowRight: "on", Home: "first", End: "last", " ": "toggle", "[": "earlier", "]": "later", x: "swap", 1: "side", 2: "wipe", 3: "difference" };

export class CompareView {
  /** `actions`: close(). `name`: how the ids of its fields begin, where the page has two of it. */
  constructor(actions, name = "compare") {
    Object.assign(this, { actions, name });
    this.a = new Side("A");
    this.b = new Side("B");
    this.sync = new Sync(this.a, this.b, () => this.soon());
    this.pictures = new Pictures(this.a, this.b);
    this.lanes = new CompareLanes(this.sync);
    for (const side of [this.a, this.b]) side.addEventListener("change", () => this.#known());
    this.#build();
    document.addEventListener("keydown", (event) => this.#key(event));
  }

  #build() {
    const button = (name, label, key, image) => el("button.button.quiet.square", { type: "button", "aria-label": label, title: `${label}  ${key}`, data: { act: name }, onClick: () => this.act(name) }, icon(image));
    this.modes = el("div.segments", { role: "group", "aria-label": "How the clips are shown" }, ...MODES.map(([mode, text, key]) =>
      el("button.segment", { type: "button", title: `${text}  ${key}`, "aria-pressed": String(mode === "side"), data: { mode }, onClick: () => this.act(mode) }, el("span", { text }))));
    this.gain = el("input", { type: "range", id: `${this.name}-gain`, min: 1, max: 16, value: 4, onInput: () => this.pictures.setGain(Number(this.gain.value)) });
    this.gainRow = el("span.compare-gain", { hidden: true }, el("label", { for: `${this.name}-gain`, text: "Brighter" }), this.gain);
    this.offset = el("input", { type: "number", id: `${this.name}-offset`, value: 0, step: 1, onChange: () => this.setOffset(Number(this.offset.value)) });
    this.play = button("toggle", "Play", "Space", "play");
    this.timeA = el("span.compare-time");
    this.timeB = el("span.compare-time.muted");
    this.notes = el("p.compare-notes", { role: "status" });
    this.node = el("section.beside-view.compare-view", { "aria-label": "Compare two clips", hidden: true },
      el("header.page-head", {}, el("h1", { text: "Compare" }), this.modes, this.gainRow,
        el("button.button.quiet.rank-close", { type: "button", onClick: () => this.actions.close() }, icon("x"), el("span", { text: "Close" }))),
      this.notes, this.pictures.node,
      el("div.compare-transport", { role: "toolbar", "aria-label": "Transport of both clips" }, this.timeA,
        el("span.compare-keys", {}, button("first", "First frame", "Home", "shot-back"), button("back", "Previous frame", "←", "step-back"), this.play, button("on", "Next frame", "→", "step-forward"), button("last", "Last frame", "End", "shot-forward")),
        el("span.compare-shift", {}, el("label", { for: `${this.name}-offset`, text: "B ahead by" }), button("earlier", "B one frame back", "[", "minus"), this.offset, button("later", "B one frame ahead", "]", "plus"), el("span.muted", { text: "frames" })),
        el("button.button.quiet.compare-swap", { type: "button", title: "Swap A and B  X", onClick: () => this.act("swap") }, icon("retry"), el("span", { text: "Swap" })), this.timeB),
      this.lanes.node);
    this.pictures.setGain(4);
    // After a click by pointer the keys belong to the pictures again: the space bar plays, it does not press the button anew.
    this.node.addEventListener("click", (event) => { if (event.detail > 0 && event.target.closest("button")) this.lanes.node.focus({ preventScroll: true }); });
  }

  /** `ids`: two clips or analyses; `frame` of the first, `offset` of the second in its frames. */
  async open(ids, frame = 0, offset = 0) {
    this.ids = ids;
    this.sync.offset = offset;
    this.offset.value = String(offset);
    address.set({ compare: ids.join(","), f: frame || null, offset: offset || null });
    setText(this.notes, "");
    await Promise.all([this.#open(this.a, ids[0], frame), this.#open(this.b, ids[1], frame)]);
    if (this.a.map && this.b.map) this.sync.seek(frame);
  }

  async #open(side, id, frame) {
    try { await side.open(id, frame); } catch (error) { side.close(); side.trouble = [error.message, error.remedy].filter(Boolean).join(" "); this.#known(); }
  }

  close() { this.sync.pause(); this.a.close(); this.b.close(); address.set({ compare: null, offset: null, f: null }); }

  act(name) {
    const { sync } = this;
    if (MODES.some(([mode]) => mode === name)) { this.setMode(name); return; }
    const acts = {
      toggle: () => sync.toggle(), back: () => sync.step(-1), on: () => sync.step(1), backSecond: () => sync.step(-Math.round(this.a.map?.fps ?? 24)),
      onSecond: () => sync.step(Math.round(this.a.map?.fps ?? 24)), first: () => sync.seek(0), last: () => sync.seek(this.a.map?.last ?? 0),
      earlier: () => this.setOffset(sync.offset - 1), later: () => this.setOffset(sync.offset + 1),
      swap: () => this.open([...this.ids].reverse(), this.b.map?.clamp(sync.partnerOf(sync.frame)) ?? 0, -sync.offset).catch(toastError),
    };
    acts[name]?.();
  }

  setMode(mode) {
    for (const button of this.modes.children) button.setAttribute("aria-pressed", String(button.dataset.mode === mode));
    setHidden(this.gainRow, mode !== "difference");
    this.pictures.setMode(mode);
    this.soon();
  }

  setOffset(frames) {
    const whole = Number.isFinite(frames) ? Math.round(frames) : 0;
    this.offset.value = String(whole);
    this.sync.setOffset(whole);
    address.set({ offset: whole || null });
  }

  #known() {
    this.pictures.names();
    setText(this.notes, differences(this.a, this.b));
    if (this.a.map && this.b.map && !this.sync.playing && this.sync.ready && !this.sync.settled) this.sync.seek(this.sync.frame);
    this.soon();
  }

  soon() { this.due ??= requestAnimationFrame(() => { this.due = undefined; if (!this.node.hidden) this.draw(); }); }

  draw() {
    const { a, b, sync } = this, settled = Boolean(a.map && b.map) && sync.settled;
    const partner = b.map ? sync.partnerOf(sync.frame) : 0, inside = b.map ? partner >= 0 && partner <= b.map.last : true;
    setText(this.timeA, `A ${a.timecode(sync.frame)}`);
    setText(this.timeB, `B ${b.timecode(b.player.frame)}${inside ? "" : partner < 0 ? " · not begun" : " · over"}`);
    this.timeA.title = `Frame ${sync.frame}`;
    this.timeB.title = `Frame ${b.player.frame}`;
    this.node.dataset.settled = settled ? `${sync.frame},${b.player.frame}` : "";
    setIcon(this.play, sync.playing ? "pause" : "play");
    this.play.setAttribute("aria-label", sync.playing ? "Pause" : "Play");
    this.pictures.draw(settled);
    this.lanes.draw();
    if (settled) address.set({ f: sync.frame || null });
    else if (!sync.playing && a.map && b.map) this.soon(); // until both pictures are there
  }

  #key(event) {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || !this.node.offsetParent || document.querySelector("dialog[open]")) return;
    const name = KEYS[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (!name || event.target.closest?.(FIELDS) || event.target.closest?.("[role=tablist]")) return;
    if (event.key === " " && event.target.closest?.("button, a, summary")) return;
    event.preventDefault();
    this.act(event.shiftKey && name === "back" ? "backSecond" : event.shiftKey && name === "on" ? "onSecond" : name);
  }
}

/** What a person should know before trusting the comparison, in a sentence each. */
export function differences(a, b) {
  if (!a.info || !b.info) return [a, b].filter((side) => side.trouble).map((side) => `${side.letter}: ${side.trouble}`).join(" ");
  const one = a.info.video, other = b.info.video, said = [];
  if (a.artifact.id === b.artifact.id) said.push("Both are the same clip.");
  if (one.width !== other.width || one.height !== other.height) said.push(`The sizes differ: A is ${one.width} × ${one.height}, B ${other.width} × ${other.height}; both are shown at the same height.`);
  if (!sameRate(one.fps, other.fps)) said.push(`The frame rates differ: A has ${rate(one.fps)}, B ${rate(other.fps)} frames a second; steps are A's, B shows its frame of the same moment.`);
  const gap = b.map.count - a.map.count;
  if (sameRate(one.fps, other.fps) && gap) said.push(`B is ${Math.abs(gap)} frame${Math.abs(gap) === 1 ? "" : "s"} ${gap > 0 ? "longer" : "shorter"}.`);
  return [...said, ...[a, b].filter((side) => side.trouble).map((side) => `${side.letter}: ${side.trouble}`)].join(" ");
}
