/** Models: cards to install and use, and a live picture of what occupies the memory. */

import { address, connect, el, icon, on, patchList, prefs, setHidden, setText, tell } from "../studio.js";
import { plural } from "../format.js";
import { ModelCard, jobLine } from "../components/model_card.js";
import { ModelSheet } from "../components/model_sheet.js";
import { Memory } from "../components/model_memory.js";
import { fitsHere, isInstalled, matches, place, TASKS } from "../components/model_words.js";
import { ModelStore } from "./model_store.js";

export function mount(element) { connect(); new ModelsTab(element.querySelector(".panel")); }

class ModelsTab {
  constructor(root) {
    this.root = root;
    this.cards = new Map();
    this.store = new ModelStore(() => this.#soon());
    this.task = prefs.get("models.task", "");
    this.fits = prefs.get("models.fits", true);
    const run = (name, action) => this.run(name, action), open = (name) => this.open(name);
    this.makeCard = (entry) => { const card = new ModelCard(entry, run, open); this.cards.set(entry.name, card); return card.node; };
    this.sheet = new ModelSheet(run);
    this.memory = new Memory((name) => this.store.entries.get(name)?.title ?? name, open);
    this.search = el("input", { type: "search", id: "models-search", placeholder: "Search models", autocomplete: "off", onInput: () => this.draw() });
    this.tasks = el("select", { id: "models-task", onChange: () => { this.task = this.tasks.value; prefs.set("models.task", this.task); this.draw(); } });
    this.fitting = el("button.button", { type: "button", "aria-pressed": "true", title: "Only what this machine has room for and an engine to run", onClick: () => this.#setFits(!this.fits) }, icon("check"), el("span", { text: "Fits here" }));
    this.import = el("button.button", { type: "button", hidden: true, onClick: () => this.store.importModel() }, icon("folder"), el("span", { text: "Import" }));
    this.list = el("div.model-list", { role: "list", "aria-label": "Models" });
    this.none = el("div.nothing", { hidden: true }, icon("mark", "welcome-mark"), el("p"));
    this.rest = el("p.model-rest.muted", { hidden: true }, el("span"), el("button.button.quiet", { type: "button", text: "Show all", onClick: () => this.#setFits(false) }));
    this.imports = el("div.model-imports", { role: "list", "aria-label": "Imports" });
    root.replaceChildren(
      el("header.page-head", {}, el("h1", { text: "Models" }), el("span.search", {}, icon("search"), el("label.visually-hidden", { for: "models-search", text: "Search models" }), this.search),
        el("label.visually-hidden", { for: "models-task", text: "Filter by task" }), this.tasks, this.fitting, el("span.head-space"), this.import),
      el("div.page-body.models-body", {}, el("div.models-main", {}, this.imports, this.list, this.none, this.rest), this.memory.node));
    on("tab", ({ id }) => { this.shown = id === "models"; if (this.shown) this.store.wake(); });
    this.shown = !root.hidden;
    if (this.shown) this.store.wake();
    setInterval(() => { if (this.shown && !document.hidden && this.memory.ticking) { this.memory.draw(); this.#drawSheet(); } }, 1000);
  }

  #soon() { this.due ??= requestAnimationFrame(() => { this.due = undefined; this.draw(); }); }
  #setFits(yes) { this.fits = yes; prefs.set("models.fits", yes); this.draw(); }

  draw() {
    const { store } = this, all = [...store.entries.values()];
    this.#drawTasks(all);
    this.fitting.setAttribute("aria-pressed", String(this.fits));
    setHidden(this.import, !store.machine?.owner);
    const found = all.filter((entry) => matches(entry, this.search.value.trim(), this.task)), shown = this.fits ? found.filter((entry) => fitsHere(entry) || store.jobs.has(entry.name)) : found;
    const rank = new Map(shown.map((entry) => [entry.name, place(entry, store.seen(entry.name))]));
    shown.sort((a, b) => rank.get(a.name) - rank.get(b.name));
    patchList(this.list, shown, (entry) => entry.name, this.makeCard, (_, entry) => this.cards.get(entry.name).update(entry, store.facts(entry.name)));
    const left = new Set(shown.map((entry) => entry.name));
    for (const name of this.cards.keys()) if (!left.has(name)) this.cards.delete(name);
    const hidden = found.length - shown.length;
    setHidden(this.rest, hidden === 0);
    setText(this.rest.firstChild, `${plural(hidden, "model")} more: too large for this machine, or without an engine in this studio.`);
    setHidden(this.none, shown.length > 0 || !store.ready);
    setText(this.none.querySelector("p"), hidden ? "Nothing that fits here answers this search." : all.length ? "No model answers this search." : "There are no models.");
    this.#drawImports();
    this.memory.update(store.memory, store.machine);
    this.#drawSheet();
    if (store.ready && !this.opened) { this.opened = true; if (address.get("model")) this.open(address.get("model")); }
  }

  #drawTasks(all) {
    const tasks = Object.keys(TASKS).filter((task) => all.some((entry) => entry.task === task));
    if (this.tasks.children.length === tasks.length + 1) return;
    this.tasks.replaceChildren(el("option", { value: "", text: "All tasks" }), ...tasks.map((task) => el("option", { value: task, text: TASKS[task] })));
    this.tasks.value = tasks.includes(this.task) ? this.task : "";
    if (tasks.length) this.task = this.tasks.value;
  }

  #drawImports() {
    const create = (job) => el("div.model-import", { role: "listitem" }, el("strong", { text: job.request.path }), el("span.muted"), el("progress", { max: 1, value: 0, "aria-label": "Progress" }),
      el("button.button.quiet", { type: "button", onClick: () => this.store.cancel(job) }, icon("x"), el("span", { text: "Cancel" })));
    patchList(this.imports, [...this.store.imports.values()], (job) => job.id, create, (node, job) => { setText(node.children[1], jobLine(job)); node.children[2].value = job.progress; });
  }

  #drawSheet() {
    const entry = this.store.entries.get(this.sheet.name);
    if (entry) this.sheet.update(entry, this.store.facts(entry.name));
    else if (this.sheet.name) this.sheet.node.close(); // it was imported and is gone
  }

  open(name, focusTry = false) {
    const entry = this.store.entries.get(name);
    if (!entry) return;
    if (!this.shown) tell("show-tab", { id: "models" });
    this.sheet.show(entry, this.store.facts(name), focusTry);
  }

  run(name, action) {
    if (action === "try") this.open(name, true);
    else this.store[action](this.store.entries.get(name));
    if (action === "remove" && !isInstalled(this.store.entries.get(name))) this.#soon();
  }
}
