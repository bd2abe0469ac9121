/** Generate Image: joins form, filmstrip, large view, history and characters; drops, keys, the address. */

import { address, api, capabilities, connect, dialog, el, icon, isLive, on, prefs, setHidden, setText, tell, toast, toastError } from "../studio.js";
import { Actions } from "../components/gen_actions.js";
import { BatchForm } from "../components/gen_batch.js";
import { CharacterRoom, faceOf } from "../components/gen_characters.js";
import { isMap, promptOf, requestOf, seedOf } from "../components/gen_facts.js";
import { Segments } from "../components/gen_fields.js";
import { PictureForm } from "../components/gen_form.js";
import { History, pickPicture } from "../components/gen_history.js";
import { MaskPainter } from "../components/gen_mask.js";
import { DRAGGED, dropped } from "../components/gen_picture.js";
import { restoreFrom, settingsOf } from "../components/gen_restore.js";
import { Stage } from "../components/gen_stage.js";
import { Strip } from "../components/gen_strip.js";
import { emptyStage } from "../components/gen_welcome.js";
import { GenerateStore } from "./generate_store.js";

const VIEWS = [["pictures", "Pictures", "image"], ["history", "History", "grid"], ["characters", "Characters", "user"]];
const SAVE_MS = 300;
const sentences = (parts) => parts.filter(Boolean).map((part) => (/[.!?]$/.test(part) ? part : `${part}.`)).join(" ");

export function mount(element) { connect(); new GenerateTab(element.querySelector(".panel")); }

class GenerateTab {
  constructor(root) {
    this.root = root;
    this.store = new GenerateStore();
    this.known = null; // until the studio has told what it can do, everything is offered
    this.selected = null;
    const pick = () => pickPicture(this.store), paint = (artifact, mask) => this.paint(artifact, mask);
    this.form = new PictureForm({ changed: () => this.#changed(), queue: () => this.queue(), pick, paint, newCharacter: () => this.people.create(), toBatch: () => this.mode("batch", true), ask: (name, body) => this.store.ask(name, body), shownSeed: () => seedOf(this.item), levelled: (level) => prefs.set("generate.level", level) });
    this.batch = new BatchForm({ changed: () => this.#changed(), form: () => this.form, ask: (name, body) => this.store.ask(name, body) });
    this.strip = new Strip({ choose: (key) => this.choose(key), cancel: (job) => this.store.post(job, "cancel"), dismiss: (job) => this.#dismiss(job) });
    this.stage = new Stage({ cancel: (job) => this.store.post(job, "cancel"), next: (job) => this.store.post(job, "next"), retry: (job) => this.store.post(job, "retry"), dismiss: (job) => this.#dismiss(job), step: (by) => this.step(by), details: () => this.act("details") });
    this.actions = new Actions((action, detail) => this.attempt(() => this.act(action, detail)));
    this.painter = new MaskPainter();
    this.history = new History(this.store, { open: (item) => { this.view("pictures"); this.choose(item.id); } });
    this.people = new CharacterRoom(this.store, { use: (person) => { this.view("pictures"); this.form.prompt.toggle(person.handle ?? person.name); this.form.prompt.focus(); }, pick, ask: (name, body) => this.store.ask(name, body), submit: (name, body) => this.submit(name, body), look: () => { const { style, model } = this.form.values; return { style, model }; } });
    this.empty = emptyStage((text) => { this.form.prompt.value = text; this.#changed(); this.form.prompt.focus(); });
    this.#build();
    this.#listen();
    this.#drops();
    this.restore();
  }

  #build() {
    this.modes = new Segments("Mode", [["picture", "Picture"], ["batch", "Batch"], ["grid", "Grid"]], { value: "picture", onChange: (mode) => this.mode(mode) });
    this.go = el("button.button.primary", { type: "button", title: "Queue  Ctrl Enter", onClick: () => this.queue() }, icon("play"), el("span", { text: "Queue" }));
    this.first = el("button.button", { type: "button", title: "Before everything that waits  Ctrl Shift Enter", onClick: () => this.queue(true) }, icon("run-next"), el("span", { text: "Run next" }));
    this.alert = el("p.form-error", { role: "alert", hidden: true });
    this.waits = el("span.gen-waits", { role: "status" });
    this.formPlace = el("div.gen-side-body", {}, this.batch.node, this.form.node);
    this.root.querySelector(".gen-side").replaceChildren(el("header.gen-side-head", {}, this.modes.node, this.form.level.node), this.formPlace,
      el("div.gen-bar", {}, this.alert, el("div.row", {}, this.go, this.first, this.waits)));
    this.views = new Segments("View", VIEWS, { value: "pictures", onChange: (name) => this.view(name) });
    this.file = el("input", { type: "file", accept: "image/*", hidden: true, tabindex: "-1", "aria-label": "Picture whose settings are taken over", onChange: () => { if (this.file.files.length) this.attempt(() => this.takeSettings(this.file.files[0])); this.file.value = ""; } });
    this.pictures = el("div.gen-pictures", {}, this.empty, this.stage.node, this.actions.node, this.strip.node);
    this.root.querySelector(".gen-main").replaceChildren(
      el("header.gen-head", {}, this.views.node, el("span.side-space"), el("button.button.quiet", { type: "button", title: "Settings out of any picture that carries them: ours, A1111's, InvokeAI's, ComfyUI's", onClick: () => this.file.click() }, icon("upload"), el("span", { text: "Settings from a picture" })), this.file),
      this.pictures, this.painter.node, this.history.node, this.people.node);
    this.view("pictures");
    this.mode("picture");
  }

  #listen() {
    const { store } = this, soon = () => this.soon();
    for (const what of ["jobs", "preview", "pictures", "boards"]) store.addEventListener(what, soon);
    store.addEventListener("pictures", () => { if (this.restored && !this.selected) this.choose(this.#best()); });
    store.addEventListener("people", () => { this.form.prompt.asked = true; this.form.prompt.setPeople(store.people.map((person) => ({ name: person.handle, title: person.title, thumbnail: faceOf(person) }))); });
    store.addEventListener("made", ({ detail }) => { if (this.selected === detail.job && !isLive(store.jobs.get(detail.job) ?? {})) this.choose(detail.id); });
    store.addEventListener("ended", ({ detail }) => this.#ended(detail));
    store.addEventListener("removed", ({ detail }) => { if (this.compared === detail.id) this.compared = null; if (this.selected === detail.id) this.choose(store.pictures[0]?.id ?? null); });
    on("tab", ({ id }) => { if (id === "generate") { this.#address(); this.soon(); } });
    on("generate-picture", ({ artifact, as }) => { tell("show-tab", { id: "generate" }); this.attempt(() => this.send(as ?? "source", artifact)); });
    document.addEventListener("keydown", (event) => this.#key(event));
    capabilities().then((rows) => { this.known = new Set(rows.map((row) => row.name)); this.soon(); }).catch(() => {});
  }

  /** Runs something that may fail and says so in words. */
  async attempt(work) { try { await work(); } catch (error) { toastError(error); } }

  soon() { this.due ??= requestAnimationFrame(() => { this.due = undefined; this.draw(); }); }

  async restore() {
    this.form.setLevel(prefs.get("generate.level", "simple"));
    await this.attempt(() => this.form.set(prefs.get("generate.settings", {})));
    this.batch.set(prefs.get("generate.batch", {}));
    this.mode(prefs.get("generate.mode", "picture"));
    this.restored = true;
    const here = address.get("tab") === "generate" || !address.get("tab"), picture = here ? address.get("picture") : null, view = here ? address.get("view") : null;
    if (view) this.view(view);
    this.attempt(() => Promise.all([this.form.load(), this.batch.load()]));
    await this.store.start();
    if (picture) await this.attempt(async () => { await this.store.know(picture); this.choose(picture); });
    if (!this.selected) this.choose(this.#best());
  }

  /** What is looked at when nothing was chosen: what runs, what waits, the newest picture. */
  #best() { const { live, pictures } = this.store; return live.find((job) => job.state === "running")?.id ?? live.at(-1)?.id ?? pictures[0]?.id ?? null; }

  #changed() {
    if (!this.restored) return;
    setHidden(this.alert, true);
    clearTimeout(this.saving);
    this.saving = setTimeout(() => { prefs.set("generate.settings", this.form.values); prefs.set("generate.batch", this.batch.saved); }, SAVE_MS);
    this.batch.counted(this.form.values);
  }

  mode(name, moved = false) {
    this.modes.value = name;
    this.batch.show(name);
    if (moved) this.batch.takePrompt(this.form);
    this.root.dataset.mode = name;
    prefs.set("generate.mode", name);
    this.#changed();
  }

  view(name) {
    this.shownView = VIEWS.some(([key]) => key === name) ? name : "pictures";
    this.views.value = this.shownView;
    setHidden(this.pictures, this.shownView !== "pictures");
    this.history.show(this.shownView === "history");
    this.people.show(this.shownView === "characters");
    if (this.root.offsetParent) this.#address();
  }

  #address() { if (this.restored) address.set({ view: this.shownView === "pictures" ? null : this.shownView, picture: this.item?.id ?? null }); }

  // Choosing --------------------------------------------------------------------------------------------------------

  get job() { const job = this.store.jobs.get(this.selected); return job && job.state !== "succeeded" && job.state !== "cancelled" ? job : null; }
  get item() { return this.store.picture(this.selected); }

  choose(key) {
    this.selected = key;
    if (this.compared === key) this.compared = null;
    if (this.comparing && key && this.item && this.anchor && this.anchor !== key) { this.compared = key; this.selected = this.anchor; }
    this.soon();
    this.#address();
  }

  step(by) {
    const keys = [...this.store.live.map((job) => job.id), ...this.store.pictures.filter((item) => !isMap(item)).map((item) => item.id)], at = keys.indexOf(this.selected);
    const next = keys[Math.max(0, Math.min(keys.length - 1, at + by))];
    if (next) { this.choose(next); requestAnimationFrame(() => this.strip.reveal()); }
  }

  #ended(job) {
    if (this.selected === job.id) this.choose(job.state === "succeeded" ? this.store.madeBy?.get(job.id)?.at(-1) ?? this.store.pictures[0]?.id ?? null : ["failed", "quarantined"].includes(job.state) ? job.id : this.store.madeBy?.get(job.id)?.at(-1) ?? this.store.pictures[0]?.id ?? null);
    if (job.state === "succeeded" && !job.parent_id && job.capability !== "image.generate") this.attempt(() => this.#whole(job));
  }

  /** What a batch, a sheet, an upscaling made as a whole is shown, and what is to be said of it. */
  async #whole({ id }) {
    const { result } = await api(`/api/jobs/${id}`), made = result?.artifact_id ?? result?.grids?.[0];
    if (made && this.lastAsked === id) { await this.store.know(made); this.choose(made); }
    const counted = result?.planned ? [`${result.made} of ${result.planned} made`, result.made > result.kept ? `${result.made - result.kept} set aside` : ""] : [];
    const said = sentences([...counted, ...(result?.notes ?? [])]);
    if (said) toast(said);
  }

  #dismiss(job) { this.store.dismiss(job.id); if (this.selected === job.id) this.choose(this.store.pictures[0]?.id ?? null); }

  // Asking ----------------------------------------------------------------------------------------------------------

  async queue(next = false) {
    try {
      const { capability, body } = this.modes.value === "picture" ? { capability: "image.generate", body: this.form.values } : this.batch.request(this.form.values);
      if (!body.prompt && !body.prompts && !body.table) { this.#refuse({ message: "Say first what is to be seen." }); this.form.prompt.focus(); return; }
      await this.submit(capability, body, next);
    } catch (error) { this.#refuse(error); }
  }

  #refuse(error) {
    setText(this.alert, [error.message, error.remedy].filter(Boolean).join(" "));
    setHidden(this.alert, false);
    this.form.point(error.message);
  }

  async submit(capability, body, next = false) {
    const job = await this.store.submit(capability, body, { first: next });
    setHidden(this.alert, true);
    this.lastAsked = job.id;
    this.view("pictures");
    if (!isLive(job)) { this.store.refresh(); return job; }
    if (!this.job || job.state === "running" || !this.store.live.some((other) => other.id !== job.id)) this.choose(job.id);
    else toast(next ? "Queued before everything that waits." : "Queued; the filmstrip shows it.");
    return job;
  }

  async act(action, detail) {
    const { item, store } = this;
    if (!item) return;
    const request = requestOf(item);
    if (action === "favourite") await store.favour(item, !item.favourite);
    else if (action === "settings") await this.useSettings(item);
    else if (action === "vary") { const { seed, batch, ...rest } = request; await this.submit("image.generate", { ...rest, count: 1 }); }
    else if (action === "rerun") { const { batch, ...rest } = request; await this.submit("image.generate", { ...rest, seed: seedOf(item), count: 1 }); }
    else if (action === "compare") { this.comparing = !this.comparing; this.anchor = this.comparing ? item.id : null; this.compared = this.comparing ? store.pictures.filter((other) => other.id !== item.id && !isMap(other))[0]?.id ?? null : null; if (this.comparing) toast("Choose the other picture in the filmstrip."); this.soon(); }
    else if (action === "details") { this.detailed = !this.detailed; this.soon(); }
    else if (action === "delete") await this.#delete(item);
    else if (action === "board") await this.#board(item, detail.board, detail.on);
    else if (action === "newBoard") { const board = await api("/api/boards", { method: "POST", body: { name: detail } }); await this.#board(item, board, true); toast(`It lies on the board ${board.name}.`); }
    else if (action === "upscale2" || action === "upscale4") await this.submit("image.upscale", { image: item.id, scale: action === "upscale2" ? 2 : 4 });
    else if (action === "cutout") await this.submit("image.cutout", { image: item.id });
    else await this.send(action, item);
  }

  async #board(item, board, yes) {
    await api(`/api/boards/${board.id}/items/${item.id}`, { method: yes ? "PUT" : "DELETE" });
    item.boards = yes ? [...(item.boards ?? []), board.id] : (item.boards ?? []).filter((id) => id !== board.id);
    await this.store.loadBoards();
  }

  async #delete(item) {
    const sure = await dialog("Delete this picture?", el("p", { text: `“${promptOf(item).slice(0, 120)}” is deleted from the studio and from its boards. This cannot be undone.` }), [["Keep it", "", ""], ["Delete", "yes", "danger"]]);
    if (sure === "yes") await this.store.remove(item);
  }

  /** Where a picture goes: into a part of the form, a character, another tab. */
  async send(where, item) {
    const { form } = this;
    if (where === "edit") { tell("edit-picture", { artifact: item }); return; }
    if (where === "library") { tell("show-tab", { id: "library" }); tell("library-open", { id: item.id }); return; }
    if (where === "character") { this.view("characters"); await this.people.addReference(item); return; }
    if (where === "inpaint") { await this.#inpaint(item); return; }
    if (where === "control") form.controls.add(item);
    else if (where === "reference") form.references.add(item);
    else await this.#start(item);
    this.#changed();
    const place = { control: form.controls, reference: form.references }[where] ?? form.source;
    place.node.scrollIntoView({ block: "nearest", behavior: "smooth" });
  }

  /** What the form starts from, at its size. */
  async #start(item, mask = null) {
    const { source, size } = this.form, { width, height } = item.meta?.probe ?? {};
    await source.set({ image: item.id, mask }, item);
    source.fold.open = true;
    if (width) size.set(Math.round(width / 8) * 8, Math.round(height / 8) * 8);
  }

  /** The form takes the picture only together with its mask: who leaves without painting finds it as it was. */
  async #inpaint(item) {
    const { source } = this.form;
    if (source.slot.artifact?.id === item.id) { source.paint.click(); return; }
    const mask = await this.paint(item, null);
    if (mask === null) toast("Nothing was painted; the form stays as it was.");
    if (!mask) return;
    await this.#start(item, mask.id);
    this.#changed();
    source.node.scrollIntoView({ block: "nearest", behavior: "smooth" });
  }

  paint(artifact, mask) { this.view("pictures"); return this.painter.open(artifact, mask); }

  async useSettings(item) { await this.#restored(settingsOf(item), []); }

  /** Settings out of a picture file, whoever made it. */
  async takeSettings(file) {
    const { request, notes, source } = await restoreFrom(file);
    if (!source) { toast(["The form stays as it is.", ...notes, "To begin with the picture, drop it on Start from a picture."].join(" ")); return; }
    await this.#restored(request, notes, file.name);
  }

  async #restored(request, notes, name = "") {
    this.mode("picture");
    await this.form.set({ ...request, count: 1 });
    this.#changed();
    toast([name ? `Settings of ${name} are in the form.` : "Its settings are in the form.", ...notes].join(" "));
  }

  // Drawing ---------------------------------------------------------------------------------------------------------

  draw() {
    const { store, job, item } = this, waiting = store.live.length;
    const busy = job && ![...this.store.pictures].some((each) => each.id === this.selected);
    this.strip.update(store, this.selected, this.compared);
    setHidden(this.empty, Boolean(job || item) || !store.loaded && !store.started);
    setHidden(this.stage.node, !(job || item));
    this.stage.update({ item: busy ? null : item, job: busy ? job : null, preview: store.previews.get(job?.id), other: this.compared ? store.picture(this.compared) : null, detailed: this.detailed, items: store.pictures });
    this.actions.update(busy ? null : item, { known: this.known, boards: store.boards, comparing: this.comparing, detailed: this.detailed });
    setText(this.waits, waiting ? `${waiting} in the queue` : "");
    this.history.changed();
  }

  // Keys and drops --------------------------------------------------------------------------------------------------

  #key(event) {
    if (!this.root.offsetParent || document.querySelector("dialog[open]") || !this.painter.node.hidden) return;
    if ((event.ctrlKey || event.metaKey) && event.key === "Enter") { event.preventDefault(); this.queue(event.shiftKey); return; }
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest?.("input, textarea, select, [contenteditable], [role=tab], [popover]") || this.shownView !== "pictures") return;
    const key = event.key.toLowerCase(), action = { f: "favourite", v: "vary", r: "rerun", u: "settings", c: "compare", i: "details", delete: "delete" }[key];
    if (key === "arrowleft" || key === "arrowright") this.step(key === "arrowleft" ? -1 : 1);
    else if (action) this.attempt(() => this.act(action)); else return;
    event.preventDefault();
  }

  /** The whole tab takes pictures; any other file goes on to Analyze Video, which takes what is dropped anywhere. */
  #drops() {
    let depth = 0;
    const over = (yes) => { this.root.classList.toggle("dropping", yes); };
    const listen = (type, handler) => this.root.addEventListener(type, (event) => { if ([...event.dataTransfer.types].some((kind) => kind === "Files" || kind === DRAGGED)) { event.preventDefault(); if (handler(event) !== false) event.stopPropagation(); } });
    listen("dragenter", () => { depth += 1; over(true); });
    listen("dragover", (event) => { event.dataTransfer.dropEffect = "copy"; });
    listen("dragleave", () => { depth -= 1; if (depth <= 0) { depth = 0; over(false); } });
    this.root.addEventListener("drop", () => { depth = 0; over(false); }, true);
    listen("drop", (event) => {
      const { id, files } = dropped(event.dataTransfer);
      if (id) this.attempt(async () => this.useSettings(await this.store.know(id)));
      else if (files.length) this.attempt(() => this.takeSettings(files[0]));
      else return false;
    });
  }
}
