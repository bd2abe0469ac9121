/** Boundaries between shots on the timeline: dragged with snapping; those set or taken away by hand look different. */

import { RULER, LANE } from "./timeline.js";
import { follow } from "./drag.js";

const REACH = 5, TOUCH = 11, SNAP = 7, STILL = 3; // CSS pixels

/** The frame of `targets` within `reach` frames of `frame`, else `frame` itself. */
export function snapped(frame, targets, reach) {
  let best = frame, nearest = reach;
  for (const target of targets) {
    const away = Math.abs(target - frame);
    if (away <= nearest) { best = target; nearest = away; }
  }
  return best;
}

export class Boundaries {
  constructor(timeline) { Object.assign(this, { timeline, editable: false, added: new Set(), removed: [], targets: [], drag: null, over: null }); }

  /** `added`, `removed`: frames edited by hand; `targets`: frames a dragged boundary snaps to, besides the playhead. */
  set({ editable = this.editable, added = [...this.added], removed = this.removed, targets = this.targets }) {
    Object.assign(this, { editable, removed, targets, added: new Set(added) });
    this.timeline.redraw();
  }

  /** The shot whose first frame is under the pointer, in the row of shots. */
  hit(event) {
    const { timeline } = this, { x, y } = timeline.place(event);
    if (!this.editable || y < RULER || y > RULER + LANE) return null;
    let found = null, nearest = event.pointerType === "touch" ? TOUCH : REACH;
    timeline.data.scenes.forEach((scene, index) => {
      const away = Math.abs(timeline.x(scene.start_frame) - x);
      if (index && away <= nearest) { found = index; nearest = away; }
    });
    return found;
  }

  cursor(event) {
    const over = this.hit(event);
    if (over !== this.over) { this.over = over; this.timeline.redraw(); }
    return over === null ? null : "col-resize";
  }

  take(event) {
    const index = this.hit(event);
    if (index === null) return false;
    const { scenes, frame } = this.timeline.data, scene = scenes[index];
    this.drag = {
      pointer: event.pointerId, x: event.clientX, from: scene.start_frame, to: scene.start_frame, moved: false, playhead: frame,
      low: scenes[index - 1].start_frame + 1, high: scene.end_frame - 1,
    };
    follow(this.timeline.canvas, event, (next) => this.#move(next), (kept) => this.#end(kept));
    return true;
  }

  #move(event) {
    const { drag, timeline } = this;
    if (!drag.moved && Math.abs(event.clientX - drag.x) < STILL) return;
    drag.moved = true;
    const wanted = Math.round(timeline.frameAt(event.clientX)), reach = event.shiftKey ? 0 : (SNAP / timeline.width) * timeline.view.span;
    const to = Math.min(drag.high, Math.max(drag.low, snapped(wanted, [drag.playhead, drag.from, ...this.targets], reach)));
    if (to === drag.to) return;
    drag.to = to;
    this.#tell(false);
    timeline.redraw();
  }

  #end(keep) {
    const { drag } = this;
    if (!drag) return;
    this.drag = null;
    this.timeline.redraw();
    if (!drag.moved) { this.timeline.press(drag.x); return; }
    this.timeline.dispatchEvent(new CustomEvent("boundary", { detail: { frame: drag.from, to: keep ? drag.to : drag.from, playhead: drag.playhead, done: true } }));
  }

  #tell(done) { this.timeline.dispatchEvent(new CustomEvent("boundary", { detail: { frame: this.drag.from, to: this.drag.to, done } })); }

  draw(c, colour) {
    const { timeline, drag } = this, top = RULER, bottom = RULER + LANE;
    const line = (frame, name, wide, dash = []) => {
      const x = Math.round(timeline.x(frame)) - 0.5;
      c.setLineDash(dash);
      c.strokeStyle = colour(name);
      c.lineWidth = wide;
      c.beginPath();
      c.moveTo(x, top);
      c.lineTo(x, bottom);
      c.stroke();
      c.setLineDash([]);
      return x;
    };
    for (const frame of this.removed) line(frame, "muted", 1, [2, 3]);
    for (const frame of this.added) {
      const x = line(frame, "action", 2);
      c.fillStyle = colour("action");
      c.beginPath();
      c.moveTo(x - 4, top);
      c.lineTo(x + 4, top);
      c.lineTo(x, top + 5);
      c.fill();
    }
    const over = drag ? null : timeline.data.scenes[this.over]?.start_frame;
    if (this.editable && over) line(over, "action", 3);
    if (!drag?.moved) return;
    line(drag.from, "muted", 1, [2, 3]);
    const x = line(drag.to, "play", 2), words = timeline.data.label(drag.to);
    c.font = `10px ${colour("mono")}`;
    const wide = c.measureText(words).width + 8, left = Math.min(x + 4, timeline.gutter + timeline.width - wide);
    c.fillStyle = colour("panel");
    c.fillRect(left, top + 4, wide, 17);
    c.fillStyle = colour("play");
    c.fillText(words, left + 4, top + 13);
  }
}
