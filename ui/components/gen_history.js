/** The history: every picture that was made, searched, by board, favourite, character or model; boards beside it; and a picker out of it. */

import { api, dialog, el, icon, patchList, setHidden, setText, thumbUrl, toastError } from "../studio.js";
import { plural } from "../format.js";
import { iconButton, select } from "./gen_fields.js";
import { isMap, isUnlike, promptOf } from "./gen_facts.js";
import { DRAGGED } from "./gen_picture.js";

const PAGE = 60;

export class History {
  /** `wishes`: open(item). */
  constructor(store, wishes) {
    Object.assign(this, { store, wishes, items: [], board: null, favourite: false });
    this.search = el("input", { type: "search", id: "gen-history-search", placeholder: "Words of the prompt", autocomplete: "off", onInput: () => { clearTimeout(this.timer); this.timer = setTimeout(() => this.reload(), 200); } });
    this.character = select("Character", [["", "All characters"]], { id: "gen-history-character", hidden: true, onChange: () => this.reload() });
    this.model = select("Model", [["", "All models"]], { id: "gen-history-model", hidden: true, onChange: () => this.reload() });
    this.boards = el("div.gen-boards", { role: "group", "aria-label": "Boards" });
    this.grid = el("div.gen-grid", { role: "list", "aria-label": "History" });
    this.none = el("div.nothing", { hidden: true }, icon("mark", "welcome-mark"), el("p"));
    this.end = el("div.gen-end", { "aria-hidden": "true" });
    this.said = el("p.visually-hidden", { role: "status" });
    this.body = el("div.gen-history-body", {}, this.grid, this.none, this.end);
    this.rename = iconButton("pencil", "Rename this board", () => this.#rename(), { hidden: true });
    this.remove = iconButton("trash", "Delete this board; its pictures stay", () => this.#remove(), { hidden: true });
    this.node = el("section.gen-history", { "aria-label": "History", hidden: true },
      el("div.gen-history-head", {}, el("span.search", {}, icon("search"), el("label.visually-hidden", { for: "gen-history-search", text: "Search the history" }), this.search), this.character, this.model, this.said),
      el("div.gen-history-boards", {}, this.boards, this.rename, this.remove), this.body);
    new IntersectionObserver((seen) => { if (seen.some((entry) => entry.isIntersecting)) this.#more(); }, { root: this.body, rootMargin: "400px" }).observe(this.end);
    store.addEventListener("boards", () => this.#drawBoards());
    store.addEventListener("pictures", () => { this.stale = true; if (!this.node.hidden) { clearTimeout(this.later); this.later = setTimeout(() => this.reload(true), 400); } });
    store.addEventListener("removed", ({ detail }) => { this.items = this.items.filter((item) => item.id !== detail.id); this.#draw(); });
  }

  show(yes) { setHidden(this.node, !yes); if (yes) { this.#choices(); this.#drawBoards(); this.reload(); } }
  changed() { /* the grid follows the store by itself */ }

  #choices() {
    const keep = (control, first, rows) => { const value = control.value; control.replaceChildren(el("option", { value: "", text: first }), ...rows.map(([key, text]) => el("option", { value: key, text }))); control.value = rows.some(([key]) => key === value) ? value : ""; };
    keep(this.character, "All characters", this.store.people.map((person) => [person.handle, "@" + person.handle]));
    const models = new Set([...this.store.pictures, ...this.items].map((item) => item.meta?.picture?.model).filter(Boolean));
    keep(this.model, "All models", [...models].sort().map((name) => [name, name]));
    for (const control of [this.character, this.model]) setHidden(control, control.options.length < 2);
  }

  get filter() { return { q: this.search.value.trim(), board: this.board, favourite: this.favourite ? "true" : null, character: this.character.value, model: this.model.value }; }

  async reload(keep = false) {
    const turn = (this.turn = (this.turn ?? 0) + 1);
    try {
      const page = await this.store.page({ ...this.filter, limit: keep ? Math.min(200, Math.max(PAGE, this.items.length)) : PAGE });
      if (turn !== this.turn) return;
      this.items = page.items;
      this.next = page.next_before;
      this.#draw();
    } catch (error) { if (error.code !== "unreachable") toastError(error); }
  }

  async #more() {
    if (this.node.hidden || !this.next || this.loading) return;
    this.loading = true;
    const { turn } = this;
    try {
      const page = await this.store.page({ ...this.filter, limit: PAGE, before: this.next });
      if (turn === this.turn) { this.items = [...this.items, ...page.items]; this.next = page.next_before; this.#draw(); }
    } catch (error) { toastError(error); } finally { this.loading = false; }
    if (this.next && this.end.getBoundingClientRect().top < innerHeight + 400) this.#more();
  }

  #draw() {
    this.store.remember(this.items);
    patchList(this.grid, this.items, (item) => item.id, (item) => tile(item, () => this.wishes.open(item), (node) => node.addEventListener("dragstart", (event) => event.dataTransfer.setData(DRAGGED, item.id))), drawTile);
    const filtered = Object.values(this.filter).some(Boolean);
    setHidden(this.none, this.items.length > 0);
    setText(this.none.querySelector("p"), this.board && !this.items.length ? "This board is empty. Put pictures on it with the board button under a picture." : filtered ? "No picture answers this." : "Every picture you make is kept here. Nothing has been made yet.");
    setText(this.said, `${plural(this.items.length, "picture")}${this.next ? " and more" : ""}`);
    this.stale = false;
  }

  #drawBoards() {
    const rows = [{ id: "", name: "All", key: "all" }, { id: "", name: "Favourites", key: "stars" }, ...this.store.boards.map((board) => ({ ...board, key: board.id }))];
    if (this.board && !this.store.boards.some((board) => board.id === this.board)) { this.board = null; this.reload(); }
    patchList(this.boards, rows, (row) => row.key, (row) => {
      const node = el("button.gen-board", { type: "button", onClick: () => this.#choose(row) }, el("span.gen-board-face"), el("span.gen-board-name"), el("span.count"));
      node.addEventListener("dragover", (event) => { if (row.id && [...event.dataTransfer.types].includes(DRAGGED)) { event.preventDefault(); node.dataset.over = "yes"; } });
      node.addEventListener("dragleave", () => { delete node.dataset.over; });
      node.addEventListener("drop", async (event) => { event.preventDefault(); event.stopPropagation(); delete node.dataset.over; try { await api(`/api/boards/${row.id}/items/${event.dataTransfer.getData(DRAGGED)}`, { method: "PUT" }); } catch (error) { toastError(error); } });
      return node;
    }, (node, row) => {
      const here = row.key === "stars" ? this.favourite : row.key === "all" ? !this.board && !this.favourite : this.board === row.id;
      node.setAttribute("aria-pressed", String(here));
      setText(node.children[1], row.name);
      setText(node.children[2], row.pictures === undefined ? "" : String(row.pictures));
      const cover = row.cover_id ?? "";
      if (node.dataset.cover !== cover) { node.dataset.cover = cover; node.firstChild.replaceChildren(cover ? el("img", { src: thumbUrl(cover), alt: "" }) : icon(row.key === "stars" ? "star" : row.key === "all" ? "grid" : "board")); }
    });
    let add = this.boards.parentElement.querySelector(".gen-board-new");
    if (!add) { add = iconButton("plus", "New board", () => this.#create(), { text: "New board" }); add.classList.add("gen-board-new"); this.boards.after(add); }
    for (const button of [this.rename, this.remove]) setHidden(button, !this.board);
  }

  #choose(row) { this.favourite = row.key === "stars"; this.board = row.id || null; this.#drawBoards(); this.reload(); }

  async #named(title, value = "") {
    const input = el("input", { type: "text", id: "gen-board-title", maxlength: 120, value });
    const yes = await ask(title, el("div.field", {}, el("label", { for: "gen-board-title", text: "Name" }), input), "Keep");
    return yes ? input.value.trim() : "";
  }

  async #create() {
    const name = await this.#named("New board");
    if (!name) return;
    try { const board = await api("/api/boards", { method: "POST", body: { name } }); await this.store.loadBoards(); this.#choose({ key: board.id, id: board.id }); } catch (error) { toastError(error); }
  }

  async #rename() {
    const board = this.store.boards.find((each) => each.id === this.board), name = await this.#named("Rename the board", board.name);
    if (!name) return;
    try { await api(`/api/boards/${board.id}`, { method: "PATCH", body: { name } }); await this.store.loadBoards(); } catch (error) { toastError(error); }
  }

  async #remove() {
    const board = this.store.boards.find((each) => each.id === this.board);
    if ((await dialog(`Delete the board ${board.name}?`, el("p", { text: "Its pictures stay in the history." }), [["Keep it", "", ""], ["Delete", "yes", "danger"]])) !== "yes") return;
    try { await api(`/api/boards/${board.id}`, { method: "DELETE" }); this.board = null; await this.store.loadBoards(); this.reload(); } catch (error) { toastError(error); }
  }
}

function tile(item, open, also) {
  const node = el("div.gen-tile", { role: "listitem", draggable: "true" }, el("button", { type: "button", onClick: open }, el("img", { src: thumbUrl(item.id, 384), alt: "", loading: "lazy", decoding: "async", draggable: "false" }), el("span.gen-tile-words"), el("span.gen-cell-mark", { hidden: true }, icon("star")), el("span.gen-cell-unlike", { hidden: true }, icon("alert"))));
  also?.(node);
  return node;
}

function drawTile(node, item) {
  const button = node.firstChild;
  setText(button.children[1], isMap(item) ? "Control map" : promptOf(item));
  setHidden(button.children[2], !item.favourite);
  setHidden(button.children[3], !isUnlike(item));
  button.setAttribute("aria-label", `${promptOf(item).slice(0, 120)}${item.favourite ? ", favourite" : ""}`);
}

/** A dialog with one form; resolves to whether it was agreed to. */
export function ask(title, content, verb) {
  return new Promise((resolve) => {
    let yes = false;
    const form = el("form", { onSubmit: (event) => { event.preventDefault(); yes = true; node.close(); } }, content, el("div.dialog-actions", {}, el("button.button", { type: "button", text: "Not now", onClick: () => node.close() }), el("button.button.primary", { type: "submit", text: verb })));
    const node = el("dialog.dialog.sheet-form", { "aria-label": title }, el("h2", { text: title }), form);
    node.addEventListener("close", () => { node.remove(); resolve(yes); });
    document.body.append(node);
    node.showModal();
  });
}

/** One picture out of the history, chosen in a dialog; null when left. */
export function pickPicture(store) {
  return new Promise((resolve) => {
    let chosen = null, next = null, timer;
    const grid = el("div.gen-grid", { role: "list", "aria-label": "Pictures to choose from" }), more = el("button.button", { type: "button", text: "Load more", hidden: true, onClick: () => load(next) });
    const search = el("input", { type: "search", id: "gen-pick-search", placeholder: "Words of the prompt", autocomplete: "off", onInput: () => { clearTimeout(timer); timer = setTimeout(() => load(null), 200); } });
    const none = el("p.muted", { text: "There are no pictures yet.", hidden: true }), items = [];
    const node = el("dialog.sheet.gen-pick", { "aria-label": "Choose a picture" }, el("header", {}, el("h2", { text: "Choose a picture" }), el("span.search", {}, icon("search"), el("label.visually-hidden", { for: "gen-pick-search", text: "Search the history" }), search), el("button.button.quiet.square", { type: "button", "aria-label": "Close", onClick: () => node.close() }, icon("x"))),
      el("div.gen-pick-body", {}, grid, none, el("div.row.centre", {}, more)));
    const load = async (before) => {
      try {
        const page = await store.page({ q: search.value.trim(), limit: PAGE, before });
        if (!before) items.length = 0;
        items.push(...page.items);
        next = page.next_before;
        patchList(grid, items, (item) => item.id, (item) => tile(item, () => { chosen = item; node.close(); }), drawTile);
        setHidden(more, !next);
        setHidden(none, items.length > 0);
      } catch (error) { toastError(error); }
    };
    node.addEventListener("close", () => { node.remove(); resolve(chosen); });
    node.addEventListener("click", (event) => event.target === node && node.close());
    document.body.append(node);
    node.showModal();
    load(null);
  });
}
