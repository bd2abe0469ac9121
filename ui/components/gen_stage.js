/** The large view: the picture, or the job that makes it with its preview at every step; two pictures under one slider. */

import { contentUrl, el, icon, setHidden, setText } from "../studio.js";
import { duration, eta, percent } from "../format.js";
import { driftOf, isStoryboard, likenessLine, likenessOf, likenessTitle, pictureOf, promptOf, rows, seedOf, sizeOf } from "./gen_facts.js";

/** Who makes it: a job knows its model before it begins, its engine in words once it is done. */
function engineOf({ request, engine }) {
  return request?.model === "storyboard" ? "storyboard, no AI image" : request?.model ?? engine;
}

export class Stage {
  /** `wishes`: cancel(job), next(job), retry(job), dismiss(job), step(by), details(). */
  constructor(wishes) {
    this.wishes = wishes;
    this.picture = el("img.gen-picture", { alt: "", decoding: "async", hidden: true });
    this.other = el("img.gen-picture.other", { alt: "", decoding: "async", hidden: true });
    this.wipe = el("input.compare-wipe", { type: "range", min: 0, max: 1000, value: 500, hidden: true, "aria-label": "Where the slider divides the two pictures", onInput: () => this.#wiped() });
    this.names = el("div.gen-compared", { hidden: true }, el("span"), el("span"));
    this.live = el("img.gen-picture.live", { alt: "Preview", hidden: true });
    this.card = el("div.gen-job", { hidden: true, role: "group", "aria-label": "This job" }, el("strong", { role: "status" }), el("span.muted"), el("progress", { max: 1, value: 0, "aria-label": "Progress" }),
      el("div.row.wrap", {}, ...[["next", "run-next", "Run next"], ["cancel", "x", "Cancel"], ["retry", "retry", "Retry"], ["dismiss", "check", "Put away"]].map(([action, picture, text]) => el("button.button", { type: "button", data: { action }, onClick: () => wishes[action](this.job) }, icon(picture), el("span", { text })))));
    this.facts = el("aside.gen-details", { "aria-label": "Details of the picture", hidden: true });
    this.place = el("div.gen-frame", {}, this.live, this.picture, this.other, this.wipe, this.names, this.card, this.facts);
    this.caption = el("p.gen-caption");
    this.line = el("div.gen-line");
    this.about = el("div.gen-about", { hidden: true }, this.caption, this.line);
    this.node = el("div.gen-stage", {}, this.place, this.about);
    this.#swipes();
    this.#wiped();
  }

  #wiped() { this.place.style.setProperty("--wipe", `${this.wipe.value / 10}%`); this.wipe.setAttribute("aria-valuetext", `${Math.round(this.wipe.value / 10)} % of the first`); }

  #swipes() {
    let from = null;
    this.place.addEventListener("pointerdown", (event) => { from = event.pointerType === "touch" && this.wipe.hidden ? [event.clientX, event.clientY] : null; });
    this.place.addEventListener("pointerup", (event) => { if (!from) return; const [x, y] = [event.clientX - from[0], event.clientY - from[1]]; from = null; if (Math.abs(x) > 60 && Math.abs(x) > 2 * Math.abs(y)) this.wishes.step(x < 0 ? 1 : -1); });
  }

  /** A picture, or a job with its preview; `other` is compared with the picture. */
  update({ item = null, job = null, preview = null, other = null, detailed = false, items = [] }) {
    Object.assign(this, { job, items });
    this.#show(this.picture, item && !job ? contentUrl(item.id) : null, item ? promptOf(item) : "");
    this.#show(this.other, item && other ? contentUrl(other.id) : null, other ? promptOf(other) : "");
    this.#show(this.live, job && preview?.url ? preview.url : null, "Preview");
    this.place.toggleAttribute("data-alpha", Boolean(item?.meta?.probe?.has_alpha));
    for (const node of [this.wipe, this.names]) setHidden(node, !(item && other && !job));
    this.place.dataset.comparing = String(Boolean(item && other && !job));
    if (other && item) [item, other].forEach((each, n) => setText(this.names.children[n], `${n ? "B" : "A"} · seed ${seedOf(each) ?? "unknown"}`));
    setHidden(this.card, !job);
    if (job) this.#drawJob(job, preview);
    setHidden(this.about, !item || Boolean(job));
    if (item && !job) this.#drawAbout(item);
    setHidden(this.facts, !(detailed && item && !job));
    if (detailed && item) this.#drawFacts(item);
  }

  #show(node, source, text) {
    setHidden(node, !source);
    if (!source) { node.removeAttribute("src"); return; }
    if (node.getAttribute("src") !== source) node.src = source;
    node.alt = text;
  }

  #drawJob(job, preview) {
    const [title, detail, bar, buttons] = this.card.children, bad = ["failed", "quarantined"].includes(job.state), running = job.state === "running";
    setText(title, bad ? job.error?.message ?? "It failed." : job.cancel_requested ? "Stopping" : running ? job.message || "Begins" : "Waiting for its turn");
    const step = running && preview?.steps && !/step/.test(job.message) ? `step ${preview.step} of ${preview.steps}` : "";
    setText(detail, (bad ? [job.error?.remedy] : [step, running ? percent(job.progress) : "", running ? eta(job.eta_s) : "", engineOf(job)]).filter(Boolean).join(" · "));
    setHidden(bar, bad);
    if (running) bar.value = job.progress; else bar.value = 0;
    this.card.dataset.state = job.state;
    this.place.dataset.live = String(Boolean(preview?.url));
    const shown = { next: job.state === "queued", cancel: !bad && !job.cancel_requested, retry: bad, dismiss: bad };
    for (const button of buttons.children) setHidden(button, !shown[button.dataset.action]);
  }

  #drawAbout(item) {
    setText(this.caption, promptOf(item));
    this.caption.title = promptOf(item);
    const picture = pictureOf(item), seed = seedOf(item), badge = el("span.badge", { text: isStoryboard(item) ? "Storyboard, no AI image" : picture.engine || picture.model || "", data: { builtIn: String(isStoryboard(item) || /built in/i.test(picture.engine ?? "")) } });
    const likeness = likenessOf(item).map((row) => [row, driftOf(item, this.items, row)]).map(([row, drift]) => el("span.gen-likeness", { title: likenessTitle(row, drift), data: { passed: String(row.passed) } }, icon(row.passed ? "check" : "alert"), el("span", { text: likenessLine(row, drift) })));
    const facts = [seed === null ? "" : `seed ${seed}`, sizeOf(item), picture.took_s ? duration(picture.took_s) : ""].filter(Boolean).join(" · ");
    this.line.replaceChildren(...(badge.textContent ? [badge] : []), ...likeness, el("span.muted", { text: facts }));
  }

  #drawFacts(item) {
    if (this.drawn === item.id) return;
    this.drawn = item.id;
    const picture = pictureOf(item), notes = picture.notes ?? [];
    const text = (title, body) => (body ? el("div.group", {}, el("h3", { text: title }), el("p.gen-details-text", { text: body })) : null);
    this.facts.replaceChildren(...[el("header.row", {}, el("h2", { text: "Details" }), el("span.side-space"), el("button.button.quiet.square", { type: "button", "aria-label": "Close the details", onClick: () => this.wishes.details() }, icon("x"))),
      text("Prompt as the model got it", picture.prompt), text("Negative", picture.negative),
      el("dl.facts", {}, ...rows(item).map(([name, value]) => el("div", {}, el("dt", { text: name }), el("dd", { text: value })))),
      ...likenessOf(item).map((row) => el("p.hint", { text: likenessTitle(row, driftOf(item, this.items, row)) })),
      notes.length ? el("ul.gen-notes", {}, ...notes.map((note) => el("li", { text: note }))) : null].filter(Boolean));
  }
}
