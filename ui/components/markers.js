/** Markers: a panel to write one, and the list of them in the inspector. Drawing on the timeline is done in `pins.js`. */

import { el, icon, patchList, prefs, setHidden, setText } from "../studio.js";
import { ago } from "../format.js";
import { openBeside, popover } from "./popover.js";

export const MARKER_COLOURS = ["red", "yellow", "green", "cyan", "blue", "purple"];

export class MarkerEditor {
  /** `actions`: save(marker), remove(marker); a marker without an id is a new one. */
  constructor(root, actions) {
    this.actions = actions;
    this.title = el("h3");
    this.note = el("textarea", { id: "marker-note", rows: 2, maxlength: 2000, autofocus: true });
    this.author = el("input", { type: "text", id: "marker-author", maxlength: 80, autocomplete: "name" });
    this.until = el("input", { type: "text", id: "marker-until", placeholder: "one frame", autocomplete: "off", spellcheck: "false", title: "Last frame: a timecode, or +24 for 24 frames more. Empty: one frame.", onInput: () => this.until.setCustomValidity("") });
    this.swatches = MARKER_COLOURS.map((colour) => el("input", { type: "radio", name: "marker-colour", value: colour, "aria-label": colour, title: colour, data: { colour } }));
    this.remove = el("button.button.quiet.danger", { type: "button", onClick: () => { this.node.hidePopover(); actions.remove(this.marker); } }, icon("trash"), el("span", { text: "Delete" }));
    this.form = el("form.marker-form", { onSubmit: (event) => { event.preventDefault(); this.#save(); } }, this.title,
      el("div.swatches", { role: "radiogroup", "aria-label": "Colour" }, ...this.swatches),
      el("div.field", {}, el("label", { for: "marker-note", text: "Note" }), this.note), el("div.field", {}, el("label", { for: "marker-author", text: "Author" }), this.author),
      el("div.field", {}, el("label", { for: "marker-until", text: "Until" }), this.until),
      el("div.row", {}, el("button.button.primary", { type: "submit", text: "Save" }), el("button.button.quiet", { type: "button", text: "Cancel", onClick: () => this.node.hidePopover() }), this.remove));
    this.note.addEventListener("keydown", (event) => { if (event.key === "Enter" && !event.shiftKey) { event.preventDefault(); this.#save(); } });
    this.node = popover("marker-panel", "Marker", this.form);
    root.append(this.node);
  }

  /** Opens beside `rect`, for a marker that is there or one to be made ({frame}); `time` writes and reads timecodes (a Deck). */
  open(marker, time, rect) {
    Object.assign(this, { marker, time });
    setText(this.title, `${marker.id ? "Marker" : "New marker"} at ${time.timecode(marker.frame)}`);
    this.until.value = marker.end_frame > marker.frame + 1 ? time.timecode(marker.end_frame - 1) : "";
    this.until.setCustomValidity("");
    const colour = marker.colour ?? prefs.get("marker-colour", "red");
    for (const swatch of this.swatches) swatch.checked = swatch.value === colour;
    this.note.value = marker.note ?? "";
    this.author.value = marker.id ? marker.author ?? "" : prefs.get("author", "");
    setHidden(this.remove, !marker.id);
    openBeside(this.node, rect);
    this.note.focus();
  }

  /** First frame behind the marker, null for a single frame, undefined when the words name no frame behind it. */
  #end() {
    const { marker, time } = this, words = this.until.value.trim();
    if (!words) return null;
    const last = time.typed(words, marker.frame);
    if (last !== null && last >= marker.frame && last <= time.map.last) return last === marker.frame ? null : last + 1;
    this.until.setCustomValidity(`Give a timecode from ${time.timecode(marker.frame)} to ${time.timecode(time.map.last)}, +24 for 24 frames more, or nothing.`);
    this.until.reportValidity();
    return undefined;
  }

  #save() {
    const end = this.#end();
    if (end === undefined) return;
    const colour = this.swatches.find((swatch) => swatch.checked)?.value ?? this.marker.colour ?? "red";
    const author = this.author.value.trim();
    prefs.set("author", author);
    prefs.set("marker-colour", colour);
    this.node.hidePopover();
    this.actions.save({ ...this.marker, end_frame: end, colour, author, note: this.note.value.trim() });
  }
}

export class MarkerList {
  /** `actions`: go(marker), edit(marker, rect), remove(marker), add(). */
  constructor(actions) {
    this.actions = actions;
    this.count = el("span.count");
    this.list = el("ul.marker-list");
    this.none = el("p.hint", { text: "P sets one at the playhead. They go into the marker EDL, OTIO and the report." });
    this.node = el("details.group.markers", { "aria-label": "Markers" }, el("summary", {}, el("span", {}, "Markers ", this.count)),
      el("div", {}, this.list, this.none, el("button.button.quiet", { type: "button", onClick: (event) => actions.add(event.currentTarget.getBoundingClientRect()) }, icon("marker"), el("span", { text: "Add at the playhead" }))));
  }

  draw(markers, timecode) {
    setText(this.count, markers.length ? String(markers.length) : "");
    setHidden(this.none, markers.length > 0);
    if (markers.length && !this.seen) { this.seen = true; this.node.open = true; }
    patchList(this.list, [...markers].sort((a, b) => a.frame - b.frame), (marker) => marker.id, () => this.#row(), (row, marker) => {
      const [go, edit, remove] = row.children, [dot, time, words] = go.children, at = timecode(marker.frame);
      dot.dataset.colour = marker.colour;
      setText(time, marker.end_frame > marker.frame + 1 ? `${at} · ${marker.end_frame - marker.frame} f` : at);
      setText(words, marker.note || "No note");
      const by = [marker.author, marker.created_at ? ago(marker.created_at) : ""].filter(Boolean).join(", ");
      go.title = by;
      setText(go.children[3], marker.author ?? "");
      go.onclick = () => this.actions.go(marker);
      edit.onclick = () => this.actions.edit(marker, edit.getBoundingClientRect());
      remove.onclick = () => this.actions.remove(marker);
      edit.setAttribute("aria-label", `Edit the marker at ${at}`);
      remove.setAttribute("aria-label", `Delete the marker at ${at}`);
    });
  }

  #row() {
    const square = (name) => el("button.button.quiet.square", { type: "button" }, icon(name));
    const edit = el("button.button.quiet.square", { type: "button" }, icon("pencil"));
    return el("li", {}, el("button.marker-go", { type: "button" }, el("span.dot", { "aria-hidden": "true" }), el("span.marker-time"), el("span.marker-note"), el("span.marker-author")), edit, square("trash"));
  }
}
