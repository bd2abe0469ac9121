/** The character room: who there is, and one of them open to be changed. */

import { api, dialog, el, icon, patchList, setHidden, setText, toast, toastError } from "../studio.js";
import { plural } from "../format.js";
import { CharacterSheet } from "./gen_character.js";
import { iconButton } from "./gen_fields.js";
import { ask } from "./gen_history.js";
import { face } from "./gen_prompt.js";

/** A handle out of a name: "Luca Rossi" becomes luca-rossi. */
export const handleOf = (name) => name.normalize("NFKD").replace(/[\u0300-\u036f]/g, "").toLowerCase().replace(/[^a-z0-9_-]+/g, "-").replace(/^[-_]+|[-_]+$/g, "").slice(0, 40);
export const faceOf = (person) => { const gone = new Set((person.missing ?? []).map((gap) => gap.name)); return [...(person.references ?? []), person.sheet].find((id) => id && !gone.has(id)) ?? ""; };

export class CharacterRoom {
  /** `wishes`: use(person), pick(), ask(capability, body), submit(capability, body), look() (style and model of the form). */
  constructor(store, wishes) {
    Object.assign(this, { store, wishes, open: null });
    this.list = el("div.gen-people", { role: "list", "aria-label": "Characters" });
    this.search = el("input", { type: "search", id: "gen-people-search", placeholder: "Search characters", autocomplete: "off", onInput: () => this.#draw() });
    this.file = el("input", { type: "file", accept: ".character", hidden: true, tabindex: "-1", "aria-label": "Character file", onChange: () => { if (this.file.files.length) this.take(this.file.files[0]); this.file.value = ""; } });
    this.none = el("div.nothing", { hidden: true }, icon("mark", "welcome-mark"), el("p", { text: "A character is the same person in every tab: name it as @luca in any prompt. Give it a name, a few words and pictures that show it." }), el("button.button", { type: "button", text: "Make the first character", onClick: () => this.create() }));
    this.sheet = new CharacterSheet({ ...wishes, changed: (person, before) => this.#changed(person, before), close: () => this.#open(null), remove: (person) => this.#remove(person) });
    this.node = el("section.gen-room", { "aria-label": "Characters", hidden: true },
      el("div.gen-history-head", {}, el("span.search", {}, icon("search"), el("label.visually-hidden", { for: "gen-people-search", text: "Search characters" }), this.search),
        el("button.button", { type: "button", onClick: () => this.create() }, icon("plus"), el("span", { text: "New character" })), iconButton("upload", "Import a character file", () => this.file.click(), { text: "Import" }), this.file),
      el("div.gen-room-body", {}, el("div.gen-people-place", {}, this.list, this.none), this.sheet.node));
    store.addEventListener("people", () => this.#draw());
    this.node.addEventListener("drop", (event) => { const file = [...event.dataTransfer.files].find((each) => each.name.endsWith(".character")); if (file) { event.preventDefault(); event.stopPropagation(); this.take(file); } });
  }

  show(yes) { setHidden(this.node, !yes); if (yes) { this.store.loadPeople(); this.#draw(); } }

  #draw() {
    const words = this.search.value.toLowerCase().split(/\s+/).filter(Boolean), all = this.store.people;
    const found = all.filter((person) => words.every((word) => `${person.handle} ${person.title} ${person.description}`.toLowerCase().includes(word)));
    patchList(this.list, found, (person) => person.handle, (person) => el("div.gen-person", { role: "listitem" },
      el("button.gen-person-pick", { type: "button", onClick: () => this.#open(person.handle) }, el("span.gen-face"), el("span.gen-person-words", {}, el("strong"), el("span.muted"))),
      el("button.button.quiet", { type: "button", onClick: () => this.wishes.use(this.#find(person.handle)) }, icon("send"), el("span", { text: "Use" }))), (node, person) => {
      const [pick, use] = node.children;
      face(pick.firstChild, { name: person.handle, title: person.title, thumbnail: faceOf(person) });
      setText(pick.lastChild.firstChild, person.title || person.handle);
      setText(pick.lastChild.lastChild, [`@${person.handle}`, person.references.length ? plural(person.references.length, "picture") : "no pictures", person.missing?.length ? `${person.missing.length} missing` : ""].filter(Boolean).join(" · "));
      pick.setAttribute("aria-label", `Open ${person.title || person.handle}`);
      pick.setAttribute("aria-current", String(person.handle === this.open));
      use.setAttribute("aria-label", `Use ${person.title || person.handle} in the prompt`);
      use.title = "Put it into the prompt";
    });
    setHidden(this.none, all.length > 0);
    const open = this.#find(this.open);
    if (open) this.sheet.update(open);
    this.node.dataset.open = String(Boolean(open));
    setHidden(this.sheet.node, !open);
  }

  #find(handle) { return this.store.people.find((person) => person.handle === handle) ?? null; }
  #open(handle) { this.sheet.flush(); this.open = handle; this.sheet.show(this.#find(handle)); this.#draw(); }

  #changed(person, before) {
    this.store.people = this.store.people.map((each) => (each.handle === before ? person : each));
    if (this.open === before) this.open = person.handle;
    this.store.dispatchEvent(new Event("people"));
  }

  /** Asks for a name; resolves to the new character, or null. */
  async create(given = {}) {
    const title = el("input", { type: "text", id: "gen-new-name", maxlength: 120, required: true, autocomplete: "off" }), handle = el("input", { type: "text", id: "gen-new-handle", maxlength: 40, pattern: "[a-z0-9][a-z0-9_\\-]*", title: "Small letters, digits, - and _", autocomplete: "off", spellcheck: "false", required: true });
    let own = false;
    title.addEventListener("input", () => { if (!own) handle.value = handleOf(title.value); });
    handle.addEventListener("input", () => { own = Boolean(handle.value); });
    const says = el("textarea", { id: "gen-new-description", rows: 3, maxlength: 2000, placeholder: "A boy of ten, curly dark hair, red raincoat, freckles" });
    const field = (label, control, hint) => el("div.field", {}, el("label", { for: control.id, text: label }), control, hint ? el("span.hint", { text: hint }) : null);
    const yes = await ask("New character", el("div.gen-new", {}, field("Name", title), field("Handle", handle, "This is how prompts name it, with an @ before it."), field("Looks, in a few words", says, "It stands in the prompt where the handle is: looks, not deeds.")), "Make it");
    if (!yes) return null;
    try {
      const person = await api("/api/characters", { method: "POST", body: { handle: handle.value.trim(), title: title.value.trim(), description: says.value.trim(), ...given } });
      this.store.people = [person, ...this.store.people.filter((each) => each.handle !== person.handle)];
      this.store.dispatchEvent(new Event("people"));
      this.#open(person.handle);
      if (this.node.hidden) this.wishes.use({ name: person.handle, ...person });
      return person;
    } catch (error) { toastError(error); return null; }
  }

  /** A picture becomes a reference of the open character, or of one that is chosen. */
  async addReference(artifact) {
    const people = this.store.people;
    if (!people.length) { await this.create({ references: [artifact.id] }); return; }
    const choice = el("select", { id: "gen-whose" }, ...people.map((person) => el("option", { value: person.handle, text: `${person.title || person.handle} (@${person.handle})`, selected: person.handle === this.open })));
    if (!(await ask("Whose picture is it?", el("div.field", {}, el("label", { for: "gen-whose", text: "Character" }), choice), "Add it"))) return;
    this.#open(choice.value);
    await this.sheet.addReference(artifact);
    toast("It is one of its references now.");
  }

  async take(file, more = {}) {
    const form = new FormData();
    for (const [key, value] of Object.entries(more)) form.append(key, value);
    form.append("file", file, file.name);
    try {
      const answer = await fetch("/api/characters/import", { method: "POST", body: form }), body = await answer.json();
      if (!answer.ok) { await this.#taken(file, body.error); return; }
      await this.store.loadPeople();
      this.#open(body.handle);
      toast([`${body.title || body.handle} is here.`, ...(body.remarks ?? [])].join(" "));
    } catch (error) { toastError(error); }
  }

  async #taken(file, error) {
    if (error.code !== "character_exists") { toastError(error); return; }
    const answer = await dialog("There is such a character already", el("p", { text: error.message }), [["Not now", "", ""], [`Import as @${error.free ?? "…"}`, "beside", ""], ["Replace it", "replace", "danger"]]);
    if (answer === "replace") await this.take(file, { replace: "true" });
    if (answer === "beside" && error.free) await this.take(file, { handle: error.free });
  }

  async #remove(person) {
    if ((await dialog(`Delete ${person.title || person.handle}?`, el("p", { text: `@${person.handle} names nobody any more. Pictures made with it stay.` }), [["Keep it", "", ""], ["Delete", "yes", "danger"]])) !== "yes") return;
    try { await api(`/api/characters/${person.handle}`, { method: "DELETE" }); this.open = null; await this.store.loadPeople(); } catch (error) { toastError(error); }
  }
}

