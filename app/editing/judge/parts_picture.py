"""How good the pictures are: sharpness, exposure, colour, coherence, composition. Pure functions of the evidence."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from app.editing.judge.evidence import Evidence, Judged, falling, issue, known, unknown
from app.editing.judge.forms import Issue
from app.editing.judge.spans import runs_of
from app.video.analysers.composition import ShotComposition

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, np.dtype[Any]]

_SOFT, _MIDDLE = 6.25, 100.0  # variance of the Laplacian at 320 px: nothing to compare; what scores a half
_BLURRED_LOSS = 1.0  # octaves
_LEAST_KNOWN_S = 0.5
_DARK_FILM, _BRIGHT_FILM = 22.0, 235.0
_CAST = 6.0
_CUT_OFF_AT = 0.02


def sharpness(e: Evidence) -> Judged:
    """How much detail there is.

    Against the source, where it is known: octaves of the variance of the Laplacian lost on the frames that the film shows, the
    median over the film; enlarged frames (zoom, crop, reframe) and covered ones are left out. Else the variance itself,
    which depends on what is shown: compare like with like.
    """
    import numpy as np

    lost, counted = _octaves_lost(e)
    if counted >= _LEAST_KNOWN_S * e.trace.fps:
        typical = float(np.nanmedian(lost))
        blurred = [
            issue(
                "blurred", "warning", f"The picture is much softer than its source for {(b - a) / e.trace.fps:.1f} s.",
                "Use another part of the source here, or sharpen it.", (e.time_of(a), e.time_of(b)), float(np.nanmedian(lost[a:b])),
            )
            for a, b in runs_of(np.nan_to_num(lost, nan=0.0) > _BLURRED_LOSS, max(3, round(0.3 * e.trace.fps)))
        ]  # fmt: skip
        worst = float(np.nanpercentile(lost, 90))
        value = 0.7 * max(0.0, typical) + 0.3 * max(0.0, worst)
        why = f"{max(0.0, typical):.2f} octaves of sharpness lost against the source; {max(0.0, worst):.2f} at the worst tenth"
        return known(
            2.0 ** (-value / 1.5), value, "octaves lost", "1 at none, 0.5 at 1.5 octaves (variance of the Laplacian)", why, blurred[:10]
        )
    return _absolute_sharpness(e)


def _octaves_lost(e: Evidence) -> tuple[Array, float]:
    """(N,) octaves, NaN where nothing is known; how many frames are."""
    import numpy as np

    lost = np.full(len(e.trace), np.nan)
    if e.sources:
        source = e.in_source("sharpness")
        usable = (source > _SOFT) & e.comparable & ~e.flag("softened")
        lost[usable] = np.log2(source[usable] / np.maximum(e.trace["sharpness"][usable], 1e-3))
    return lost, float((~np.isnan(lost)).sum())


def _absolute_sharpness(e: Evidence) -> Judged:
    import numpy as np

    lit = e.trace["sharpness"][e.trace["spread"] > 3.0]
    if not len(lit):
        return unknown("Every picture is one flat tone.")
    value = float(np.median(lit))
    score = value / (value + _MIDDLE)
    blurred = [
        issue(
            "blurred", "warning", f"Shot {n + 1} is blurred.", "Use another part of the source here, or sharpen it.",
            (scene.start_s, scene.end_s), shot.sharpness_320px,
        )
        for n, (scene, shot) in enumerate(zip(e.film.scenes, e.film.picture.shots, strict=True))
        if "soft or blurred" in shot.remarks
    ]  # fmt: skip
    limits = "value / (value + 100); drawn flat colours have less of it than fur or grass"
    return known(
        score, value, "levels squared", limits, f"variance of the Laplacian {value:.0f} at 320 px, median of the frames", blurred[:10]
    )


def exposure(e: Evidence) -> Judged:
    """Shares of pixels at black and at white, and film that is dark or bright throughout; the source's own are no fault."""
    import numpy as np

    planned = e.flag("dark") | e.flag("bright") | e.flag("graded")
    seen = ~planned & (e.trace["dark"] < 0.98)
    if not seen.any():
        return unknown("Every picture is black, or faded or graded by plan.")
    burnt = [e.trace[name].astype(float) for name in ("shadows", "highlights")]
    both = seen & e.comparable
    against = bool(both.any())
    if against:
        seen = both
        burnt = [
            np.maximum(0.0, own - np.nan_to_num(e.in_source(name), nan=0.0))
            for own, name in zip(burnt, ("shadows", "highlights"), strict=True)
        ]
    crushed, blown = (float(share[seen].mean()) for share in burnt)
    light = float(e.trace["luma"][seen].mean())
    score = falling(crushed + blown, 0.02, 0.6) * (0.6 if not against and not _DARK_FILM < light < _BRIGHT_FILM else 1.0)
    found: list[Issue] = []
    if crushed > 0.15:
        found.append(
            issue(
                "crushed_blacks",
                "warning",
                f"{crushed:.0%} of the picture is pure black.",
                "Raise the exposure or the gamma.",
                None,
                crushed,
            )
        )
    if blown > 0.1:
        found.append(issue("blown_whites", "warning", f"{blown:.0%} of the picture is pure white.", "Lower the exposure.", None, blown))
    beyond = " beyond the source's own" if against else ""
    why = f"{crushed:.1%} of the pixels at black, {blown:.1%} at white{beyond}; mean luma {light:.0f}"
    return known(
        score,
        crushed + blown,
        "share",
        "1 up to 2 %, 0 from 60 %; 0.6 of it for a film darker than 22 or brighter than 235 levels",
        why,
        found,
    )


def colour(e: Evidence) -> Judged:
    """Colours and light against the source's, where no grading was planned."""
    import numpy as np

    if not e.sources:
        return unknown("Whether colours are as they should be cannot be told without the clip the film was made of.")
    usable = e.comparable & ~e.flag("graded")
    if usable.sum() < _LEAST_KNOWN_S * e.trace.fps:
        return unknown("Colours are graded by plan, or too little of the film shows its source as it is.")
    du, dv, dy = (np.median((e.trace[name] - e.in_source(name))[usable]) for name in ("u", "v", "luma"))
    off = float(math.hypot(du, dv) + 0.15 * max(0.0, abs(dy) - 3.0))
    found = []
    if off > _CAST:
        found.append(
            issue(
                "colour_cast",
                "warning",
                f"Colours are {off:.0f} levels off those of the source.",
                "Take the grading out, or plan it.",
                None,
                off,
            )
        )
    why = f"mean colour {math.hypot(du, dv):.1f} levels off the source's, light {dy:+.0f} levels"
    return known(2.0 ** (-max(0.0, off - 1.0) / 10), off, "levels", "1 up to 1 level, halved every 10", why, found)


def coherence(e: Evidence) -> Judged:
    """How well frames follow from one another: mean coherence with flicker and jumps; what moves by plan is left out."""
    import numpy as np

    film = e.film.coherence
    heat = np.repeat(np.asarray(film.heat), film.heat_step_frames)[: len(e.trace)]
    heat = np.pad(heat, (0, len(e.trace) - len(heat)), mode="edge") if len(heat) else np.ones(len(e.trace))
    left = ~(e.flag("moved") | e.flag("uneven") | e.flag("dark") | e.flag("bright") | e.flag("still"))
    if e.sources:
        left &= ~_same_in_source(e)
    if not left.any():
        return unknown("Every frame is in a planned move, fade or change of speed.")
    own = heat[left]
    mean, worst = float(own.mean()), float(np.sort(own)[: max(1, len(own) // 20)].mean())
    flicker = max((shot.flicker_levels for shot in film.shots if left[shot.start_frame : shot.end_frame].any()), default=0.0)
    found = [
        issue(
            "flicker", "warning", f"The light flickers by {span.amplitude_levels:.1f} levels.", "Use another part of the source here.",
            (span.start_s, e.time_of(span.end_frame)), span.amplitude_levels,
        )
        for shot in film.shots for span in shot.flickers if left[span.start_frame : span.end_frame].mean() > 0.5
    ]  # fmt: skip
    found += [
        issue("jump", "note", "The picture jumps within the shot.", "Cut here, or leave the place out.", (e.time_of(f), e.time_of(f + 1)))
        for shot in film.shots for f in shot.jumps if left[f]
    ]  # fmt: skip
    why = f"mean coherence {mean:.2f}, of the worst twentieth of the frames {worst:.2f}, flicker {flicker:.1f} levels"
    return known(
        mean * (0.8 + 0.2 * worst),
        mean,
        "coherence",
        "mean coherence of the frames x (0.8 + 0.2 x that of the worst twentieth)",
        why,
        found[:12],
    )


def _same_in_source(e: Evidence) -> Array:
    """(N,) frames that change as much in the source: what it does by itself is no fault of the film."""
    import numpy as np

    known_change = e.in_source("change")
    same: Array = ~np.isnan(known_change) & (np.abs(e.trace.change - known_change) < 0.5 + 0.1 * np.nan_to_num(known_change))
    return same & (np.nan_to_num(known_change) > 8.0)


def composition(e: Evidence) -> Judged:
    """Where the subject stands: on a third or in the middle, whole, with the picture in balance; by shot, weighed by length."""
    scored = [(_shot(shot), shot.end_frame - shot.start_frame) for shot in e.film.composition.shots if shot.subject is not None]
    if not scored:
        return unknown("No clear subject was found in any shot.")
    value = sum(score * frames for score, frames in scored) / sum(frames for _, frames in scored)
    found = [
        issue(
            "subject_cut_off", "note", f"The subject of shot {n + 1} touches the edge of the picture.", "Reframe it.",
            (e.time_of(shot.start_frame), e.time_of(shot.end_frame)),
        )
        for n, shot in enumerate(e.film.composition.shots) if shot.subject is not None and _touches(shot)
    ]  # fmt: skip
    limits = "0.2 to 0.6 for how near the subject is to a third or the middle, 0.2 for inside the frame, 0.2 for balance; a matter of taste"
    return known(value, value, "score", limits, f"subjects of {len(scored)} shots by thirds, middle, edges and balance", found[:5])


def _shot(shot: ShotComposition) -> float:
    assert shot.subject is not None
    middle = max(0.0, 1 - 6 * abs(shot.subject.centre_x - 0.5))
    placed = 0.2 + 0.4 * max(middle, shot.thirds_score)
    return placed + 0.2 * (not _touches(shot)) + 0.2 * (1 - min(1.0, 2 * abs(shot.balance_left_right)))


def _touches(shot: ShotComposition) -> bool:
    assert shot.subject is not None
    box = shot.subject
    across = (box.x < _CUT_OFF_AT) != (box.x + box.w > 1 - _CUT_OFF_AT)
    return across and box.w < 0.6
