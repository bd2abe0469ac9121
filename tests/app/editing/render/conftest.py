"""Numbered clips, timelines in a line, and a renderer whose pieces are kept in a folder of the test's own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from app.editing.check import compile_plan
from app.editing.facts import SourceFacts
from app.editing.plan import EditPlan
from app.editing.render.cache import PieceCache
from app.editing.render.renderer import Materials, Rendered, render
from app.editing.timeline import Timeline
from tests.app.editing.barcode import facts, write_clip

OnStep = Callable[[float, str], None]


@pytest.fixture(scope="session")
def numbered(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., SourceFacts]:
    """``numbered("a.mp4", frames=96, ...)`` -> facts of a clip of numbered frames (see `write_clip`); made once per session."""
    folder = tmp_path_factory.mktemp("numbered")
    made: dict[str, SourceFacts] = {}

    def make(name: str = "a.mp4", **options: Any) -> SourceFacts:
        key = f"{name} {sorted(options.items())}"
        if key not in made:
            inside = folder / str(len(made))
            inside.mkdir()
            made[key] = facts(write_clip(inside / name, **options))
        return made[key]

    return make


def segment(start_s: float, end_s: float, *operations: Mapping[str, Any], source: str = "a") -> dict[str, Any]:
    """A segment of a plan; `timeline_of` gives it a name."""
    return {"source": source, "start_s": start_s, "end_s": end_s, "operations": list(operations)}


def timeline_of(
    sources: SourceFacts | Mapping[str, SourceFacts], *segments: dict[str, Any], film: tuple[Any, ...] = (), **output: Any
) -> Timeline:
    """The timeline of a plan with these segments."""
    named = {"a": sources} if isinstance(sources, SourceFacts) else dict(sources)
    plan = {
        "sources": [{"id": name, "media": one.artifact_id} for name, one in named.items()],
        "segments": [{"id": f"s{number}", **one} for number, one in enumerate(segments)],
        "film": list(film), "output": output,
    }  # fmt: skip
    return compile_plan(EditPlan.model_validate(plan), named)


class Studio:
    """Renders into a folder; pieces stay from one film to the next."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.cache = PieceCache(folder / "cache")
        self.films = 0

    def render(self, timeline: Timeline, on_step: OnStep | None = None, *, preview: bool = False) -> Rendered:
        self.films += 1
        work = self.folder / f"work-{self.films}"
        work.mkdir()
        output = self.folder / f"film-{self.films}.{timeline.plan.output.format}"
        return render(timeline, output, Materials(work, self.cache), on_step, preview=preview)

    def pieces(self) -> list[Path]:
        """What is kept, sound included."""
        return sorted(self.cache._folder.glob("*/*"))


@pytest.fixture
def studio(tmp_path: Path) -> Studio:
    return Studio(tmp_path)


def planned(timeline: Timeline) -> list[int]:
    """The source frame that every frame of the film shows."""
    return [frame for _, frame in timeline.planned_frames()]
