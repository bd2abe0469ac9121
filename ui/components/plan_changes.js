/** Changes of an edit plan, as pure functions: each takes a plan and gives another one; rows are named by their ids. */

export const rowAt = (plan, id) => plan.segments.findIndex((segment) => segment.id === id);
export const rowOf = (plan, id) => plan.segments.find((segment) => segment.id === id) ?? null;
export const find = (segment, op) => segment.operations?.find((operation) => operation.op === op) ?? null;

/** An id that no row has. */
export function newId(plan) {
  const taken = new Set(plan.segments.map((segment) => segment.id));
  let number = plan.segments.length + 1;
  while (taken.has(`s${number}`)) number += 1;
  return `s${number}`;
}

/** `change`: fields to be set, or a function of the row. */
export function changeRow(plan, id, change) {
  return { ...plan, segments: plan.segments.map((segment) => (segment.id !== id ? segment : { ...segment, ...(typeof change === "function" ? change(segment) : change) })) };
}

export const trim = (plan, id, edges) => changeRow(plan, id, edges);
export const approve = (plan, id, approved) => changeRow(plan, id, { approved });
export const approveAll = (plan, approved) => ({ ...plan, segments: plan.segments.map((segment) => ({ ...segment, approved })) });
export const remove = (plan, id) => ({ ...plan, segments: plan.segments.filter((segment) => segment.id !== id) });

/** Moves a row to stand at `to`, counted in the list without it. */
export function move(plan, id, to) {
  const segments = plan.segments.filter((segment) => segment.id !== id);
  segments.splice(Math.max(0, Math.min(segments.length, to)), 0, rowOf(plan, id));
  return { ...plan, segments };
}

/** The copy stands after its original; a transition belongs to the place, not to the copy. */
export function duplicate(plan, id, copyId) {
  const at = rowAt(plan, id), segments = [...plan.segments], row = segments[at];
  segments.splice(at + 1, 0, { ...row, id: copyId, operations: (row.operations ?? []).filter((operation) => operation.op !== "transition") });
  return { ...plan, segments };
}

/** One operation set in place of another, added (`index` null), or taken away (`operation` null); `id` null is the film itself. */
export function setOperation(plan, id, index, operation) {
  const changed = (list = []) => {
    const next = [...list];
    if (index === null) next.push(operation); else next.splice(index, 1, ...(operation ? [operation] : []));
    return next;
  };
  return id === null ? { ...plan, film: changed(plan.film) } : changeRow(plan, id, (segment) => ({ operations: changed(segment.operations) }));
}

/** Sets fields of the row's operation of a kind, adding it where there is none. */
function place(plan, id, op, fields) {
  const index = (rowOf(plan, id).operations ?? []).findIndex((operation) => operation.op === op);
  return setOperation(plan, id, index < 0 ? null : index, { ...(index < 0 ? { op } : rowOf(plan, id).operations[index]), ...fields });
}
function without(plan, id, ...ops) { return changeRow(plan, id, (segment) => ({ operations: (segment.operations ?? []).filter((operation) => !ops.includes(operation.op)) })); }

/** The speed a person reads: 1 for none; a ramp has two. */
export function speedOf(segment) {
  const ramp = find(segment, "ramp");
  return ramp ? [ramp.from_factor, ramp.to_factor] : [find(segment, "speed")?.factor ?? 1];
}

/** `speed`: one factor, or two for a ramp. */
export function setSpeed(plan, id, speed) {
  if (speed.length === 2) return place(without(plan, id, "speed"), id, "ramp", { from_factor: speed[0], to_factor: speed[1] });
  const plain = without(plan, id, "ramp");
  return speed[0] === 1 ? without(plain, id, "speed") : place(plain, id, "speed", { factor: speed[0] });
}

/** "2", "0.5x", "1 > 3": the factors a person typed, or null. */
export function readSpeed(words) {
  const parts = words.trim().replaceAll("×", "x").split(/\s*(?:>|→|to)\s*/).map((part) => (/^\d*[.,]?\d+\s*x?$/.test(part) ? Number(part.replace(/\s*x$/, "").replace(",", ".")) : NaN));
  return parts.length <= 2 && parts.every((factor) => factor >= 0.05 && factor <= 50) ? parts : null;
}

/** The first caption of a row, its words changed, added, or taken away when empty. */
export function setCaption(plan, id, text, style) {
  const operations = rowOf(plan, id).operations ?? [], index = operations.findIndex((operation) => operation.op === "text");
  if (!text.trim()) return index < 0 ? plan : setOperation(plan, id, index, null);
  return setOperation(plan, id, index < 0 ? null : index, { ...(index < 0 ? { op: "text" } : operations[index]), text: text.trim(), ...(style ? { style } : {}) });
}

const FIRST_ONLY = new Set(["transition"]), LAST_ONLY = new Set([]);

/** One operation in the first and in the second part of a row that is split `out_s` seconds of film (`in_s` of source) after its beginning. */
function parts(operation, { out_s, in_s, share }) {
  const later = (at, by) => ({ ...operation, at_s: round(at - by) });
  if (FIRST_ONLY.has(operation.op)) return [operation, null];
  if (LAST_ONLY.has(operation.op)) return [null, operation];
  if (operation.op === "fade") return [operation.in_s ? { ...operation, out_s: 0 } : null, operation.out_s ? { ...operation, in_s: 0 } : null];
  if (operation.op === "freeze") return operation.at_s < in_s ? [operation, null] : [null, later(operation.at_s, in_s)];
  if (operation.op === "ramp") {
    const middle = round(operation.from_factor + (operation.to_factor - operation.from_factor) * share);
    return [{ ...operation, to_factor: middle }, { ...operation, from_factor: middle }];
  }
  if (operation.op === "reframe" && operation.path?.length) {
    const before = operation.path.filter((point) => point.at_s < out_s), after = operation.path.filter((point) => point.at_s >= out_s).map((point) => ({ ...point, at_s: round(point.at_s - out_s) }));
    return [{ ...operation, path: before }, { ...operation, path: after.length ? after : operation.path.slice(-1).map((point) => ({ ...point, at_s: 0 })) }];
  }
  if (operation.at_s === undefined && operation.duration_s === undefined && operation.op !== "text") return [operation, operation];
  const at = operation.at_s ?? 0, end = operation.duration_s ? at + operation.duration_s : Infinity;
  if (at >= out_s) return [null, later(at, out_s)];
  if (operation.op === "sound_effect" || end <= out_s) return [operation, null];
  const second = { ...operation, at_s: 0 };
  if (operation.duration_s) second.duration_s = round(end - out_s);
  return [operation.duration_s ? { ...operation, duration_s: round(out_s - at) } : operation, second];
}

/** Splits a row at a moment of its source (`at_s`), `out_s` seconds of film after its beginning. */
export function split(plan, id, { at_s, out_s }, secondId) {
  const at = rowAt(plan, id), row = plan.segments[at], share = (at_s - row.start_s) / (row.end_s - row.start_s);
  const pairs = (row.operations ?? []).map((operation) => parts(operation, { out_s, in_s: at_s - row.start_s, share }));
  const first = { ...row, end_s: at_s, operations: pairs.map(([one]) => one).filter(Boolean) };
  const second = { ...row, id: secondId, start_s: at_s, operations: pairs.map(([, other]) => other).filter(Boolean) };
  const segments = [...plan.segments];
  const backwards = find(row, "reverse");
  segments.splice(at, 1, ...(backwards ? [{ ...second, id: row.id, operations: first.operations }, { ...first, id: secondId, operations: second.operations }] : [first, second]));
  return { ...plan, segments };
}

export const round = (seconds) => Math.round(seconds * 1e6) / 1e6;
