/** Edges of the film's blocks, dragged: in and out points of a row, snapping to cuts and beats of its source. */

import { RULER } from "./timeline.js";
import { snapped } from "./boundaries.js";
import { follow } from "./drag.js";
import { find } from "./plan_changes.js";

const REACH = 6, TOUCH = 12, SNAP = 8, STILL = 3; // CSS pixels

export class Edges {
  /** `look()`: {plan, film, sources}; `targets(source id)`: its frames to snap to. Event of the timeline: `trim` ({id, edge, frame, done}). */
  constructor(timeline, look, targets) { Object.assign(this, { timeline, look, targets, drag: null, over: null }); }

  hit(event) {
    const { timeline } = this, { x, y } = timeline.place(event), { film } = this.look(), high = timeline.rows[0][2];
    if (y < RULER || y > RULER + high || x < timeline.gutter) return null;
    let found = null, nearest = event.pointerType === "touch" ? TOUCH : REACH;
    for (const clip of film.clips) {
      const left = timeline.x(clip.begins), right = timeline.x(clip.begins + clip.frames), room = (right - left) / 3;
      // Within a block its own edge is meant, so two that touch can both be taken.
      for (const [edge, away] of [["out", right - x], ["in", x - left]]) if (away >= -1 && away <= Math.min(nearest, Math.max(3, room))) { found = { clip, edge }; nearest = away; }
    }
    return found;
  }

  take(event) {
    const found = this.hit(event);
    if (!found) return false;
    const { timeline } = this, { plan, film, sources } = this.look(), { clip, edge } = found;
    const row = plan.segments.find((segment) => segment.id === clip.segment), source = sources.get(row.source);
    if (!source?.rate) return false;
    const backwards = Boolean(find(row, "reverse")), side = (edge === "in") !== backwards ? "start" : "end";
    const from = side === "start" ? clip.first : clip.first + clip.count;
    this.drag = {
      pointer: event.pointerId, x: event.clientX, clip, edge, side, from, to: from, moved: false, source, perFrame: (backwards ? -1 : 1) * (clip.count / clip.frames),
      low: side === "start" ? 0 : clip.first + 1, high: side === "start" ? clip.first + clip.count - 1 : source.last + 1,
      targets: this.targets(row.source), fps: film.fps,
    };
    timeline.dispatchEvent(new CustomEvent("pick", { detail: { id: clip.segment, clip, edge } }));
    follow(timeline.canvas, event, (next) => this.#move(next), (kept) => this.#end(kept));
    return true;
  }

  #move(event) {
    const { drag, timeline } = this;
    if (!drag.moved && Math.abs(event.clientX - drag.x) < STILL) return;
    drag.moved = true;
    const frames = ((event.clientX - drag.x) / timeline.width) * timeline.view.span, wanted = Math.round(drag.from + frames * drag.perFrame);
    const reach = event.shiftKey ? 0 : (SNAP / timeline.width) * timeline.view.span * Math.abs(drag.perFrame);
    const near = snapped(wanted, drag.targets, reach), to = Math.min(drag.high, Math.max(drag.low, near));
    drag.snaps = near !== wanted && to === near;
    if (to === drag.to) return;
    drag.to = to;
    this.#tell(false);
    timeline.redraw();
  }

  #end(keep) {
    const { drag, timeline } = this;
    if (!drag) return;
    this.drag = null;
    timeline.redraw();
    if (!drag.moved) { timeline.press(drag.x); return; }
    this.drag = null;
    this.#tell(true, drag, keep ? drag.to : drag.from);
  }

  #tell(done, drag = this.drag, to = drag.to) {
    this.timeline.dispatchEvent(new CustomEvent("trim", { detail: { id: drag.clip.segment, side: drag.side, frame: to, from: drag.from, done } }));
  }

  draw(c, colour) {
    const { drag, timeline } = this;
    if (!drag?.moved) return;
    const { clip } = drag, moved = (drag.to - drag.from) / drag.perFrame, high = timeline.rows[0][2];
    const left = timeline.x(clip.begins + (drag.edge === "in" ? moved : 0)), right = timeline.x(clip.begins + clip.frames + (drag.edge === "out" ? moved : 0));
    c.fillStyle = colour("action");
    c.globalAlpha = 0.25;
    c.fillRect(left, RULER + 2, right - left, high - 4);
    c.globalAlpha = 1;
    c.strokeStyle = colour("action");
    c.lineWidth = 2;
    c.strokeRect(left + 1, RULER + 3, Math.max(1, right - left - 2), high - 6);
    const change = Math.round(drag.to - drag.from), words = `${change > 0 ? "+" : ""}${change} frames${drag.snaps ? " · snapped" : ""}`;
    c.font = `10px ${colour("mono")}`;
    const wide = c.measureText(words).width + 8, at = Math.min(timeline.gutter + timeline.width - wide, Math.max(timeline.gutter, (drag.edge === "in" ? left : right - wide)));
    c.fillStyle = colour("panel");
    c.fillRect(at, RULER + high - 20, wide, 16);
    c.fillStyle = colour("play");
    c.fillText(words, at + 4, RULER + high - 12);
  }
}
