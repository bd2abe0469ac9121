/** Clips picked in the Library: two can be compared, several ranked as takes of one shot. */

import { el, icon, setHidden, setText, tell } from "../studio.js";
import { plural } from "../format.js";
import { FEWEST, MOST } from "../components/rank.js";

export class Selection {
  /** `grid`: the list of cards; it says by its class that clips are being picked. */
  constructor(grid) {
    this.grid = grid;
    this.picked = new Map();
    this.count = el("span.muted", { role: "status" });
    this.compare = el("button.button", { type: "button", title: "Pick two clips to compare them", onClick: () => this.#leave("compare", { ids: [...this.picked.keys()] }) }, icon("layers"), el("span", { text: "Compare" }));
    this.rank = el("button.button", { type: "button", onClick: () => this.#leave("rank-takes", { artifacts: [...this.picked.values()] }) }, icon("list"), el("span", { text: "Rank as takes of one shot" }));
    this.bar = el("div.picking-bar", { role: "group", "aria-label": "Picked clips", hidden: true }, this.count, this.compare, this.rank,
      el("button.button.quiet", { type: "button", onClick: () => this.clear() }, icon("x"), el("span", { text: "Pick none" })));
  }

  /** The box on a clip's card; null for what is no clip. */
  check(item) {
    if (item.kind !== "video" || item.missing) return null;
    return el("input.card-check", { type: "checkbox", "aria-label": `Pick ${item.name}`, onChange: (event) => {
      if (event.target.checked) this.picked.set(item.id, item); else this.picked.delete(item.id);
      this.draw();
    } });
  }

  clear() { this.picked.clear(); this.draw(); }
  forget(id) { if (this.picked.delete(id)) this.draw(); }
  #leave(what, detail) { this.clear(); tell(what, detail); }

  draw() {
    const { size } = this.picked;
    setText(this.count, `${plural(size, "clip")} picked`);
    setHidden(this.bar, size === 0);
    this.compare.disabled = size !== 2;
    this.rank.disabled = size < FEWEST || size > MOST;
    this.grid.classList.toggle("picking", size > 0);
    for (const place of this.grid.children) {
      const box = place.querySelector(".card-check"), yes = this.picked.has(place.item?.id);
      place.dataset.picked = String(yes);
      if (box && box.checked !== yes) box.checked = yes;
    }
  }
}
