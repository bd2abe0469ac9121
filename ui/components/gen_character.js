/** One character: name, looks, pictures, colours, LoRAs, voice, how alike is alike enough; every change is kept by itself. */

import { api, contentUrl, el, icon, patchList, setHidden, setText, thumbUrl, toast, toastError } from "../studio.js";
import { iconButton, Slider } from "./gen_fields.js";
import { called } from "./gen_loras.js";
import { DRAGGED, dropped, isPicture, keepPicture, PICTURES } from "./gen_picture.js";

const SAVE_MS = 500;
const TEXTS = [["title", "Name", 1], ["description", "Looks: stands in the prompt where the handle is", 3], ["trigger", "Words that wake its LoRA", 1], ["negative", "What it must never look like", 2], ["voice", "Voice it speaks with", 1], ["credits", "Made by", 1], ["licence", "Licence of the pack", 1], ["rights", "Whose likeness or design it is, and who has agreed", 2], ["notes", "Notes", 2]];
const MORE = new Set(["credits", "licence", "rights", "notes"]);
const PACK = ["title", "description", "trigger", "negative", "loras", "references", "sheet", "palette", "voice", "threshold", "notes", "credits", "licence", "rights"];
const MOST = { references: 16, palette: 12, loras: 8 };

export class CharacterSheet {
  /** `wishes`: changed(person, handle before), close(), remove(person), use(person), pick(), submit(capability, body). */
  constructor(wishes) {
    this.wishes = wishes;
    this.inputs = Object.fromEntries(TEXTS.map(([name, , rows]) => [name, el(rows > 1 ? "textarea" : "input", { type: rows > 1 ? undefined : "text", rows: rows > 1 ? rows : undefined, id: `gen-character-${name}`, autocomplete: "off", onInput: () => this.#later() })]));
    const field = ([name, label]) => el("div.field", {}, el("label", { for: `gen-character-${name}`, text: label }), this.inputs[name]);
    this.title = el("h2");
    this.state = el("span.hint", { role: "status" });
    this.pictures = el("div.gen-refs", { role: "list", "aria-label": "References" });
    this.file = el("input", { type: "file", accept: PICTURES, multiple: true, hidden: true, tabindex: "-1", "aria-label": "Reference pictures", onChange: () => { this.#take([...this.file.files]); this.file.value = ""; } });
    this.colours = el("div.gen-palette", { role: "list", "aria-label": "Palette" });
    this.loras = el("div.gen-rows", { role: "list", "aria-label": "Its LoRAs" });
    this.loraName = el("select", { "aria-label": "Add a LoRA", onChange: () => { if (this.loraName.value) this.#change({ loras: [...this.pack.loras, { name: this.loraName.value, weight: 1 }] }); this.loraName.value = ""; } });
    this.threshold = new Slider("Alike from", { min: 0, max: 1, step: 0.01, value: 0.65, id: "gen-character-threshold", say: (value) => value.toFixed(2), onChange: () => this.#later() });
    this.sheetPicture = el("a.gen-sheet", { target: "_blank", rel: "noreferrer", hidden: true }, el("img", { alt: "Reference sheet" }));
    this.export = el("a.button.quiet", { onClick: (event) => this.#exported(event) }, icon("download"), el("span", { text: "Export" }));
    this.gone = el("ul.gen-notes", { "aria-label": "What is missing", hidden: true });
    this.node = el("article.gen-character", { "aria-label": "Character", hidden: true },
      el("header.row", {}, iconButton("arrow-left", "Back to all characters", () => wishes.close(), {}), this.title, el("span.side-space"), this.state),
      el("div.row.wrap", {}, el("button.button", { type: "button", onClick: () => wishes.use(this.person) }, icon("send"), el("span", { text: "Use in the prompt" })),
        el("button.button", { type: "button", title: "Turnaround and expressions, each its own picture", onClick: () => this.#sheet() }, icon("grid"), el("span", { text: "Make a reference sheet" })), this.export, iconButton("trash", "Delete this character", () => wishes.remove(this.person), { text: "Delete" })),
      this.gone, field(TEXTS[0]), field(TEXTS[1]),
      el("section.group", {}, el("h3", { text: "References, the best first" }), this.pictures, el("div.row.wrap", {}, el("button.button", { type: "button", onClick: () => this.file.click() }, icon("plus"), el("span", { text: "Add pictures" })), el("button.button.quiet", { type: "button", onClick: async () => { const item = await wishes.pick(); if (item) this.addReference(item); } }, icon("clock"), el("span", { text: "From history" }))), this.file, this.sheetPicture),
      el("section.group", {}, el("h3", { text: "Palette" }), el("div.row.wrap", {}, this.colours, el("button.button.quiet", { type: "button", onClick: () => this.#palette() }, icon("image"), el("span", { text: "From the first reference" })), iconButton("plus", "Add a colour", () => this.#change({ palette: [...this.pack.palette, "#808080"].slice(0, MOST.palette) }), { text: "Colour" }))),
      el("section.group", {}, el("h3", { text: "LoRA" }), this.loras, this.loraName), field(TEXTS[2]), field(TEXTS[3]),
      el("section.group", {}, el("h3", { text: "Likeness" }), this.threshold.node, el("p.hint", { text: "Every result that shows it is compared with its references; below this it is marked as unlike." })), field(TEXTS[4]),
      el("details.gen-sub", {}, el("summary", { text: "Credits, licence, rights, notes" }), ...TEXTS.filter(([name]) => MORE.has(name)).map(field)));
    this.node.addEventListener("dragover", (event) => { if ([...event.dataTransfer.types].some((type) => type === "Files" || type === DRAGGED)) { event.preventDefault(); this.node.dataset.over = "yes"; } });
    this.node.addEventListener("dragleave", () => { delete this.node.dataset.over; });
    this.node.addEventListener("drop", (event) => { event.preventDefault(); event.stopPropagation(); delete this.node.dataset.over; const { id, files } = dropped(event.dataTransfer); if (id) this.addReference({ id }); else this.#take(files.filter(isPicture)); });
  }

  get pack() { return Object.fromEntries(PACK.map((name) => [name, this.person[name]])); }

  show(person) {
    this.person = null;
    if (!person) return;
    this.update(person, true);
    api("/api/adapters?kind=lora").then((found) => this.loraName.replaceChildren(el("option", { value: "", text: "Add a LoRA" }), ...found.items.filter((file) => !file.trouble).map((file) => el("option", { value: file.name, text: called(file) }))), () => this.loraName.replaceChildren(el("option", { value: "", text: "No LoRAs on this machine" })));
  }

  /** The pack as the studio has it; what is being typed stays. */
  update(person, whole = false) {
    if (!whole && this.person && (this.person.handle !== person.handle || this.dirty || this.sending)) return;
    if (!whole && this.person && person.revision <= this.person.revision) return; // answers may overtake each other
    this.person = person;
    for (const [name, input] of Object.entries(this.inputs)) if (document.activeElement !== input || whole) input.value = person[name] ?? "";
    this.threshold.value = person.threshold;
    this.#draw();
  }

  #draw() {
    const { person } = this, gone = new Set((person.missing ?? []).map((gap) => gap.name));
    setText(this.title, `@${person.handle}`);
    Object.assign(this.export, { href: `/api/characters/${person.handle}/export`, download: `${person.handle}.character` });
    setHidden(this.gone, !person.missing?.length);
    this.gone.replaceChildren(...(person.missing ?? []).map((gap) => el("li", { text: `${gap.message} ${gap.remedy}` })));
    patchList(this.pictures, person.references.map((id, at) => ({ id, at })), (row) => row.id, (row) => el("div.gen-ref", { role: "listitem" }, gone.has(row.id) ? el("span.gen-ref-gone", { text: "gone" }) : el("img", { src: thumbUrl(row.id), alt: "Reference", loading: "lazy" }),
      iconButton("star", "Make it the first", () => this.#change({ references: [row.id, ...this.person.references.filter((id) => id !== row.id)] })), iconButton("x", "Take it out", () => this.#change({ references: this.person.references.filter((id) => id !== row.id) }))),
    (node, row) => setHidden(node.children[1], row.at === 0));
    setHidden(this.sheetPicture, !person.sheet || gone.has(person.sheet));
    if (person.sheet) { this.sheetPicture.href = contentUrl(person.sheet); this.sheetPicture.firstChild.src = contentUrl(person.sheet); }
    patchList(this.colours, person.palette.map((colour, at) => ({ colour, at })), (row) => row.at, (row) => el("span.gen-colour", { role: "listitem" }, el("input", { type: "color", onChange: (event) => this.#change({ palette: this.person.palette.map((each, at) => (at === row.at ? event.target.value : each)) }) }), iconButton("x", "Take the colour out", () => this.#change({ palette: this.person.palette.filter((_, at) => at !== row.at) }))),
      (node, row) => { node.firstChild.value = row.colour; node.firstChild.setAttribute("aria-label", `Colour ${row.at + 1}: ${row.colour}`); });
    patchList(this.loras, person.loras, (use) => use.name, (use) => {
      const weight = new Slider(use.name, { min: -1, max: 2, value: use.weight, onChange: (value) => { this.person.loras = this.person.loras.map((each) => (each.name === use.name ? { ...each, weight: value } : each)); this.#later(); } });
      return el("div.row", { role: "listitem" }, weight.node, iconButton("x", `Take ${use.name} out`, () => this.#change({ loras: this.person.loras.filter((each) => each.name !== use.name) })));
    }, () => {});
  }

  #later() { this.dirty = true; setText(this.state, ""); clearTimeout(this.timer); this.timer = setTimeout(() => this.#save(), SAVE_MS); }
  flush() { if (this.dirty) { clearTimeout(this.timer); this.#save(); } }
  #change(part) { Object.assign(this.person, part); this.#draw(); clearTimeout(this.timer); this.dirty = true; return this.#save(); }

  /** What was typed a moment ago goes into the file as well. */
  #exported(event) {
    if (!this.dirty && !this.sending) return;
    event.preventDefault();
    this.flush();
    this.saving.then(() => this.export.click());
  }

  #save() { return (this.saving = (this.saving ?? Promise.resolve()).then(() => this.#send())); }

  async #send() {
    const { person } = this;
    if (!this.dirty || !person) return;
    this.dirty = false;
    this.sending = true;
    for (const [name, input] of Object.entries(this.inputs)) person[name] = input.value.trim();
    person.voice = person.voice || null;
    person.threshold = this.threshold.value;
    try {
      const kept = await api(`/api/characters/${person.handle}`, { method: "PUT", body: { ...Object.fromEntries(PACK.map((name) => [name, person[name]])), revision: person.revision } });
      Object.assign(person, this.dirty ? { revision: kept.revision } : kept);
      setText(this.state, "Kept");
      this.wishes.changed(kept, kept.handle);
    } catch (error) {
      toastError(error);
      if (error.code === "character_changed") { const fresh = await api(`/api/characters/${person.handle}`); if (this.person === person) this.update(fresh, true); }
    } finally { this.sending = false; }
  }

  async addReference(artifact) { if (!this.person.references.includes(artifact.id)) await this.#change({ references: [...this.person.references, artifact.id].slice(0, MOST.references) }); }

  async #take(files) {
    try { for (const file of files) { setText(this.state, `Taking in ${file.name}`); await this.addReference(await keepPicture(file)); } } catch (error) { toastError(error); }
    setText(this.state, "");
  }

  async #palette() {
    const image = this.person.references[0] ?? this.person.sheet;
    if (!image) { toast("Give it a picture first."); return; }
    try { const found = await api("/api/characters/palette", { method: "POST", body: { image } }); await this.#change({ palette: found.colours.map((row) => row.hex).slice(0, MOST.palette) }); } catch (error) { toastError(error); }
  }

  async #sheet() {
    await this.saving;
    try { await this.wishes.submit("character.sheet", { character: this.person.handle, keep: true, ...this.wishes.look() }); } catch (error) { toastError(error); }
  }
}
