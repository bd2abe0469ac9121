/** One row of the plan: approved or not, its picture, in and out, speed, effects, caption, reason; edited in place. */

import { el, icon, patchList, setHidden, setText } from "../studio.js";
import { STYLE_NAMES } from "./plan_captions.js";
import { find, speedOf } from "./plan_changes.js";
import { operationIcon, operationWords, speedWords, time } from "./plan_words.js";

const OWN = new Set(["speed", "ramp"]); // have a field of their own

/** A field whose typed words become true with Enter or on leaving it, and go back with Escape. */
export function committed(input, commit) {
  let shown = "";
  input.addEventListener("focus", () => { shown = input.value; });
  input.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.shiftKey) { event.preventDefault(); input.blur(); }
    if (event.key === "Escape") { input.value = shown; input.blur(); }
    event.stopPropagation();
  });
  input.addEventListener("change", () => { if (input.value !== shown && commit(input.value) === false) { input.setAttribute("aria-invalid", "true"); input.value = shown; } else input.removeAttribute("aria-invalid"); });
  return input;
}

export class PlanRow {
  /** `table` knows what to do: commit(row, what, value), openOperation(row, index, node), act(row, name). */
  constructor(segment, table) {
    Object.assign(this, { table, id: segment.id });
    const own = (name) => `row-${segment.id}-${name}`, commit = (what) => (value) => table.commit(this.id, what, value);
    this.grip = el("button.plan-grip", { type: "button", title: "Drag to move; Alt ↑ ↓" }, icon("grip"));
    this.check = el("input.plan-check", { type: "checkbox", onChange: () => table.commit(this.id, "approved", this.check.checked) });
    this.thumb = el("canvas.plan-thumb", { width: 160, height: 90, "aria-hidden": "true" });
    this.number = el("span.plan-number");
    const field = (name, text, wide) => el("span.plan-field", {}, el("label.visually-hidden", { for: own(name), text }), this[name] = committed(el("input", { type: "text", id: own(name), class: wide, title: text, autocomplete: "off", spellcheck: "false" }), commit(name)));
    this.times = el("div.plan-times", {}, field("in", "In", "tc"), el("span.plan-to", { text: "–", "aria-hidden": "true" }), field("out", "Out", "tc"), el("span.plan-field", { title: "Speed; 1 > 3 is a ramp" }, field("speed", "Speed", "short"), el("span", { text: "×", "aria-hidden": "true" })), this.length = el("span.plan-length", { title: "Length in the film" }));
    this.chips = el("div.plan-chips", { role: "group" });
    this.add = el("button.chip-add", { type: "button", onClick: () => table.openOperation(this.id, null, this.add) }, icon("plus"), el("span", { text: "Effect" }));
    this.caption = committed(el("input", { type: "text", id: own("caption"), maxlength: 2000, placeholder: "Caption", autocomplete: "off", dir: "auto" }), commit("caption"));
    this.style = el("select", { id: own("style"), "aria-label": "Caption style", onChange: () => table.commit(this.id, "style", this.style.value) }, ...STYLE_NAMES.map((value) => el("option", { value, text: value.replaceAll("_", " ") })));
    this.words = el("div.plan-words", {}, el("label.visually-hidden", { for: own("caption"), text: "Caption" }), this.caption, this.style);
    this.reason = el("p.plan-reason");
    this.problems = el("ul.plan-problems");
    const button = (name, label, image) => el("button.button.quiet.square", { type: "button", "aria-label": label, title: label, data: { act: name }, onClick: (event) => { event.stopPropagation(); table.act(this.id, name); } }, icon(image));
    this.actions = el("div.plan-acts", { role: "group" }, button("split", "Split at the playhead  S", "split"), button("duplicate", "Duplicate  D", "copy"), button("up", "Move up  Alt ↑", "arrow-up"), button("down", "Move down  Alt ↓", "arrow-down"), button("remove", "Delete  Del", "trash"));
    this.node = el("li.plan-row", { tabindex: "-1" }, this.grip, this.check, el("span.plan-picture", {}, this.thumb, this.number),
      el("div.plan-main", {}, this.times, this.chips, this.words, this.reason, this.problems), this.actions);
    this.node.addEventListener("pointerdown", (event) => { if (!event.target.closest(".plan-grip, .plan-check")) table.pick(this.id, event); });
    this.node.addEventListener("focusin", (event) => { if (!event.target.closest(".plan-grip, .plan-check")) table.focused(this.id); });
  }

  /** `view`: {number, count, segment, source, clip, rate, problems, selected, open}. */
  draw(view) {
    const { number, segment, source, clip, fps, problems, selected, open } = view, { node } = this;
    const approved = segment.approved !== false, name = `Row ${number}`;
    node.dataset.approved = String(approved);
    node.dataset.selected = String(selected);
    node.dataset.open = String(open);
    node.setAttribute("aria-label", `${name}${approved ? "" : ", left out"}`);
    if (selected) node.setAttribute("aria-current", "true"); else node.removeAttribute("aria-current");
    node.tabIndex = selected || (number === 1 && view.none) ? 0 : -1;
    if (this.check.checked !== approved) this.check.checked = approved;
    this.check.setAttribute("aria-label", `Approve row ${number}`);
    this.grip.setAttribute("aria-label", `Move row ${number}`);
    this.chips.setAttribute("aria-label", `Effects of row ${number}`);
    this.add.setAttribute("aria-label", `Add an effect to row ${number}`);
    setText(this.number, String(number));
    const rate = source?.rate || fps;
    this.#value(this.in, source?.rate ? time(source.frameAt(segment.start_s), rate) : segment.start_s.toFixed(2));
    this.#value(this.out, source?.rate ? time(source.frameAt(segment.end_s), rate) : segment.end_s.toFixed(2));
    this.#value(this.speed, speedWords(segment));
    const seconds = clip ? clip.frames / fps : (segment.end_s - segment.start_s) / speedOf(segment).reduce((a, b) => (a + b) / 2);
    setText(this.length, `${seconds.toFixed(2)} s`);
    this.#chips(segment);
    const text = find(segment, "text");
    this.#value(this.caption, text?.text ?? "");
    setHidden(this.words, !text && !open);
    const style = text?.style ?? "caption";
    if (![...this.style.options].some((option) => option.value === style)) this.style.append(el("option", { value: style, text: style.replaceAll("_", " ") }));
    if (this.style.value !== style) this.style.value = style;
    this.style.disabled = !text;
    setText(this.reason, segment.reason ?? "");
    setHidden(this.reason, !segment.reason);
    this.reason.title = segment.reason ?? "";
    patchList(this.problems, problems, (problem) => problem.path + problem.code, () => el("li"), (item, problem) => setText(item, [problem.message, problem.remedy].filter(Boolean).join(" ")));
    setHidden(this.problems, !problems.length);
    setHidden(this.actions, !open);
  }

  #value(input, text) { if (document.activeElement !== input && input.value !== text) input.value = text; }

  #chips(segment) {
    let texts = 0;
    const shown = (segment.operations ?? []).map((operation, index) => ({ operation, index })).filter(({ operation }) => !OWN.has(operation.op) && !(operation.op === "text" && (texts += 1) === 1));
    patchList(this.chips, [...shown.map(({ operation, index }) => ({ key: `${index}-${operation.op}`, operation, index })), { key: "add" }], (item) => item.key,
      (item) => (item.key === "add" ? this.add : this.#chip()), (node, item) => { if (item.operation) this.#update(node, item); });
  }

  #chip() {
    const node = el("button.plan-chip", { type: "button" }, el("span"));
    node.addEventListener("click", () => this.table.openOperation(this.id, node.index, node));
    return node;
  }
  #update(node, { operation, index }) {
    node.index = index;
    const words = operationWords(operation), image = operationIcon(operation);
    setText(node.lastChild, words);
    if (image && !node.querySelector("svg")) node.prepend(icon(image));
    node.setAttribute("aria-label", `${words}: change or remove`);
  }

  /** The frame at the in-point. */
  picture(canvas) {
    if (!canvas || this.drawn === canvas) return;
    this.drawn = canvas;
    const c = this.thumb.getContext("2d"), shape = canvas.width / canvas.height;
    c.fillStyle = "#000";
    c.fillRect(0, 0, 160, 90);
    const wide = Math.min(160, 90 * shape), high = wide / shape;
    c.drawImage(canvas, (160 - wide) / 2, (90 - high) / 2, wide, high);
  }
}
