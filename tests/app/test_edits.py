"""Drafts: what is kept of them, what is refused, and which renderings belong to them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app.edits import LABEL_LIMIT, edit_to_json
from app.studio import Studio
from configs.errors import BadInput, NotFound


@pytest.fixture
def clip(studio: Studio, make_clip: Callable[..., Path]) -> str:
    return studio.add_path(make_clip("clip.mp4", cuts=(12, 24), frames=36)).id


def plan_of(clip: str, **more: Any) -> dict[str, Any]:
    row = {"id": "s1", "source": "clip", "start_s": 0.0, "end_s": 1.0}
    return {"sources": [{"id": "clip", "media": clip}], "segments": [row], **more}


def test_a_draft_is_named_after_what_it_has(studio: Studio, clip: str) -> None:
    assert studio.edits.create(plan_of(clip, title="From the plan"), video=clip).title == "From the plan"
    assert studio.edits.create(plan_of(clip), video=clip).title == "clip.mp4"
    assert studio.edits.create(plan_of(clip)).title == "Untitled"


def test_labels_are_one_short_line(studio: Studio, clip: str) -> None:
    made = studio.edits.create(plan_of(clip))
    changed = studio.edits.change(made.id, plan_of(clip), 1, "two\n lines " + "x" * 500)
    assert changed.undo_label is not None
    assert changed.undo_label.startswith("two lines")
    assert len(changed.undo_label) == LABEL_LIMIT


def test_only_what_is_not_usual_is_stored(studio: Studio, clip: str) -> None:
    stored = studio.edits.create(plan_of(clip)).plan
    assert stored["version"] == 1
    assert "approved" not in stored["segments"][0]


def test_a_missing_file_is_named_beside_everything_else_that_is_wrong(studio: Studio, clip: str) -> None:
    plan = plan_of(clip, output={"alpha": True})
    plan["sources"].append({"id": "gone", "media": "a-0000000000000000"})
    found = studio.edits.check(plan)
    assert [(one["code"], one["path"]) for one in found["problems"]] == [
        ("missing_source", "$.sources[1].media"), ("no_alpha_in_format", "$.output.format"),
    ]  # fmt: skip
    assert found["timeline"] is None
    assert studio.edits.check(plan_of(clip))["prediction"]["frames"] == 24


def test_a_draft_of_nothing_known_is_refused(studio: Studio, clip: str) -> None:
    for wrong in ({"video": "a-0000000000000000"}, {"analysis": "j-0000000000000000"}, {"project_id": "p-none"}):
        with pytest.raises(NotFound):
            studio.edits.create(plan_of(clip), **wrong)
    assert studio.edits.page() == []
    with pytest.raises(BadInput):
        studio.edits.page(limit=0)


def test_the_listing_has_no_plans(studio: Studio, clip: str) -> None:
    studio.edits.create(plan_of(clip))
    assert "plan" not in edit_to_json(studio.edits.page()[0], plan=False)
