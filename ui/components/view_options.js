/** What can be laid over the picture: composition and onion skin, with one small panel to choose them in. */

import { el, prefs, setHidden, setText } from "../studio.js";
import { Guides } from "./guides.js";
import { Onion } from "./onion.js";
import { PictureLayer } from "./picture_layer.js";
import { opens, popover } from "./popover.js";

const DEFAULTS = { guides: false, onion: false, frames: 1, opacity: 0.7 };

function choice(name, text, key, hint, onChange) {
  const box = el("input", { type: "checkbox", id: `view-${name}`, "aria-describedby": `view-${name}-hint`, onChange: (event) => onChange(event.target.checked) });
  const row = el("div.choice", {}, box, el("label", { for: box.id, text }), el("kbd", { text: key, "aria-hidden": "true" }), el("span.hint", { id: `view-${name}-hint`, text: hint }));
  return { box, row };
}

export class ViewOptions {
  /** `shotAt(frame)` -> {composition, track} of that shot, or null. */
  constructor(deck, button, shotAt) {
    Object.assign(this, { deck, shotAt, values: { ...DEFAULTS, ...prefs.get("view", {}) } });
    const layer = new PictureLayer(deck.video);
    this.canvas = el("canvas.onion", { "aria-hidden": "true" });
    layer.node.append(this.canvas);
    this.guides = new Guides(layer);
    this.onion = new Onion(deck.video, this.canvas);
    this.chip = el("p.view-chip", { hidden: true });
    deck.stage.append(this.chip);
    this.#panel(button);
    deck.addEventListener("frame", (event) => this.#moved(event.detail));
    deck.video.addEventListener("emptied", () => this.onion.clear());
    this.#apply();
  }

  #panel(button) {
    this.button = button;
    this.guideChoice = choice("guides", "Composition", "C", "Thirds, power points, balance, and the subject of the shot", (on) => this.set({ guides: on }));
    this.onionChoice = choice("onion", "Onion skin", "N", "Frames before (warm) and after (cool) of the same shot, over the paused one", (on) => this.set({ onion: on }));
    this.frames = el("input", { type: "range", id: "onion-frames", min: 1, max: 3, step: 1, onInput: () => this.set({ frames: Number(this.frames.value) }) });
    this.opacity = el("input", { type: "range", id: "onion-opacity", min: 0.1, max: 1, step: 0.05, onInput: () => this.set({ opacity: Number(this.opacity.value) }) });
    this.framesShown = el("output", { for: "onion-frames" });
    this.opacityShown = el("output", { for: "onion-opacity" });
    const slider = (text, input, shown) => el("div.slider-row", {}, el("label", { for: input.id, text }), input, shown);
    this.sliders = el("div.choice-more", {}, slider("Frames each way", this.frames, this.framesShown), slider("Strength", this.opacity, this.opacityShown));
    const node = popover("view-panel", "Over the picture", this.guideChoice.row, this.onionChoice.row, this.sliders);
    this.deck.root.append(node);
    opens(button, node);
  }

  set(changes) {
    Object.assign(this.values, changes);
    prefs.set("view", this.values);
    this.#apply();
  }
  toggle(name) { this.set({ [name]: !this.values[name] }); }

  #apply() {
    const { guides, onion, frames, opacity } = this.values;
    this.guideChoice.box.checked = guides;
    this.onionChoice.box.checked = onion;
    this.frames.value = frames;
    this.opacity.value = opacity;
    setText(this.framesShown, String(frames));
    setText(this.opacityShown, `${Math.round(opacity * 100)} %`);
    setHidden(this.sliders, !onion);
    this.button.setAttribute("aria-pressed", String(guides || onion));
    this.guides.show(guides);
    this.onion.set({ on: onion, count: frames, opacity });
    this.draw();
  }

  /** Draws all anew for the frame under the playhead. */
  draw() {
    const { deck } = this;
    this.#guides(deck.frame);
    if (deck.player.playing || !deck.map || deck.root.dataset.exact !== "true") this.onion.clear(); else this.#ghosts(deck.frame);
    setHidden(this.chip, !this.values.onion);
    setText(this.chip, this.values.onion ? `Onion skin · ${this.values.frames} each way` : "");
  }

  #moved({ frame, exact }) {
    if (this.values.guides) this.#guides(frame);
    if (!this.values.onion) return;
    if (exact && !this.deck.player.playing) this.#ghosts(frame); else this.onion.clear();
  }

  #guides(frame) {
    const shot = this.shotAt(frame);
    this.guides.draw(shot?.composition ?? null, shot?.track ?? null, frame);
  }

  /** Neighbours from another shot would only hide the picture. */
  #ghosts(frame) {
    const { player, map } = this.deck, scene = this.deck.sceneAt(frame);
    this.onion.show(frame, { map, offset: player.offset }, scene ? [scene.start_frame, scene.end_frame] : [0, map.count]);
  }
}
