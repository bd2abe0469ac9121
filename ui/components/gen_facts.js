/** What is known of a picture, in words: pure readings of its settings. */

import { plural } from "../format.js";

export const pictureOf = (item) => item?.meta?.picture ?? {};
export const requestOf = (item) => pictureOf(item).request ?? {};
/** What it shows in words; a reference sheet shows somebody, not what its first picture was asked for. */
export const promptOf = (item) => (pictureOf(item).sheet ? `Reference sheet of @${pictureOf(item).sheet.character}` : "") || requestOf(item).prompt || pictureOf(item).prompt || item?.name || "";
export const seedOf = (item) => pictureOf(item).seed ?? requestOf(item).seed ?? null;
export const likenessOf = (item) => pictureOf(item).likeness ?? [];
export const isUnlike = (item) => likenessOf(item).some((row) => !row.passed);
export const derivedOf = (item) => pictureOf(item).derived ?? [];
/** A control map is a working drawing: it is shown where it was asked for. */
export const isMap = (item) => derivedOf(item).at(-1)?.operation === "control";
export const isStoryboard = (item) => pictureOf(item).model === "storyboard" || /storyboard/i.test(pictureOf(item).engine ?? "");
export const sizeOf = (item) => { const { width, height } = item?.meta?.probe ?? pictureOf(item); return width ? `${width} × ${height}` : ""; };

/** How far a likeness lies from the mean of the pictures of the same character before it: `{by, of}`, null where there are fewer than two. */
export function driftOf(item, items, { character, similarity }) {
  const before = items.filter((other) => other.created_at < item.created_at && other.id !== item.id).flatMap((other) => likenessOf(other).filter((row) => row.character === character).map((row) => row.similarity)).slice(0, 12);
  return before.length < 2 ? null : { by: similarity - before.reduce((sum, value) => sum + value, 0) / before.length, of: before.length };
}

const signed = (value) => `${value < 0 ? "−" : "+"}${Math.abs(value).toFixed(2)}`;
/** One likeness in a few words, with its drift where there is one. */
export const likenessLine = (row, drift) => [`@${row.character} ${row.similarity.toFixed(2)}`, drift && Math.abs(drift.by) >= 0.005 ? signed(drift.by) : ""].filter(Boolean).join(" ");
export const likenessTitle = (row, drift) => `${row.passed ? "Like" : "Unlike"} ${row.character}: ${row.similarity.toFixed(2)}, at least ${row.threshold.toFixed(2)} is wanted. Measured by ${row.engine}.${drift ? ` ${signed(drift.by)} against the mean of the ${drift.of} pictures before.` : ""}`;

const LABELS = {
  model: "Model", engine: "Made by", revision: "Revision", licence: "Licence", seed: "Seed", steps: "Steps", guidance: "Guidance", sampler: "Sampler", schedule: "Schedule", clip_skip: "CLIP skip",
  strength: "Change", style: "Style",
};

/** Rows for the details: `[name, value]`. */
export function rows(item) {
  const picture = pictureOf(item), request = requestOf(item), words = [];
  for (const [key, label] of Object.entries(LABELS)) {
    const value = picture[key] ?? request[key];
    if (value === null || value === undefined || value === "" || (key === "clip_skip" && value === 1) || (key === "strength" && !request.image)) continue;
    words.push([label, String(value)]);
  }
  if (sizeOf(item)) words.splice(2, 0, ["Size", sizeOf(item)]);
  const loras = picture.loras ?? request.loras ?? [];
  if (loras.length) words.push(["LoRA", loras.map((lora) => `${lora.name} ${lora.weight}`).join(", ")]);
  if (request.controls?.length) words.push(["Guided by", request.controls.map((use) => `${use.kind} ${use.weight}`).join(", ")]);
  if (request.references?.length) words.push(["References", plural(request.references.length, "picture")]);
  if (derivedOf(item).length) words.push(["Afterwards", derivedOf(item).map((step) => [step.operation, step.scale ? `${step.scale} ×` : "", step.engine].filter(Boolean).join(" ")).join(", then ")]);
  if (item.meta?.picture?.took_s) words.push(["Took", `${item.meta.picture.took_s.toFixed(1)} s`]);
  return words;
}
