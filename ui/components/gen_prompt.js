/** The prompt: characters by @handle as chips and as one types, wildcards, and how long it is for the model. */

import { el, icon, patchList, setHidden, setText, thumbUrl } from "../studio.js";
import { plural } from "../format.js";

const MENTION = /(?<![\w\\.@])@([a-z0-9][a-z0-9_-]{0,39})(?![\w@])/gi;
const BEGUN = /(?<![\w\\.@])@([a-z0-9][a-z0-9_-]*)?$/i;
const WILDCARD = /__[\w/*-]+__/g, CHOICE = /\{[^{}]*\|[^{}]*\}/g;
const CLIP_TOKENS = 75;

/** The handles in a text, each once, in small letters. */
export const mentioned = (text) => [...new Set([...text.matchAll(MENTION)].map((found) => found[1].toLowerCase()))];
/** About how many tokens a text has: short words are one, long ones one for about eight letters, marks one each. */
export const tokens = (text) => (text.match(/[\p{L}\p{N}]+|[^\s\p{L}\p{N}]/gu) ?? []).reduce((sum, word) => sum + Math.max(1, Math.ceil(word.length / 8)), 0);
/** Wildcards and choices in a text; the picture form leaves them to Batch. */
export const wildcards = (text) => [...(text.match(WILDCARD) ?? []), ...(text.match(CHOICE) ?? [])];

export class PromptBox {
  /** `wishes`: changed(), queue(next), newCharacter(), toBatch(). */
  constructor(wishes) {
    this.wishes = wishes;
    this.people = [];
    this.family = "";
    this.area = el("textarea.gen-prompt", { id: "gen-prompt", rows: 4, placeholder: "A lighthouse keeper reads by lamplight, wide shot", spellcheck: "true", "aria-describedby": "gen-prompt-hint",
      role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": "gen-mentions",
      onInput: () => this.#typed(), onKeydown: (event) => this.#key(event), onBlur: () => setTimeout(() => this.#close(), 150), onClick: () => this.#suggest() });
    this.list = el("ul.gen-mentions", { role: "listbox", id: "gen-mentions", "aria-label": "Characters", hidden: true });
    this.hint = el("span.hint", { id: "gen-prompt-hint" });
    this.wild = el("button.button.quiet.gen-wild", { type: "button", hidden: true, onClick: () => wishes.toBatch() }, icon("list"), el("span"));
    this.chips = el("div.gen-chips", { role: "group", "aria-label": "Characters in the prompt" });
    this.node = el("div.gen-prompt-box", {}, el("label.visually-hidden", { for: "gen-prompt", text: "Prompt" }), el("div.gen-prompt-place", {}, this.area, this.list), el("div.gen-prompt-foot", {}, this.hint, this.wild), this.chips);
    this.#tell();
  }

  get value() { return this.area.value; }
  set value(text) { this.area.value = text ?? ""; this.#tell(); }
  focus() { this.area.focus(); }

  /** Who can be named: `{name, title, thumbnail}`; and for which family of models the length is told. */
  setPeople(people) { this.people = people; this.#tell(); if (document.activeElement === this.area) this.#suggest(); }
  setFamily(family) { this.family = family; this.#tell(); }

  #typed() { this.#tell(); this.#suggest(); this.wishes.changed(); }

  #tell() {
    const text = this.area.value, words = text.trim() ? text.trim().split(/\s+/).length : 0, count = tokens(text), wild = wildcards(text);
    const long = /^(sd|sdxl|)$/.test(this.family) && count > CLIP_TOKENS;
    const unknown = this.people.length || this.asked ? mentioned(text).filter((handle) => !this.people.some((person) => person.name === handle)) : [];
    setText(this.hint, unknown.length ? `There is no character ${unknown.map((name) => "@" + name).join(", ")}.` : words ? `${plural(words, "word")}, about ${plural(count, "token")}${long ? `; SDXL reads them in parts of ${CLIP_TOKENS}` : ""}` : "Ctrl Enter queues it. Name a character with @.");
    this.hint.dataset.tone = unknown.length ? "warn" : "";
    setHidden(this.wild, !wild.length);
    if (wild.length) setText(this.wild.lastChild, `${plural(wild.length, "wildcard")}: make a batch`);
    this.#drawChips();
  }

  #drawChips() {
    const here = new Set(mentioned(this.area.value));
    const create = (person) => el("button.gen-chip", { type: "button", onClick: () => (person.name ? this.toggle(person.name) : this.wishes.newCharacter()) }, el("span.gen-face"), el("span"));
    patchList(this.chips, [...this.people, { name: "", title: "New character" }], (person) => person.name || "+", create, (node, person) => {
      if (!person.name) { node.classList.add("new"); setText(node.lastChild, "New character"); if (!node.firstChild.firstChild) node.firstChild.append(icon("plus")); return; }
      setText(node.lastChild, "@" + person.name);
      node.title = here.has(person.name) ? `Take ${person.title || person.name} out of the prompt` : `Put ${person.title || person.name} into the prompt`;
      node.setAttribute("aria-pressed", String(here.has(person.name)));
      face(node.firstChild, person);
    });
  }

  /** Puts a handle where the cursor is, or takes it out. */
  toggle(name) {
    const { area } = this;
    if (mentioned(area.value).includes(name)) area.value = area.value.replace(new RegExp(`(?<![\\w\\\\.@])@${name}(?![\\w@])[ ,]*`, "gi"), "").trimEnd();
    else this.#insert("@" + name);
    this.#typed();
    this.#close();
  }

  /** Text at the cursor, with a space or a comma around it where one belongs. */
  add(text) { this.#insert(text); this.#typed(); this.#close(); this.area.focus(); }

  #insert(text) {
    const { area } = this, at = document.activeElement === area ? area.selectionStart : area.value.length, before = area.value.slice(0, at), after = area.value.slice(at);
    const glue = before && !/\s$/.test(before) ? " " : "", tail = after && !/^[\s,.]/.test(after) ? " " : "";
    area.value = before + glue + text + tail + after;
    area.selectionStart = area.selectionEnd = (before + glue + text + tail).length;
  }

  #suggest() {
    const before = this.area.value.slice(0, this.area.selectionStart), begun = before.match(BEGUN);
    const found = begun ? this.people.filter((person) => `${person.name} ${person.title ?? ""}`.toLowerCase().includes((begun[1] ?? "").toLowerCase())).slice(0, 8) : [];
    this.found = found;
    if (!found.length) { this.#close(); return; }
    this.at = 0;
    patchList(this.list, found, (person) => person.name, (person) => el("li", { role: "option", id: `gen-mention-${person.name}`, onPointerdown: (event) => { event.preventDefault(); this.#take(person); } }, el("span.gen-face"), el("strong", { text: "@" + person.name }), el("span.muted", { text: person.title })), (node, person) => face(node.firstChild, person));
    setHidden(this.list, false);
    this.area.setAttribute("aria-expanded", "true");
    this.#mark();
  }

  #mark() {
    [...this.list.children].forEach((node, index) => node.setAttribute("aria-selected", String(index === this.at)));
    this.area.setAttribute("aria-activedescendant", `gen-mention-${this.found[this.at].name}`);
  }

  #take(person) {
    const { area } = this, at = area.selectionStart, before = area.value.slice(0, at).replace(BEGUN, `@${person.name} `);
    area.value = before + area.value.slice(at).replace(/^\s/, "");
    area.selectionStart = area.selectionEnd = before.length;
    this.#close();
    this.#tell();
    this.wishes.changed();
  }

  #close() { setHidden(this.list, true); this.area.setAttribute("aria-expanded", "false"); this.area.removeAttribute("aria-activedescendant"); }

  #key(event) {
    if (this.list.hidden || event.ctrlKey || event.metaKey) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) { this.at = (this.at + step + this.found.length) % this.found.length; this.#mark(); } else if (event.key === "Enter" || event.key === "Tab") this.#take(this.found[this.at]);
    else if (event.key === "Escape") this.#close(); else return;
    event.preventDefault();
    event.stopPropagation();
  }
}

/** The face of a character in a small circle: its first reference, else its first letter. */
export function face(place, person) {
  const wanted = person.thumbnail ?? "";
  if (place.dataset.of === `${person.name} ${wanted}`) return;
  place.dataset.of = `${person.name} ${wanted}`;
  place.replaceChildren(wanted ? el("img", { src: thumbUrl(wanted), alt: "", loading: "lazy" }) : document.createTextNode((person.title || person.name || "?")[0].toUpperCase()));
}
