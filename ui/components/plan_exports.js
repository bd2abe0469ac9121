/** Exports of the plan to other editors: what each carries, what is lost is said before it is downloaded. */

import { api, contentUrl, el, icon, patchList, setHidden } from "../studio.js";
import { plural } from "../format.js";
import { ended } from "./plan_source.js";
import { opens, popover } from "./popover.js";

/** Names and uses of the formats that the studio may offer; one it does not know is shown by its own name. */
const FORMATS = {
  otio: ["OTIO", "OpenTimelineIO: Resolve, Premiere, Hiero"], edl: ["EDL", "CMX 3600: every editor, cuts only"], fcpxml: ["FCPXML", "Final Cut Pro, Resolve"],
  premiere: ["Premiere XML", "Premiere Pro, Resolve (FCP 7 XML)"], xmeml: ["Premiere XML", "Premiere Pro, Resolve (FCP 7 XML)"], kdenlive: ["Kdenlive", "Kdenlive project"], mlt: ["MLT", "Shotcut, Kdenlive"],
  srt: ["SRT", "captions as subtitles"], chapters: ["Chapters", "lines for a video's description"], csv: ["CSV", "the cuts as a table"],
};

/** The same loss in several rows is said once, with all of them. */
function alike(lost) {
  const found = new Map();
  for (const item of lost) {
    const key = [item.what, item.degree, item.why, item.instead].join("|"), same = found.get(key) ?? { ...item, rows: [] };
    if (item.row && !same.rows.includes(item.row)) same.rows.push(item.row);
    found.set(key, same);
  }
  return [...found.values()];
}

export class Exports {
  /** `desk`: exportRequest(format) -> request; ask(capability, body) -> job. */
  constructor(root, desk) {
    this.desk = desk;
    this.button = el("button.button.quiet", { type: "button", title: "Open the cut in another editor" }, icon("download"), el("span", { text: "Export" }), icon("chevron-down"));
    this.list = el("div.export-formats", { role: "group", "aria-label": "Formats" });
    this.told = el("div.export-told", { "aria-live": "polite" });
    this.menu = popover("plan-exports", "Export", el("h3", { text: "Open the cut elsewhere" }), this.list, this.told);
    root.append(this.menu);
    opens(this.button, this.menu);
    this.menu.addEventListener("toggle", (event) => { if (event.newState === "open") this.told.replaceChildren(); });
  }

  /** Formats as the capability's schema tells them. */
  set(formats) {
    setHidden(this.button, !formats.length);
    patchList(this.list, formats, (format) => format, (format) => {
      const [title, hint] = FORMATS[format] ?? [format.toUpperCase(), ""];
      return el("button.export-format", { type: "button", onClick: () => this.#make(format, title) }, el("strong", { text: title }), el("span.export-hint", { text: hint }));
    }, () => {});
  }

  async #make(format, title) {
    const turn = (this.turn = (this.turn ?? 0) + 1);
    this.told.replaceChildren(el("p.muted", { text: `Writing ${title}` }));
    try {
      const job = await ended(await this.desk.ask("video.export", this.desk.exportRequest(format)));
      if (turn !== this.turn) return;
      if (job.state !== "succeeded") throw new Error(job.error ? [job.error.message, job.error.remedy].filter(Boolean).join(" ") : "It could not be written.");
      this.told.replaceChildren(...this.#written(job, format, title));
    } catch (error) { if (turn === this.turn) this.told.replaceChildren(el("p.form-error", { text: [error.message, error.remedy].filter(Boolean).join(" ") })); }
  }

  #written({ result }, format, title) {
    const made = result.files?.find((file) => file.format === format) ?? result.files?.[0] ?? result;
    const lost = result.lost ?? made.lost ?? [];
    const head = el("h4", { text: lost.length ? `Lost on export to ${title}: ${plural(lost.length, "thing")}` : `Nothing is lost in ${title}.` });
    const links = (result.files ?? [made]).map((file) => el("a.button", { href: contentUrl(file.artifact_id, true), download: file.name ?? "" }, icon("download"), el("span", { text: `Download ${file.name ?? title}` })));
    return [head, lost.length ? el("ul.export-lost", { tabindex: "0", "aria-label": "Lost on export" }, ...alike(lost).map((item) => this.#lost(item))) : "", ...links];
  }

  #lost({ what, degree, rows, why, instead }) {
    return el("li", { data: { degree } }, el("strong", { text: what + (rows.length ? ` · row${rows.length > 1 ? "s" : ""} ${rows.join(", ")}` : "") }), el("span.export-degree", { text: degree }), el("span", { text: [why, instead].filter(Boolean).join(" ") }));
  }
}
