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
  const above = rect.top - height - gap >= gap;
  node.style.left = `${left}px`;
  // Held at the edge beside the opener, so that a panel that grows does not cover it.
  node.style.bottom = above ? `${innerHeight - rect.top + gap}px` : "auto";
  node.style.top = above ? "auto" : `${Math.max(gap, Math.min(innerHeight - height - gap, rect.bottom + gap))}px`;
}

/** A button that opens and closes `node` and says so. */
export function opens(button, node) {
  button.setAttribute("aria-haspopup", "dialog");
  button.setAttribute("aria-expanded", "false");
  const isOpen = () => node.matches(":popover-open");
  let pressed = false;
  // A press anywhere else closes the popover before the click arrives; that click on its own button must not open it again.
  button.addEventListener("pointerdown", () => { pressed = isOpen(); });
  button.addEventListener("click", (event) => {
    const close = event.detail > 0 ? pressed : isOpen();
    if (!close) openBeside(node, button.getBoundingClientRect()); else if (isOpen()) node.hidePopover();
  });
  node.addEventListener("toggle", (event) => button.setAttribute("aria-expanded", String(event.newState === "open")));
}
