/** A small panel beside what opened it: the browser's own popover, so Escape and a click elsewhere close it and focus goes back. */

import { el } from "../studio.js";

export function popover(name, label, ...children) {
  return el(`div.popover.${name}`, { popover: "auto", role: "dialog", "aria-label": label }, ...children);
}

/** Opens `node` above `rect` (viewport pixels), or below where there is no room, inside the window. */
export function openBeside(node, rect) {
  node.showPopover();
  const { offsetWidth: width, offsetHeight: height } = node, gap = 8;
  const left = Math.min(innerWidth - width - gap, Math.max(gap, rect.left + rect.width / 2 - width / 2));
  const above = rect.top - height - gap;
  const top = above >= gap ? above : Math.min(innerHeight - height - gap, rect.bottom + gap);
  node.style.left = `${left}px`;
  node.style.top = `${Math.max(gap, top)}px`;
}

/** A button that opens and closes `node` and says so. */
export function opens(button, node) {
  button.setAttribute("aria-haspopup", "dialog");
  button.setAttribute("aria-expanded", "false");
  let closed = 0;
  // A press on the button closes the popover before the click arrives: that click must not open it again.
  button.addEventListener("click", () => { if (performance.now() - closed > 250) openBeside(node, button.getBoundingClientRect()); });
  node.addEventListener("toggle", (event) => {
    const open = event.newState === "open";
    button.setAttribute("aria-expanded", String(open));
    if (!open) closed = performance.now();
  });
}
