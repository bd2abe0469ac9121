/** One job in the list: what was asked, how far it is, and what can be done about it. */

import { api, canOpen, contentUrl, el, icon, isEdit, isLive, patchList, setHidden, setText, tell, toast, toastError } from "../studio.js";
import { ago, bytes, duration, eta, percent, plural, STATES } from "../format.js";

const STATE_ICONS = { queued: "clock", running: "play", succeeded: "check", failed: "alert", cancelled: "x", quarantined: "alert" };

/** A request in a few words, media left out. */
export function asked(request) {
  const words = Object.entries(request ?? {}).filter(([name, value]) => !["video", "audio", "image"].includes(name) && value !== null && value !== undefined && value !== "");
  return words.map(([name, value]) => `${name.replaceAll("_", " ")} ${inWords(value)}`).join(" · ");
}

const LONGEST = 80; // letters of one value
const cut = (text) => (text.length > LONGEST ? `${text.slice(0, LONGEST - 1).trimEnd()}…` : text);

/** A value of a request: a plan is told by its rows, other structures by what is in them. */
function inWords(value) {
  if (typeof value !== "object") return cut(String(value));
  if (Array.isArray(value)) return value.every((item) => typeof item !== "object") ? cut(value.join(", ")) : plural(value.length, "entry", "entries");
  if (Array.isArray(value.segments)) return plural(value.segments.length, "row");
  return cut(Object.entries(value).filter(([, item]) => item !== null && typeof item !== "object").map(([name, item]) => `${name.replaceAll("_", " ")} ${item}`).join(", ") || plural(Object.keys(value).length, "entry", "entries"));
}

function action(name, label, iconName, run) {
  return el("button.button.quiet", { type: "button", "aria-label": label, title: label, data: { action: name }, onClick: run }, icon(iconName), el("span", { text: label }));
}

export class JobRow {
  constructor(job) {
    this.job = job;
    this.picture = el("button.job-picture", { type: "button", onClick: () => this.open() }, icon("film"));
    this.title = el("strong");
    this.asked = el("p.job-asked");
    this.state = el("span.chip", {}, icon("clock"), el("span"));
    this.detail = el("span.job-detail");
    this.bar = el("progress", { max: 1, value: 0, "aria-label": "Progress" });
    this.engine = el("span.badge", { data: { builtIn: "true" } });
    this.error = el("p.job-error", { hidden: true });
    this.actions = el("div.job-actions", {},
      action("next", "Run next", "run-next", () => this.post("next")), action("cancel", "Cancel", "x", () => this.post("cancel")),
      action("retry", "Retry", "retry", () => this.post("retry")), action("open", "Open", "eye", () => this.open()));
    this.more = el("details.job-more", { onToggle: () => this.more.open && this.load() }, el("summary", { text: "Details" }), el("div.job-facts"));
    this.node = el("article.job", { role: "listitem" }, this.picture,
      el("div.job-main", {}, el("div.job-title", {}, this.title, this.engine), this.asked,
        el("div.job-state", {}, this.state, this.bar, this.detail), this.error, this.more), this.actions);
  }

  update(job) {
    const ended = isLive(this.job) && !isLive(job);
    this.job = job;
    const { node } = this;
    node.dataset.state = job.state;
    setText(this.title, job.title);
    setText(this.asked, asked(job.request));
    this.picture.setAttribute("aria-label", `Open ${job.title}`);
    node.setAttribute("aria-label", job.title);
    this.#thumbnail(job);
    setText(this.state.lastChild, job.cancel_requested && job.state === "running" ? "Stopping" : STATES[job.state] ?? job.state);
    this.state.dataset.state = job.state;
    this.state.querySelector("use").setAttribute("href", "#i-" + (STATE_ICONS[job.state] ?? "clock"));
    setHidden(this.bar, job.state !== "running");
    this.bar.value = job.progress;
    setText(this.detail, this.#detail(job));
    setText(this.engine, job.engine ?? "");
    setHidden(this.engine, !job.engine);
    this.engine.dataset.builtIn = String(/built in/i.test(job.engine ?? ""));
    setText(this.error, job.error ? [job.error.message, job.error.remedy].filter(Boolean).join(" ") : "");
    setHidden(this.error, !job.error);
    const shown = { next: job.state === "queued", cancel: isLive(job) && !job.cancel_requested, retry: !isLive(job) && job.state !== "succeeded", open: canOpen(job) };
    for (const button of this.actions.children) setHidden(button, !shown[button.dataset.action]);
    this.picture.disabled = !shown.open;
    if (this.more.open && ended) this.load();
  }

  #detail(job) {
    if (job.state === "running") return [percent(job.progress), eta(job.eta_s), job.message].filter(Boolean).join(" · ");
    if (job.state === "queued") return `asked ${ago(job.created_at)}`;
    const took = job.started_at && job.finished_at ? `in ${duration(job.finished_at - job.started_at)}` : "";
    return [took, ago(job.finished_at ?? job.created_at), job.attempt > 1 ? `attempt ${job.attempt}` : ""].filter(Boolean).join(" · ");
  }

  #thumbnail(job) {
    if (!job.thumbnail_id || this.thumbnail === job.thumbnail_id) return;
    this.thumbnail = job.thumbnail_id;
    const picture = el("img", { src: contentUrl(job.thumbnail_id), alt: "", loading: "lazy", decoding: "async" });
    picture.addEventListener("error", () => this.picture.replaceChildren(icon("film")));
    this.picture.replaceChildren(picture);
  }

  async post(what) { try { this.update(await api(`/api/jobs/${this.job.id}/${what}`, { method: "POST" })); } catch (error) { toastError(error); } }

  async open() {
    try { tell(isEdit(this.job) ? "edit-job" : "open-clip", { job: await api(`/api/jobs/${this.job.id}`) }); } catch (error) { toastError(error); }
  }

  /** The long part is asked for only when it is opened. */
  async load() {
    const place = this.more.querySelector(".job-facts");
    try {
      const job = await api(`/api/jobs/${this.job.id}`);
      const copy = el("button.button.quiet", { type: "button", text: "Copy settings", onClick: () => this.#copy(job.request) });
      const files = el("ul.job-files");
      patchList(files, (job.artifacts ?? []).filter((item) => item.role === "result"), (item) => item.id,
        (item) => el("li", {}, el("a", { href: contentUrl(item.id, true), text: item.name }), el("span.muted", { text: ` ${bytes(item.size_bytes)}` })), () => {});
      place.replaceChildren(
        job.error ? el("pre.log", { text: JSON.stringify(job.error, null, 2), "aria-label": "Error" }) : "",
        el("pre.log", { text: job.log?.length ? job.log.join("\n") : "The log is empty.", "aria-label": "Log", tabindex: "0" }),
        files, el("p.muted", { text: `${job.capability} · ${job.id} · attempt ${job.attempt}` }), copy);
    } catch (error) { toastError(error); }
  }

  async #copy(request) {
    try { await navigator.clipboard.writeText(JSON.stringify(request, null, 2)); toast("Settings copied."); } catch { toast("The browser did not allow copying.", { tone: "bad" }); }
  }
}
