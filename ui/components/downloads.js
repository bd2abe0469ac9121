/** The files of a finished analysis: the report in front, all others in one menu, with what each is for. */

import { contentUrl, el, icon, patchList, setHidden, toastError } from "../studio.js";
import { zip } from "../zip.js";
import { bytes } from "../format.js";
import { opens, popover } from "./popover.js";

const REPORT = /report\.html$/;
const EXPORTS = [
  [/scenes\.edl$/, "EDL", "CMX 3600, one event per shot"],
  [/markers\.edl$/, "Markers", "marker EDL for DaVinci Resolve"],
  [/\.otio$/, "OTIO", "OpenTimelineIO, with markers"],
  [/\.fcpxml$/, "FCPXML", "Final Cut Pro, Resolve"],
  [/scenes\.csv$/, "CSV", "shots as a table"],
  [/frames\.csv$/, "Frames CSV", "every measure of every frame"],
  [/camera\.csv$/, "Camera CSV", "the camera's path, to make a move again"],
  [/markers\.csv$/, "Markers CSV", "your markers as a table"],
  [/chapters\.txt$/, "Chapters", "lines for a video's description"],
  [/\.ffmeta$/, "Chapters, ffmpeg", "ffmetadata, to put into a file"],
  [/analysis\.json$/, "JSON", "the whole analysis"],
];

/** [{title, hint, artifact}] for every file a person may want; those of no known kind keep their names. */
export function exportsOf(artifacts) {
  const known = EXPORTS.map(([pattern, title, hint]) => ({ title, hint, artifact: artifacts.find((item) => pattern.test(item.name)) })).filter((item) => item.artifact);
  const taken = new Set(known.map((item) => item.artifact.id));
  const others = artifacts.filter((item) => item.role === "result" && !taken.has(item.id) && !REPORT.test(item.name));
  return [...known, ...others.map((artifact) => ({ title: artifact.name, hint: artifact.kind, artifact }))];
}

export class Downloads {
  /** `clipName()` names the archives. */
  constructor(clipName) {
    this.clipName = clipName;
    this.report = el("span.report-buttons");
    this.list = el("ul.export-list");
    this.more = el("button.button", { type: "button", "aria-label": "All files" }, el("span", { text: "Files" }), icon("chevron-down"));
    this.menu = popover("exports", "All files", this.list);
    opens(this.more, this.menu);
    this.node = el("section.group.downloads", { "aria-label": "Downloads", hidden: true }, this.report, this.menu);
  }

  /** The files of a finished analysis, or null. */
  draw(artifacts) {
    setHidden(this.node, !artifacts?.length);
    if (!artifacts?.length) { this.report.replaceChildren(); this.list.replaceChildren(); return; }
    const report = artifacts.find((item) => REPORT.test(item.name));
    if (this.shown !== report?.id || !this.report.children.length) {
      this.shown = report?.id;
      this.report.replaceChildren(...(report ? this.#report(report) : []), this.more);
    }
    const rows = exportsOf(artifacts).map((item) => ({ ...item, key: item.artifact.id }));
    for (const [folder, title, hint] of [["keyframes/", "Keyframes", "pictures"], ["composition/", "Overlays", "keyframes with composition drawn on"]]) {
      const pictures = artifacts.filter((item) => item.name.startsWith(folder));
      if (pictures.length) rows.push({ title, hint: `${pictures.length} ${hint}, zipped`, pictures, key: pictures[0].id });
    }
    patchList(this.list, rows, (row) => row.key, (row) => el("li", {}, row.pictures ? this.#archive(row) : this.#file(row)), () => {});
  }

  #report(artifact) {
    return [el("a.button.primary", { href: contentUrl(artifact.id, true), download: artifact.name.split("/").pop(), title: `HTML, everything on one page · ${bytes(artifact.size_bytes)}` }, icon("download"), el("span", { text: "Report" })),
      el("a.button", { href: contentUrl(artifact.id), target: "_blank", rel: "noopener", title: "Open the report in a new tab" }, icon("eye"), el("span", { text: "View" }))];
  }

  #face({ title, hint }, size) {
    return [el("strong", { text: title }), el("span.export-hint", { text: hint }), el("span.export-size", { text: bytes(size) })];
  }

  #file(row) {
    return el("a.export", { href: contentUrl(row.artifact.id, true), download: row.artifact.name.split("/").pop(), "aria-label": row.title, title: row.hint }, ...this.#face(row, row.artifact.size_bytes));
  }

  /** All pictures of a folder in one ZIP, packed here in the browser. */
  #archive(row) {
    const size = row.pictures.reduce((sum, item) => sum + item.size_bytes, 0);
    const button = el("button.export", { type: "button", "aria-label": row.title, title: row.hint }, ...this.#face(row, size));
    button.addEventListener("click", async () => {
      button.disabled = true;
      try {
        const files = [];
        for (const item of row.pictures) {
          const answer = await fetch(contentUrl(item.id));
          if (!answer.ok) throw new Error(`${item.name} could not be read.`);
          files.push({ name: item.name, data: new Uint8Array(await answer.arrayBuffer()) });
        }
        const url = URL.createObjectURL(zip(files));
        el("a", { href: url, download: `${this.clipName().replace(/\.[^.]+$/, "")}-${row.title.toLowerCase()}.zip` }).click();
        setTimeout(() => URL.revokeObjectURL(url), 60000);
      } catch (error) { toastError(error); }
      button.disabled = false;
    });
    return button;
  }
}
