/** What can be done with a picture: one row of buttons, and two menus for where it goes and what is made better. */

import { contentUrl, el, icon, setHidden } from "../studio.js";
import { pictureOf, requestOf, seedOf } from "./gen_facts.js";
import { iconButton } from "./gen_fields.js";
import { opens, popover } from "./popover.js";

const SEND = [["source", "image", "Start from it (image to image)"], ["inpaint", "brush", "Inpaint: paint a mask"], ["control", "layers", "Guide the composition"], ["reference", "copy", "Reference picture"], ["character", "user", "A character's reference"], ["edit", "scissors", "Edit/Parody"], ["library", "library", "Show in the Library"]];
const BETTER = [["upscale2", "expand", "Upscale 2 ×"], ["upscale4", "expand", "Upscale 4 ×"], ["cutout", "scissors", "Remove the background"]];

export class Actions {
  /** `run(action, detail)`; actions: favourite, rerun, vary, settings, compare, details, delete, board, and those of the menus. */
  constructor(run) {
    this.run = run;
    this.favourite = iconButton("star", "Favourite", () => run("favourite"), { "aria-pressed": "false" });
    this.download = el("a.button.quiet.square", { "aria-label": "Download", title: "Download" }, icon("download"));
    this.vary = iconButton("dice", "Vary: the same with a new seed", () => run("vary"), { text: "Vary", quiet: false });
    this.rerun = iconButton("retry", "Rerun: exactly the same again", () => run("rerun"), { text: "Rerun" });
    this.settings = iconButton("undo", "Use settings: copy them into the form", () => run("settings"), { text: "Use settings" });
    this.sendMenu = this.#menu("Send to", SEND);
    this.betterMenu = this.#menu("Clean up", BETTER);
    this.send = this.#opener("send", "Send to", this.sendMenu);
    this.better = this.#opener("wand", "Clean up", this.betterMenu);
    this.boardMenu = popover("gen-menu", "Boards");
    this.board = iconButton("board", "Add to a board", () => {}, {});
    this.board.addEventListener("click", () => this.#drawBoards());
    opens(this.board, this.boardMenu);
    this.compare = iconButton("compare", "Compare with another picture", () => run("compare"), { "aria-pressed": "false" });
    this.details = iconButton("info", "Details", () => run("details"), { "aria-pressed": "false" });
    this.remove = iconButton("trash", "Delete", () => run("delete"));
    this.boards = [];
    this.node = el("div.gen-actions", { role: "toolbar", "aria-label": "This picture", hidden: true }, this.favourite, this.download, this.vary, this.rerun, this.settings, this.send, this.better, this.board, this.compare, this.details, this.remove, this.sendMenu, this.betterMenu, this.boardMenu);
  }

  #menu(label, rows) {
    const menu = popover("gen-menu", label, ...rows.map(([action, picture, text]) => el("button.button.quiet", { type: "button", data: { action }, onClick: () => { menu.hidePopover(); this.run(action); } }, icon(picture), el("span", { text }))));
    return menu;
  }

  #opener(picture, text, menu) { const button = iconButton(picture, text, () => {}, { text }); opens(button, menu); return button; }

  #drawBoards() {
    const { item } = this, name = el("input", { type: "text", maxlength: 120, placeholder: "Name of a new board", "aria-label": "Name of a new board" });
    const form = el("form.row", { onSubmit: (event) => { event.preventDefault(); if (name.value.trim()) { this.boardMenu.hidePopover(); this.run("newBoard", name.value.trim()); } } }, name, el("button.button", { type: "submit", text: "Make" }));
    this.boardMenu.replaceChildren(...this.boards.map((board) => {
      const input = el("input", { type: "checkbox", id: `gen-on-${board.id}`, checked: item.boards?.includes(board.id), onChange: () => this.run("board", { board, on: input.checked }) });
      return el("div.gen-check", {}, input, el("label", { for: input.id, text: board.name }));
    }), form);
  }

  /** `known`: the capabilities of this studio; `boards`; `comparing`, `detailed`: what is switched on. */
  update(item, { known, boards = [], comparing = false, detailed = false }) {
    this.item = item;
    this.boards = boards;
    setHidden(this.node, !item);
    if (!item) return;
    this.favourite.setAttribute("aria-pressed", String(Boolean(item.favourite)));
    this.favourite.title = item.favourite ? "No favourite any more" : "Favourite";
    Object.assign(this.download, { href: contentUrl(item.id, true), download: item.name.split("/").pop() });
    const made = requestOf(item).prompt !== undefined && !pictureOf(item).batch?.grid && !pictureOf(item).sheet;
    for (const button of [this.vary, this.rerun, this.settings]) setHidden(button, !made);
    setHidden(this.rerun, !made || seedOf(item) === null);
    const has = (name) => known?.has(name) ?? true;
    setHidden(this.better, !has("image.upscale") && !has("image.cutout"));
    for (const button of this.betterMenu.children) setHidden(button, !has(button.dataset.action === "cutout" ? "image.cutout" : "image.upscale"));
    this.compare.setAttribute("aria-pressed", String(comparing));
    this.details.setAttribute("aria-pressed", String(detailed));
  }
}

