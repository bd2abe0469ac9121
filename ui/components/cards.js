/** Shots as cards on a light table: every figure at a glance, filtered and sorted; a click seeks, a second one shows the picture. */

import { contentUrl, el, patchList, setHidden, setText } from "../studio.js";
import { duration, plural } from "../format.js";
import { shotWords } from "./shot_words.js";

const length = (shot) => shot.scene.end_frame - shot.scene.start_frame;
const SORTS = {
  film: ["Order of the film", (a, b) => a.scene.start_frame - b.scene.start_frame],
  longest: ["Longest first", (a, b) => length(b) - length(a)],
  shortest: ["Shortest first", (a, b) => length(a) - length(b)],
  coherence: ["Least coherent first", (a, b) => (a.words.coherence ?? 2) - (b.words.coherence ?? 2)],
  camera: ["Fastest camera first", (a, b) => (b.words.cameraSpeed ?? -1) - (a.words.cameraSpeed ?? -1)],
  sharpness: ["Softest first", (a, b) => (a.scene.quality?.sharpness ?? Infinity) - (b.scene.quality?.sharpness ?? Infinity)],
};
const GROUPS = [["camera", "Camera", (shot) => shot.words.cameraKind], ["drawn", "Drawn", (shot) => shot.words.drawn], ["framing", "Framing", (shot) => shot.words.framing]];
const FLAGS = [["remarks", "With remarks", (shot) => shot.words.remarks.length > 0], ["edited", "Edited by hand", (shot) => Boolean(shot.scene.edited)]];

/** The shots a filter such as "camera:pan left" lets through, sorted. */
export function chosen(shots, filter, sort) {
  const [kind, value] = filter.split(/:(.*)/s);
  const group = GROUPS.find(([name]) => name === kind), flag = FLAGS.find(([name]) => name === kind);
  const passes = group ? (shot) => group[2](shot) === value : flag ? flag[2] : () => true;
  return shots.filter(passes).sort(SORTS[sort][1]);
}

export class Cards {
  /** `deck` seeks and names timecodes; `onOpen()` leaves the cards for the picture. */
  constructor(deck, onOpen) {
    Object.assign(this, { deck, onOpen, shots: [], open: false });
    this.filter = el("select", { "aria-label": "Which shots", onChange: () => this.draw() });
    this.sort = el("select", { "aria-label": "Order of the shots", onChange: () => this.draw() }, ...Object.entries(SORTS).map(([value, [text]]) => el("option", { value, text })));
    this.count = el("h2", { role: "status" });
    this.list = el("div.cards-list", { role: "listbox", "aria-label": "Shots as cards" });
    this.none = el("p.muted", { text: "No shot is like that.", hidden: true });
    const close = el("button.button", { type: "button", text: "Back to the picture", onClick: () => onOpen() });
    this.node = el("section.cards", { "aria-label": "Shot cards", hidden: true }, el("header", {}, this.count, this.filter, this.sort, close), this.none, this.list);
    this.list.addEventListener("click", (event) => this.#clicked(event));
    this.list.addEventListener("dblclick", () => onOpen());
    this.list.addEventListener("keydown", (event) => this.#key(event));
    this.node.addEventListener("keydown", (event) => { if (event.key === "Escape") { event.preventDefault(); onOpen(); } });
    deck.addEventListener("shot", (event) => this.#mark(event.detail.scene));
    deck.stage.append(this.node);
  }

  show(open) {
    this.open = open;
    setHidden(this.node, !open);
    this.deck.root.classList.toggle("as-cards", open);
    if (open) { this.draw(); this.list.querySelector('[tabindex="0"]')?.focus({ preventScroll: true }); }
  }

  set(scenes, analysis) {
    this.shots = scenes.map((scene) => ({ scene, words: shotWords(analysis, scene) }));
    this.#filters();
    if (this.open) this.draw();
  }

  /** Only what occurs in this film can be chosen. */
  #filters() {
    const before = this.filter.value || "all", options = [el("option", { value: "all", text: "All shots" })];
    for (const [name, title, pick] of GROUPS) {
      const found = [...new Set(this.shots.map(pick).filter(Boolean))].sort();
      if (found.length > 1) options.push(el("optgroup", { label: title }, ...found.map((word) => el("option", { value: `${name}:${word}`, text: word }))));
    }
    for (const [name, title, passes] of FLAGS) if (this.shots.some(passes)) options.push(el("option", { value: name, text: title }));
    this.filter.replaceChildren(...options);
    this.filter.value = before;
    if (this.filter.selectedIndex < 0) this.filter.value = "all";
  }

  draw() {
    const shown = chosen([...this.shots], this.filter.value, this.sort.value);
    setText(this.count, shown.length === this.shots.length ? plural(shown.length, "shot") : `${shown.length} of ${plural(this.shots.length, "shot")}`);
    setHidden(this.none, shown.length > 0 || !this.shots.length);
    patchList(this.list, shown, (shot) => shot.scene.start_frame, () => this.#card(), (node, shot) => this.#update(node, shot));
    this.#mark(this.deck.sceneAt(this.deck.frame));
  }

  #card() {
    return el("div.shot-card", { role: "option", tabindex: "-1", "aria-selected": "false" }, el("span.shot-card-picture"),
      el("span.shot-card-head", {}, el("strong"), el("span.shot-card-time"), el("span.shot-card-length")), el("span.shot-card-words"), el("span.shot-card-words.second"),
      el("span.shot-card-heat", { "aria-hidden": "true" }, el("span.shot-card-track", {}, el("span")), el("span")), el("span.shot-card-remarks"));
  }

  #update(node, { scene, words }) {
    const best = (scene.keyframes ?? []).reduce((a, b) => (!a || b.sharpness > a.sharpness ? b : a), null), picture = node.querySelector(".shot-card-picture");
    if ((picture.dataset.id ?? "") !== (best?.artifact_id ?? "")) {
      picture.dataset.id = best?.artifact_id ?? "";
      picture.replaceChildren(...(best ? [el("img", { src: contentUrl(best.artifact_id), alt: "", loading: "lazy", decoding: "async", draggable: "false" })] : []));
    }
    const [number, time, long] = node.querySelector(".shot-card-head").children, [first, second] = node.querySelectorAll(".shot-card-words");
    const frames = scene.end_frame - scene.start_frame, seconds = scene.end_s - scene.start_s;
    const firstWords = words.camera ?? "";
    const secondWords = [words.drawn, words.longHolds ? plural(words.longHolds, "long hold") : "", words.framing].filter(Boolean).join(" · ");
    const coherence = words.coherence === null ? "" : `${Math.round(words.coherence * 100)} %`;
    const missing = scene.edited && !words.measured ? "Measured anew when applied" : "";
    setText(number, String(scene.index + 1));
    setText(time, scene.start_timecode ?? this.deck.timecode(scene.start_frame));
    setText(long, `${duration(seconds)} · ${frames} f`);
    setText(first, firstWords || missing);
    setText(second, secondWords);
    setText(node.querySelector(".shot-card-remarks"), words.remarks.join(", "));
    const heat = node.querySelector(".shot-card-heat");
    setHidden(heat, words.coherence === null);
    heat.title = "Coherence: how well the picture holds together over time";
    heat.querySelector(".shot-card-track > span").style.width = coherence.replace(" ", "");
    setText(heat.lastChild, coherence);
    node.dataset.edited = String(Boolean(scene.edited));
    node.setAttribute("aria-label", [`Shot ${scene.index + 1}`, time.textContent, plural(frames, "frame"), firstWords || missing, secondWords, coherence && `coherence ${coherence}`, scene.edited ? "edited by hand" : "", ...words.remarks].filter(Boolean).join(", "));
  }

  #mark(scene) {
    if (!this.open) return;
    const card = scene ? this.list.querySelector(`[data-key="${scene.start_frame}"]`) : null;
    for (const node of this.list.querySelectorAll('[aria-selected="true"], [tabindex="0"]')) {
      node.setAttribute("aria-selected", String(node === card));
      node.tabIndex = -1;
    }
    card?.setAttribute("aria-selected", "true");
    (card ?? this.list.firstElementChild)?.setAttribute("tabindex", "0");
    if (!card || card.contains(document.activeElement)) return;
    const { offsetTop: top, offsetHeight: high } = card, { scrollTop: from, clientHeight: seen } = this.list;
    if (top < from || top + high > from + seen) this.list.scrollTop = top - (seen - high) / 2;
  }

  #go(card) {
    if (!card) return;
    this.deck.seek(Number(card.dataset.key));
    this.deck.dispatchEvent(new Event("settled"));
  }

  #clicked(event) { this.#go(event.target.closest(".shot-card")); }

  #key(event) {
    const card = event.target.closest(".shot-card");
    if (!card) return;
    if (event.key === "Enter") { event.preventDefault(); this.#go(card); this.onOpen(); return; }
    const across = Math.max(1, Math.round(this.list.clientWidth / (card.offsetWidth + 10)));
    const step = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -across, ArrowDown: across }[event.key];
    if (!step) return;
    event.preventDefault();
    const cards = [...this.list.children], next = cards[cards.indexOf(card) + step];
    if (!next) return;
    this.#go(next);
    next.focus();
  }
}
