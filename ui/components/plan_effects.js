/**
 * What a browser can show of a row's operations at once, without rendering: crop and reframing, moves, colour, fades, transitions as
 * styles of a picture. Pure: numbers and CSS text out of a plan. Everything is in shares of the film's canvas.
 */

import { eased } from "./plan_film.js";

/** Operations that only the preview shows. */
const LATER = {
  stabilise: "stabilising", denoise: "noise reduction", python_effect: "the effect in Python", sharpen: "sharpening", upscale: "upscaling", lut: "the LUT", match_colour: "colour matching",
  chroma_key: "keying", composite: "compositing", picture_in_picture: "the picture in picture", watermark: "the watermark", loudness: "loudness",
  sound_effect: "sound effects",
};
export function shownLater(plan) {
  const found = new Set();
  for (const list of [plan.film ?? [], ...plan.segments.filter((row) => row.approved !== false).map((row) => row.operations ?? [])]) {
    for (const { op } of list) if (LATER[op]) found.add(LATER[op]);
  }
  return [...found];
}

const SHAPES = { "16:9": 16 / 9, "9:16": 9 / 16, "1:1": 1, "4:5": 4 / 5, "4:3": 4 / 3, "21:9": 21 / 9 };
const all = (operations, op) => operations.filter((operation) => operation.op === op);
const clamp = (value, low, high) => Math.min(high, Math.max(low, value));

/** Where on its way a value is at `at`: {share 0..1 of being in, over}. */
function envelope({ at_s: from = 0, duration_s: length = null, in_s: rise = 0, out_s: fall = 0, easing = "linear" }, at, seconds) {
  const end = length === null || length === undefined ? seconds : from + length;
  if (at < from || at >= end) return 0;
  const up = rise > 0 ? eased(easing, (at - from) / rise) : 1, down = fall > 0 ? eased(easing, (end - at) / fall) : 1;
  return Math.min(up, down);
}

/** The part of the source that is used, in shares of it. */
function window_(operations, at, shape) {
  let box = { x: 0, y: 0, w: 1, h: 1 };
  for (const operation of operations) {
    if (operation.op === "crop") box = { x: box.x + operation.x * box.w, y: box.y + operation.y * box.h, w: operation.w * box.w, h: operation.h * box.h };
    if (operation.op !== "reframe") continue;
    const now = (shape * box.w) / box.h, wanted = SHAPES[operation.aspect ?? "9:16"];
    const w = now > wanted ? box.w * (wanted / now) : box.w, h = now > wanted ? box.h : box.h * (now / wanted);
    const point = pathAt(operation.path ?? [], at);
    box = { x: clamp(box.x + point.x * box.w - w / 2, box.x, box.x + box.w - w), y: clamp(box.y + point.y * box.h - h / 2, box.y, box.y + box.h - h), w, h };
  }
  return box;
}

function pathAt(path, at) {
  if (!path.length) return { x: 0.5, y: 0.5 };
  const next = path.findIndex((point) => point.at_s > at);
  if (next < 0) return path.at(-1);
  if (next === 0) return path[0];
  const a = path[next - 1], b = path[next], share = (at - a.at_s) / (b.at_s - a.at_s || 1);
  return { x: a.x + (b.x - a.x) * share, y: a.y + (b.y - a.y) * share };
}

/** CSS of the picture within the canvas: how it is fitted. `shape`: width to height of the source, `canvas` of the film. */
export function fitted(operations, at, shape, canvas, fit = "pad") {
  const box = window_(operations, at, shape), used = (shape * box.w) / box.h;
  const wide = used > canvas;
  let w = 1, h = 1;
  if (fit === "crop") { if (wide) w = used / canvas; else h = canvas / used; } else if (fit !== "stretch") { if (wide) h = canvas / used; else w = used / canvas; }
  const percent = (value) => `${(value * 100).toFixed(3)}%`;
  const width = w / box.w, height = h / box.h, left = (1 - w) / 2 - box.x * width, top = (1 - h) / 2 - box.y * height;
  const cut = [box.y, 1 - box.x - box.w, 1 - box.y - box.h, box.x];
  return { left: percent(left), top: percent(top), width: percent(width), height: percent(height),
    clipPath: cut.some((share) => share > 1e-4) ? `inset(${cut.map((share) => percent(Math.max(0, share))).join(" ")})` : "" };
}

const noise = (seed, at) => Math.sin(at * 1.0 + seed * 12.9898) * 0.6 + Math.sin(at * 2.13 + seed * 78.233) * 0.4;

/** CSS transform of the fitted picture at `at` seconds of a row that lasts `seconds`. */
export function moved(operations, at, seconds) {
  let scale = 1, x = 0.5, y = 0.5, shift = [0, 0], turn = 0, extra = 1;
  for (const zoom of all(operations, "zoom")) {
    const share = envelope({ in_s: 0.12, easing: "ease_out", ...zoom }, at, seconds);
    if (share > 0) { scale *= 1 + ((zoom.scale ?? 1.3) - 1) * share; x = zoom.x ?? 0.5; y = zoom.y ?? 0.5; }
  }
  for (const pan of all(operations, "pan_zoom")) {
    const share = eased(pan.easing ?? "ease_in_out", seconds > 0 ? at / seconds : 0), from = { x: 0.5, y: 0.5, scale: 1, ...pan.start }, to = { x: 0.5, y: 0.5, scale: 1.25, ...pan.end };
    scale *= from.scale + (to.scale - from.scale) * share;
    x = from.x + (to.x - from.x) * share;
    y = from.y + (to.y - from.y) * share;
  }
  for (const move of all(operations, "camera_move")) {
    const place = clamp(at / move.step_s, 0, move.x_percent.length - 1), strength = move.strength ?? 1;
    const value = (list, plain) => { const a = list[Math.floor(place)] ?? plain, b = list[Math.ceil(place)] ?? a; return a + (b - a) * (place % 1); };
    const far = Math.max(...move.x_percent.map(Math.abs), ...move.y_percent.map(Math.abs), 0) * strength;
    shift = [shift[0] + (value(move.x_percent, 0) * strength) / 100, shift[1] + (value(move.y_percent, 0) * strength) / 100];
    turn += value(move.rotation_deg, 0) * strength;
    scale *= 1 + (value(move.scale_percent, 100) / 100 - 1) * strength;
    if (move.fill !== "edges") extra *= 1 + Math.min(1, (far * 2) / 100);
  }
  for (const shake of all(operations, "shake")) {
    const from = shake.at_s ?? 0, end = shake.duration_s ? from + shake.duration_s : seconds;
    if (at < from || at >= end) continue;
    const far = ((shake.strength_percent ?? 1) / 100) * (shake.decays ? Math.exp((-3 * (at - from)) / Math.max(0.1, end - from)) : 1), turns = at * (shake.frequency_hz ?? 8) * 2 * Math.PI;
    shift = [shift[0] + noise(shake.seed ?? 0, turns) * far, shift[1] + noise((shake.seed ?? 0) + 7, turns * 1.07) * far];
    extra = Math.max(extra, 1 + (2 * (shake.strength_percent ?? 1)) / 100);
  }
  const whole = scale * extra;
  if (whole === 1 && !shift[0] && !shift[1] && !turn) return "";
  const left = clamp(x - 0.5 / whole, 0, Math.max(0, 1 - 1 / whole)), top = clamp(y - 0.5 / whole, 0, Math.max(0, 1 - 1 / whole));
  const percent = (value) => `${(value * 100).toFixed(3)}%`;
  return `translate(${percent(shift[0])}, ${percent(shift[1])}) rotate(${turn.toFixed(3)}deg) scale(${whole.toFixed(4)}) translate(${percent(-left)}, ${percent(-top)})`;
}

const DISPLAY_GAMMA = 2.2;
/** What red, green and blue are multiplied by in the light of so many kelvin, as the studio grades. */
const LIGHTS = [[2000, 1.504, 0.832, 0.168], [2500, 1.369, 0.899, 0.405], [3000, 1.274, 0.936, 0.547], [4000, 1.15, 0.973, 0.741], [5000, 1.071, 0.99, 0.871],
  [6500, 1, 1, 1], [7600, 0.967, 1.003, 1.065], [9000, 0.937, 1.004, 1.125], [12000, 0.9, 1.004, 1.207], [20000, 0.859, 1.002, 1.3]];
function light(kelvin) {
  const next = Math.max(1, LIGHTS.findIndex(([at]) => at >= kelvin)), a = LIGHTS[next - 1], b = LIGHTS[next], share = clamp((kelvin - a[0]) / (b[0] - a[0]), 0, 1);
  return [1, 2, 3].map((part) => a[part] + (b[part] - a[part]) * share);
}

/** {filter, tint, vignette} of a list of operations; `tint` is a colour that the picture is multiplied by. */
export function coloured(operations) {
  const filters = [];
  let tint = "", vignette = 0;
  for (const grade of all(operations, "grade")) {
    const gains = light(grade.temperature_k ?? 6500), most = Math.max(...gains);
    const bright = 2 ** ((grade.exposure_ev ?? 0) / DISPLAY_GAMMA) * (grade.gamma && grade.gamma !== 1 ? 0.5 ** (1 / grade.gamma - 1) : 1);
    if (Math.abs(bright - 1) > 1e-3) filters.push(`brightness(${bright.toFixed(3)})`);
    if ((grade.contrast ?? 1) !== 1) filters.push(`contrast(${grade.contrast})`);
    if ((grade.saturation ?? 1) !== 1) filters.push(`saturate(${grade.saturation})`);
    if (most > 1.001) filters.push(`brightness(${most.toFixed(3)})`);
    if (most - Math.min(...gains) > 0.002) tint = `rgb(${gains.map((gain) => Math.round((255 * gain) / most)).join(" ")})`;
    vignette = Math.max(vignette, grade.vignette ?? 0);
  }
  return { filter: filters.join(" "), tint, vignette };
}

/** How much of a fade's colour lies over the picture: {share, colour}. */
export function faded(operations, at, seconds) {
  const fade = all(operations, "fade")[0];
  if (!fade) return { share: 0, colour: "#000" };
  const up = fade.in_s ? clamp(at / fade.in_s, 0, 1) : 1, down = fade.out_s ? clamp((seconds - at) / fade.out_s, 0, 1) : 1;
  return { share: 1 - Math.min(up, down), colour: fade.colour ?? "#000" };
}

/** The incoming and the outgoing picture's styles at `share` (0..1) of a transition. */
export function joined(kind, share) {
  const percent = (value) => `${(value * 100).toFixed(2)}%`, rest = percent(1 - share);
  const plain = { opacity: "1", clipPath: "", transform: "", cover: 0, colour: "#000" };
  const into = { ...plain }, out = { ...plain };
  if (kind === "dip_black" || kind === "dip_white") {
    into.opacity = share < 0.5 ? "0" : "1";
    into.cover = out.cover = 1 - Math.abs(share - 0.5) * 2;
    into.colour = out.colour = kind === "dip_black" ? "#000" : "#fff";
  } else if (kind === "wipe_left") into.clipPath = `inset(0 0 0 ${rest})`;
  else if (kind === "wipe_right") into.clipPath = `inset(0 ${rest} 0 0)`;
  else if (kind === "wipe_up") into.clipPath = `inset(${rest} 0 0 0)`;
  else if (kind === "wipe_down") into.clipPath = `inset(0 0 ${rest} 0)`;
  else if (kind === "slide_left") { into.transform = `translateX(${rest})`; out.transform = `translateX(-${percent(share)})`; }
  else if (kind === "slide_right") { into.transform = `translateX(-${rest})`; out.transform = `translateX(${percent(share)})`; }
  else if (kind === "circle" || kind === "radial") into.clipPath = `circle(${percent(share * 0.75)} at 50% 50%)`;
  else into.opacity = share.toFixed(3);
  return { into, out };
}

/** The loudness a browser can give a row's own sound: 0..1. */
export function loudness(operations, at, seconds) {
  const volume = all(operations, "volume")[0], fade = all(operations, "fade")[0];
  if (volume?.mute) return 0;
  const level = volume ? clamp(10 ** ((volume.gain_db ?? 0) / 20), 0, 1) : 1;
  return fade && fade.sound !== false ? level * (1 - faded(operations, at, seconds).share) : level;
}
