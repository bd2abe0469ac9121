"""Footage, facts and plans made up for tests of planning: no file, no decoder."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

from app.editing.check import compile_plan
from app.editing.facts import SourceFacts
from app.editing.plan import EditPlan
from app.editing.planner.film import CLIP, Material, plan_film
from app.editing.planner.footage import STEP_S, Box, Curve, Footage, Hit, ShotView
from app.editing.planner.styles import read_styles
from app.editing.planner.wishes import Wishes
from app.editing.timeline import Timeline

RATE = Fraction(25)
LOUD_S, LIVELY_S = (12.0, 13.0), (16.5, 17.5)


def box(x: float = 0.3, y: float = 0.4, size: float = 0.3, confidence: float = 0.8) -> Box:
    """A subject."""
    return Box(x, y, size, size, confidence)


def shot(index: int, start_s: float, end_s: float, /, **changes: Any) -> ShotView:
    """A shot with a subject that walks from left to right."""
    way = tuple((start_s + share * (end_s - start_s), box(0.25 + 0.5 * share)) for share in (0.1, 0.4, 0.7, 0.95))
    values: dict[str, Any] = {"picture": 0.8, "track": way, "size": "medium shot"}
    edges = {"first_s": start_s, "last_s": end_s, "start_s": start_s, "end_s": end_s}
    return ShotView(index=index, **{**edges, **values, **changes})


def curve(seconds: float, spans: Mapping[tuple[float, float], float], rest: float = 0.2) -> Curve:
    """A curve that is ``rest`` but for some spans."""
    cells = max(1, round(seconds / STEP_S))

    def value(at: float) -> float:
        return next((level for (start, end), level in spans.items() if start <= at < end), rest)

    return Curve(tuple(value((cell + 0.5) * STEP_S) for cell in range(cells)))


def footage(cuts: Sequence[float] = (4.0, 9.0, 15.0, 18.0), seconds: float = 24.0, **changes: Any) -> Footage:
    """A clip of some shots, loud at 12 s and lively at 17 s, with a beat every half second."""
    edges = [0.0, *cuts, seconds]
    shots = tuple(shot(index, start, end) for index, (start, end) in enumerate(pairwise(edges)))
    values: dict[str, Any] = {
        "name": "walk.mp4", "duration_s": seconds, "fps": float(RATE), "width": 1280, "height": 720, "has_sound": True, "shots": shots,
        "sound": curve(seconds, {LOUD_S: 1.0}), "action": curve(seconds, {LIVELY_S: 1.0}),
        "lufs": curve(seconds, {LOUD_S: -9.1}, rest=-30.0), "beats": tuple(0.5 * beat for beat in range(int(seconds * 2))),
        "tempo_bpm": 120.0, "hits": tuple(hit for hit in (Hit(12.1, 1.0, "sound"), Hit(17.0, 0.9, "action")) if hit.at_s < seconds),
        "loudness_lufs": -20.0,
    }  # fmt: skip
    return Footage(**{**values, **changes})


def silent(**changes: Any) -> Footage:
    """The same without sound."""
    nothing: dict[str, Any] = {
        "has_sound": False, "sound": Curve(()), "lufs": Curve(()), "beats": (), "tempo_bpm": None, "loudness_lufs": None,
        "hits": (Hit(17.0, 0.9, "action"),),
    }  # fmt: skip
    return footage(**{**nothing, **changes})


def facts(film: Footage, source: str = CLIP) -> SourceFacts:
    """Facts of the clip as a file would give them."""
    return SourceFacts(
        id=source, artifact_id="a-0000000000000000", kind="video", path=Path("walk.mp4"), name=film.name, content_hash="x",
        duration_s=film.duration_s, rate=RATE, frame_count=max(1, round(film.duration_s * RATE)), width=film.width, height=film.height,
        audio_tracks=1 if film.has_sound else 0, audio_channels=2 if film.has_sound else 0,
    )  # fmt: skip


def material(film: Footage, **changes: Any) -> Material:
    """What a film is made of."""
    values: dict[str, Any] = {
        "footage": film, "clip": "a-0000000000000000", "rate": RATE, "frames": max(1, round(film.duration_s * RATE)),
    }  # fmt: skip
    return Material(**{**values, **changes})


def planned(film: Footage, style: str = "dramatic", seconds: float | None = 15.0, **wishes: Any) -> tuple[EditPlan, Timeline]:
    """A plan and its timeline; raises where the plan could not be rendered."""
    plan = plan_film(material(film), Wishes(style=style, duration_s=seconds, **wishes), read_styles())
    return plan, compile_plan(plan, {CLIP: facts(film)})
