/** What stands there before a clip is open: the peg bar over a field chart, one sentence, one action. */

import { api, contentUrl, el, icon, on, patchList, project, subject } from "../studio.js";

const LOOPBACK = ["localhost", "127.0.0.1", "[::1]"];
const RECENT = 5;
const SVG = "http://www.w3.org/2000/svg";

/** Draws into `place`; `tab` knows how to open things. */
export function welcome(place, tab) {
  const path = el("input", { type: "text", name: "path", id: "welcome-path", autocomplete: "off", spellcheck: "false", placeholder: "/home/me/clips/take-3.mov" });
  const byPath = el("form.by-path", { onSubmit: (event) => { event.preventDefault(); openPath(tab, path); } },
    el("label", { for: "welcome-path", text: "Large file on this machine? Give its path; it stays where it is." }),
    el("div.row", {}, path, el("button.button", { type: "submit", text: "Open path" })), el("p.form-error", { role: "alert", hidden: true }));
  const recent = el("div.recent", { role: "group", "aria-label": "Recent clips" });
  place.append(chart(), icon("mark", "welcome-mark"), el("h1", { text: "Drop a clip to find its shots." }),
    el("div.row", {}, el("button.button.primary", { type: "button", onClick: () => tab.pick() }, icon("folder"), el("span", { text: "Open a clip" })),
      el("button.button", { type: "button", text: "Try the sample", onClick: (event) => sample(tab, event.currentTarget) })),
    LOOPBACK.includes(location.hostname) ? byPath : "", recent);
  const refresh = () => { if (place.offsetParent) showRecent(recent, tab); };
  on("snapshot", refresh);
  on("project", refresh);
}

/** The field chart that animators lay under their paper: nested fields, centre lines, diagonals. */
function chart() {
  const svg = document.createElementNS(SVG, "svg");
  for (const [name, value] of Object.entries({ class: "chart", viewBox: "0 0 160 90", preserveAspectRatio: "xMidYMid slice", "aria-hidden": "true" })) svg.setAttribute(name, value);
  const fields = [1, 2, 3, 4, 5, 6, 7].map((n) => `M${80 - n * 10} ${45 - n * 5.625}h${n * 20}v${n * 11.25}h${-n * 20}z`).join("");
  const lines = document.createElementNS(SVG, "path");
  lines.setAttribute("d", `${fields}M0 45h160M80 0v90M0 0l160 90M160 0L0 90`);
  lines.setAttribute("vector-effect", "non-scaling-stroke");
  svg.append(lines);
  return svg;
}

async function sample(tab, button) {
  button.disabled = true;
  button.textContent = "Drawing the sample";
  await tab.attempt(() => tab.session.openSample(tab.settings.values()));
  button.disabled = false;
  button.textContent = "Try the sample";
}

async function openPath(tab, input) {
  const place = input.closest("form").querySelector(".form-error");
  place.hidden = true;
  if (!input.value.trim()) { input.focus(); return; }
  try { await tab.session.openPath(input.value.trim(), tab.settings.values()); input.value = ""; } catch (error) {
    place.textContent = [error.message, error.remedy].filter(Boolean).join(" ");
    place.hidden = false;
  }
}

async function showRecent(place, tab) {
  const params = new URLSearchParams({ capability: "video.analyze", state: "succeeded", limit: String(RECENT * 4) });
  if (project()) params.set("project_id", project());
  let jobs;
  try { jobs = (await api(`/api/jobs?${params}`)).items; } catch { return; }
  const seen = new Set(), newest = jobs.filter((job) => job.thumbnail_id && !seen.has(job.request.video) && seen.add(job.request.video));
  patchList(place, newest.slice(0, RECENT), (job) => job.id,
    (job) => el("button.recent-clip", { type: "button", title: job.title, onClick: () => tab.attempt(() => tab.session.restore(job.id)) },
      el("img", { src: contentUrl(job.thumbnail_id), alt: "", decoding: "async" }), el("span", { text: subject(job) })), () => {});
}
