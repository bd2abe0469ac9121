/** What is asked before a model is installed, imported or removed. Each resolves to the request, or null. */

import { dialog, el, icon, setHidden, setText } from "../studio.js";
import { bytes } from "../format.js";
import { fitLine, formOf, needsLibraries } from "./model_words.js";

/** The licence of every part, with whether it may be used commercially. */
export function licences(entry) {
  const row = (licence) => el("li", { data: { commercial: String(licence.commercial) } },
    el("span.licence-part", { text: licence.component }),
    licence.url ? el("a", { href: licence.url, target: "_blank", rel: "noreferrer", text: licence.name }) : el("span", { text: licence.name }),
    el("span.licence-use", {}, icon(licence.commercial ? "check" : "alert"), el("span", { text: licence.commercial ? "commercial use allowed" : "not for commercial use" })),
    licence.note ? el("span.licence-note", { text: licence.note }) : null);
  return el("ul.licences", {}, ...entry.licences.map(row));
}

/** A form in a dialog: `content` nodes, one button that does it; resolves to what `read()` gives, or null. */
function ask(title, content, verb, read, ready = () => true) {
  return new Promise((resolve) => {
    const go = el("button.button.primary", { type: "submit", text: verb });
    const check = () => { go.disabled = !ready(); };
    const form = el("form", { onSubmit: (event) => { event.preventDefault(); if (ready()) { answer = read(); node.close(); } }, onInput: check, onChange: check }, ...content,
      el("div.dialog-actions", {}, el("button.button", { type: "button", text: "Not now", onClick: () => node.close() }), go));
    let answer = null;
    const node = el("dialog.dialog.model-dialog", { "aria-label": title }, el("h2", { text: title }), form);
    node.addEventListener("close", () => { node.remove(); resolve(answer); });
    node.addEventListener("click", (event) => event.target === node && node.close());
    check();
    document.body.append(node);
    node.showModal();
  });
}

/** The request of `model.install`; what is not commercial has to be confirmed. `disk` is what is free, in bytes. */
export function askInstall(entry, machine, disk) {
  const line = el("p.muted"), forms = entry.variants.length > 1, first = formOf(entry, entry.fit.variant);
  const radio = (form) => el("label.model-form", { data: { verdict: form.fit.verdict } }, el("input", { type: "radio", name: "form", value: form.name, checked: form.name === first.name }),
    el("strong", { text: form.name }), el("span.muted", { text: `≈ ${bytes(form.download_bytes)}` }), el("span.model-form-fit", { text: form.fit.sentence }));
  const list = forms ? el("fieldset.model-forms", {}, el("legend", { text: "Form of the weights" }), ...entry.variants.map(radio)) : null;
  const agree = entry.commercial ? null : el("label.model-agree", {}, el("input", { type: "checkbox", id: "model-agree" }),
    el("span", { text: "I have read the licence, and my use is allowed by it." }));
  const chosen = () => list?.querySelector("input:checked")?.value ?? first.name;
  const tell = () => {
    const form = formOf(entry, chosen()), libraries = needsLibraries(entry, machine) ? machine.libraries_bytes : 0;
    const words = [`${bytes(Math.max(0, form.download_bytes - entry.partial_bytes))} to download${entry.partial_bytes ? `, ${bytes(entry.partial_bytes)} are here already` : ""}`,
      libraries ? `and once about ${bytes(libraries)} for torch and the libraries beside it` : "", disk ? `${bytes(disk)} of disk are free` : ""];
    setText(line, `About ${words.filter(Boolean).join("; ")}.`);
  };
  tell();
  list?.addEventListener("change", tell);
  return ask(`Install ${entry.title}?`, [forms ? null : el("p", { text: fitLine(entry) }), list, line, el("h3", { text: "Licence" }), licences(entry), agree].filter(Boolean),
    "Install", () => ({ model: entry.name, variant: chosen(), accept_licence: Boolean(agree?.querySelector("input").checked) }),
    () => entry.commercial || agree.querySelector("input").checked);
}

/** The request of `model.import`. `cards` are those whose files could be given. */
export function askImport(cards) {
  const path = el("input", { type: "text", id: "import-path", autocomplete: "off", spellcheck: "false", placeholder: "/home/me/models/this.safetensors" });
  const name = el("input", { type: "text", id: "import-name", autocomplete: "off", spellcheck: "false", placeholder: "from the file's name", pattern: "[a-z0-9][a-z0-9.\\-]*", title: "Small letters, digits, points and hyphens" });
  const card = el("select", { id: "import-card" }, el("option", { value: "", text: "a model of its own" }), ...cards.map((entry) => el("option", { value: entry.name, text: entry.title })));
  const agree = el("label.model-agree", { hidden: true }, el("input", { type: "checkbox" }), el("span", { text: "I have read its licence, and my use is allowed by it." }));
  const chosen = () => cards.find((entry) => entry.name === card.value);
  card.addEventListener("change", () => { setHidden(agree, !chosen() || chosen().commercial); name.disabled = Boolean(chosen()); });
  const field = (input, label) => el("div.field", {}, el("label", { for: input.id, text: label }), input);
  return ask("Import a model", [el("p.muted", { text: "A folder as the model hub has it, or one .safetensors file of this machine. It stays where it is; on the same disk nothing is copied." }),
    field(path, "Folder or file"), field(card, "It is"), field(name, "Name"), agree], "Import",
  () => ({ path: path.value.trim(), name: name.disabled ? null : name.value.trim() || null, card: card.value || null, accept_licence: agree.querySelector("input").checked }),
  () => Boolean(path.value.trim()) && (agree.hidden || agree.querySelector("input").checked));
}

/** Whether a model is to go. */
export async function askRemove(entry) {
  const size = entry.disk_bytes + entry.partial_bytes;
  const words = `Its files are deleted; that frees ${bytes(size)}. To use it again it has to be ${entry.source.includes("/") && !entry.source.startsWith("/") ? "downloaded" : "brought in"} again.`;
  return (await dialog(`Remove ${entry.title}?`, el("p", { text: words }), [["Keep it", "", ""], ["Remove", "yes", "danger"]])) === "yes";
}
