/** The music bed while a plan plays unrendered: started in step with the film, at its loudness, without ducking. */

import { el } from "../studio.js";

export class Bed {
  constructor() { this.audio = el("audio", { preload: "auto" }); this.muted = false; }
  mute(yes) { this.muted = this.audio.muted = yes; }

  /** `from`: seconds of the film. */
  play(plan, sources, from) {
    const music = (plan.film ?? []).find((operation) => operation.op === "music"), url = music && sources.get(music.source)?.url;
    if (!url || from < (music.at_s ?? 0)) return;
    if (this.audio.getAttribute("src") !== url) this.audio.src = url;
    this.audio.loop = music.loops !== false;
    this.audio.volume = Math.min(1, 10 ** ((music.gain_db ?? -12) / 20));
    this.audio.currentTime = (music.start_s ?? 0) + from - (music.at_s ?? 0);
    this.audio.play().catch(() => {});
  }
  pause() { this.audio.pause(); }
}
