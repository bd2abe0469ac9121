/** The form of one operation, drawn from the studio's own table: change it, take it away, or add another one. */

import { api, el, icon, patchList } from "../studio.js";
import { openBeside, popover } from "./popover.js";
import { capital } from "./plan_words.js";
import { committed } from "./plan_row.js";

/** What a new operation begins with, where its schema leaves it open. */
const STARTS = {
  speed: { factor: 2 }, ramp: { from_factor: 1, to_factor: 2 }, freeze: { at_s: 0, duration_s: 0.8 }, crop: { x: 0.1, y: 0.1, w: 0.8, h: 0.8 }, text: { text: "Your words" },
  sound_effect: { name: "boom" }, fade: { in_s: 0.5 }, zoom: { duration_s: 1 }, camera_move: { step_s: 0.5, x_percent: [0, 4], y_percent: [0, 0], scale_percent: [100, 110], rotation_deg: [0, 0] },
};
const SOURCES = new Set(["source", "reference", "background"]);
let table = null;

/** The studio's operations: [{op, title, scopes, once, summary, fields}]; asked for once. */
export async function operations() {
  table ??= api("/api/operations").catch((error) => { table = null; throw error; });
  return table;
}

const real = (schema, defs) => {
  if (schema.$ref) return { ...defs[schema.$ref.split("/").pop()], ...schema, $ref: undefined };
  const some = schema.anyOf?.find((one) => one.type !== "null");
  if (some) return { ...real(some, defs), ...schema, anyOf: undefined, optional: true };
  const only = schema.allOf?.[0];
  return only ? { ...real(only, defs), ...schema, allOf: undefined } : schema;
};

/** One field: {node, input}. `onChange(value)`; undefined takes it away. */
function field(name, raw, defs, value, { id, sources, onChange }) {
  const schema = real(raw, defs), shown = value ?? schema.default, said = capital(name.replace(/_s$/, "").replace(/_(percent|db|hz|deg|px|ev|k|lufs|dbtp)$/, "").replaceAll("_", " "));
  const unit = name.endsWith("_s") ? "s" : { percent: "%", db: "dB", hz: "Hz", deg: "°", px: "px", ev: "EV", k: "K", lufs: "LUFS", dbtp: "dBTP" }[name.split("_").pop()] ?? "";
  const choices = SOURCES.has(name) ? [...sources] : schema.enum?.map((item) => [item, capital(String(item).replaceAll("_", " "))]);
  let input;
  if (choices) {
    input = el("select", { id, onChange: () => onChange(input.value === "" ? undefined : schema.type === "integer" ? Number(input.value) : input.value) }, ...(schema.optional ? [["", "none"], ...choices] : choices).map(([key, text]) => el("option", { value: key, text })));
    input.value = shown ?? "";
  } else if (schema.type === "boolean") {
    input = el("input", { type: "checkbox", id, checked: Boolean(shown), onChange: () => onChange(input.checked) });
  } else if (schema.type === "number" || schema.type === "integer") {
    const low = schema.minimum ?? schema.exclusiveMinimum, high = schema.maximum ?? schema.exclusiveMaximum;
    input = committed(el("input", { type: "number", id, min: low, max: high, step: schema.type === "integer" ? 1 : "any", value: shown ?? "" }), (words) => {
      if (words === "") { onChange(undefined); return true; }
      const given = Number(words), fits = isFinite(given) && !(given < low) && !(given > high) && given !== schema.exclusiveMinimum;
      if (fits) onChange(given);
      return fits;
    });
  } else if (schema.type === "string" && /#/.test(schema.pattern ?? "")) {
    input = el("input.colour-field", { type: "color", id, value: shown ?? "#ffffff", onChange: () => onChange(input.value) });
  } else if (schema.type === "string") {
    input = committed(el("input", { type: "text", id, maxlength: schema.maxLength, value: shown ?? "", dir: "auto" }), (words) => { if (!words && !schema.optional) return false; onChange(words || undefined); return true; });
  } else {
    input = committed(el("textarea", { id, rows: 3, spellcheck: "false", value: JSON.stringify(shown ?? null) }), (words) => { try { onChange(JSON.parse(words)); return true; } catch { return false; } });
  }
  const hint = schema.description ? el("span.hint", { id: `${id}-hint`, text: schema.description }) : null;
  if (hint) input.setAttribute("aria-describedby", hint.id);
  return el(`div.op-field${schema.type === "boolean" ? ".op-check" : ""}`, {}, el("label", { for: id, text: unit ? `${said}, ${unit}` : said }), input, hint);
}

export class OperationForm {
  /** `desk`: setOperation(id, index, operation), startFor(id): seconds of the playhead in that row. */
  constructor(root, desk) {
    this.desk = desk;
    this.body = el("div.op-body");
    this.node = popover("operation", "Effect", this.body);
    root.append(this.node);
    this.node.addEventListener("toggle", (event) => { if (event.newState === "closed") this.place = null; });
  }

  /** `view`: {id, index, operation, existing: ops there, sources: [[id, name]]}; `opener`: what it opens beside. */
  async open(view, opener) {
    const rect = opener.getBoundingClientRect(), known = await operations();
    this.place = view;
    this.body.replaceChildren(...(view.operation ? this.#form(known, view) : this.#choice(known, view)));
    openBeside(this.node, rect);
    this.body.querySelector("input, select, button.op-choice")?.focus({ preventScroll: true });
  }

  #choice(known, view) {
    const scope = view.id === null ? "film" : "segment";
    const fits = known.filter((row) => row.scopes.includes(scope) && !(row.once && view.existing.includes(row.op)) && !(view.id !== null && ["speed", "ramp"].includes(row.op)));
    const list = el("div.op-choices", { role: "group", "aria-label": "Effects" });
    patchList(list, fits, (row) => row.op, (row) => el("button.op-choice", { type: "button", text: row.title, title: row.summary ?? "", onClick: () => this.#add(row, view) }), () => {});
    return [el("h3", { text: view.id === null ? "Add to the whole film" : "Add an effect" }), list];
  }

  #add(row, view) {
    const needs = {}, defs = row.fields.$defs ?? {};
    for (const name of row.fields.required ?? []) {
      if (name === "op") continue;
      const schema = real(row.fields.properties[name], defs);
      needs[name] = SOURCES.has(name) ? view.sources[0]?.[0] : schema.enum?.[0] ?? (schema.type === "string" ? "" : schema.minimum ?? 0);
    }
    const operation = { op: row.op, ...needs, ...STARTS[row.op] }, at = row.fields.properties.at_s && this.desk.startFor(view.id);
    if (at) operation.at_s = at;
    this.node.hidePopover();
    this.desk.setOperation(view.id, null, operation, `Add ${row.title.toLowerCase()}`);
  }

  #form(known, view) {
    const row = known.find((one) => one.op === view.operation.op), defs = row?.fields.$defs ?? {};
    const title = row?.title ?? capital(view.operation.op);
    const change = (name) => (value) => {
      const operation = { ...view.operation, [name]: value };
      if (value === undefined) delete operation[name];
      view.operation = operation;
      this.desk.setOperation(view.id, view.index, operation, `Change ${title.toLowerCase()}`);
    };
    const fields = Object.entries(row?.fields.properties ?? {}).filter(([name]) => name !== "op")
      .map(([name, schema]) => field(name, schema, defs, view.operation[name], { id: `op-${name}`, sources: view.sources, onChange: change(name) }));
    const remove = el("button.button.danger", { type: "button", onClick: () => { this.node.hidePopover(); this.desk.setOperation(view.id, view.index, null, `Remove ${title.toLowerCase()}`); } }, icon("trash"), el("span", { text: "Remove" }));
    return [el("h3", { text: title }), row?.summary ? el("p.hint", { text: row.summary }) : "", el("div.op-fields", {}, ...fields), el("div.row", {}, remove)];
  }
}
