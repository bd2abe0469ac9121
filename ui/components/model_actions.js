/** What can be done with a model in its present state: one row of buttons, in the card and in the sheet. */

import { el, icon, setHidden, setText } from "../studio.js";
import { bytes } from "../format.js";
import { canInstall, isInstalled, stateOf } from "./model_words.js";

const BUTTONS = [
  ["install", "download", "Install"], ["cancel", "x", "Cancel"], ["try", "message", "Try it"], ["load", "cpu", "Load"], ["stop", "x", "Stop loading"], ["unload", "eject", "Unload"],
  ["pin", "pin", "Pin"], ["remove", "trash", "Remove"],
];
const SMALL = new Set(["pin", "remove"]); // shown as an icon with a name
const USES = new Set(["chat", "vision-chat", "embedding"]);

/** Which buttons are shown: a pure table over the state. */
export function offered(entry, seen, job, pending) {
  const state = stateOf(entry, seen, job, pending), here = isInstalled(entry), usable = here && entry.usable, loaded = state === "resident" || state === "busy";
  return {
    install: state === "absent" && canInstall(entry),
    cancel: Boolean(job) && !job.cancel_requested,
    try: usable && USES.has(entry.task) && state !== "removing",
    load: usable && (state === "installed" || state === "parked"),
    stop: state === "loading",
    unload: loaded || state === "parked",
    pin: usable && (loaded || Boolean(seen?.pinned)),
    remove: !job && ((here && !entry.in_place) || entry.partial_bytes > 0) && state !== "busy" && state !== "loading" && state !== "installing",
  };
}

export class Actions {
  /** `run(name, action)` is called with the model's name. */
  constructor(name, run, without = []) {
    this.buttons = Object.fromEntries(BUTTONS.filter(([action]) => !without.includes(action)).map(([action, picture, label]) =>
      [action, el("button.button" + (SMALL.has(action) ? ".quiet.square" : ""), { type: "button", data: { action }, onClick: () => run(name, action) }, icon(picture), SMALL.has(action) ? null : el("span", { text: label }))]));
    this.node = el("div.model-actions", {}, ...Object.values(this.buttons));
  }

  update(entry, seen, job, pending) {
    const shown = offered(entry, seen, job, pending), pinned = Boolean(seen?.pinned), busy = stateOf(entry, seen, job, pending) === "busy";
    for (const [action, button] of Object.entries(this.buttons)) {
      setHidden(button, !shown[action]);
      const label = { pin: pinned ? "Unpin" : "Pin: keep it in memory", remove: "Remove", unload: "Unload", install: entry.partial_bytes ? "Go on installing" : "Install" }[action];
      if (label) button.title = action === "unload" && busy ? "It is in use" : label;
      if (button.lastChild.nodeName === "SPAN") button.setAttribute("aria-label", `${label ?? button.textContent} ${entry.title}`);
      else button.setAttribute("aria-label", `${label} ${action === "pin" ? `(${entry.title})` : entry.title}`);
    }
    const { install, unload, pin } = this.buttons;
    if (install) setText(install.lastChild, entry.partial_bytes ? `Go on (${bytes(entry.partial_bytes)} are here)` : "Install");
    if (unload) unload.disabled = busy || pending === "unload";
    if (pin) pin.setAttribute("aria-pressed", String(pinned));
  }
}
