/** The sheet of one model: try it, what it needs, its licences, where it came from, what can be done with it. */

import { address, el, icon, setHidden, setText } from "../studio.js";
import { bytes } from "../format.js";
import { Actions } from "./model_actions.js";
import { Progress } from "./model_card.js";
import { licences } from "./model_dialogs.js";
import { doing, fitLine, formOf, isInstalled, MODEL_STATES, sizeLine, stateOf, TASKS } from "./model_words.js";
import { boxOf, tryIt } from "./try_it.js";

function facts(entry, seen, state) {
  const form = formOf(entry), count = (number) => number?.toLocaleString("en").replaceAll(",", " ");
  return [
    ["State", MODEL_STATES[state] + (seen && doing(seen) ? `: ${doing(seen)}` : "")], ["For", TASKS[entry.task] ?? entry.task], ["Engine", entry.engine],
    ["Form", isInstalled(entry) ? entry.installed_variant : `${form.name} would be taken`], ["Size", sizeLine(entry)], ["In memory", `${bytes(form.weights_bytes)} of weights, ${bytes(form.working_bytes)} for a call`],
    ["Context", entry.context_tokens ? `${count(entry.context_tokens)} tokens` : ""], ["Vectors", entry.dimensions ? `${count(entry.dimensions)} dimensions` : ""],
    ["Picture", entry.max_pixels ? `up to ${(entry.max_pixels / 1e6).toFixed(1)} megapixels` : ""], ["From", entry.source], ["Revision", entry.revision.slice(0, 12)], ["Lies in", entry.folder ?? ""],
    ["Name", entry.name],
  ].filter(([, value]) => value);
}

export class ModelSheet {
  constructor(run) {
    this.run = run;
    this.close = el("button.button.quiet.square", { type: "button", "aria-label": "Close", onClick: () => this.node.close() }, icon("x"));
    this.title = el("h2");
    this.box = el("div.model-box");
    this.side = el("div.sheet-side");
    this.node = el("dialog.sheet.model-sheet", { "aria-label": "Model" }, el("header", {}, this.title, this.close), el("div.sheet-body", {}, this.box, this.side));
    this.node.addEventListener("close", () => this.#closed());
    this.node.addEventListener("click", (event) => event.target === this.node && this.node.close());
  }

  #closed() {
    this.trial?.close();
    this.trial = null;
    this.name = null;
    this.kind = null;
    address.set({ model: null });
    this.box.replaceChildren();
    this.node.remove();
  }

  show(entry, facts, focusTry = false) {
    this.name = entry.name;
    this.kind = null;
    this.actions = new Actions(entry.name, this.run, ["try"]);
    this.progress = new Progress();
    this.error = el("p.form-error", { hidden: true, role: "alert" });
    this.fit = el("p");
    this.list = el("dl.facts");
    this.licences = el("section.group", {}, el("h3", { text: "Licence" }), licences(entry));
    this.side.replaceChildren(this.actions.node, this.progress.node, this.error, el("p.muted", { text: entry.summary, hidden: !entry.summary }), this.fit, this.list, this.licences, this.#forms(entry),
      entry.link ? el("a", { href: entry.link, target: "_blank", rel: "noreferrer", text: "What its authors say" }) : "");
    this.update(entry, facts);
    if (!this.node.open) { document.body.append(this.node); this.node.showModal(); }
    address.set({ model: entry.name });
    if (focusTry) this.trial.focus?.();
  }

  update(entry, { seen, job, pending, failure }) {
    if (entry.name !== this.name) return;
    setText(this.title, entry.title);
    if (this.kind !== boxOf(entry)) {
      this.trial?.close();
      this.kind = boxOf(entry);
      this.trial = tryIt(entry);
      this.box.replaceChildren(this.trial.node);
    }
    this.trial.update(entry, seen);
    this.actions.update(entry, seen, job, pending);
    this.progress.update(seen, job, pending);
    setText(this.error, failure && !job ? [failure.message, failure.remedy].filter(Boolean).join(" ") : "");
    setHidden(this.error, !failure || Boolean(job));
    setText(this.fit, fitLine(entry));
    const rows = facts(entry, seen, stateOf(entry, seen, job, pending));
    this.list.replaceChildren(...rows.map(([name, value]) => el("div", {}, el("dt", { text: name }), el("dd", { text: value }))));
  }

  #forms(entry) {
    if (entry.variants.length < 2) return "";
    const row = (form) => el("li", {}, el("strong", { text: form.name }), el("span.muted", { text: ` ≈ ${bytes(form.download_bytes)}${form.installed ? ", installed" : ""}` }), el("p.muted", { text: form.fit.sentence }));
    return el("section.group", {}, el("h3", { text: "Forms" }), el("ul.model-variants", {}, ...entry.variants.map(row)));
  }
}
