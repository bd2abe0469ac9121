/** What occupies the memory, and for whom: bars, who uses what, who waits and why, what was decided and why, and giving it all back. */

import { api, el, icon, patchList, setHidden, setText, toast, toastError } from "../studio.js";
import { bytes, duration } from "../format.js";
import { actionWord, doing, folded, parts, sentence } from "./model_words.js";

const COLOURS = ["mark-blue", "mark-green", "mark-purple", "mark-yellow", "mark-cyan", "mark-red"];
const DECISIONS = 20;

export class Memory {
  /** `titleOf(name)` tells what a model is called; `open(name)` shows it. */
  constructor(titleOf, open) {
    this.titleOf = titleOf;
    this.colours = new Map();
    this.status = { device: null, budget: {}, models: [], waiting: [], decisions: [] };
    this.heard = Date.now();
    this.where = el("p.muted");
    this.bars = { device: this.#bar(), host: this.#bar() };
    this.users = el("ul.memory-users", { "aria-label": "In memory" });
    this.none = el("p.muted", { text: "No model is in memory." });
    this.waiting = el("ul.memory-waiting", { "aria-label": "Waiting" });
    this.waitingGroup = el("section.memory-group", { hidden: true }, el("h3", { text: "Waiting" }), this.waiting);
    this.decisions = el("ol.memory-decisions", { "aria-label": "Last decisions" });
    this.decisionsGroup = el("details.memory-group", { hidden: true, open: !matchMedia("(max-width: 900px)").matches }, el("summary", { text: "Last decisions" }), this.decisions);
    this.restart = el("p.form-error", { hidden: true });
    this.free = el("button.button", { type: "button", onClick: () => this.#free(false) }, icon("eject"), el("span", { text: "Free the memory" }));
    this.freeAll = el("button.button.quiet", { type: "button", hidden: true, title: "Parked models leave RAM too", onClick: () => this.#free(true) }, el("span", { text: "and RAM" }));
    this.open = open;
    this.title = el("h2", { text: "Memory" });
    this.node = el("aside.memory", { "aria-label": "Memory of models" }, this.title, this.where, this.bars.device.node, this.bars.host.node, this.users, this.none, this.restart,
      el("div.row", {}, this.free, this.freeAll), this.waitingGroup, this.decisionsGroup);
  }

  #bar() {
    const name = el("span"), value = el("span"), track = el("div.memory-bar", { role: "img" });
    return { name, value, track, node: el("div.memory-place", { hidden: true }, el("div.memory-place-head", {}, name, value), track) };
  }

  /** A colour for as long as a model is in memory. */
  #colour(name) {
    if (!this.colours.has(name)) {
      const taken = new Set(this.colours.values());
      this.colours.set(name, COLOURS.find((colour) => !taken.has(colour)) ?? COLOURS[this.colours.size % COLOURS.length]);
    }
    return `var(--${this.colours.get(name)})`;
  }

  update(status, machine) {
    if (status && status !== this.status) { this.status = status; this.heard = Date.now(); }
    this.machine = machine ?? this.machine;
    this.draw();
  }

  /** Whether any figure on it grows by itself. */
  get ticking() { return this.status.waiting.length > 0 || this.status.models.some((model) => model.state !== "installed"); }

  draw() {
    const { status, machine } = this, here = status.models.filter((model) => model.state !== "installed" || model.moving || model.waiting || model.pinned);
    for (const name of this.colours.keys()) if (!here.some((model) => model.name === name)) this.colours.delete(name);
    const onGpu = status.device ? !status.budget.shared : machine?.device === "the GPU";
    setText(this.title, onGpu ? "GPU and memory" : "Memory");
    setText(this.where, machine?.sentence ?? "");
    this.#drawBar(this.bars.device, onGpu ? parts(status, machine, "device") : null, machine?.gpu || "GPU");
    this.#drawBar(this.bars.host, onGpu && !status.device ? null : parts(status, onGpu ? null : machine, "host"), "RAM");
    this.#drawUsers(here, onGpu);
    setHidden(this.none, here.length > 0);
    setHidden(this.restart, !status.restart_wanted);
    setText(this.restart, status.restart_wanted ? `The model process starts anew when its work is done: ${status.restart_wanted}` : "");
    setText(this.free.lastChild, onGpu ? "Free the GPU" : "Free the memory");
    this.free.disabled = !here.some((model) => model.state !== "installed");
    setHidden(this.freeAll, !onGpu || this.free.disabled);
    this.#drawWaiting();
    this.#drawDecisions();
  }

  #drawBar(bar, found, name) {
    setHidden(bar.node, !found);
    if (!found) return;
    const rows = [], words = [];
    for (const { model, weights, working } of found.models) {
      const title = this.titleOf(model.name);
      rows.push({ key: model.name, size: weights, colour: this.#colour(model.name), title: `${title}: ${bytes(weights)}` });
      if (working) rows.push({ key: `${model.name}:call`, size: working, colour: this.#colour(model.name), kind: "working", title: `${title}, its calls: ${bytes(working)}` });
      words.push(`${title} ${bytes(weights + working)}`);
    }
    if (found.others) { rows.push({ key: ":others", size: found.others, kind: "others", title: `Other programs: ${bytes(found.others)}` }); words.push(`other programs ${bytes(found.others)}`); }
    words.push(`${bytes(found.free)} free of ${bytes(found.total)}`);
    setText(bar.name, name);
    setText(bar.value, `${bytes(found.free)} free of ${bytes(found.total)}`);
    bar.track.setAttribute("aria-label", `${name}: ${words.join(", ")}`);
    patchList(bar.track, rows, (row) => row.key, () => el("span"), (node, row) => {
      node.style.width = `${(100 * row.size) / found.total}%`;
      node.style.background = row.colour ?? "";
      node.dataset.kind = row.kind ?? "weights";
      node.title = row.title;
    });
  }

  #drawUsers(here, onGpu) {
    const now = (Date.now() - this.heard) / 1000;
    const create = () => el("li", {}, el("span.swatch"), el("button.memory-name", { type: "button" }), el("span.memory-size"), el("span.memory-doing"));
    patchList(this.users, here, (model) => model.name, create, (node, model) => {
      const [swatch, name, size, what] = node.children;
      swatch.style.background = this.#colour(model.name);
      setText(name, this.titleOf(model.name));
      name.onclick = () => this.open(model.name);
      setText(size, bytes((onGpu ? model.device_bytes || model.host_bytes : model.host_bytes) + model.working_bytes));
      setText(what, sentence(doing(model, now)));
    });
    const others = this.status.budget[onGpu ? "device_foreign_bytes" : "host_foreign_bytes"];
    setHidden(this.others ?? (this.others = this.#othersRow()), !others);
    setText(this.others.querySelector(".memory-size"), bytes(others ?? 0));
  }

  #othersRow() {
    const node = el("p.memory-others", {}, el("span.swatch", { data: { kind: "others" } }), el("span", { text: "Other programs" }), el("span.memory-size"));
    this.users.after(node);
    return node;
  }

  /** The scheduler speaks of models by their names; a person reads titles. */
  #reason(row) { return sentence(row.model ? row.reason.replaceAll(row.model, this.titleOf(row.model)) : row.reason); }

  #drawWaiting() {
    const { waiting } = this.status, now = (Date.now() - this.heard) / 1000;
    setHidden(this.waitingGroup, waiting.length === 0);
    patchList(this.waiting, waiting.map((row, index) => ({ ...row, index })), (row) => row.index, () => el("li", {}, el("strong"), el("span.muted")), (node, row) => {
      setText(node.firstChild, `${this.titleOf(row.model)}: ${row.operation}, ${duration(Math.round(row.since_s + now))}`);
      setText(node.lastChild, this.#reason(row));
    });
  }

  #drawDecisions() {
    const onGpu = !this.status.budget.shared, rows = folded(this.status.decisions.filter((row) => onGpu || row.action !== "activate").slice(-DECISIONS)); // nothing moves to a device in RAM
    setHidden(this.decisionsGroup, rows.length === 0);
    const seen = new Map();
    const key = (row) => { const base = `${row.since}:${row.action}:${row.model}`, times = seen.get(base) ?? 0; seen.set(base, times + 1); return `${base}:${times}`; };
    patchList(this.decisions, rows, key, () => el("li", {}, el("time"), el("strong"), el("span.muted")), (node, row) => {
      const [time, what, why] = node.children;
      setText(time, new Date(row.at * 1000).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" }));
      setText(what, [actionWord(row.action, onGpu), row.model ? this.titleOf(row.model) : "", row.times > 1 ? `× ${row.times}` : ""].filter(Boolean).join(" "));
      setText(why, this.#reason(row));
      node.dataset.action = row.action;
    });
  }

  async #free(host) {
    this.free.disabled = true;
    try {
      const { freed_bytes: freed, busy } = await api(`/api/models/free${host ? "?host=true" : ""}`, { method: "POST" });
      const later = busy.length ? ` ${busy.map(this.titleOf).join(", ")} ${busy.length === 1 ? "is" : "are"} in use and will follow.` : "";
      toast(`${freed ? `${bytes(freed)} are free again.` : "There was nothing to give back."}${later}`);
    } catch (error) { toastError(error); }
    this.draw();
  }
}
