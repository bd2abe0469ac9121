/** What a plan's parts are called, in few words. Pure. */

import { trimmed } from "../format.js";
import { label, typed } from "../timecode.js";
import { speedOf } from "./plan_changes.js";

const seconds = (value) => `${trimmed(value, 2)} s`;
const times = (value) => `${trimmed(value, 2)}×`;
const WORDS = {
  speed: ({ factor }) => times(factor), ramp: ({ from_factor, to_factor }) => `Ramp ${times(from_factor)} to ${times(to_factor)}`,
  freeze: ({ duration_s }) => `Freeze ${seconds(duration_s)}`, reverse: () => "Reverse", crop: () => "Crop", reframe: ({ aspect = "9:16" }) => `Reframe ${aspect}`,
  upscale: ({ factor = 2 }) => `Upscale ${factor}×`, stabilise: () => "Stabilise", denoise: () => "Denoise", python_effect: ({ name = "painting" }) => ({ painting: "Painting", trails: "Trails", censor: "Censor" })[name], zoom: ({ scale = 1.3 }) => `Zoom ${times(scale)}`,
  pan_zoom: () => "Pan and zoom", camera_move: () => "Camera move", shake: () => "Shake", chroma_key: () => "Key", composite: () => "Composite",
  picture_in_picture: () => "Picture in picture", watermark: () => "Watermark", grade: () => "Colour", lut: () => "LUT", match_colour: () => "Match colour",
  sharpen: () => "Sharpen", fade: ({ in_s, out_s }) => (in_s && out_s ? "Fade in, out" : out_s ? `Fade out ${seconds(out_s)}` : `Fade in ${seconds(in_s ?? 0)}`),
  transition: ({ kind = "dissolve", duration_s = 0.5 }) => `${capital(kind.replaceAll("_", " "))} ${seconds(duration_s)}`,
  text: ({ text }) => `“${shortened(text, 18)}”`, subtitles: () => "Subtitles", volume: ({ mute, gain_db = 0 }) => (mute ? "Silent" : `${gain_db > 0 ? "+" : ""}${trimmed(gain_db, 1)} dB`),
  music: () => "Music", sound_effect: ({ name }) => capital(name.replaceAll("_", " ")), loudness: ({ target_lufs = -14 }) => `Loudness ${trimmed(target_lufs, 1)} LUFS`,
};
const ICONS = { sound_effect: "music", music: "music", volume: "sound", loudness: "sound", text: "message", subtitles: "message", transition: "layers", zoom: "search", freeze: "pause" };

export const capital = (text) => text.charAt(0).toUpperCase() + text.slice(1);
export const shortened = (text, most) => (text.length > most ? `${text.slice(0, most - 1).trimEnd()}…` : text).replaceAll("\n", " ");
export const operationWords = (operation) => WORDS[operation.op]?.(operation) ?? capital(operation.op.replaceAll("_", " "));
export const operationIcon = (operation) => ICONS[operation.op] ?? null;

export const speedWords = (segment) => speedOf(segment).map((factor) => trimmed(factor, 2)).join(" > ");

/** A frame as MM:SS:FF, with hours only where there are any. */
export function time(frame, rate) { return label(frame, rate).replace(/^00:/, ""); }

/** The frame that a person typed: a timecode with or without hours, its last digits, +12, -12, or seconds with a point; null when none. */
export function typedFrame(text, rate, here) {
  const words = text.trim();
  if (/^\d+[.,]\d+\s*s?$|^\d+\s*s$/.test(words)) return Math.round(Number(words.replace(/\s*s$/, "").replace(",", ".")) * rate);
  return typed(/^\d{1,2}:\d{2}[:;]\d{2,3}$/.test(words) ? `00:${words}` : words, rate, here);
}

/** The row a problem's JSON path speaks of: its number; null for the film or the plan itself. */
export function rowOfPath(path) { const found = /^\$\.segments\[(\d+)\]/.exec(path); return found ? Number(found[1]) : null; }

/** The field a path ends in, for a person. */
export function fieldOfPath(path) { return capital((/\.([a-z_]+)(?:\[\d+\])?$/.exec(path)?.[1] ?? "").replace(/_s$/, "").replaceAll("_", " ")); }
