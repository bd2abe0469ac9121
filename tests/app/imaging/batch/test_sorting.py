"""Pictures with faults are set aside."""

from __future__ import annotations

from typing import Any

from app.imaging.batch.requests import BatchPicture, Filter
from app.imaging.batch.sorting import evaluation_of, sorted_out
from app.imaging.consistency.models import Checks
from app.imaging.requests import Likeness


def picture(index: int, similarity: float | None = None, artifact: str | None = "x") -> BatchPicture:
    alike = [] if similarity is None else [
        Likeness(character="luca", similarity=similarity, threshold=0.65, passed=similarity >= 0.65, engine="built-in")
    ]  # fmt: skip
    return BatchPicture(index=index, prompt="a", seed=index, artifact_id=artifact and f"a-{index}", likeness=alike)


def answer(*reasons: list[str]) -> dict[str, Any]:
    images = [
        {"artifact_id": f"a-{index}", "passed": not said, "reasons": said} for index, said in enumerate(reasons)
    ]  # fmt: skip
    return {"images": images, "passed": 0, "engine": "built-in"}


def test_only_what_was_made_is_looked_at_and_likeness_is_known_already() -> None:
    found = evaluation_of([picture(0), picture(1, artifact=None), picture(2)], Filter())
    assert found["images"] == ["a-0", "a-2"]
    assert found["checks"]["likeness"] is False
    assert found["checks"]["duplicates"] is True


def test_reasons_name_pictures_by_number() -> None:
    found = sorted_out([picture(0), picture(1)], answer([], ["Repeats a-0: their hashes differ in 2 of 64 bits."]), Filter())
    assert [one.kept for one in found] == [True, False]
    assert found[1].reasons == ["Repeats picture 1: their hashes differ in 2 of 64 bits."]


def test_a_picture_unlike_its_character_is_set_aside() -> None:
    pictures = [picture(0, 0.5), picture(1, 0.7)]
    assert [one.kept for one in sorted_out(pictures, answer([], []), Filter())] == [False, True]
    assert [one.kept for one in sorted_out(pictures, answer([], []), Filter(threshold=0.8))] == [False, False]
    assert [one.kept for one in sorted_out(pictures, answer([], []), Filter(checks=Checks(likeness=False)))] == [True, True]
    assert "Unlike @luca: similarity 0.50" in sorted_out(pictures, answer([], []), Filter())[0].reasons[0]


def test_what_was_not_made_is_not_kept() -> None:
    found = sorted_out([picture(0), picture(1, artifact=None)], answer([]), Filter())
    assert [one.kept for one in found] == [True, False]
