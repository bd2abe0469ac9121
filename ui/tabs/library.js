/** Library: a grid of everything made or used, with search, filters and a sheet for one item. */

import { api, connect, contentUrl, el, icon, on, patchList, prefs, project, setHidden, setText, toastError } from "../studio.js";
import { ago, bytes, duration, KIND_ICONS, KINDS } from "../format.js";
import { Selection } from "./library_selection.js";
import { Sheet } from "./library_sheet.js";

const PAGE = 60;
const ROLES = [["source", "Clips", "What you gave"], ["result", "Results", "What was made for you"], ["support", "Working files", "Keyframes, proxies, thumbnails"], ["", "Everything", ""]];

export function mount(element) { connect(); new LibraryTab(element.querySelector(".panel")); }

class LibraryTab {
  constructor(root) {
    this.root = root;
    this.items = new Map();
    this.role = prefs.get("library.role", "source");
    this.sheet = new Sheet({ onDeleted: (id) => { this.items.delete(id); this.selection.forget(id); this.draw(); }, onChanged: (item) => { this.items.set(item.id, item); this.draw(); } });
    this.search = el("input", { type: "search", id: "library-search", placeholder: "Search by name", autocomplete: "off", onInput: () => this.#soon() });
    this.kind = el("select", { id: "library-kind", onChange: () => this.reload() }, el("option", { value: "", text: "All kinds" }), ...Object.entries(KINDS).map(([value, text]) => el("option", { value, text })));
    this.roles = el("div.segments", { role: "group", "aria-label": "Filter by role" }, ...ROLES.map(([value, text, title]) =>
      el("button.segment", { type: "button", title, "aria-pressed": "false", data: { value }, onClick: () => { this.role = value; prefs.set("library.role", value); this.reload(); } }, el("span", { text }))));
    this.disk = el("span.disk.muted");
    this.grid = el("div.grid", { role: "list", "aria-label": "Files" });
    this.selection = new Selection(this.grid);
    this.none = el("div.nothing", { hidden: true }, icon("mark", "welcome-mark"), el("p"));
    this.more = el("button.button", { type: "button", text: "Load more", hidden: true, onClick: () => this.load(this.next) });
    root.replaceChildren(
      el("header.page-head", {}, el("h1", { text: "Library" }), this.roles,
        el("span.search", {}, icon("search"), el("label.visually-hidden", { for: "library-search", text: "Search by name" }), this.search),
        el("label.visually-hidden", { for: "library-kind", text: "Filter by kind" }), this.kind, this.selection.bar, this.disk),
      el("div.page-body", {}, this.grid, this.none, el("div.row.centre", {}, this.more)));
    this.watcher = new IntersectionObserver((entries) => entries.forEach((entry) => this.#preview(entry)), { root: root.querySelector(".page-body"), rootMargin: "200px" });
    on("tab", ({ id }) => { this.shown = id === "library"; if (this.shown && this.stale !== false) this.reload(); });
    on("library-open", ({ id }) => this.sheet.show(id));
    on("project", () => this.#changed());
    on("artifact", () => this.#changed());
    on("online", () => this.#changed());
    on("status", ({ disk }) => disk && setText(this.disk, `${bytes(disk.used_by_studio_bytes)} used · ${bytes(disk.free_bytes)} free`));
    this.shown = !root.hidden;
    if (this.shown) this.reload();
  }

  #soon() { clearTimeout(this.timer); this.timer = setTimeout(() => this.reload(), 200); }
  #changed() { this.stale = true; if (this.shown) { clearTimeout(this.timer); this.timer = setTimeout(() => this.reload(), 500); } }

  async reload() {
    this.stale = false;
    for (const button of this.roles.children) button.setAttribute("aria-pressed", String(button.dataset.value === this.role));
    await this.load(null);
  }

  async load(before) {
    const turn = (this.turn = (this.turn ?? 0) + 1);
    const params = new URLSearchParams({ limit: String(PAGE) });
    for (const [name, value] of [["role", this.role], ["kind", this.kind.value], ["q", this.search.value.trim()], ["project_id", project()], ["before", before]]) if (value) params.set(name, value);
    try {
      const page = await api(`/api/artifacts?${params}`);
      if (turn !== this.turn) return;
      if (!before) this.items = new Map();
      for (const item of page.items) this.items.set(item.id, item);
      this.next = page.next_before;
      this.draw();
    } catch (error) { if (error.code !== "unreachable") toastError(error); }
  }

  draw() {
    const items = [...this.items.values()];
    patchList(this.grid, items, (item) => item.id, (item) => this.#card(item), (node, item) => this.#update(node, item));
    setHidden(this.more, !this.next);
    setHidden(this.none, items.length > 0);
    const searching = this.search.value.trim() || this.kind.value;
    setText(this.none.querySelector("p"), searching ? "Nothing here fits the search." : this.role === "source" ? "The clips you drop will lie here." : "Nothing has been made yet.");
  }

  #card(item) {
    const picture = el("span.card-picture", {}, icon(KIND_ICONS[item.kind] ?? "file"));
    const card = el("button.card", { type: "button", onClick: () => this.sheet.show(item.id) }, picture, el("span.card-name"), el("span.card-line"));
    const node = el("div.card-place", { role: "listitem" }, card, this.selection.check(item));
    node.item = item;
    this.watcher.observe(node);
    card.addEventListener("pointermove", (event) => this.#hoverScrub(picture, event));
    return node;
  }

  #update(node, item) {
    node.item = item;
    const info = item.meta?.probe;
    setText(node.querySelector(".card-name"), item.name.split("/").pop());
    setText(node.querySelector(".card-line"), [info?.duration_s ? duration(info.duration_s) : KINDS[item.kind], bytes(item.size_bytes), item.missing ? "missing" : ago(item.created_at)].filter(Boolean).join(" · "));
    node.dataset.missing = String(item.missing);
    node.firstChild.title = item.name;
  }

  /** Pictures are fetched when their card comes near, a clip shows its first second. */
  #preview({ isIntersecting, target }) {
    if (!isIntersecting || target.dataset.previewed || target.item.missing) return;
    target.dataset.previewed = "yes";
    const place = target.querySelector(".card-picture"), { id, kind, meta } = target.item;
    if (kind === "image") place.replaceChildren(el("img", { src: contentUrl(id), alt: "", decoding: "async" }));
    if (kind !== "video") return;
    const video = el("video", { muted: true, playsinline: true, preload: "metadata", tabindex: "-1", "aria-hidden": "true" });
    video.muted = true;
    const poster = (meta?.probe?.duration_s ?? 0) * 0.3;
    video.src = `${contentUrl(id)}#t=${poster.toFixed(2)}`;
    video.addEventListener("loadeddata", () => place.replaceChildren(video), { once: true });
    video.load();
  }

  #hoverScrub(place, event) {
    const video = place.querySelector("video");
    if (!video || event.pointerType === "touch" || video.seeking || !isFinite(video.duration)) return;
    const box = place.getBoundingClientRect();
    video.currentTime = Math.max(0, Math.min(0.999, (event.clientX - box.left) / box.width)) * video.duration;
  }
}
