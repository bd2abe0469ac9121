/** A place for one picture: dropped, pasted, chosen from a file or from the history; it becomes an artifact at once. */

import { api, el, icon, project, setHidden, setText, thumbUrl, upload } from "../studio.js";
import { percent } from "../format.js";

export const PICTURES = "image/png,image/jpeg,image/webp,image/avif,image/bmp,image/tiff";
/** What a drag out of our own filmstrip or history carries. */
export const DRAGGED = "application/x-studio-picture";

export const isPicture = (file) => file.type.startsWith("image/") || /\.(png|jpe?g|webp|avif|bmp|tiff?)$/i.test(file.name);

/** Keeps a picture file; resolves to its artifact. */
export const keepPicture = (file, onProgress, signal) => upload(file, { kind: "image", projectId: project(), onProgress, signal });

/** The pictures of a drop: files, or the ids of our own. */
export function dropped(transfer) {
  const id = transfer.getData(DRAGGED);
  return { id: id || null, files: [...transfer.files].filter(isPicture) };
}

export class PictureSlot {
  /** `changed(artifact|null)`; `pick()` resolves to an artifact of the history, or null. */
  constructor(label, { changed, pick, hint = "Drop a picture, or choose one" }) {
    Object.assign(this, { label, changed, artifact: null });
    this.input = el("input", { type: "file", accept: PICTURES, hidden: true, tabindex: "-1", "aria-label": label, onChange: () => { if (this.input.files.length) this.take(this.input.files[0]); this.input.value = ""; } });
    this.picture = el("img", { alt: "", hidden: true });
    this.words = el("span.gen-slot-words", {}, icon("image"), el("span", { text: hint }));
    this.face = el("button.gen-slot-face", { type: "button", "aria-label": `${label}: choose a file`, onClick: () => this.input.click() }, this.picture, this.words);
    this.size = el("span.hint");
    this.remove = el("button.button.quiet.square", { type: "button", hidden: true, "aria-label": `Remove ${label.toLowerCase()}`, title: "Remove", onClick: () => this.set(null, true) }, icon("x"));
    this.history = el("button.button.quiet", { type: "button", onClick: async () => { const found = await pick(); if (found) this.set(found, true); } }, icon("clock"), el("span", { text: "From history" }));
    this.alert = el("p.form-error", { role: "alert", hidden: true });
    this.node = el("div.gen-slot", { role: "group", "aria-label": label }, this.face, el("div.gen-slot-side", {}, this.history, this.size, this.remove), this.alert, this.input);
    this.#drops();
  }

  #drops() {
    const over = (event) => { event.preventDefault(); event.stopPropagation(); this.node.dataset.over = "yes"; };
    this.node.addEventListener("dragenter", over);
    this.node.addEventListener("dragover", over);
    this.node.addEventListener("dragleave", () => { delete this.node.dataset.over; });
    this.node.addEventListener("drop", (event) => {
      event.preventDefault();
      event.stopPropagation();
      delete this.node.dataset.over;
      const { id, files } = dropped(event.dataTransfer);
      if (id) this.setId(id, true); else if (files.length) this.take(files[0]); else this.#say("That is no picture.");
    });
    this.node.addEventListener("paste", (event) => { const file = [...event.clipboardData.files].find(isPicture); if (file) { event.preventDefault(); this.take(file); } });
  }

  #say(text) { setText(this.alert, text); setHidden(this.alert, !text); }

  async take(file) {
    this.#say("");
    setText(this.words.lastChild, "Taking it in");
    try { this.set(await keepPicture(file, (part) => setText(this.words.lastChild, `Taking it in, ${percent(part)}`)), true); } catch (error) { this.#say([error.message, error.remedy].filter(Boolean).join(" ")); }
    setText(this.words.lastChild, this.artifact ? "" : "Drop a picture, or choose one");
  }

  /** A picture of the studio by its id; one that is gone leaves the place empty. */
  async setId(id, tell = false) {
    if (!id) { this.set(null, tell); return; }
    if (this.artifact?.id === id) return;
    try { this.set(await api(`/api/artifacts/${encodeURIComponent(id)}`), tell); } catch { this.set(null, tell); this.#say("The picture is no longer here. Choose another one."); }
  }

  set(artifact, tell = false) {
    this.artifact = artifact;
    this.#say("");
    setHidden(this.picture, !artifact);
    setHidden(this.words, Boolean(artifact));
    setHidden(this.remove, !artifact);
    if (artifact) Object.assign(this.picture, { src: thumbUrl(artifact.id), alt: artifact.name }); else this.picture.removeAttribute("src");
    const info = artifact?.meta?.probe;
    setText(this.size, info?.width ? `${info.width} × ${info.height}` : "");
    this.face.setAttribute("aria-label", artifact ? `${this.label}: ${artifact.name}. Choose another` : `${this.label}: choose a file`);
    if (tell) this.changed(artifact);
  }
}
