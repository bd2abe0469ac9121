/** Markers as pins on the timeline's ruler: a click on one goes to its frame, a second one opens it. */

const REACH = 6, TOP = 9, BOTTOM = 20;

export class Pins {
  constructor(timeline) { Object.assign(this, { timeline, markers: [] }); }

  set(markers) { this.markers = markers; this.timeline.redraw(); }

  hit(event) {
    const { x, y } = this.timeline.place(event);
    if (y > BOTTOM + 2) return null;
    let found = null, nearest = event.pointerType === "touch" ? REACH * 2 : REACH;
    for (const marker of this.markers) {
      const away = Math.abs(this.timeline.x(marker.frame + 0.5) - x);
      if (away <= nearest) { found = marker; nearest = away; }
    }
    return found;
  }

  cursor(event) { return this.hit(event) ? "pointer" : null; }

  take(event) { return this.#tell(event, false); }
  open(event) { return this.#tell(event, true); }

  #tell(event, open) {
    const marker = this.hit(event);
    if (marker) this.timeline.dispatchEvent(new CustomEvent("marker", { detail: { marker, open } }));
    return Boolean(marker);
  }

  draw(c, colour) {
    const { timeline } = this;
    for (const { frame, end_frame: end, colour: name } of this.markers) {
      const x = Math.round(timeline.x(frame + 0.5));
      c.fillStyle = colour(`mark-${name}`) || colour("text");
      if (end > frame + 1) { c.globalAlpha = 0.5; c.fillRect(x, BOTTOM - 3, timeline.x(end) - x, 3); c.globalAlpha = 1; }
      c.globalAlpha = 0.35;
      c.fillRect(x - 0.5, BOTTOM, 1, timeline.height - BOTTOM);
      c.globalAlpha = 1;
      c.beginPath();
      c.moveTo(x - 4.5, TOP);
      c.lineTo(x + 4.5, TOP);
      c.lineTo(x + 4.5, TOP + 6);
      c.lineTo(x, BOTTOM);
      c.lineTo(x - 4.5, TOP + 6);
      c.closePath();
      c.fill();
      c.strokeStyle = colour("panel");
      c.lineWidth = 1;
      c.stroke();
    }
  }
}
