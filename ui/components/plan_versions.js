/** Every rendering of a draft as a card: play it, judge it, compare two, take it away. */

import { contentUrl, el, icon, patchList, setHidden, setText } from "../studio.js";
import { ago, duration, percent } from "../format.js";
import { clock } from "../timecode.js";


/** The same fault at several moments is said once, with all of them. */
function alike(issues) {
  const found = new Map();
  for (const issue of issues) {
    const key = `${issue.severity}|${issue.message}`, same = found.get(key) ?? { ...issue, times: [] };
    if (issue.at_s !== null && issue.at_s !== undefined) same.times.push(issue.at_s);
    found.set(key, same);
  }
  return [...found.values()];
}

export class Versions {
  /** `desk`: showVersion(item), judge(item), improve(), compare([a, b]), seekVersion(item, seconds). */
  constructor(desk) {
    this.desk = desk;
    this.picked = new Set();
    this.list = el("ol.version-list", { "aria-label": "Versions" });
    this.compare = el("button.button", { type: "button", disabled: true, title: "Pick two versions to compare them", onClick: () => desk.compare([...this.picked]) }, icon("layers"), el("span", { text: "Compare" }));
    this.improve = el("button.button", { type: "button", title: "Renders previews, judges them and mends the plan until it scores 80 or three rounds are over; every version is kept", onClick: () => desk.improve() }, icon("retry"), el("span", { text: "Improve automatically" }));
    this.none = el("p.muted.version-none", { text: "Nothing has been rendered yet. Preview or render the plan; every version stays here." });
    this.node = el("div.versions", {}, el("div.row.wrap", {}, this.compare, this.improve), this.none, this.list);
  }

  /** `items`: versions, newest first, with `job` (live), `evaluation`, `judging`; `shown`: the job id in the player. */
  draw(items, { shown, revision, canImprove, canJudge }) {
    const ids = new Set(items.map((item) => item.artifact_id).filter(Boolean));
    for (const id of this.picked) if (!ids.has(id)) this.picked.delete(id);
    patchList(this.list, items, (item) => item.job_id, () => this.#create(), (node, item) => this.#update(node, item, { shown, revision, canJudge }));
    setHidden(this.none, items.length > 0);
    this.compare.disabled = this.picked.size !== 2;
    setHidden(this.compare, items.filter((item) => item.artifact_id).length < 2);
    setHidden(this.improve, !canImprove);
  }

  #create() {
    const node = el("li.version", {},
      el("div.version-head", {}, el("input.plan-check", { type: "checkbox" }), el("button.version-open", { type: "button" }, icon("play"), el("span")), el("span.version-score", { hidden: true })),
      el("p.version-line"), el("progress", { max: 1, value: 0, "aria-label": "Progress", hidden: true }), el("p.version-error", { hidden: true }),
      el("div.row.wrap", {}, el("button.button.quiet", { type: "button", data: { act: "judge" } }, icon("eye"), el("span", { text: "Judge" })), el("a.button.quiet", { data: { act: "download" } }, icon("download"), el("span", { text: "Download" })), el("button.button.quiet", { type: "button", title: "The plan becomes what this version was made from", data: { act: "plan" } }, icon("undo"), el("span", { text: "Use its plan" })), el("button.button.quiet", { type: "button", data: { act: "library" } }, icon("library"), el("span", { text: "Library" }))),
      el("ul.issues", { hidden: true }));
    node.querySelector(".version-open").addEventListener("click", () => this.desk.showVersion(node.item));
    node.querySelector("[type=checkbox]").addEventListener("change", (event) => {
      if (event.target.checked) this.picked.add(node.item.artifact_id); else this.picked.delete(node.item.artifact_id);
      this.compare.disabled = this.picked.size !== 2;
    });
    node.querySelector("[data-act=judge]").addEventListener("click", () => this.desk.judge(node.item));
    node.querySelector("[data-act=plan]").addEventListener("click", () => this.desk.usePlan(node.item));
    node.querySelector("[data-act=library]").addEventListener("click", () => this.desk.inLibrary(node.item));
    return node;
  }

  #update(node, item, { shown, revision, canJudge }) {
    node.item = item;
    const part = (selector) => node.querySelector(selector), done = Boolean(item.artifact_id), live = item.state === "queued" || item.state === "running";
    const name = item.name.split(" ·")[0];
    node.dataset.shown = String(shown === item.job_id);
    setText(part(".version-open > span"), name);
    part(".version-open").disabled = !done;
    part(".version-open").setAttribute("aria-pressed", String(shown === item.job_id));
    const box = part("[type=checkbox]");
    box.disabled = !done;
    box.checked = this.picked.has(item.artifact_id);
    box.setAttribute("aria-label", `Pick ${name.toLowerCase()}`);
    const kind = item.capability === "video.auto_edit" ? "Improved automatically" : item.preview ? "Preview" : "Render";
    setText(part(".version-line"), [kind, item.seconds ? duration(item.seconds) : "", item.revision === null || item.revision === undefined || item.revision === revision ? "" : "of an earlier plan", ago(item.created_at), live ? percent(item.job?.progress ?? 0) : item.state === "cancelled" ? "cancelled" : ""].filter(Boolean).join(" · "));
    setHidden(part("progress"), !live);
    part("progress").value = item.job?.progress ?? 0;
    setText(part(".version-error"), item.error ?? "");
    setHidden(part(".version-error"), !item.error);
    const { evaluation } = item, score = evaluation?.score ?? item.score;
    setHidden(part(".version-score"), score === null || score === undefined);
    setText(part(".version-score"), score === null || score === undefined ? "" : `${Math.round(score * 100)}`);
    part(".version-score").title = evaluation ? `Of 100: technical ${Math.round(evaluation.technical * 100)}${evaluation.goal_score === null ? "" : `, goal ${Math.round(evaluation.goal_score * 100)}`} · ${evaluation.engine}` : "Of 100";
    part(".version-score").dataset.good = String(score >= 0.8);
    setHidden(part(".row"), !done);
    setHidden(part("[data-act=plan]"), item.revision === revision);
    const judge = part("[data-act=judge]");
    judge.disabled = Boolean(item.judging);
    setText(judge.lastChild, item.judging ? `Judging · ${percent(item.judging.progress ?? 0)}` : "Judge");
    setHidden(judge, Boolean(evaluation) || !canJudge);
    if (done) { part("a").href = contentUrl(item.artifact_id, true); part("a").setAttribute("download", ""); }
    this.#issues(part(".issues"), item);
  }

  #issues(list, item) {
    const issues = item.evaluation?.issues ?? [];
    setHidden(list, !item.evaluation);
    const rows = item.evaluation && !issues.length ? [{ code: "none", message: "Nothing to mend.", severity: "good", times: [] }] : alike(issues);
    patchList(list, rows, (issue) => `${issue.code}-${issue.times}-${issue.message}`, (issue) => {
      const time = (at) => el("button.issue-time", { type: "button", title: "Show this moment", "aria-label": `Show ${clock(at).slice(3, 11)}: ${issue.message}`, text: clock(at).slice(3, 11), onClick: () => this.desk.seekVersion(item, at) });
      return el("li.issue", { data: { severity: issue.severity } }, el("span", { text: issue.message }), issue.suggestion ? el("span.issue-hint", { text: issue.suggestion }) : null, issue.times.length ? el("span.issue-times", {}, ...issue.times.map(time)) : null);
    }, () => {});
  }
}
