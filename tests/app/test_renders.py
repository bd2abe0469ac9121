"""A film that was rendered from a draft is found again: of the same plan, as small or as large, and only while it is there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from app.editing.plan import EditPlan
from app.renders import Renders
from app.studio import Studio
from configs.settings import Settings


@pytest.fixture
def studio(tmp_path: Path) -> Iterator[Studio]:
    with Studio.open(Settings(data_dir=tmp_path / "data", headless=True, cpu_workers=1)) as opened:
        yield opened


@pytest.fixture
def plan(studio: Studio, make_clip: Callable[..., Path]) -> EditPlan:
    clip = studio.add_path(make_clip("clip.mp4", cuts=(12,), frames=24)).id
    row = {"id": "s1", "source": "clip", "start_s": 0.0, "end_s": 0.5}
    return EditPlan.model_validate({"sources": [{"id": "clip", "media": clip}], "segments": [row]})


def test_the_render_of_a_plan_is_found(studio: Studio, plan: EditPlan) -> None:
    renders = Renders(studio._database, studio._artifacts)
    draft = studio.edits.create(plan.model_dump(mode="json")).id
    assert renders.find(draft, plan, preview=True) is None
    request: dict[str, Any] = {"plan": plan.model_dump(mode="json"), "preview": True, "edit": draft, "revision": 1}
    made = studio.wait(studio.submit("video.edit", request).job.id, 60)
    assert renders.find(draft, plan.model_copy(update={"title": "Another name"}), preview=True) == made.result
    assert renders.find(draft, plan, preview=False) is None
    assert renders.find("e-other", plan, preview=True) is None
    shorter = plan.model_copy(update={"segments": (plan.segments[0].model_copy(update={"end_s": 0.25}),)})
    assert renders.find(draft, shorter, preview=True) is None
    studio.artifact(made.result["artifact_id"]).path.unlink()
    assert renders.find(draft, plan, preview=True) is None
