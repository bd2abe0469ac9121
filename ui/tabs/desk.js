/** What a person does to a clip's shots: cards, boundaries, thresholds, markers, undo. Joins the review with deck and inspector. */

import { on, setHidden, toast, toastError } from "../studio.js";
import { plural } from "../format.js";
import { Cards } from "../components/cards.js";
import { MarkerEditor, MarkerList } from "../components/markers.js";
import { Rescene } from "../components/rescene.js";
import { shotWords } from "../components/shot_words.js";
import { ViewOptions } from "../components/view_options.js";
import { Review, differ } from "./review.js";

const FIELDS = "input, select, textarea, dialog, [contenteditable], [popover]";

export class Desk {
  /** `tab`: the Analyze tab, with its root, session, deck and inspector. */
  constructor(tab) {
    const { root, session, deck, inspector } = tab;
    Object.assign(this, { tab, root, session, deck, inspector, review: new Review() });
    this.button = (name) => root.querySelector(`[data-deck="${name}"]`);
    this.view = new ViewOptions(deck, this.button("view"), (frame) => this.#measuredAt(frame));
    this.cards = new Cards(deck, () => this.showCards(false));
    this.editor = new MarkerEditor(root, { save: (marker) => this.#saveMarker(marker), remove: (marker) => this.#removeMarker(marker) });
    this.list = new MarkerList({
      go: (marker) => this.#go(marker.frame), edit: (marker, rect) => this.#edit(marker, rect), remove: (marker) => this.#removeMarker(marker),
      add: (rect) => this.addMarker(rect),
    });
    this.rescene = new Rescene({ preview: (values) => this.#attempt(() => this.review.preview(values)), apply: () => this.apply() });
    inspector.add(this.list.node);
    inspector.add(this.rescene.node);
    this.#listen();
    this.#drawReview();
  }

  #listen() {
    const { deck, review, session } = this;
    deck.addEventListener("command", (event) => this.act(event.detail.name));
    deck.timeline.addEventListener("boundary", (event) => this.#dragged(event.detail));
    deck.timeline.addEventListener("marker", (event) => this.#pinned(event.detail));
    deck.player.addEventListener("state", ({ detail }) => { if (detail.playing) this.showCards(false); });
    review.addEventListener("review", () => this.#drawReview());
    review.addEventListener("shots", () => this.#drawShots());
    session.addEventListener("change", ({ detail }) => {
      if (detail === "refused" && session.refusal.error) toastError(session.refusal.error);
      this.#followed();
    });
    on("review", (change) => this.#attempt(() => review.changed(change)));
    on("online", () => { if (review.artifactId) this.#attempt(() => review.reload()); });
    document.addEventListener("keydown", (event) => {
      if (!(event.ctrlKey || event.metaKey) || event.altKey || !this.root.offsetParent || event.target.closest?.(FIELDS) || document.querySelector("dialog[open]")) return;
      const key = event.key.toLowerCase(), name = key === "y" || (key === "z" && event.shiftKey) ? "redo" : key === "z" ? "undo" : null;
      if (name && review.artifactId) { event.preventDefault(); this.act(name); }
    });
  }

  async #attempt(work) { try { await work(); return true; } catch (error) { toastError(error); return false; } }

  act(name) {
    const acts = {
      split: () => this.split(), merge: () => this.merge(), nearest: () => this.nearest(), marker: () => this.addMarker(),
      undo: () => this.#step("undo"), redo: () => this.#step("redo"), cards: () => this.showCards(!this.cards.open),
      guides: () => this.view.toggle("guides"), onion: () => this.view.toggle("onion"),
    };
    acts[name]?.();
  }

  /** The session turned to another clip or analysis, or one has come to its end. */
  #followed() {
    const { session, review } = this, { artifact, job } = session;
    const finished = job?.state === "succeeded" && job.result ? job : null;
    if (finished || !session.before) session.draft = finished && finished.id === review.jobId ? session.draft : null;
    this.#attempt(() => review.open(artifact?.id ?? null));
    if (finished || !session.before) this.#attempt(() => review.analysis(finished?.id ?? null));
    if (finished?.id !== this.settingsOf) { this.settingsOf = finished?.id; this.rescene.open(finished?.result.settings ?? null, session.info?.video.fps ?? 25); }
    if (!artifact) this.showCards(false);
    this.#drawFound();
    this.deck.boundaries.set({ editable: Boolean(finished), targets: this.#targets() });
  }

  /** Where the picture changes most is where a boundary is most often meant to be. */
  #targets() {
    const items = this.session.analysis?.transitions?.items ?? [];
    return [...items.flatMap((item) => [item.start_frame, item.end_frame]), ...this.review.markers.map((marker) => marker.frame)];
  }

  #drawReview() {
    const { review, deck } = this, shown = review.review;
    deck.pins.set(review.markers);
    deck.boundaries.set({ ...review.boundaries, targets: this.#targets() });
    this.list.draw(review.markers, (frame) => deck.timecode(frame));
    for (const name of ["undo", "redo"]) {
      const button = this.button(name), can = Boolean(shown?.[`can_${name}`]), word = name === "undo" ? "Undo" : "Redo";
      const label = can && shown[`${name}_label`] ? `${word}: ${shown[`${name}_label`]}` : word;
      setHidden(button, !shown?.can_undo && !shown?.can_redo);
      button.disabled = !can;
      button.setAttribute("aria-label", label);
      button.title = `${label}  ${name === "undo" ? "Ctrl Z" : "Ctrl Shift Z"}`;
    }
    this.#drawFound();
  }

  #drawShots() {
    if (this.review.error) toastError(this.review.error);
    this.session.draft = this.review.shots?.shots ?? null;
    this.tab.drawScenes();
    this.tab.draw();
    this.#drawFound();
  }

  #drawFound() {
    const { session, review } = this, document = session.analysis, { added, removed } = review.boundaries;
    const result = document?.scenes ?? [];
    this.cards.set(session.scenes, document);
    if (!document) return;
    this.rescene.draw({
      found: session.scenes.length, analyzed: result.length, differs: differ(session.scenes, result), thresholds: Boolean(review.settings),
      edits: added.length + removed.length, busy: session.job?.state !== "succeeded", error: review.error,
    });
    this.view.draw();
  }

  #measuredAt(frame) {
    const scene = this.deck.sceneAt(frame);
    return scene ? shotWords(this.session.analysis, scene) : null;
  }

  showCards(open) {
    if (open === this.cards.open || (open && !this.session.scenes.length)) return;
    if (open) this.deck.player.stop();
    this.cards.show(open);
    this.button("cards").setAttribute("aria-pressed", String(open));
    if (!open) this.deck.slider.focus({ preventScroll: true });
  }

  get #ready() {
    if (this.session.job?.state === "succeeded" && this.deck.map) return true;
    toast("Shots can be edited once the analysis is done.");
    return false;
  }

  /** An edit of the boundaries, then a line that says what was done. */
  async #edited(operation, words) {
    if (await this.#attempt(() => this.review.change(operation))) toast(words, { action: "Undo", onAction: () => this.act("undo") });
  }

  async split() {
    const { frame } = this.deck, scene = this.#ready && this.deck.sceneAt(frame);
    if (!scene) return;
    if (scene.start_frame === frame) { toast(`Shot ${scene.index + 1} begins here already. Go to the frame where a new shot shall begin.`); return; }
    await this.#edited({ op: "split", frame }, `A new shot begins at ${this.deck.timecode(frame)}.`);
  }

  async merge() {
    const scene = this.#ready && this.deck.sceneAt(this.deck.frame);
    if (!scene) return;
    if (!scene.index) { toast("This is the first shot: there is none before it to merge with."); return; }
    await this.#edited({ op: "merge", frame: scene.start_frame }, `Shots ${scene.index} and ${scene.index + 1} are one.`);
  }

  /** The keyboard's way to drag: the nearest boundary comes to the playhead. */
  async nearest() {
    const { frame, scenes } = this.deck;
    if (!this.#ready || scenes.length < 2) return;
    const from = scenes.slice(1).map((scene) => scene.start_frame).reduce((a, b) => (Math.abs(b - frame) < Math.abs(a - frame) ? b : a));
    if (from === frame) { toast("The nearest boundary is here already."); return; }
    await this.#move(from, frame);
  }

  #move(from, to) { return this.#edited({ op: "move", frame: from, to }, `The boundary moved by ${plural(Math.abs(to - from), "frame")} to ${this.deck.timecode(to)}.`); }

  #dragged({ frame, to, playhead, done }) {
    this.deck.seek(to);
    if (!done) return;
    if (to === frame) this.deck.seek(playhead); else this.#move(frame, to);
  }

  async #step(name) {
    const { review } = this, shown = review.review;
    if (!shown?.[`can_${name}`]) { toast(name === "undo" ? "There is nothing to undo." : "There is nothing to redo."); return; }
    const label = shown[`${name}_label`];
    if (await this.#attempt(() => review[name]())) toast(`${name === "undo" ? "Undone" : "Done again"}: ${label}`);
  }

  /** The studio measures the edited shots and writes every file anew; nothing is decoded twice. */
  async apply() {
    const { session, review } = this;
    await this.#attempt(() => session.rescene({ ...review.settings, use_review: true }));
  }

  #go(frame) { this.deck.seek(frame); this.deck.dispatchEvent(new Event("settled")); }

  #rectOf(frame) {
    const { timeline } = this.deck, box = timeline.canvas.getBoundingClientRect(), x = box.left + timeline.x(frame + 0.5);
    return { left: Math.min(box.right, Math.max(box.left, x)), width: 0, top: box.top, bottom: box.top + 20 };
  }

  #edit(marker, rect = this.#rectOf(marker.frame)) { this.editor.open(marker, this.deck, rect); }

  addMarker(rect) {
    const { deck, review } = this;
    if (!deck.map || !review.artifactId) return;
    deck.player.stop();
    const here = review.markers.find((marker) => marker.frame === deck.frame);
    const [into, out] = deck.range, within = into !== null && out !== null && deck.frame >= into && deck.frame <= out;
    this.#edit(here ?? (within ? { frame: into, end_frame: out + 1 } : { frame: deck.frame }), rect);
  }

  #pinned({ marker, open }) { this.#go(marker.frame); if (open) this.#edit(marker); }

  async #saveMarker({ id, frame, end_frame: end = null, colour, note, author }) {
    const fields = { end_frame: end, colour, note, author };
    await this.#attempt(() => this.review.change(id ? { op: "change_marker", marker: id, ...fields } : { op: "add_marker", frame, ...fields }));
    this.deck.slider.focus({ preventScroll: true });
  }

  async #removeMarker({ id, frame }) {
    const done = await this.#attempt(() => this.review.change({ op: "remove_marker", marker: id }));
    if (done) toast(`The marker at ${this.deck.timecode(frame)} is gone.`, { action: "Undo", onAction: () => this.act("undo") });
  }
}
