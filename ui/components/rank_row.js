/** One take in the ranking: place, worst frame, score as a bar, faults, and what can be done with it. */

import { contentUrl, el, icon, patchList, setHidden, setText } from "../studio.js";
import { fixed, percent, rate, trimmed } from "../format.js";

const WAITS = { uploading: "Bringing it in", waiting: "Waiting", running: "Analyzing" };
const PARTS = [
  ["Mean of the frames", "mean_coherence", 3, "Mean coherence of the frames, marked down for shimmer"],
  ["Worst frame", "worst_coherence", 3, "Its coherence; it weighs 15 % of the score"],
  ["Flicker, levels", "flicker_levels", 1, "Amplitude of the strongest second, of 255"],
  ["Colour swing, levels", "colour_swing_levels", 1, "Amplitude of the strongest second of colour that comes and goes, of 255"],
  ["Jumps", "jumps", 0, "Frames that do not follow from the frame before"],
  ["Extra cuts", "extra_cuts", 0, "Cuts that the take with the fewest cuts lacks"],
  ["Frozen frames", "frozen_frames", 0, "One picture for five frames or longer in the midst of motion"],
  ["Repeated frames", "repeated_frames", 0, "Shorter repeats against the rhythm of the shot"],
  ["Motion smoothness", "motion_smoothness", 4, "1 - departure of a frame from the mean of its neighbours"],
  ["SSIM", "ssim", 3, "Mean structural similarity of consecutive frames"],
  ["Colour stability", "hsv_stability", 3, "1 - change of hue, saturation and value per frame"],
];

/** The words for what was found; the same as in the report. */
export function faults(parts) {
  const many = (count, one, more = one + "s") => (count ? `${count} ${count === 1 ? one : more}` : "");
  const departure = 255 * (1 - parts.motion_smoothness);
  return [
    departure >= 2 && !parts.flicker_share ? `grain or shimmer throughout, ${fixed(departure, 1)} levels` : "",
    parts.flicker_share ? `flicker ±${fixed(parts.flicker_levels, 1)}` : "",
    parts.colour_swing_levels > 4 ? `colour swings ±${fixed(parts.colour_swing_levels, 1)}` : "",
    many(parts.extra_cuts, "extra cut"), many(parts.jumps, "jump"), many(parts.frozen_frames, "frozen frame"), many(parts.repeated_frames, "repeated frame"),
  ].filter(Boolean);
}

export function makeRow(actions) {
  const picture = el("button.rank-picture", { type: "button" }, icon("film"));
  const compare = el("button.button.quiet", { type: "button" }, icon("layers"), el("span", { text: "Compare with best" }));
  const open = el("button.button.quiet", { type: "button" }, icon("eye"), el("span", { text: "Open" }));
  const more = el("details.rank-more", {}, el("summary", { text: "Figures" }), el("dl.facts"), el("div.rank-frames"));
  const node = el("li.rank-row", {}, el("span.rank-place"), picture,
    el("div.rank-main", {}, el("strong.rank-name"), el("p.rank-found"), el("p.rank-why"), el("p.rank-note")),
    el("div.rank-score", {}, el("b"), el("span.rank-bar", { role: "img" }, el("span"))), el("div.rank-actions", {}, compare, open), more);
  Object.assign(node, { picture, compare, open, more });
  picture.addEventListener("click", () => actions.open(node.take.artifact_id, node.take.worst?.frame ?? 0));
  open.addEventListener("click", () => actions.open(node.take.artifact_id, 0));
  compare.addEventListener("click", () => actions.compare(node.best.artifact_id, node.take.artifact_id, node.take.worst?.frame ?? 0));
  return node;
}

/** `context`: {best, finished (all are known), live (work goes on)}. */
export function drawRow(node, take, { best, finished, live }) {
  Object.assign(node, { take, best });
  const part = (name) => node.querySelector(".rank-" + name), scored = take.score !== null && take.score !== undefined;
  node.dataset.state = take.state;
  node.dataset.best = String(finished && best?.key === take.key);
  setText(part("place"), finished ? String(take.place) : scored ? "·" : "");
  setText(part("name"), take.name);
  setText(part("found"), found(take, scored, live));
  setText(part("why"), take.worst && scored && take.worst.why !== "nothing stands out" ? `Worst at ${take.worst.timecode}: ${take.worst.why}` : "");
  setText(part("note"), [take.tie, ...(take.remarks ?? [])].filter(Boolean).join(" "));
  drawScore(part("score"), part("bar"), take, scored, live);
  drawPicture(node.picture, take, scored);
  setHidden(node.compare, !scored || !best || best.key === take.key || best.artifact_id === take.artifact_id);
  node.compare.setAttribute("aria-label", `Compare with best: ${take.name}`);
  setHidden(node.open, !take.artifact_id);
  node.open.setAttribute("aria-label", `Open ${take.name}`);
  drawMore(node, take);
}

function found(take, scored, live) {
  if (take.failed) return take.failed;
  if (scored) return (take.faults ?? faults(take.parts)).join(", ") || "No fault found";
  if (!live) return "Not analyzed";
  return `${WAITS[take.state] ?? ""}${take.progress && take.state !== "waiting" ? ` · ${percent(take.progress)}` : ""}`;
}

function drawScore(place, bar, take, scored, live) {
  const share = scored ? take.score : live && !take.failed ? take.progress ?? 0 : 0;
  setText(place.querySelector("b"), scored ? fixed(100 * take.score, 1) : "");
  bar.dataset.measured = String(scored);
  bar.setAttribute("aria-label", scored ? `Coherence ${fixed(100 * take.score, 1)} of 100` : `${percent(share)} done`);
  bar.firstChild.style.width = `${Math.max(0, Math.min(100, 100 * share)).toFixed(1)}%`;
  setHidden(place, Boolean(take.failed));
}

function drawPicture(button, take, scored) {
  const id = take.worst?.picture_id;
  button.disabled = !take.artifact_id || !scored;
  button.setAttribute("aria-label", scored ? `Open ${take.name} at its worst frame, ${take.worst?.timecode}` : take.name);
  button.title = button.disabled ? "" : "Open the take at this frame";
  if (id && button.querySelector("img")?.dataset.id !== id) button.replaceChildren(el("img", { src: contentUrl(id), alt: "", decoding: "async", data: { id } }));
}

function drawMore(node, take) {
  setHidden(node.more, !take.parts);
  if (!take.parts) return;
  const { parts, worst } = take;
  const rows = [...PARTS.map(([label, name, digits, title]) => [label, fixed(parts[name], digits), title]),
    ["Picture", `${take.width} × ${take.height}, ${rate(take.fps)} fps`], ["Length", `${take.frame_count} frames, ${trimmed(take.duration_s, 2)} s`], ["Sound", take.has_sound ? "yes" : "none"]];
  patchList(node.more.querySelector("dl"), rows, (row) => row[0], (row) => el("div", { title: row[2] }, el("dt", { text: row[0] }), el("dd")), (line, row) => setText(line.lastChild, row[1]));
  const frames = [[worst.before_id, worst.frame - 1], [worst.picture_id, worst.frame], [worst.after_id, worst.frame + 1]].filter(([id]) => id);
  patchList(node.more.querySelector(".rank-frames"), frames, ([id, frame]) => `${frame}-${id}`,
    ([id, frame]) => el("figure", { data: { worst: String(frame === worst.frame) } }, el("img", { src: contentUrl(id), alt: `${take.name}, frame ${frame}`, loading: "lazy" }), el("figcaption", { text: `frame ${frame}` })), () => {});
}
