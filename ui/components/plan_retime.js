/** Trims and speeds of rows whose effects keep to the picture they belong to. Pure. */

import { changeRow, find, round, rowOf, setSpeed as plainSpeed, speedOf, trim as plainTrim } from "./plan_changes.js";
import { eased } from "./plan_film.js";

const SHORTEST = 0.1, PIECES = 24;

/** Seconds of film that a second of the row's source takes, on the mean. */
function pace(row) {
  const [from, to = from] = speedOf(row), easing = find(row, "ramp")?.easing ?? "ease_in_out";
  let sum = 0;
  for (let at = 0; at < PIECES; at += 1) sum += 1 / (from + (to - from) * eased(easing, (at + 0.5) / PIECES));
  return sum / PIECES;
}
const holds = (row) => (row.operations ?? []).reduce((sum, operation) => sum + (operation.op === "freeze" ? operation.duration_s : 0), 0);

/** Seconds of film that a row takes. */
export const lengthOf = (row) => (row.end_s - row.start_s) * pace(row) + holds(row);

/** The row's operations at other times: `film` maps seconds of film, `source` seconds of source; all stay within the row. */
function moved(row, { film, source, scale = 1 }) {
  const most = lengthOf(row), held = row.end_s - row.start_s, within = (at, end) => round(Math.min(Math.max(0, at), Math.max(0, end)));
  return (row.operations ?? []).map((operation) => {
    if (operation.op === "freeze") return { ...operation, at_s: within(source(operation.at_s), held - 0.05) };
    if (operation.op === "reframe" && operation.path?.length) return { ...operation, path: pathOf(operation.path.map((point) => ({ ...point, at_s: round(film(point.at_s)) })), most) };
    if (operation.op === "subtitles" && operation.cues?.length) {
      const cues = operation.cues.map((cue) => ({ ...cue, start_s: within(film(cue.start_s), most), end_s: within(film(cue.end_s), most) })).filter((cue) => cue.end_s - cue.start_s > 0.02);
      return cues.length ? { ...operation, cues } : null;
    }
    if (operation.at_s === undefined && !operation.duration_s) return operation;
    const next = { ...operation, at_s: within(film(operation.at_s ?? 0), most - SHORTEST) };
    if (operation.duration_s) next.duration_s = round(Math.max(SHORTEST / 2, Math.min(operation.duration_s * scale, most - next.at_s)));
    return next;
  }).filter(Boolean);
}

/** Points within the row; the last one before it begins stands at its beginning. */
function pathOf(points, most) {
  const inside = points.filter((point) => point.at_s > 0 && point.at_s <= most), before = points.filter((point) => point.at_s <= 0).at(-1);
  const kept = [...(before ? [{ ...before, at_s: 0 }] : []), ...inside];
  return kept.length ? kept : [{ ...points[0], at_s: 0 }];
}

/** In or out point moved; what lies in the row stays on its picture. */
export function trim(plan, id, edges) {
  const before = rowOf(plan, id), next = plainTrim(plan, id, edges), row = rowOf(next, id);
  const cut = (find(row, "reverse") ? before.end_s - row.end_s : row.start_s - before.start_s), film = (at) => at - cut * pace(before);
  return changeRow(next, id, { operations: moved(row, { film, source: (at) => at - (row.start_s - before.start_s) }) });
}

/** Another speed; what lies in the row comes sooner or later with its picture. */
export function setSpeed(plan, id, speed) {
  const before = rowOf(plan, id), next = plainSpeed(plan, id, speed), row = rowOf(next, id), scale = pace(row) / pace(before);
  return changeRow(next, id, { operations: moved(row, { film: (at) => at * scale, source: (at) => at, scale }) });
}
