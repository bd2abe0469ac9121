/** The sheet of one file: preview, facts, where it came from, and what can be done with it. */

import { api, contentUrl, dialog, el, icon, patchList, tell, toast, toastError } from "../studio.js";
import { ago, bytes, duration, KIND_ICONS, KINDS, plural, rate } from "../format.js";
import { asked } from "./job_row.js";

const ROLE_NAMES = { source: "Given by you", result: "Made for you", support: "Working file" };

function preview(item) {
  if (item.missing) return el("p.sheet-none", { text: "The file is no longer where it was." });
  const source = contentUrl(item.id);
  if (item.kind === "image") return el("img", { src: source, alt: item.name });
  if (item.kind === "video") return el("video", { src: source, controls: true, playsinline: true, preload: "metadata", "aria-label": item.name });
  if (item.kind === "audio") return el("audio", { src: source, controls: true, "aria-label": item.name });
  if (/html|json|csv|text|plain/.test(item.media_type) || /\.(edl|otio|csv|json|txt)$/.test(item.name)) {
    if (/html/.test(item.media_type)) return el("iframe", { src: source, sandbox: "allow-scripts", title: item.name, loading: "lazy" });
    return textPreview(source);
  }
  return el("p.sheet-none", {}, icon(KIND_ICONS[item.kind] ?? "file"), el("span", { text: "No preview for this kind of file." }));
}

function textPreview(source) {
  const place = el("pre.log", { tabindex: "0", "aria-label": "Preview", text: "Reading" });
  fetch(source, { headers: { Range: "bytes=0-65535" } }).then((answer) => answer.text()).then((text) => { place.textContent = text; }).catch(() => { place.textContent = "It could not be read."; });
  return place;
}

function pictureOf(info) {
  if (info?.video) return `${info.video.width} × ${info.video.height}, ${rate(info.video.fps)} fps, ${info.video.codec}`;
  return info?.width ? `${info.width} × ${info.height}, ${info.format}${info.has_alpha ? ", transparent" : ""}` : "";
}

function rows(item) {
  const info = item.meta?.probe;
  return [
    ["Kind", `${KINDS[item.kind] ?? item.kind}, ${ROLE_NAMES[item.role] ?? item.role}`], ["Size", bytes(item.size_bytes)],
    ["Added", `${ago(item.created_at)} · ${new Date(item.created_at * 1000).toLocaleString()}`],
    ["Picture", pictureOf(info)],
    ["Length", info?.duration_s ? duration(info.duration_s) : ""], ["Kept", item.external ? "where it lies on this machine" : "in the studio"],
    ["SHA-256", item.content_hash],
  ].filter(([, value]) => value);
}

export class Sheet {
  constructor({ onDeleted, onChanged }) {
    this.onDeleted = onDeleted;
    this.onChanged = onChanged;
    this.close = el("button.button.quiet.square", { type: "button", "aria-label": "Close", onClick: () => this.node.close() }, icon("x"));
    this.title = el("h2");
    this.preview = el("div.sheet-preview");
    this.side = el("div.sheet-side");
    this.node = el("dialog.sheet", { "aria-label": "File" }, el("header", {}, this.title, this.close), el("div.sheet-body", {}, this.preview, this.side));
    this.node.addEventListener("close", () => { this.preview.replaceChildren(); this.node.remove(); });
    this.node.addEventListener("click", (event) => event.target === this.node && this.node.close());
  }

  async show(id) {
    try {
      const lineage = await api(`/api/artifacts/${encodeURIComponent(id)}/lineage`);
      this.item = lineage.artifact;
      this.title.textContent = this.item.name;
      this.preview.replaceChildren(preview(this.item));
      this.side.replaceChildren(this.#actions(lineage), this.#relink(), this.#facts(), this.#made(lineage), this.#related("Made from", lineage.parents), this.#related("Used for", lineage.children));
      if (!this.node.open) { document.body.append(this.node); this.node.showModal(); }
    } catch (error) { toastError(error); }
  }

  #facts() {
    const list = el("dl.facts");
    patchList(list, rows(this.item), (row) => row[0], (row) => el("div", {}, el("dt", { text: row[0] }), el("dd", { text: row[1] })), () => {});
    return list;
  }

  #actions({ job }) {
    const { item } = this;
    return el("div.row.wrap", {},
      item.missing ? null : el("a.button.primary", { href: contentUrl(item.id, true), download: item.name.split("/").pop() }, icon("download"), el("span", { text: "Download" })),
      item.kind === "video" && !item.missing ? el("button.button", { type: "button", onClick: () => { this.node.close(); tell("open-clip", { artifact: item, analyze: true }); } }, icon("scan"), el("span", { text: "Send to Analyze" })) : null,
      item.kind === "video" && !item.missing ? el("button.button", { type: "button", onClick: () => { this.node.close(); tell("edit-clip", { artifact: item }); } }, icon("scissors"), el("span", { text: "Send to Edit" })) : null,
      item.kind === "image" && !item.missing ? el("button.button", { type: "button", onClick: () => { this.node.close(); tell("generate-picture", { artifact: item }); } }, icon("wand"), el("span", { text: "Send to Generate" })) : null,
      job ? el("button.button", { type: "button", onClick: () => this.#rerun(job) }, icon("retry"), el("span", { text: "Rerun" })) : null,
      el("button.button.danger", { type: "button", onClick: () => this.#delete() }, icon("trash"), el("span", { text: item.external ? "Forget" : "Delete" })));
  }

  #relink() {
    if (!this.item.missing) return "";
    const input = el("input", { type: "text", id: "relink-path", autocomplete: "off", spellcheck: "false" });
    const form = el("form.field", { onSubmit: async (event) => {
      event.preventDefault();
      try {
        const changed = await api(`/api/artifacts/${this.item.id}/relink`, { method: "POST", body: { path: input.value.trim() } });
        this.onChanged(changed);
        toast("Found again.");
        this.show(changed.id);
      } catch (error) { toastError(error); }
    } }, el("label", { for: "relink-path", text: "Where the file lies now" }), el("div.row", {}, input, el("button.button", { type: "submit" }, icon("link"), el("span", { text: "Relink" }))));
    return form;
  }

  #made({ job }) {
    if (!job) return el("section.group", {}, el("h3", { text: "What made this" }), el("p.muted", { text: "You brought it in." }));
    return el("section.group", {}, el("h3", { text: "What made this" }),
      el("p", { text: `${job.title}, ${ago(job.finished_at ?? job.created_at)}` }), el("p.muted.made-asked", { text: asked(job.request) }),
      el("span.badge", { text: job.engine, data: { builtIn: String(/built in/i.test(job.engine)) } }));
  }

  /** Results first; the many working files folded away. */
  #related(title, items) {
    if (!items?.length) return "";
    const row = (item) => el("li", {}, el("button.button.quiet", { type: "button", onClick: () => this.show(item.id) }, icon(KIND_ICONS[item.kind] ?? "file"), el("span", { text: item.name })));
    const main = items.filter((item) => item.role !== "support"), support = items.filter((item) => item.role === "support");
    return el("section.group", {}, el("h3", { text: title }), main.length ? el("ul.related", {}, ...main.map(row)) : null,
      support.length ? el("details.related", {}, el("summary.muted", { text: plural(support.length, "working file") }), el("ul.related", {}, ...support.map(row))) : null);
  }

  async #rerun(job) {
    try {
      const made = await api(`/api/capabilities/${job.capability}?reuse=false&project_id=${encodeURIComponent(job.project_id)}`, { method: "POST", body: job.request });
      this.node.close();
      toast(`${made.title} is running again.`, { action: "Show", onAction: () => tell("show-tab", { id: "jobs" }) });
    } catch (error) { toastError(error); }
  }

  async #delete() {
    const { item } = this;
    const words = item.external ? `The studio forgets ${item.name}; the file itself stays where it lies.` : `${item.name} is deleted for good. That frees up to ${bytes(item.size_bytes)}.`;
    const verb = item.external ? "Forget" : "Delete";
    if ((await dialog(`${verb} this file?`, el("p", { text: words }), [["Keep it", "", ""], [verb, "yes", "danger"]])) !== "yes") return;
    try {
      const { freed_bytes: freed } = await api(`/api/artifacts/${item.id}`, { method: "DELETE" });
      this.node.close();
      this.onDeleted(item.id);
      toast(freed ? `Deleted; ${bytes(freed)} are free again.` : "Done; no disk space was in use by it alone.");
    } catch (error) { toastError(error); }
  }
}
