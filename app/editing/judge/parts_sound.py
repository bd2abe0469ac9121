"""How the sound is, and how the cutting goes with it: loudness, clipping, silence, pacing."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from app.editing.judge.evidence import Evidence, Judged, falling, issue, known, unknown
from app.editing.judge.forms import Issue
from app.editing.judge.spans import nearest_off, runs_of
from app.editing.judge.styles import makeup

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, np.dtype[Any]]

TARGET_LUFS = -14.0
_NEAR_LU, _FAR_LU = 4.0, 24.0
_SILENT_LUFS = -70.0
_PEAK_DBTP = 0.5  # lossy coding lifts a peak at full scale by about so much
_FULL_HOP = 0.02  # share of a hop's samples at full scale that can be heard
_ON_BEAT_FRAMES = 1.5
_USUAL_SHOT_S = 3.0
_BEATS_OF_ALL, _BEATS_OF_STYLE, _BEATS_BY_CHANCE = 0.7, 0.9, 0.2  # share of the pacing that cuts on beats make


def loudness(e: Evidence) -> Judged:
    """Integrated loudness against the target, and silence where the plan has sound."""
    sound = e.film.sound
    if sound is None:
        if e.sources and any(source.has_sound for source in e.sources) and not _silent_by_plan(e):
            lost = issue("no_sound", "error", "The film has no sound, though its source has.", "Render it with sound.")
            return known(0.0, None, "LUFS", "0 where the sound is lost", "the sound of the source is missing", [lost])
        return unknown("The film has no sound.")
    level = sound.loudness.integrated_lufs
    if level <= _SILENT_LUFS:
        return known(
            0.0, level, "LUFS", "0 for silence", "silent throughout", [issue("silent", "error", "The film is silent.", "Check the sound.")]
        )
    target = _target(e)
    off = abs(level - target)
    quiet = _unplanned_silence(e)
    share = sum(end - start for start, end in quiet) / max(e.seconds, 1e-6)
    found: list[Issue] = []
    if off > _NEAR_LU:
        way = "louder" if level < target else "softer"
        text = f"The film has {level:.1f} LUFS; {target:.0f} is usual."
        found.append(issue("loudness", "warning", text, f"Make it {off:.0f} dB {way}.", None, level - target))
    found += [
        issue("silence", "note", f"Nothing is heard for {b - a:.1f} s.", "Let music or sound go on.", (a, b), b - a) for a, b in quiet[:5]
    ]
    why = f"{level:.1f} LUFS against {target:.0f}" + (f", silent for {share:.0%}" if quiet else "")
    limits = f"1 within {_NEAR_LU:.0f} LU of the target, 0 from {_FAR_LU:.0f}; times 1 - half the share of silence"
    return known(falling(off, _NEAR_LU, _FAR_LU) * (1 - 0.5 * min(1.0, share)), level, "LUFS", limits, why, found)


def _target(e: Evidence) -> float:
    planned = None if e.expected is None else e.expected.target_lufs
    return TARGET_LUFS if planned is None else planned


def _silent_by_plan(e: Evidence) -> bool:
    return e.expected is not None and bool(e.expected.flags["silent"].all())


def _unplanned_silence(e: Evidence) -> list[tuple[float, float]]:
    """Silence inside the film where neither plan nor source is silent."""
    assert e.film.sound is not None
    quiet, fps, count = e.flag("silent"), e.trace.fps, len(e.trace)
    found = []
    for span in e.film.sound.silence:
        first, end = max(0, round(span.start_s * fps)), min(count, round(span.end_s * fps))
        if end - first < 0.5 * fps or quiet[first:end].mean() > 0.5 or _silent_in_source(e, first, end):
            continue
        found.append((first / fps, end / fps))
    return found


def _silent_in_source(e: Evidence, first: int, end: int) -> bool:
    """Whether the source has nothing to hear there either; the source decides only where it is known."""
    import numpy as np

    here = e.source[first:end] if e.sources else np.zeros(0, int)
    if not len(here) or (here < 0).any():
        return False
    source = e.sources[int(here[0])]
    if not source.has_sound:
        return True
    times = (e.frame[first:end] / source.fps - source.sound_start_s) / source.hop_s
    inside = np.clip(times.astype(int), 0, len(source.sound) - 1)
    return bool(source.sound[inside].max() < -55.0)


def clipping(e: Evidence) -> Judged:
    """Samples at full scale, and the true peak."""
    import numpy as np

    if e.film.sound is None or not len(e.trace.full):
        return unknown("The film has no sound.")
    share, peak = float(e.trace.full.mean()), e.film.sound.loudness.true_peak_dbtp
    beyond = max(0.0, peak - _PEAK_DBTP)
    by_share = falling(math.log10(max(share, 1e-7)), -5.0, -0.7)
    found = []
    if share > 1e-4 or beyond > 0.5:
        loud = runs_of(np.convolve(e.trace.full > _FULL_HOP, np.ones(25), "same") > 0, 10)
        start_s, hop_s = e.trace.sound_start_s, e.trace.hop_s
        spans: list[tuple[float, float] | None] = [(start_s + a * hop_s, start_s + b * hop_s) for a, b in loud]
        text = f"The sound clips: {share:.2%} of the samples are at full scale, the true peak is {peak:+.1f} dBTP."
        found = [
            issue("clipped_audio", "error", text, "Make it softer, or normalise its loudness.", span, peak) for span in spans[:5] or [None]
        ]
    why = f"{share:.3%} of the samples at full scale, true peak {peak:+.1f} dBTP"
    limits = "1 below 0.001 % of the samples, 0 from 20 %, even in powers of ten; times 1 - a quarter of the dB over +0.5 dBTP"
    return known(by_share * (1 - min(1.0, beyond / 4)), share, "share", limits, why, found)


def pacing(e: Evidence) -> Judged:
    """Lengths of shots against the style, and, where the sound has a pulse, cuts on beats."""
    style = makeup(e.asked.style)
    usual = _USUAL_SHOT_S if style is None else style.shot_s
    lengths = [scene.end_s - scene.start_s for scene in e.film.scenes]
    if len(lengths) < 2:
        return unknown("The film has one shot.")
    length = math.exp(sum(math.log(max(0.04, value)) for value in lengths) / len(lengths))
    by_length = falling(abs(math.log2(length / usual)), 1.0, 4.0)
    on_beat = _on_beat(e)
    if on_beat is None:
        why = f"shots of {length:.1f} s (geometric mean), {usual:.1f} s are usual{_of(e)}; no beats to cut on"
        return known(by_length, length, "s", "1 within an octave of the style's usual length, 0 four octaves off", why)
    score, value, found = on_beat
    share = _share_of_beats(e)
    why = f"cuts lie {value * 1000:.0f} ms from the nearest beat on average; shots of {length:.1f} s, {usual:.1f} s are usual{_of(e)}"
    limits = "beats: 1 within 1.5 frames, 0 a quarter of the beat off (chance); lengths: 1 within an octave of the usual, 0 four off"
    return known(share * score + (1 - share) * by_length, value, "s from a beat", limits, why, found)


def _of(e: Evidence) -> str:
    return f" for {e.asked.style}" if makeup(e.asked.style) is not None else ""


def _share_of_beats(e: Evidence) -> float:
    """How much of the pacing cuts on beats make: little where the plan has no music, so that beats are those of sound cut up."""
    style = makeup(e.asked.style)
    if style is not None and style.on_beats:
        return _BEATS_OF_STYLE
    if e.expected is not None and not e.expected.means.get("music"):
        return _BEATS_BY_CHANCE
    return _BEATS_OF_ALL


def _on_beat(e: Evidence) -> tuple[float, float, list[Issue]] | None:
    """(score, mean distance in seconds, issues); None without beats around any cut."""
    import numpy as np

    beats = np.asarray(e.film.sound.rhythm.beats_s if e.film.sound is not None else [])
    if len(beats) < 4:
        return None
    period = float(np.median([b - a for a, b in pairwise(beats)]))
    cuts = [item.start_frame for item in e.film.transitions.items if item.kind == "cut"]
    times = [e.time_of(frame) for frame in cuts]
    inside = [time for time in times if beats[0] - period / 2 <= time <= beats[-1] + period / 2]
    if not inside:
        return None
    near = _ON_BEAT_FRAMES / e.trace.fps
    off = [nearest_off(time, beats) for time in inside]
    scores = [falling(abs(value), near, max(1.5 * near, period / 4)) for value in off]
    missed = [(time, value) for time, value, score in zip(inside, off, scores, strict=True) if score < 0.7]
    found = [
        issue(
            "off_beat", "warning", f"The cut lies {abs(value) * 1000:.0f} ms {'behind' if value > 0 else 'before'} a beat.",
            f"Move it {abs(value) * 1000:.0f} ms {'earlier' if value > 0 else 'later'}.", (time, time), value,
        )
        for time, value in missed[:20]
    ]  # fmt: skip
    wanted = _share_of_beats(e) > _BEATS_BY_CHANCE
    return float(np.mean(scores)), float(np.mean(np.abs(off))), found if wanted else []
