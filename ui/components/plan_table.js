/** The plan as rows: drawn by key, dragged into another order, moved through by keyboard. It changes nothing itself. */

import { el, icon, patchList, setHidden, setText } from "../studio.js";
import { duration, plural } from "../format.js";
import { operationWords, rowOfPath } from "./plan_words.js";
import { PlanRow } from "./plan_row.js";

const STILL = 4; // CSS pixels of a press that is no drag yet
const FIELDS = "input, select, textarea";

export class PlanTable {
  /** `desk`: commit(id, what, value), act(id, name), openOperation(id|null, index, node), pick(id), approveAll(yes). */
  constructor(desk) {
    this.desk = desk;
    this.rows = new Map();
    this.all = el("input.plan-check", { type: "checkbox", id: "plan-all", onChange: () => desk.approveAll(this.all.checked) });
    this.count = el("span.plan-count");
    this.list = el("ol.plan-list", { "aria-label": "Plan" });
    this.line = el("div.plan-line", { "aria-hidden": "true", hidden: true });
    this.filmChips = el("div.plan-chips", { role: "group", "aria-label": "Effects of the whole film" });
    this.filmAdd = el("button.chip-add", { type: "button", "aria-label": "Add an effect to the whole film", onClick: () => desk.openOperation(null, null, this.filmAdd) }, icon("plus"), el("span", { text: "Effect" }));
    this.problems = el("ul.plan-problems");
    this.node = el("div.plan-table", {}, el("div.plan-head", {}, el("label", { for: "plan-all" }, this.all, el("span", { text: "Approve all" })), this.count), this.problems,
      el("div.plan-rows", {}, this.list, this.line), el("section.plan-film", { "aria-label": "Whole film" }, el("span.plan-film-name", { text: "Whole film" }), this.filmChips));
    this.list.addEventListener("keydown", (event) => this.#key(event));
    this.list.addEventListener("pointerdown", (event) => { const grip = event.target.closest(".plan-grip"); if (grip) this.#drag(event, grip); });
  }

  commit(id, what, value) { return this.desk.commit(id, what, value); }
  act(id, name) { this.desk.act(id, name); }
  openOperation(id, index, node) { this.desk.openOperation(id, index, node); }
  pick(id, event) { this.desk.pick(id, !event.target.closest("button, input, select")); }
  focused(id) { this.desk.pick(id, false); }

  /** While the film plays rows do not open, so that the list keeps still. */
  draw(draft, playing = false) {
    const { plan, film, sources, problems, selected } = draft;
    if (!plan) { this.list.replaceChildren(); this.rows.clear(); return; }
    const clips = new Map(film.clips.map((clip) => [clip.segment, clip])), approved = plan.segments.filter((segment) => segment.approved !== false).length;
    const at = new Map(), focused = this.list.contains(document.activeElement) ? document.activeElement : null;
    for (const problem of problems) { const row = rowOfPath(problem.path); at.set(row, [...(at.get(row) ?? []), problem]); }
    patchList(this.list, plan.segments, (segment) => segment.id, (segment) => this.#create(segment), (node, segment) => {
      const number = plan.segments.indexOf(segment);
      this.rows.get(segment.id).draw({ number: number + 1, segment, source: sources.get(segment.source), clip: clips.get(segment.id), fps: film.fps, problems: at.get(number) ?? [], selected: selected === segment.id, open: selected === segment.id && !playing, none: !selected });
    });
    for (const id of this.rows.keys()) if (!plan.segments.some((segment) => segment.id === id)) this.rows.delete(id);
    this.all.checked = approved === plan.segments.length && approved > 0;
    this.all.indeterminate = approved > 0 && approved < plan.segments.length;
    setText(this.count, `${approved} of ${plural(plan.segments.length, "row")} · ${duration(film.frames / film.fps) || "0 s"}`);
    const others = [...(at.get(null) ?? [])];
    patchList(this.problems, others, (problem) => problem.path + problem.code, () => el("li"), (item, problem) => setText(item, [problem.message, problem.remedy].filter(Boolean).join(" ")));
    setHidden(this.problems, !others.length);
    this.#film(plan);
    this.#keepFocus(selected, focused);
  }

  #create(segment) {
    const row = new PlanRow(segment, this);
    this.rows.set(segment.id, row);
    return row.node;
  }

  #film(plan) {
    patchList(this.filmChips, [...(plan.film ?? []).map((operation, index) => ({ key: `${index}-${operation.op}`, operation, index })), { key: "add" }], (item) => item.key,
      (item) => {
        if (item.key === "add") return this.filmAdd;
        const node = el("button.plan-chip", { type: "button" }, el("span"));
        node.addEventListener("click", () => this.desk.openOperation(null, node.index, node));
        return node;
      },
      (node, { operation, index }) => { if (operation) { node.index = index; setText(node.lastChild, operationWords(operation)); node.setAttribute("aria-label", `${operationWords(operation)}: change or remove`); } });
  }

  /** The keys belong to the row that is selected, wherever the selection came from. */
  #keepFocus(selected, focused) {
    if (focused?.isConnected && document.activeElement !== focused) focused.focus({ preventScroll: true }); // a node that is moved loses it
    const here = document.activeElement;
    if (selected && here?.classList.contains("plan-row") && here.dataset.key !== selected) this.rows.get(selected)?.node.focus({ preventScroll: true });
  }

  pictures(thumb) { for (const [id, row] of this.rows) row.picture(thumb(id)); }

  /** Brings a row into view without moving what is there already. */
  reveal(id) { this.rows.get(id)?.node.scrollIntoView({ block: "nearest" }); }
  focus(id) { this.rows.get(id)?.node.focus({ preventScroll: true }); this.reveal(id); }

  #key(event) {
    const node = event.target.closest(".plan-row");
    if (!node || event.ctrlKey || event.metaKey || (event.target.matches(FIELDS) && !event.target.matches("[type=checkbox]"))) return;
    const id = node.dataset.key, step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (step && event.altKey) { event.preventDefault(); event.stopPropagation(); this.desk.act(id, step < 0 ? "up" : "down"); this.focus(id); return; }
    if (event.altKey) return;
    if (step) {
      event.preventDefault();
      event.stopPropagation();
      this.desk.pickBeside(step);
      return;
    }
    const name = { Delete: "remove", Backspace: "remove", d: "duplicate" }[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (!name || event.target !== node) return;
    event.preventDefault();
    event.stopPropagation();
    const other = node.nextElementSibling ?? node.previousElementSibling;
    this.desk.act(id, name);
    if (name === "remove" && other?.dataset.key) { this.desk.pick(other.dataset.key, true); this.focus(other.dataset.key); }
  }

  /** A row is dragged by its grip; a line shows where it would come to stand. Escape leaves it where it was. */
  #drag(event, grip) {
    if (event.button !== 0) return;
    const node = grip.closest(".plan-row"), gone = new AbortController(), { signal } = gone, from = event.clientY, nodes = [...this.list.children];
    let to = null, moved = false;
    try { grip.setPointerCapture(event.pointerId); } catch { /* a synthetic pointer has nothing to capture */ }
    const end = (keep) => {
      gone.abort();
      setHidden(this.line, true);
      node.classList.remove("dragged");
      if (!keep || to === null || !moved) return;
      this.desk.moveTo(node.dataset.key, to > nodes.indexOf(node) ? to - 1 : to);
    };
    grip.addEventListener("pointermove", (next) => {
      if (!moved && Math.abs(next.clientY - from) < STILL) return;
      moved = true;
      node.classList.add("dragged");
      const place = nodes.findIndex((other) => { const box = other.getBoundingClientRect(); return next.clientY < box.top + box.height / 2; });
      to = place < 0 ? nodes.length : place;
      const edge = to < nodes.length ? nodes[to].offsetTop : nodes.at(-1).offsetTop + nodes.at(-1).offsetHeight;
      this.line.style.top = `${edge - 1}px`;
      setHidden(this.line, false);
      const box = this.node.querySelector(".plan-rows"), frame = box.getBoundingClientRect();
      if (next.clientY < frame.top + 24) box.scrollTop -= 12; else if (next.clientY > frame.bottom - 24) box.scrollTop += 12;
    }, { signal });
    grip.addEventListener("pointerup", () => end(true), { signal });
    grip.addEventListener("pointercancel", () => end(false), { signal });
    document.addEventListener("keydown", (key) => { if (key.key === "Escape") { key.preventDefault(); end(false); } }, { signal, capture: true });
  }
}

