/** What a person does to a plan: rows, effects, trims, undo. Joins draft, table, film and the form of effects. */

import { on, toast, toastError } from "../studio.js";
import { approve, approveAll, duplicate, find, move, newId, readSpeed, remove, rowAt, rowOf, setCaption, setOperation, split } from "../components/plan_changes.js";
import { OperationForm } from "../components/plan_operation.js";
import { setSpeed, trim } from "../components/plan_retime.js";
import { PlanTable } from "../components/plan_table.js";
import { capital, typedFrame } from "../components/plan_words.js";

const FIELDS = "input:not([type=checkbox], [type=radio]), select, textarea, dialog, [contenteditable], [popover]";
const KEYS = {
  " ": "toggle", k: "stop", l: "forward", ArrowLeft: "prevFrame", ArrowRight: "nextFrame", PageUp: "prevRow", PageDown: "nextRow", Home: "home", End: "end", ArrowUp: "rowUp", ArrowDown: "rowDown",
  s: "split", i: "markIn", o: "markOut", e: "moment", a: "mute", f: "fullscreen", "+": "zoomIn", "=": "zoomIn", "-": "zoomOut", 0: "zoomFit", Delete: "remove", d: "duplicate",
};

export class EditDesk {
  /** `tab`: the Edit tab, with its root, draft, film. */
  constructor(tab) {
    Object.assign(this, { tab, draft: tab.draft, film: tab.film });
    this.table = new PlanTable(this);
    this.form = new OperationForm(tab.root, this);
    this.film.addEventListener("pick", ({ detail }) => { this.draft.select(detail.id); this.table.reveal(detail.id); });
    this.film.addEventListener("trim", ({ detail }) => this.#trimmed(detail));
    this.film.addEventListener("frame", ({ detail }) => this.#follow(detail));
    tab.root.querySelectorAll("[data-film]").forEach((button) => button.addEventListener("click", (event) => {
      // After a click by pointer the keys belong to the film again: the space bar plays, it does not press the button anew.
      if (event.detail > 0) this.film.slider.focus({ preventScroll: true });
      this.do(button.dataset.film);
    }));
    document.addEventListener("keydown", (event) => this.#key(event));
    on("edit", (change) => this.draft.changed(change).catch(toastError));
    on("online", () => { if (this.draft.id && !this.draft.saving) this.draft.open(this.draft.id).catch(toastError); });
  }

  get #number() { return (id) => rowAt(this.draft.plan, id) + 1; }

  /** Row and timeline share one selection; while the film plays, it follows. */
  #follow({ segment }) {
    if (!segment || !this.film.playing || this.film.version) return;
    if (segment !== this.draft.selected) { this.draft.select(segment); this.table.reveal(segment); }
  }

  /** `goes`: the playhead goes to where the row begins. */
  pick(id, goes) {
    const same = id === this.draft.selected;
    this.draft.select(id);
    if (goes && !same && !this.film.playing) { this.film.showVersion(null); this.film.toBegin(id); }
  }

  /** A field of a row was changed; false when the words mean nothing. */
  commit(id, what, value) {
    const { draft } = this, row = rowOf(draft.plan, id), number = this.#number(id), source = draft.sources.get(row.source);
    if (what === "approved") { draft.change(`${value ? "Approve" : "Leave out"} row ${number}`, (plan) => approve(plan, id, value)); return true; }
    if (what === "caption") { draft.change(value.trim() ? `Caption of row ${number}` : `Remove the caption of row ${number}`, (plan) => setCaption(plan, id, value)); return true; }
    if (what === "style") { draft.change(`Caption style of row ${number}`, (plan) => setCaption(plan, id, find(rowOf(plan, id), "text")?.text ?? "", value)); return true; }
    if (what === "speed") {
      const speed = readSpeed(value);
      if (!speed) { toast("A speed lies between 0.05 and 50, such as 2 or 0.5; 1 > 3 is a ramp."); return false; }
      draft.change(`Speed of row ${number}`, (plan) => setSpeed(plan, id, speed));
      return true;
    }
    return this.#typed(id, what, value, { row, number, source });
  }

  #typed(id, what, value, { row, number, source }) {
    const edge = what === "in" ? "start_s" : "end_s";
    const rate = source?.rate || 0, frame = rate ? typedFrame(value, rate, source.frameAt(row[edge])) : null, seconds = rate ? (frame === null ? null : source.timeOf(frame)) : Number(value);
    const wrong = seconds === null || !isFinite(seconds) || seconds < 0 ? "Type a timecode such as 04:12 or 00:00:04:12, the last digits of one (412), seconds (4.5), or +10 and -24 frames."
      : edge === "start_s" && seconds >= row.end_s ? "A row must begin before it ends." : edge === "end_s" && seconds <= row.start_s ? "A row must end after it begins."
        : rate && seconds > source.seconds + 0.5 / rate ? `The clip is only ${source.seconds.toFixed(2)} s long.` : "";
    if (wrong) { toast(wrong, { tone: "bad" }); return false; }
    this.draft.change(`Trim row ${number}`, (plan) => trim(plan, id, { [edge]: seconds }));
    return true;
  }

  #trimmed({ id, side, frame }) {
    const { draft } = this, source = draft.sources.get(rowOf(draft.plan, id).source);
    draft.change(`Trim row ${this.#number(id)}`, (plan) => trim(plan, id, { [side === "start" ? "start_s" : "end_s"]: source.timeOf(frame) }));
  }

  approveAll(yes) { this.draft.change(yes ? "Approve all rows" : "Leave out all rows", (plan) => approveAll(plan, yes)); }
  moveTo(id, to) { if (to !== rowAt(this.draft.plan, id)) this.draft.change(`Move row ${this.#number(id)}`, (plan) => move(plan, id, to)); }

  /** What the buttons of a row do. */
  act(id, name) {
    const { draft } = this, number = this.#number(id), at = rowAt(draft.plan, id);
    if (name === "up") { if (at > 0) this.moveTo(id, at - 1); return; }
    if (name === "down") { if (at < draft.plan.segments.length - 1) this.moveTo(id, at + 1); return; }
    if (name === "duplicate") { const copy = newId(draft.plan); draft.change(`Duplicate row ${number}`, (plan) => duplicate(plan, id, copy)); draft.select(copy); return; }
    if (name === "split") { this.split(id); return; }
    draft.change(`Delete row ${number}`, (plan) => remove(plan, id));
    toast(`Row ${number} is deleted.`, { action: "Undo", onAction: () => this.step("undo") });
  }

  split(id = null) {
    const here = this.film.here();
    if (!here || (id && here.row.id !== id)) { toast(id ? `The playhead is not in row ${this.#number(id)}.` : "There is nothing to split here."); return; }
    const { row, clip, at, source, frame } = here, first = find(row, "reverse") ? frame + 1 : frame;
    if (!source?.rate || at === 0 || first <= clip.first || first >= clip.first + clip.count) { toast("The row begins here. Go to the frame where its second part shall begin."); return; }
    const other = newId(this.draft.plan), moment = { at_s: source.timeOf(first), out_s: at / this.draft.film.fps };
    this.draft.change(`Split row ${this.#number(row.id)}`, (plan) => split(plan, row.id, moment, other));
    this.draft.select(other);
  }

  /** The row under the playhead begins, or ends, here. */
  mark(side) {
    const here = this.film.here();
    if (!here?.source?.rate) return;
    const { row, source, frame } = here, number = this.#number(row.id), into = side === "in";
    const seconds = source.timeOf(into ? frame : frame + 1);
    if (into ? seconds >= row.end_s || seconds === row.start_s : seconds <= row.start_s || seconds === row.end_s) return;
    this.draft.change(`Trim row ${number}`, (plan) => trim(plan, row.id, into ? { start_s: seconds } : { end_s: seconds }));
    this.draft.select(row.id);
  }

  setOperation(id, index, operation, label) {
    const where = id === null ? "" : ` of row ${this.#number(id)}`;
    this.draft.change(capital(`${label}${where}`), (plan) => setOperation(plan, id, index, operation));
  }

  /** Seconds of the playhead in a row or in the film: where a new effect begins. */
  startFor(id) {
    const here = this.film.here(), { fps } = this.draft.film;
    if (!here) return 0;
    return id === null ? Math.round((this.film.player.frame / fps) * 100) / 100 : here.row.id === id ? Math.round((here.at / fps) * 100) / 100 : 0;
  }

  openOperation(id, index, node) {
    const { plan, sources } = this.draft, list = (id === null ? plan.film : rowOf(plan, id).operations) ?? [];
    if (id !== null) this.draft.select(id);
    const view = { id, index, operation: index === null ? null : list[index], existing: list.map((operation) => operation.op), sources: plan.sources.map((source) => [source.id, sources.get(source.id)?.name || source.id]) };
    this.form.open(view, node).catch(toastError);
  }

  async step(name) {
    if (!this.draft.edit) return;
    try {
      const label = await this.draft.step(name);
      if (label === null) toast(name === "undo" ? "There is nothing to undo." : "There is nothing to redo.");
      else toast(`${name === "undo" ? "Undone" : "Done again"}${label ? `: ${label}` : ""}`);
    } catch (error) { toastError(error); }
  }

  do(name) {
    if (!this.draft.plan) return;
    const { selected } = this.draft;
    const acts = {
      split: () => this.split(), markIn: () => this.mark("in"), markOut: () => this.mark("out"), undo: () => this.step("undo"), redo: () => this.step("redo"), moment: () => this.tab.moment(),
      rowUp: () => this.pickBeside(-1), rowDown: () => this.pickBeside(1), remove: () => selected && this.act(selected, "remove"), duplicate: () => selected && this.act(selected, "duplicate"),
    };
    if (acts[name]) acts[name](); else this.film.act(name);
  }

  /** The row before or after the selected one. */
  pickBeside(step) {
    const rows = this.draft.plan.segments, at = rows.findIndex((row) => row.id === this.draft.selected), next = rows[at < 0 ? 0 : at + step];
    if (next) { this.pick(next.id, true); this.table.reveal(next.id); }
  }

  #key(event) {
    if (event.defaultPrevented || !this.draft.plan || !this.film.root.offsetParent || document.querySelector("dialog[open]")) return;
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    if ((event.ctrlKey || event.metaKey) && !event.altKey) {
      if (event.target.closest?.(FIELDS)) return;
      const name = key === "y" || (key === "z" && event.shiftKey) ? "redo" : key === "z" ? "undo" : null;
      if (name) { event.preventDefault(); this.step(name); }
      return;
    }
    if (event.altKey || event.target.closest?.(FIELDS) || event.target.closest?.("[role=tablist], [role=radiogroup]")) return;
    const name = KEYS[key];
    if (!name || (event.target.closest?.("button, a, summary, input") && (key === " " || key === "Enter"))) return;
    event.preventDefault();
    this.do(event.shiftKey && name === "prevFrame" ? "backSecond" : event.shiftKey && name === "nextFrame" ? "nextSecond" : name);
  }

  /** Undo and redo say what they will do. */
  drawHistory() {
    const { edit } = this.draft;
    for (const name of ["undo", "redo"]) {
      const button = this.tab.root.querySelector(`[data-film=${name}]`), can = Boolean(edit?.[`can_${name}`]), word = name === "undo" ? "Undo" : "Redo";
      const label = can && edit[`${name}_label`] ? `${word}: ${edit[`${name}_label`]}` : word;
      button.disabled = !can;
      button.setAttribute("aria-label", label);
      button.title = `${label}  ${name === "undo" ? "Ctrl Z" : "Ctrl Shift Z"}`;
    }
  }
}
