"""Plans that passed every check are rendered to their last frame, whatever they ask for; `bench render` does it for 200 of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.editing.check import compile_plan
from app.editing.facts import SourceFacts
from tests.app.editing.random_plans import random_plan
from tests.app.editing.render.conftest import Studio
from tests.app.editing.shelf import fill


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> dict[str, SourceFacts]:
    return fill(tmp_path_factory.mktemp("shelf"))


@pytest.mark.parametrize("seed", range(1000, 1012))
def test_it_has_every_frame(shelf: dict[str, SourceFacts], studio: Studio, seed: int) -> None:
    import av

    plan = random_plan(seed, shelf, formats=("mp4", "mp4", "mov", "webm", "gif"))
    timeline = compile_plan(plan, shelf)
    made = studio.render(timeline)
    with av.open(str(made.path)) as container:
        assert sum(1 for _ in container.decode(video=0)) == timeline.frames
        assert Path(made.path).suffix == f".{plan.output.format}"
    again = studio.render(timeline)
    assert again.reused == again.pieces
