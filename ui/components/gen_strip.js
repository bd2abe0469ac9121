/** The filmstrip: what is being made, then the pictures, the newest first; a list box that the arrow keys walk. */

import { el, icon, patchList, setHidden, setText, thumbUrl } from "../studio.js";
import { percent } from "../format.js";
import { isMap, isUnlike, promptOf } from "./gen_facts.js";
import { DRAGGED } from "./gen_picture.js";


export class Strip {
  /** `wishes`: choose(key), cancel(job), dismiss(job), more(). */
  constructor(wishes) {
    this.wishes = wishes;
    this.list = el("div.gen-strip-list", { role: "listbox", "aria-label": "Filmstrip", "aria-orientation": "horizontal", tabindex: "0", onKeydown: (event) => this.#key(event) });
    this.node = el("div.gen-strip", {}, this.list);
  }

  update(store, selected, compared) {
    this.selected = selected;
    this.items = [...store.live.map((job) => ({ key: job.id, job })), ...store.failed.map((job) => ({ key: job.id, job })), ...store.pictures.filter((item) => !isMap(item)).map((item) => ({ key: item.id, item }))];
    patchList(this.list, this.items, (entry) => entry.key, (entry) => (entry.job ? this.#jobCell(entry) : this.#cell(entry)), (node, entry) => {
      const here = entry.key === selected;
      node.setAttribute("aria-selected", String(here));
      node.dataset.compared = String(entry.key === compared);
      if (entry.job) this.#drawJob(node, entry.job, store.previews.get(entry.job.id)); else this.#draw(node, entry.item);
      if (here) this.list.setAttribute("aria-activedescendant", node.id);
    });
    setHidden(this.node, !this.items.length);
  }

  reveal() { this.list.querySelector("[aria-selected=true]")?.scrollIntoView({ block: "nearest", inline: "nearest" }); }

  #cell({ key, item }) {
    const node = el("div.gen-cell", { role: "option", id: `gen-cell-${key}`, draggable: "true", onClick: () => this.wishes.choose(key) },
      el("img", { src: thumbUrl(item.id), alt: "", loading: "lazy", decoding: "async", draggable: "false" }), el("span.gen-cell-mark", { hidden: true }, icon("star")), el("span.gen-cell-unlike", { hidden: true, title: "Unlike its character" }, icon("alert")));
    node.addEventListener("dragstart", (event) => { event.dataTransfer.setData(DRAGGED, key); event.dataTransfer.effectAllowed = "copy"; });
    return node;
  }

  #draw(node, item) {
    const unlike = isUnlike(item);
    setHidden(node.children[1], !item.favourite);
    setHidden(node.children[2], !unlike);
    node.setAttribute("aria-label", `${promptOf(item).slice(0, 120)}${item.favourite ? ", favourite" : ""}${unlike ? ", unlike its character" : ""}`);
  }

  #jobCell({ key, job }) {
    const stop = el("button.gen-cell-stop", { type: "button", tabindex: "-1" }, icon("x"));
    stop.addEventListener("click", (event) => { event.stopPropagation(); const now = this.items.find((entry) => entry.key === key)?.job ?? job; if (["failed", "quarantined"].includes(now.state)) this.wishes.dismiss(now); else this.wishes.cancel(now); });
    return el("div.gen-cell.job", { role: "option", id: `gen-cell-${key}`, onClick: () => this.wishes.choose(key) }, el("img", { alt: "", hidden: true }), el("span.gen-cell-words"), el("progress", { max: 1, value: 0, "aria-label": "Progress" }), stop);
  }

  #drawJob(node, job, preview) {
    const [picture, words, bar, stop] = node.children, bad = ["failed", "quarantined"].includes(job.state);
    if (preview?.url && picture.src !== preview.url) picture.src = preview.url;
    setHidden(picture, !preview?.url);
    const text = bad ? "Failed" : job.cancel_requested ? "Stopping" : job.state === "queued" ? "Waiting" : preview?.steps ? `${preview.step}/${preview.steps}` : percent(job.progress);
    setText(words, text);
    node.dataset.state = job.state;
    setHidden(bar, job.state !== "running");
    bar.value = job.progress;
    stop.setAttribute("aria-label", bad ? "Put away" : "Cancel");
    stop.title = stop.getAttribute("aria-label");
    node.setAttribute("aria-label", `${job.title}, ${text.toLowerCase()}`);
  }

  #key(event) {
    const at = this.items.findIndex((entry) => entry.key === this.selected), last = this.items.length - 1;
    const next = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: last }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    const entry = this.items[Math.max(0, Math.min(last, next))];
    if (entry) { this.wishes.choose(entry.key); this.reveal(); }
  }
}
