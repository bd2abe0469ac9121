/** One pointer's drag over an element: followed, ended, or given up with Escape. */

/** Calls `move(event)` while the pointer that began moves, then `end(kept)` once: kept is false when the drag was given up. */
export function follow(element, begun, move, end) {
  const gone = new AbortController(), { signal } = gone;
  const mine = (handler) => (event) => { if (event.pointerId === begun.pointerId) handler(event); };
  const finish = (kept) => { gone.abort(); end(kept); };
  element.addEventListener("pointermove", mine(move), { signal });
  element.addEventListener("pointerup", mine(() => finish(true)), { signal });
  element.addEventListener("pointercancel", mine(() => finish(false)), { signal });
  document.addEventListener("keydown", (key) => { if (key.key === "Escape") { key.preventDefault(); finish(false); } }, { signal, capture: true });
}
