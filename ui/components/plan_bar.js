/** What is done with a plan: played, previewed, rendered; what that will cost, and how far it is. */

import { el, icon, isLive, setHidden, setIcon, setText } from "../studio.js";
import { bytes, duration, eta, percent } from "../format.js";

export class PlanBar {
  /** `desk`: play(), render(preview), cancel(job), improve(). */
  constructor(desk) {
    this.desk = desk;
    const button = (name, text, image, kind, title, run) => el(`button.button${kind}`, { type: "button", title, data: { bar: name }, onClick: run }, icon(image), el("span", { text }));
    this.play = button("play", "Play plan", "play", "", "Plays the approved rows at once, unrendered  Space", () => desk.play());
    this.preview = button("preview", "Preview", "eye", "", "A small rendering in seconds, with everything heard and seen", () => desk.render(true));
    this.render = button("render", "Render", "film", ".primary", "The film at full size  Ctrl Enter", () => desk.render(false));
    this.cost = el("p.plan-cost", { role: "status" });
    this.note = el("p.plan-note");
    this.title = el("strong");
    this.detail = el("span.state-detail");
    this.bar = el("progress", { max: 1, value: 0, "aria-label": "Progress" });
    this.cancel = el("button.button", { type: "button", text: "Cancel", onClick: () => desk.cancel(this.job) });
    this.state = el("section.state.plan-state", { "aria-label": "Rendering", hidden: true }, el("div.state-line", { role: "status" }, this.title, this.detail), this.bar, el("div.row", {}, this.cancel));
    this.node = el("div.plan-bar", {}, this.state, el("div.plan-buttons", {}, this.play, this.preview, this.render), this.cost, this.note);
  }

  /** `view`: {playing, film, problems, prediction, checking, later, job, empty}. */
  draw({ playing, film, problems, prediction, checking, later, job, rows }) {
    this.job = job;
    setIcon(this.play, playing ? "pause" : "play");
    setText(this.play.lastChild, playing ? "Pause" : "Play plan");
    const broken = problems.length > 0, busy = Boolean(job && isLive(job)), empty = !film.frames;
    this.play.disabled = empty;
    for (const one of [this.preview, this.render]) one.disabled = broken || busy || empty;
    const words = broken ? `${problems.length === 1 ? "One thing needs" : `${problems.length} things need`} mending before it can be rendered.`
      : !rows ? "No row is approved." : prediction ? `${duration(prediction.seconds)} film · renders in about ${duration(prediction.render_s)} · ${bytes(prediction.size_bytes)} · needs ${bytes(prediction.memory_bytes)} of memory`
        : checking ? "Working out what it will take" : "";
    setText(this.cost, words);
    this.cost.dataset.tone = broken ? "bad" : "plain";
    this.cost.dataset.checking = String(checking);
    setText(this.note, later.length ? `${list(later)} ${later.length === 1 ? "is" : "are"} heard or seen from the preview on.` : "");
    setHidden(this.note, !later.length);
    this.#state(job);
  }

  #state(job) {
    const shown = Boolean(job && (isLive(job) || ["failed", "quarantined"].includes(job.state)));
    setHidden(this.state, !shown);
    if (!shown) return;
    const live = isLive(job), what = job.capability === "video.auto_edit" ? "Improving" : job.request?.preview ? "Preview" : "Render";
    this.state.dataset.tone = live ? "plain" : "bad";
    setText(this.title, !live ? job.error?.message ?? "It failed." : job.state === "queued" ? `${what}: waiting` : job.cancel_requested ? "Stopping" : job.message || what);
    setText(this.detail, live ? [percent(job.progress), eta(job.eta_s)].filter(Boolean).join(" · ") : job.error?.remedy ?? "");
    setHidden(this.bar, !live);
    this.bar.value = job.progress ?? 0;
    setHidden(this.cancel, !live || job.cancel_requested);
  }
}

function list(words) {
  const text = words.length < 2 ? words[0] : `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`;
  return text.charAt(0).toUpperCase() + text.slice(1);
}
