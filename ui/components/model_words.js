/** How models, their states and their memory are told, and in which order they stand. Pure functions. */

import { bytes, duration } from "../format.js";

export const TASKS = {
  chat: "Chat", "vision-chat": "Chat with pictures", embedding: "Embeddings", image: "Pictures", "speech-to-text": "Speech to text", "text-to-speech": "Speech",
  segmentation: "Segmentation", "image-features": "Picture features", depth: "Depth", detection: "Detection",
};
export const MODEL_STATES = {
  absent: "Not installed", installing: "Installing", removing: "Removing", installed: "Installed", loading: "Loading", leaving: "Leaving",
  parked: "Parked in RAM", resident: "Loaded", busy: "Busy",
};
export const STATE_ICONS = { absent: "download", installing: "download", removing: "trash", installed: "check", loading: "clock", leaving: "clock", parked: "layers", resident: "cpu", busy: "play" };
const ACTIONS = {
  load: "Loads", activate: "To the GPU:", park: "Parks", drop: "Drops", start: "Starts", wait: "Waits", refuse: "Refused", out_of_memory: "Out of memory", relieve: "Uses less",
  cancelled: "Cancelled", failed: "Failed", restart: "Starts anew",
};
const LIBRARY_ENGINES = /^(transformers|sentence|diffusers)/;

/** What to call a state, from the catalogue, the memory and what this page has just asked for. */
export function stateOf(entry, seen, job, pending) {
  if (job) return job.capability === "model.remove" ? "removing" : "installing";
  if (entry.state === "absent" || entry.state === "installing") return entry.state;
  if (seen?.moving === "load" || seen?.moving === "activate" || pending === "load") return "loading";
  if (seen?.moving) return "leaving";
  return seen?.state ?? "installed";
}

export const isInstalled = (entry) => Boolean(entry.installed_variant);
export const canInstall = (entry) => entry.usable && !entry.obstacle;
export const fitsHere = (entry) => isInstalled(entry) || (canInstall(entry) && entry.fit.verdict !== "too_large");
export const needsLibraries = (entry, machine) => Boolean(machine) && !machine.libraries && LIBRARY_ENGINES.test(entry.engine);
/** The form that is used or would be installed. */
export const formOf = (entry, name = entry.installed_variant ?? entry.fit.variant) => entry.variants.find((form) => form.name === name) ?? entry.variants[0];

/** In memory first, then installed, then what fits, what is too large, what cannot be used; else as the catalogue has it. */
export function place(entry, seen) {
  if (entry.state === "installing" || (isInstalled(entry) && seen && (seen.state !== "installed" || seen.moving))) return 0;
  if (isInstalled(entry)) return 1;
  if (entry.partial_bytes) return 2;
  if (!canInstall(entry)) return 5;
  return entry.fit.verdict === "too_large" ? 4 : 3;
}

export function matches(entry, words, task) {
  if (task && entry.task !== task) return false;
  const text = `${entry.title} ${entry.name} ${entry.summary} ${TASKS[entry.task]} ${entry.licences.map((licence) => licence.name).join(" ")}`.toLowerCase();
  return words.toLowerCase().split(/\s+/).every((word) => text.includes(word));
}

export const licenceNames = (entry) => [...new Set(entry.licences.map((licence) => licence.name))].join(", ");
export const commercial = (entry) => (entry.commercial ? "commercial" : "not commercial");

/** "1.2 GB on disk" or "≈ 1.2 GB to download". */
export function sizeLine(entry) {
  if (isInstalled(entry)) return entry.in_place ? "used where it lies" : `${bytes(entry.disk_bytes)} on disk`;
  const size = formOf(entry).download_bytes;
  return size ? `≈ ${bytes(size)} to download` : "";
}

/** Why a card cannot be used, else its predicted fit. */
export const fitLine = (entry) => (isInstalled(entry) ? entry.fit.sentence : entry.obstacle || entry.fit.sentence);

/** What a loaded model does now, in a few words. */
export function doing(seen, now = 0) {
  const words = [];
  for (const lease of seen.leases ?? []) words.push(`${lease.operation}${lease.holder && lease.holder !== lease.operation ? ` for ${lease.holder}` : ""}, ${duration(Math.round(lease.since_s + now))}`);
  if (seen.moving) words.push(seen.moving === "load" ? `loading, ${Math.floor((seen.progress ?? 0) * 100)} %` : seen.moving === "activate" ? "being made ready" : "leaving");
  else if (!words.length && seen.idle_s !== null && seen.idle_s !== undefined) words.push(seen.idle_s + now < 2 ? "just used" : `unused for ${duration(Math.round(seen.idle_s + now))}`);
  if (seen.state === "parked") words.unshift("parked in RAM");
  if (seen.waiting) words.push(`${seen.waiting} waiting`);
  if (seen.pinned) words.push("pinned");
  return words.join(" · ");
}

export const actionWord = (action, onGpu) => (action === "activate" && !onGpu ? "Makes ready" : ACTIONS[action] ?? action.replaceAll("_", " "));
/** The newest first; what was decided several times over stands once, with how often. */
export function folded(decisions) {
  const rows = [];
  for (const row of decisions) {
    const last = rows.at(-1);
    if (last && last.action === row.action && last.model === row.model) Object.assign(last, row, { times: last.times + 1 });
    else rows.push({ ...row, times: 1, since: row.at });
  }
  return rows.reverse();
}
export const sentence = (text) => (text ? text[0].toUpperCase() + text.slice(1) : "");

/**
 * The parts of one bar of memory, in bytes: models (weights, then what their calls work with), others, free.
 * `kind` is "device" or "host". Before anything ran, the machine's own figures.
 */
export function parts(memory, machine, kind) {
  const { budget = {} } = memory;
  const total = budget[`${kind}_bytes`];
  if (!total) return machine ? { total: machine.budget_bytes, models: [], others: Math.max(0, machine.budget_bytes - machine.free_bytes), free: machine.free_bytes } : null;
  const onBar = kind === "device" || budget.shared;
  const models = memory.models.map((model) => ({ model, weights: model[`${kind}_bytes`] || 0, working: onBar ? model.working_bytes || 0 : 0 })).filter((part) => part.weights + part.working > 0);
  const others = budget[`${kind}_foreign_bytes`] ?? 0;
  return { total, models, others, free: Math.max(0, total - others - (budget[`${kind}_used_bytes`] ?? 0)) };
}
