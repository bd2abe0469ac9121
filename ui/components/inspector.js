/** The inspector: what is happening, the shot under the playhead, the clip's facts, settings and downloads. */

import { el, icon, patchList, setHidden, setText } from "../studio.js";
import { bytes, duration, eta, fixed, percent, rate } from "../format.js";
import { Downloads } from "./downloads.js";
import { shotFacts } from "./shot_words.js";

function facts(rows) {
  return rows.filter(([, value]) => value !== null && value !== undefined && value !== "").map(([name, value, title]) => ({ name, value: String(value), title }));
}

function drawFacts(list, rows) {
  patchList(list, facts(rows), (row) => row.name, () => el("div", {}, el("dt"), el("dd")), (node, row) => {
    setText(node.firstChild, row.name);
    setText(node.lastChild, row.value);
    if (row.title) node.title = row.title;
  });
}

export class Inspector {
  /** `actions`: open, cancel, retry, run, copySettings. */
  constructor(root, settings, actions) {
    this.actions = actions;
    this.name = el("h2.clip-name");
    this.badge = el("span.badge", { hidden: true });
    this.state = this.#stateCard();
    this.shotTitle = el("h3", { text: "Shot" });
    this.shotFacts = el("dl.facts");
    this.meters = el("div.meters");
    this.remarks = el("ul.remarks");
    this.shot = el("section.group", { "aria-label": "Shot under the playhead" }, this.shotTitle, this.shotFacts, this.meters, this.remarks);
    this.clipFacts = el("dl.facts");
    this.clip = el("details.group", { open: innerWidth > 640 }, el("summary", { text: "Clip" }), this.clipFacts);
    this.settings = el("details.group", {}, el("summary", { text: "Settings" }), settings.form);
    this.downloads = new Downloads(() => this.name.textContent);
    root.replaceChildren(
      el("header.inspector-head", {}, this.name, this.badge,
        el("button.button.quiet", { type: "button", "aria-label": "Open another clip", onClick: () => actions.open() }, icon("folder"), el("span", { text: "Open" }))),
      this.state.node, this.downloads.node, this.shot, this.clip, this.settings);
  }

  /** Puts a section of somebody else's under the shot. */
  add(section) { this.clip.before(section); }

  showDownloads(artifacts) { this.downloads.draw(artifacts); }

  #stateCard() {
    const title = el("strong"), detail = el("span.state-detail"), bar = el("progress", { max: 1, value: 0, "aria-label": "Progress" });
    const cancel = el("button.button", { type: "button", text: "Cancel", onClick: () => this.actions.cancel() });
    const act = el("button.button.primary", { type: "button" });
    const node = el("section.state", { "aria-label": "State", data: { tone: "plain" } },
      el("div.state-line", { role: "status" }, title, detail), bar, el("p.state-remedy", { hidden: true }), el("div.row", {}, act, cancel));
    return { node, title, detail, bar, cancel, act };
  }

  /** Draws what is going on. `view`: {title, detail, progress|null, tone, remedy, cancellable, action: [label, function]|null}. */
  showState(view) {
    const { node, title, detail, bar, cancel, act } = this.state;
    setHidden(node, !view);
    if (!view) return;
    node.dataset.tone = view.tone ?? "plain";
    setText(title, view.title);
    setText(detail, view.detail ?? "");
    setHidden(bar, view.progress === null || view.progress === undefined);
    if (!bar.hidden) { bar.value = view.progress; bar.setAttribute("aria-valuetext", percent(view.progress)); }
    const remedy = node.querySelector(".state-remedy");
    setText(remedy, view.remedy ?? "");
    setHidden(remedy, !view.remedy);
    setHidden(cancel, !view.cancellable);
    setHidden(act, !view.action);
    if (view.action) { setText(act, view.action[0]); act.onclick = view.action[1]; }
    setHidden(node.querySelector(".row"), !view.cancellable && !view.action);
  }

  showName(name) { setText(this.name, name); this.name.title = name; }

  showEngine(engine) {
    setHidden(this.badge, !engine);
    setText(this.badge, engine ?? "");
    this.badge.dataset.builtIn = String(/built in/i.test(engine ?? ""));
    this.badge.title = engine ? `Made by: ${engine}` : "";
  }

  /** `analysis` is the whole result, once there is one. */
  showShot(scene, total, timecode, analysis) {
    setHidden(this.shot, total === 0);
    if (!scene) { setText(this.shotTitle, "Shot"); drawFacts(this.shotFacts, []); this.meters.replaceChildren(); this.remarks.replaceChildren(); return; }
    setText(this.shotTitle, `Shot ${scene.index + 1} of ${total}`);
    drawFacts(this.shotFacts, [
      ["In", scene.start_timecode ?? timecode(scene.start_frame)],
      ["Out", timecode(scene.end_frame - 1), "The last frame of the shot"],
      ["Length", `${scene.end_frame - scene.start_frame} frames · ${duration(scene.end_s - scene.start_s)}`],
      ...shotFacts(analysis, scene),
    ]);
    this.#meters(scene.quality);
  }

  #meters(quality) {
    const rows = !quality ? [] : [
      ["Sharpness", Math.log1p(quality.sharpness) / Math.log1p(2500), fixed(quality.sharpness), "Variance of the Laplacian; low is blurred"],
      ["Brightness", quality.brightness / 255, fixed(quality.brightness), "Mean luma, 0 to 255"],
      ["Contrast", quality.contrast / 90, fixed(quality.contrast), "Standard deviation of luma"],
      ["Noise", quality.noise / 12, fixed(quality.noise, 1), "Standard deviation of the noise"],
    ];
    patchList(this.meters, rows, (row) => row[0],
      (row) => el("div.meter", { title: row[3] }, el("span", { text: row[0] }), el("span.meter-track", { "aria-hidden": "true" }, el("span")), el("span.meter-value")),
      (node, row) => {
        node.querySelector(".meter-track > span").style.width = `${Math.round(Math.min(1, Math.max(0, row[1])) * 100)}%`;
        setText(node.querySelector(".meter-value"), row[2]);
      });
    patchList(this.remarks, quality?.remarks ?? [], (text) => text, (text) => el("li", { text }), () => {});
  }

  showClip(artifact, warnings = []) {
    const info = artifact?.meta?.probe;
    setHidden(this.clip, !info);
    if (!info) return;
    const video = info.video, colour = video.colour ?? {};
    const audio = (info.audio ?? []).map((track) => `${track.codec} ${track.layout || track.channels + " ch"}${track.language && track.language !== "und" ? " " + track.language : ""}`);
    drawFacts(this.clipFacts, [
      ["Picture", `${video.width} × ${video.height}${video.rotation_deg ? `, turned ${video.rotation_deg}°` : ""}`],
      ["Rate", `${rate(video.fps)} fps${video.vfr ? ", uneven" : ""}${video.drop_frame ? ", drop-frame" : ""}`],
      ["Length", `${duration(info.duration_s)} · ${video.frame_count}${video.frame_count_estimated ? " (about)" : ""} frames`],
      ["Codec", [video.codec, video.profile, video.pix_fmt].filter(Boolean).join(" · ")],
      ["Container", info.container],
      ["Timecode", video.start_timecode],
      ["Colour", [colour.primaries, colour.transfer, colour.matrix, colour.range].filter((word, at, all) => word && all.indexOf(word) === at).join(" · ")],
      ["Audio", audio.length ? audio.join(", ") : "none"],
      ["Size", bytes(info.size_bytes ?? artifact.size_bytes)],
      ["Playback", info.needs_proxy ? `proxy: ${info.proxy_reason ?? "the browser cannot scrub the original"}` : ""],
      ["Note", warnings.join(" ")],
    ]);
  }
}

/** The state line of a job. */
export function jobView(job, found, { cancel, retry }) {
  const shots = found ? `${found} ${found === 1 ? "shot" : "shots"}` : "";
  if (job.state === "queued") return { title: "Waiting", detail: "other work comes first", progress: 0, cancellable: true };
  if (job.state === "running") {
    const detail = [percent(job.progress), eta(job.eta_s)].filter(Boolean).join(" · ");
    return { title: job.cancel_requested ? "Stopping" : job.message || "Working", detail, progress: job.progress, cancellable: !job.cancel_requested, cancel };
  }
  if (job.state === "succeeded") {
    const seconds = job.finished_at && job.started_at ? job.finished_at - job.started_at : null;
    return { title: shots || "Done", detail: job.reused ? "from the store, nothing had to be done again" : seconds !== null ? `found in ${duration(seconds)}` : "", tone: "good" };
  }
  if (job.state === "cancelled") return { title: "Cancelled", detail: shots ? `${shots} found before` : "", tone: "plain", action: ["Analyze again", retry] };
  return { title: job.error?.message ?? "It failed.", remedy: job.error?.remedy ?? "", tone: "bad", action: ["Try again", retry] };
}
