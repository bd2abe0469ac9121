/** What is known of a picture, in words: pure readings of its settings. */

import { plural } from "../format.js";

export const pictureOf = (item) => item?.meta?.picture ?? {};
export const requestOf = (item) => pictureOf(item).request ?? {};
export const promptOf = (item) => requestOf(item).prompt || pictureOf(item).prompt || item?.name || "";
export const seedOf = (item) => pictureOf(item).seed ?? requestOf(item).seed ?? null;
export const likenessOf = (item) => pictureOf(item).likeness ?? [];
export const isUnlike = (item) => likenessOf(item).some((row) => !row.passed);
export const derivedOf = (item) => pictureOf(item).derived ?? [];
/** A control map is a working drawing: it is shown where it was asked for. */
export const isMap = (item) => derivedOf(item).at(-1)?.operation === "control";
export const isStoryboard = (item) => pictureOf(item).model === "storyboard" || /storyboard/i.test(pictureOf(item).engine ?? "");
export const sizeOf = (item) => { const { width, height } = item?.meta?.probe ?? pictureOf(item); return width ? `${width} × ${height}` : ""; };

/** One likeness in a few words, with how it drifts from the pictures before it where that is known. */
export function likenessLine(row) {
  const drift = row.drift === undefined || row.drift === null || Math.abs(row.drift) < 0.005 ? "" : ` ${row.drift > 0 ? "+" : "−"}${Math.abs(row.drift).toFixed(2)}`;
  return `@${row.character} ${row.similarity.toFixed(2)}${drift}`;
}
export const likenessTitle = (row) => `${row.passed ? "Like" : "Unlike"} ${row.character}: ${row.similarity.toFixed(2)}, at least ${row.threshold.toFixed(2)} is wanted. Measured by ${row.engine}.`;

/** How the likeness of the pictures of one character went on: newest last. */
export function drifts(items, character) {
  return items.flatMap((item) => likenessOf(item).filter((row) => row.character === character).map((row) => ({ id: item.id, similarity: row.similarity, at: item.created_at }))).sort((a, b) => a.at - b.at);
}

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
