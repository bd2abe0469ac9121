/** What the analysis says of one shot, in words. Pure functions. */

/** The entry of a list of shots that was measured on exactly these frames; a shot edited by hand has none until it is measured anew. */
function exactly(shots, scene) {
  const found = shots?.[scene.index];
  if (found?.start_frame === scene.start_frame && found.end_frame === scene.end_frame) return found;
  return shots?.find((shot) => shot.start_frame === scene.start_frame && shot.end_frame === scene.end_frame) ?? null;
}

/** "pan left, smooth"; of a camera that stands only a shake is worth a word. */
function cameraWords({ kind, label, style }) {
  return style === "static" || (kind === "static" && style !== "handheld") ? label : `${label}, ${style}`;
}

/** {camera, drawn, coherence, framing, remarks ...}: words or numbers, and `composition` and `track` as they are; null where nothing was measured. */
export function shotWords(analysis, scene) {
  const camera = exactly(analysis?.camera?.shots, scene), holds = exactly(analysis?.holds?.shots, scene);
  const coherence = exactly(analysis?.coherence?.shots, scene), composition = exactly(analysis?.composition?.shots, scene);
  const picture = exactly(analysis?.picture?.shots, scene);
  return {
    measured: Boolean(camera || holds || coherence || composition),
    camera: camera && cameraWords(camera),
    cameraKind: camera?.label ?? null,
    cameraSpeed: camera?.mean_speed_percent_per_s ?? null,
    drawn: holds && (holds.exposure === "still" ? "still" : `on ${holds.exposure}`),
    longHolds: holds?.holds?.length ?? 0,
    coherence: coherence?.score ?? null,
    worstFrame: coherence?.worst_frame ?? null,
    framing: composition?.shot_size ?? null,
    composition,
    track: exactly(analysis?.subjects?.shots, scene),
    remarks: [...new Set([...(scene.quality?.remarks ?? []), ...(picture?.remarks ?? [])])],
  };
}

/** The rows of the inspector: [name, words, explanation]. */
export function shotFacts(analysis, scene) {
  const words = shotWords(analysis, scene);
  return [
    ["Camera", words.camera, "How the camera moves for most of the shot"],
    ["Drawn", words.drawn, "How many frames each drawing is held"],
    ["Coherence", words.coherence === null ? null : `${Math.round(words.coherence * 100)} %`, "How well the picture holds together over time"],
    ["Framing", words.framing, "Estimated from the subject's size"],
  ];
}
