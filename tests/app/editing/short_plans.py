"""Plans and sources in one line, for tests that say only what matters to them."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

from app.editing.check import compile_plan, problems_of
from app.editing.facts import SourceFacts
from app.editing.plan import EditPlan
from app.editing.problems import Problem
from app.editing.timeline import Timeline

NTSC = Fraction(30000, 1001)


def clip(name: str = "a", frames: int = 250, rate: Fraction | int = 25, **known: Any) -> SourceFacts:
    """A video: 10 s at 25 frames per second, 320 x 180, one stereo track."""
    plain: dict[str, Any] = {"width": 320, "height": 180, "audio_tracks": 1, "audio_channels": 2}
    length = float(frames / Fraction(rate))
    return SourceFacts(
        name, f"art-{name}", "video", Path(f"/m/{name}.mp4"), f"{name}.mp4", name, length, Fraction(rate), frames, **{**plain, **known}
    )


def still(name: str = "still", width: int = 400, height: int = 300) -> SourceFacts:
    """A picture."""
    return SourceFacts(
        name, f"art-{name}", "image", Path(f"/m/{name}.png"), f"{name}.png", name, 0.0, frame_count=1, width=width, height=height
    )


def sound(name: str = "song", seconds: float = 60.0) -> SourceFacts:
    """A sound without picture."""
    return SourceFacts(name, f"art-{name}", "audio", Path(f"/m/{name}.wav"), f"{name}.wav", name, seconds, audio_tracks=1, audio_channels=2)


def facts(*sources: SourceFacts) -> dict[str, SourceFacts]:
    """Sources by their ids; one clip where none are given."""
    return {one.id: one for one in sources or (clip(),)}


def row(start_s: float, end_s: float, *operations: dict[str, Any], source: str = "a", **fields: Any) -> dict[str, Any]:
    """A segment; its id is given by `plan_of`."""
    return {"source": source, "start_s": start_s, "end_s": end_s, "operations": list(operations), **fields}


def plan_of(*rows: dict[str, Any], sources: Mapping[str, SourceFacts] | None = None, **fields: Any) -> EditPlan:
    """A plan of these segments, named s1, s2 ..."""
    media = [{"id": name, "media": one.artifact_id} for name, one in (sources or facts()).items()]
    named = [{"id": f"s{number}", **one} for number, one in enumerate(rows, 1)]
    return EditPlan.model_validate({"sources": media, "segments": named, **fields})


def timeline_of(*rows: dict[str, Any], sources: Mapping[str, SourceFacts] | None = None, **fields: Any) -> Timeline:
    """The timeline of such a plan."""
    known = sources or facts()
    return compile_plan(plan_of(*rows, sources=known, **fields), known)


def faults_of(*rows: dict[str, Any], sources: Mapping[str, SourceFacts] | None = None, **fields: Any) -> list[Problem]:
    """What is wrong with such a plan."""
    known = sources or facts()
    return problems_of(plan_of(*rows, sources=known, **fields), known)


def shown(timeline: Timeline, number: int = 0) -> list[int]:
    """The source frames that a clip shows."""
    one = timeline.clips[number]
    return [one.source_frame(frame) for frame in range(one.frames)]
