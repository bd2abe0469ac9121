/** The lanes under the shots: what was measured along the film, drawn from lanes.json. */

const HEAT = ["heat-low", "heat-mid", "heat-high"];

/** `place`: {left, top, width, height, indexAt(x, n) -> place in n values, x(frame)}; `colour`: name -> CSS colour. */
export function drawLane(c, lane, place, colour) {
  ({ heat: drawHeat, level: drawLevel, spans: drawSpans })[lane.kind]?.(c, lane, place, colour);
}

function sampled(lane, { left, width, indexAt }, pick) {
  const values = lane.values, found = [];
  if (!values.length) return found;
  for (let x = 0; x < width; x += 1) {
    const from = Math.floor(indexAt(left + x, values.length)), to = Math.max(from + 1, Math.floor(indexAt(left + x + 1, values.length)));
    if (from < 0 || from >= values.length) { found.push(null); continue; }
    let best = values[from];
    for (let n = from + 1; n < Math.min(to, values.length); n += 1) best = pick(best, values[n]);
    found.push(best);
  }
  return found;
}

function drawLevel(c, lane, place, colour) {
  const base = place.top + place.height - 2, reach = place.height - 4;
  c.fillStyle = colour(lane.name === "Loudness" ? "good" : "action");
  c.globalAlpha = 0.6;
  sampled(lane, place, Math.max).forEach((value, x) => { if (value > 0) c.fillRect(place.left + x, base - value * reach, 1, value * reach); });
  c.globalAlpha = 1;
}

function drawHeat(c, lane, place, colour) {
  const stops = HEAT.map((name) => rgb(colour(name)));
  sampled(lane, place, Math.max).forEach((value, x) => {
    if (value === null) return;
    const at = Math.min(1, Math.max(0, value)) * 2, low = Math.min(1, Math.floor(at)), share = at - low;
    const mixed = stops[low].map((part, n) => Math.round(part + (stops[low + 1][n] - part) * share));
    c.fillStyle = `rgb(${mixed.join(" ")})`;
    c.fillRect(place.left + x, place.top + 2, 1.5, place.height - 4);
  });
}

function drawSpans(c, lane, place, colour) {
  c.fillStyle = colour("warn");
  for (const [from, to] of lane.spans) {
    const left = Math.max(place.left, place.x(from)), right = Math.min(place.left + place.width, place.x(to));
    if (right > left) c.fillRect(left, place.top + 4, Math.max(1, right - left), place.height - 8);
  }
}

function rgb(hex) { return [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16) || 0); }
