"""How well the film is what was asked for: duration, aspect, style; content is judged by a model that sees, in `looking`."""

from __future__ import annotations

import math

from app.editing.judge.evidence import Evidence, Judged, falling, issue, known, unknown
from app.editing.judge.styles import STYLES

_CLOSE_S, _CLOSE_SHARE = 0.25, 0.03
_SAME_SHAPE = 0.02


def duration(e: Evidence) -> Judged:
    """Length against what was asked for."""
    wanted = e.asked.duration_s
    if wanted is None:
        return unknown("No duration was asked for.")
    off = e.seconds - wanted
    near = max(_CLOSE_S, _CLOSE_SHARE * wanted)
    found = []
    if abs(off) > near:
        text = f"The film lasts {e.seconds:.1f} s; {wanted:.1f} s were asked for."
        advice = f"Take {off:.1f} s out." if off > 0 else f"Add {-off:.1f} s."
        found.append(issue("too_long" if off > 0 else "too_short", "warning", text, advice, None, off))
    limits = "1 within 3 % (at least 0.25 s), 0 when half as long again or half as long"
    return known(falling(abs(off), near, max(2 * near, 0.5 * wanted)), off, "s", limits, f"{e.seconds:.1f} s of {wanted:.1f} s", found)


def aspect(e: Evidence) -> Judged:
    """Shape of the picture against what was asked for."""
    if e.asked.aspect is None:
        return unknown("No shape was asked for.")
    width, height = (int(part) for part in e.asked.aspect.split(":"))
    video = e.film.media.info.video
    off = abs(math.log2(video.width / video.height * height / width))
    found = []
    if off > _SAME_SHAPE:
        text = f"The film is {video.width}x{video.height}; {e.asked.aspect} was asked for."
        found.append(issue("aspect", "error", text, "Set the aspect of the output, and reframe.", None, off))
    return known(
        falling(off, _SAME_SHAPE, 1.0), off, "octaves", "1 within 2 %, 0 from twice as wide or high", f"{video.width}x{video.height}", found
    )


def style(e: Evidence) -> Judged:
    """Presence of the style's means, per minute, as the plan has them, and the lengths of shots, as the film has them."""
    name = (e.asked.style or "").lower()
    if not name:
        return unknown("No style was asked for.")
    wanted = STYLES.get(name)
    if wanted is None:
        return unknown(f"What makes the style {name!r} is not known: it is none of {', '.join(STYLES)}.")
    shots = max(1, len(e.film.scenes))
    cutting = falling(abs(math.log2(max(0.04, e.seconds / shots) / wanted.shot_s)), 1.0, 4.0)
    if e.expected is None or not wanted.means:
        why = f"shots of {e.seconds / shots:.1f} s on average, {wanted.shot_s:.1f} s are usual for {name}"
        means = " Effects and captions are not counted without the plan." if e.expected is None else ""
        return known(cutting, e.seconds / shots, "s", "1 within an octave of the usual length of shots, 0 four octaves off." + means, why)
    minutes = max(e.seconds, 1.0) / 60
    had = [(kinds, sum(e.expected.means.get(kind, 0) for kind in kinds), plenty) for kinds, plenty in wanted.means]
    filled = [min(1.0, count / max(1.0, plenty * minutes * 0.5)) for _, count, plenty in had]
    value = 0.3 * cutting + 0.7 * sum(filled) / len(filled)
    missing = [kinds[0].replace("_", " ") for (kinds, _, _), share in zip(had, filled, strict=True) if share < 0.5]
    found = []
    if missing:
        found.append(issue("style", "note", f"{name.capitalize()} films have more of: {', '.join(missing)}.", "Add some.", None, value))
    why = ", ".join(f"{count} {'/'.join(kinds)}" for kinds, count, _ in had) + f"; shots of {e.seconds / shots:.1f} s"
    return known(
        value, value, "score", "0.3 for the lengths of shots, 0.7 for the means: full at half of what is plentiful a minute", why, found
    )
