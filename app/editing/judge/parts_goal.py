"""How well the film is what was asked for: duration, aspect, style; content is judged by a model that sees, in `looking`."""

from __future__ import annotations

import math

from app.editing.judge.evidence import Evidence, Judged, falling, issue, known, unknown
from app.editing.judge.styles import OPERATIONS, makeup

_CLOSE_S, _CLOSE_SHARE = 0.25, 0.03
_SAME_SHAPE = 0.02
_DUE, _PLENTY, _CUTTING = 0.75, 0.5, 0.3


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
    """Presence of the style's means as the plan has them, against what the planner's style has a minute, and lengths of shots."""
    if not e.asked.style:
        return unknown("No style was asked for.")
    wanted = makeup(e.asked.style)
    if wanted is None:
        return unknown(f"What makes the style {e.asked.style!r} is not known.")
    length = e.seconds / max(1, len(e.film.scenes))
    cutting = falling(abs(math.log2(max(0.04, length) / wanted.shot_s)), 1.0, 4.0)
    lengths = f"shots of {length:.1f} s on average, {wanted.shot_s:.1f} s are usual for {e.asked.style}"
    due = {kind: often * e.seconds / 60 for kind, often in wanted.per_minute.items()}
    due = {kind: count for kind, count in due.items() if count >= _DUE}
    if e.expected is None or not due:
        limits = "1 within an octave of the usual length of shots, 0 four octaves off"
        return known(cutting, length, "s", limits + ("; effects and captions need the plan" if e.expected is None else ""), lengths)
    had = {kind: sum(e.expected.means.get(name, 0) for name in OPERATIONS[kind]) for kind in due}
    filled = {kind: min(1.0, had[kind] / max(1.0, _PLENTY * due[kind])) for kind in due}
    value = _CUTTING * cutting + (1 - _CUTTING) * sum(filled.values()) / len(filled)
    missing = [kind for kind, share in filled.items() if share < 0.5]
    found = []
    if missing:
        found.append(issue("style", "note", f"A film in this style has more {', '.join(missing)}.", "Add some.", None, value))
    why = f"{', '.join(f'{count} {kind}' for kind, count in had.items())}; {lengths}"
    limits = "0.3 for the lengths of shots, 0.7 for the means: full at half of what the style has a minute"
    return known(value, value, "score", limits, why, found)
