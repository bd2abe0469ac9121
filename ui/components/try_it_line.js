/** Which model and engine answer, in one line. */

export function engineLine(entry) {
  const form = entry.installed_variant ? ` (${entry.installed_variant})` : "";
  return `${entry.title}${form}, engine ${entry.engine}`;
}
