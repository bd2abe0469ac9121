/** Frames, time stamps and SMPTE timecode. Pure functions and one small class; frames count from 0. */

const two = (n) => String(n).padStart(2, "0");

/** Label of an absolute frame number; drop-frame numbering after SMPTE ST 12-1 (labels are skipped, frames are not). */
export function label(frame, fps, drop = false) {
  const nominal = Math.max(1, Math.round(fps));
  let number = Math.max(0, Math.floor(frame));
  if (drop) {
    const skipped = Math.round(nominal / 15), perTen = nominal * 600 - skipped * 9, perMinute = nominal * 60 - skipped;
    const tens = Math.floor(number / perTen), rest = number % perTen;
    number += skipped * 9 * tens + (rest > skipped ? skipped * Math.floor((rest - skipped) / perMinute) : 0);
  }
  const seconds = Math.floor(number / nominal);
  const digits = String(number % nominal).padStart(nominal > 100 ? 3 : 2, "0");
  return `${two(Math.floor(seconds / 3600) % 24)}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}${drop ? ";" : ":"}${digits}`;
}

/** Frame number of a label such as 01:00:00:00 or 00:01:00;02; null when it is none. */
export function parse(text, fps) {
  const match = /^(\d{1,2}):(\d{2}):(\d{2})([:;.,])(\d{2,3})$/.exec(String(text || "").trim());
  if (!match) return null;
  const nominal = Math.max(1, Math.round(fps)), drop = match[4] !== ":";
  const [hours, minutes, seconds, frames] = [match[1], match[2], match[3], match[5]].map(Number);
  const total = ((hours * 60 + minutes) * 60 + seconds) * nominal + frames;
  if (!drop) return total;
  const all = hours * 60 + minutes;
  return total - Math.round(nominal / 15) * (all - Math.floor(all / 10));
}

/** What a person types to go somewhere: a timecode, its last digits (1012 is 10 seconds 12), or +/- frames from `here`; null if neither. */
export function typed(text, fps, here) {
  const words = text.trim();
  if (/^[+-]\d{1,7}$/.test(words)) return here + Number(words);
  if (/^\d{1,8}$/.test(words)) return parse(words.padStart(8, "0").replace(/(\d\d)(\d\d)(\d\d)(\d\d)/, "$1:$2:$3:$4"), fps);
  return parse(words, fps);
}

/** Seconds as HH:MM:SS.mmm, for as long as the frame rate is not known. */
export function clock(seconds) {
  const ms = Math.max(0, Math.round(seconds * 1000));
  return `${two(Math.floor(ms / 3600000))}:${two(Math.floor(ms / 60000) % 60)}:${two(Math.floor(ms / 1000) % 60)}.${String(ms % 1000).padStart(3, "0")}`;
}

/**
 * Where each frame lies in time. `times` (seconds, ascending, from 0) is given for uneven frame rates; otherwise frame n
 * lies at n * den / num. Seeking aims at the middle of a frame: its start falls to the frame before as often as not.
 */
export class FrameMap {
  constructor({ num = 25, den = 1, count = 0, times = null, duration = null }) {
    Object.assign(this, { num, den, times });
    this.count = times ? times.length : Math.max(0, count);
    this.known = true;
    this.duration = duration ?? (times ? times[times.length - 1] + den / num : (this.count * den) / num);
  }
  get fps() { return this.num / this.den; }
  get last() { return Math.max(0, this.count - 1); }
  clamp(frame) { return Math.min(this.last, Math.max(0, Math.round(frame))); }
  start(frame) {
    if (!this.times) return (frame * this.den) / this.num;
    if (frame >= this.count) return this.duration;
    return this.times[Math.max(0, frame)];
  }
  middle(frame) {
    if (!this.times) return ((frame + 0.5) * this.den) / this.num;
    const from = this.start(frame), to = frame + 1 < this.count ? this.times[frame + 1] : from + this.den / this.num;
    return (from + to) / 2;
  }
  /** The frame on screen at a time; a quarter of a frame of slack absorbs the rounding of media clocks. */
  at(seconds) {
    if (!this.times) return this.clamp(Math.floor((seconds * this.num) / this.den + 0.25));
    let low = 0, high = this.count - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.times[middle] <= seconds + 0.0005) low = middle; else high = middle - 1;
    }
    return low;
  }
}
