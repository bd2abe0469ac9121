/** How numbers, times and states are written. Pure functions. */

export function bytes(size) {
  if (size === null || size === undefined) return "";
  const units = ["B", "KB", "MB", "GB", "TB"];
  let step = 0, value = size;
  while (value >= 1000 && step < units.length - 1) { value /= 1000; step += 1; }
  return `${value < 10 && step > 0 ? value.toFixed(1) : Math.round(value)} ${units[step]}`;
}

/** Seconds as 7.4 s, 2:05 or 1:02:05. */
export function duration(seconds) {
  if (seconds === null || seconds === undefined || !isFinite(seconds)) return "";
  if (seconds < 60) return `${seconds < 10 ? Math.round(seconds * 10) / 10 : Math.round(seconds)} s`;
  const whole = Math.round(seconds), two = (n) => String(n).padStart(2, "0");
  const hours = Math.floor(whole / 3600), minutes = Math.floor((whole % 3600) / 60);
  return hours ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
}

export function eta(seconds) { return seconds === null || seconds === undefined ? "" : `${duration(Math.max(1, Math.round(seconds)))} left`; }

export function ago(unix, now = Date.now() / 1000) {
  const seconds = Math.max(0, now - unix);
  if (seconds < 45) return "just now";
  if (seconds < 3600) return `${Math.max(1, Math.round(seconds / 60))} min ago`;
  if (seconds < 86400) return `${Math.round(seconds / 3600)} h ago`;
  return new Date(unix * 1000).toLocaleDateString(undefined, { day: "numeric", month: "short", year: "numeric" });
}

export const percent = (fraction) => `${Math.floor((fraction || 0) * 100)} %`;
export const plural = (count, one, many = one + "s") => `${count} ${count === 1 ? one : many}`;
export const fixed = (value, digits = 0) => (value === null || value === undefined ? "" : Number(value).toFixed(digits));
export const trimmed = (value, digits = 3) => String(Number(Number(value).toFixed(digits)));

export const STATES = {
  queued: "Waiting", running: "Running", succeeded: "Done", failed: "Failed", cancelled: "Cancelled", quarantined: "Set aside",
};
export const KINDS = { video: "Video", audio: "Audio", image: "Image", document: "Document", timeline: "Timeline", lut: "Colour table", subtitles: "Subtitles", data: "Data" };
export const KIND_ICONS = { video: "film", audio: "music", image: "image", document: "file", timeline: "list", lut: "file", subtitles: "file", data: "file" };

/** Human line for a rate: 23.976, 29.97, 25. */
export const rate = (fps) => trimmed(fps, 3);
