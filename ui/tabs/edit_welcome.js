/** What stands in Edit/Parody before a clip is open: one sentence, one action, and the edits of before. */

import { api, el, icon, on, patchList, project, tell } from "../studio.js";
import { ago } from "../format.js";

const RECENT = 6;

/** Draws into `place`; `tab` knows how to open things. */
export function editWelcome(place, tab) {
  const recent = el("div.edit-recent", { role: "group", "aria-label": "Recent edits" });
  const words = el("span", { text: "Try the sample" }), told = el("div.edit-drawing", { hidden: true }, el("p.muted", { role: "status" }), el("progress", { "aria-label": "Drawing the sample" }));
  const drawing = (yes) => { sample.disabled = yes; words.textContent = yes ? "Drawing the sample…" : "Try the sample"; told.hidden = !yes; told.firstChild.textContent = yes ? "The first time takes a few seconds; it is kept." : ""; };
  const sample = el("button.button", { type: "button", onClick: () => tab.attempt(async () => {
    error.hidden = true;
    drawing(true);
    try { await tab.openArtifact(await api("/api/samples/animation", { method: "POST" })); } finally { drawing(false); }
  }) }, words);
  const error = el("p.form-error", { role: "alert", hidden: true });
  place.append(icon("mark", "welcome-mark"), el("h1", { text: "Drop a clip, say what it shall be." }), el("p.muted", { text: "A plan is made, row by row. Approve it, play it at once, render it." }),
    el("div.row", {}, el("button.button.primary", { type: "button", onClick: () => tab.pick() }, icon("folder"), el("span", { text: "Choose a clip" })), sample,
      el("button.button.quiet", { type: "button", onClick: () => tell("show-tab", { id: "library" }) }, icon("library"), el("span", { text: "From the Library" }))), told, error, recent);
  const refresh = () => { if (place.offsetParent) show(recent); };
  on("tab", ({ id }) => { if (id === "edit") setTimeout(refresh); });
  on("snapshot", refresh);
  on("project", refresh);
  setTimeout(refresh);
  return {
    /** A file was no clip; without a name all is well again. */
    refused(name, { message, remedy } = {}) {
      error.hidden = !name;
      error.textContent = name ? [message.includes(name) ? "" : `${name}:`, message, remedy].filter(Boolean).join(" ") : "";
    },
  };
}

async function show(place) {
  const params = new URLSearchParams({ limit: String(RECENT) });
  if (project()) params.set("project_id", project());
  let edits;
  try { edits = (await api(`/api/edits?${params}`)).items; } catch { return; }
  patchList(place, edits, (edit) => edit.id, (edit) => el("button.button.quiet", { type: "button", onClick: () => tell("open-edit", { id: edit.id }) }, icon("film"), el("span", { text: `${edit.title} · ${ago(edit.updated_at)}` })), () => {});
}
