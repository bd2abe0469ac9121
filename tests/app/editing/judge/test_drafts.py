"""Plans that are being changed."""

from __future__ import annotations

import pytest

from app.editing.judge.drafts import draft_of
from app.video.document import VideoAnalysis
from tests.app.editing.judge.bench_film import Seen
from tests.app.editing.judge.plans import FACTS, plan_of


@pytest.fixture(scope="module")
def analysis(original: Seen) -> VideoAnalysis:
    """Of the clip: two shots of five seconds, the second one sharper."""
    scenes = [
        original.analysis.scenes[0].model_copy(
            update={
                "index": n, "start_frame": 120 * n, "end_frame": 120 * (n + 1), "start_s": 5.0 * n, "end_s": 5.0 * (n + 1),
                "quality": original.analysis.scenes[0].quality.model_copy(update={"sharpness": 100.0 * (1 + 5 * n)}),
            }
        )
        for n in range(2)
    ]  # fmt: skip
    shots = [original.analysis.coherence.shots[0]] * 2
    coherence = original.analysis.coherence.model_copy(update={"shots": shots})
    return original.analysis.model_copy(update={"scenes": scenes, "coherence": coherence})


def test_rows_know_where_they_lie() -> None:
    draft = draft_of(plan_of((0.0, 2.0), (4.0, 6.0, {"op": "speed", "factor": 2.0}), (7.0, 8.0, {"op": "reverse"})), FACTS, {})
    assert [(row.begins_s, row.seconds, row.rate) for row in draft.rows] == [(0.0, 2.0, 1.0), (2.0, 1.0, 2.0), (3.0, 1.0, None)]
    found = draft.row_at(2.5)
    assert found is not None
    assert found.id == "s1"
    assert draft.row_at(99) is None
    pair = draft.cut_at(2.05)
    assert pair is not None
    assert [row.id for row in pair] == ["s0", "s1"]
    assert draft.cut_at(1.0) is None


def test_an_unchanged_draft_is_the_same_plan() -> None:
    plan = plan_of((0.0, 2.0, {"op": "zoom"}), (4.0, 6.0), film=[{"op": "loudness"}])
    assert draft_of(plan, FACTS, {}).plan() == plan


def test_spans_of_the_film_are_spans_of_the_source() -> None:
    draft = draft_of(plan_of((0.0, 2.0), (4.0, 6.0, {"op": "speed", "factor": 2.0})), FACTS, {})
    first, end = draft.rows[1].source_span(2.25, 2.5)
    assert (first, end) == pytest.approx((4.5, 5.0), abs=0.1)


def test_unapproved_rows_stay_where_they_are() -> None:
    plan = plan_of((0.0, 2.0), (4.0, 6.0), (7.0, 8.0))
    hidden = plan.model_copy(
        update={"segments": (plan.segments[0], plan.segments[1].model_copy(update={"approved": False}), plan.segments[2])}
    )
    draft = draft_of(hidden, FACTS, {})
    draft.rows[0].end_s = 1.5
    made = draft.plan()
    assert [(one.id, one.approved, one.end_s) for one in made.segments] == [("s0", True, 1.5), ("s1", False, 6.0), ("s2", True, 8.0)]


def test_the_best_unused_stretch(analysis: VideoAnalysis) -> None:
    draft = draft_of(plan_of((0.0, 2.0), (5.0, 7.0)), FACTS, {"clip": analysis})
    assert draft.replace(draft.rows[0], "Blurred.")
    assert (draft.rows[0].start_s, draft.rows[0].end_s) == (7.0, 9.0)  # in the sharper shot, behind what is used
    assert draft.rows[0].reason == "Blurred."


def test_nothing_unused_is_left(analysis: VideoAnalysis) -> None:
    draft = draft_of(plan_of((0.0, 5.0), (5.0, 10.0)), FACTS, {"clip": analysis})
    assert not draft.replace(draft.rows[0], "")
    assert not draft.add(1.0)
    assert not draft_of(plan_of((0.0, 2.0)), FACTS, {}).add(1.0)  # nothing is known of the clip


def test_added_rows_stand_before_the_last(analysis: VideoAnalysis) -> None:
    draft = draft_of(plan_of((0.0, 2.0), (5.0, 7.0)), FACTS, {"clip": analysis})
    assert draft.add(1.5)
    assert [segment.id for segment in draft.plan().segments] == ["s0", "more-1", "s1"]


def test_room_behind_a_row_ends_with_its_shot(analysis: VideoAnalysis) -> None:
    draft = draft_of(plan_of((0.0, 2.0), (3.0, 4.0), (6.0, 7.0)), FACTS, {"clip": analysis})
    assert [draft.free_behind(row) for row in draft.rows] == pytest.approx([1.0, 1.0, 3.0])


def test_a_copy_is_ones_own() -> None:
    draft = draft_of(plan_of((0.0, 2.0)), FACTS, {})
    other = draft.copy()
    other.rows[0].operations.append(other.rows[0])  # type: ignore[arg-type]
    other.rows[0].end_s = 9.0
    assert (draft.rows[0].operations, draft.rows[0].end_s) == ([], 2.0)
