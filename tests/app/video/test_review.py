"""Folding a review: any sequence of operations gives sorted, unique boundaries inside the clip, and undo is exact."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.video.review import Line, Review, boundaries, checked, edited, fold
from app.video.review_operations import AddMarker, ChangeMarker, Merge, Move, RemoveMarker, Split
from configs.errors import BadInput, NotFound, StudioError

FRAMES = 60
frames = st.integers(-2, FRAMES + 2)
operations = st.one_of(
    st.builds(lambda n: Split(op="split", frame=n), frames),
    st.builds(lambda n: Merge(op="merge", frame=n), frames),
    st.builds(lambda n, m: Move(op="move", frame=n, to=m), frames, frames),
    st.builds(lambda n, m: AddMarker(op="add_marker", frame=n, end_frame=m, note="x"), frames, st.none() | frames),
    st.builds(lambda k: RemoveMarker(op="remove_marker", marker=f"m{k}"), st.integers(1, 12)),
    st.builds(lambda k, n: ChangeMarker(op="change_marker", marker=f"m{k}", frame=n), st.integers(1, 12), frames),
    st.sampled_from(["undo", "redo"]),
)
detections = st.lists(st.integers(1, FRAMES - 1), unique=True, max_size=12).map(sorted)


class Desk:
    """A log that takes operations as the studio does."""

    def __init__(self, detected: list[int]) -> None:
        self.detected, self.lines, self.review = detected, list[Line](), Review()

    def do(self, operation: Any) -> bool:
        if isinstance(operation, str):
            if not (self.review.done if operation == "undo" else self.review.undone):
                return False
            fields: dict[str, Any] = {"op": operation}
        else:
            try:
                fields, _ = checked(operation, self.review, self.detected, FRAMES)
            except StudioError:
                return False
        self.lines.append(Line(len(self.lines) + 1, fields))
        self.review = fold(self.lines[-1:], self.review)
        return True

    def shots(self) -> list[int]:
        return boundaries(self.detected, self.review, FRAMES)


@given(detections, st.lists(operations, max_size=25))
@settings(max_examples=150, deadline=None)
def test_any_sequence_folds_to_sorted_unique_boundaries_inside_the_clip(detected: list[int], wanted: list[Any]) -> None:
    desk = Desk(detected)
    for operation in wanted:
        before = desk.shots()
        if not desk.do(operation):
            assert desk.shots() == before
            continue
        after = desk.shots()
        assert after == sorted(set(after))
        assert all(0 < frame < FRAMES for frame in after)
        if isinstance(operation, Split):
            assert set(after) == {*before, operation.frame}
        elif isinstance(operation, Merge):
            assert set(after) == set(before) - {operation.frame}
        elif isinstance(operation, Move):
            assert set(after) == (set(before) - {operation.frame}) | {operation.to}
        elif not isinstance(operation, str):
            assert after == before
    assert fold(desk.lines) == desk.review  # line by line is the same as at once


def test_boundaries_in_a_row_all_stay_when_one_is_set_beside_them() -> None:
    desk = Desk([2, 3, 4, 9])
    assert desk.do(Split(op="split", frame=1))
    assert desk.shots() == [1, 2, 3, 4, 9]


@given(detections, st.lists(operations, max_size=20))
@settings(max_examples=100, deadline=None)
def test_undoing_all_and_redoing_all_is_where_one_was(detected: list[int], wanted: list[Any]) -> None:
    desk = Desk(detected)
    for operation in wanted:
        desk.do(operation)
    there, shots = desk.review, desk.shots()
    steps = 0
    while desk.do("undo"):
        steps += 1
    assert desk.review.is_empty
    assert desk.shots() == detected
    for _ in range(steps):
        assert desk.do("redo")
    assert (desk.review.added, desk.review.removed, desk.review.markers) == (there.added, there.removed, there.markers)
    assert (desk.review.done, desk.shots()) == (there.done, shots)
    assert desk.review.revision == there.revision + 2 * steps


def test_a_new_operation_drops_what_could_be_redone() -> None:
    desk = Desk([])
    desk.do(Split(op="split", frame=10))
    desk.do("undo")
    assert desk.review.undone
    desk.do(Split(op="split", frame=20))
    assert not desk.do("redo")
    assert desk.shots() == [20]


@pytest.mark.parametrize(("later", "expected"), [([29], []), ([30], []), ([31], []), ([28], [28]), ([32], [32])])
def test_a_merge_holds_when_detection_moves_by_one_frame_and_not_by_two(later: list[int], expected: list[int]) -> None:
    desk = Desk([30])
    desk.do(Merge(op="merge", frame=30))
    assert boundaries(later, desk.review, FRAMES) == expected


def test_a_moved_boundary_is_not_doubled_by_a_later_detection_beside_it() -> None:
    desk = Desk([30])
    desk.do(Move(op="move", frame=30, to=33))
    assert desk.shots() == [33]
    assert boundaries([29], desk.review, FRAMES) == [33]
    assert boundaries([34], desk.review, FRAMES) == [33]


def test_a_boundary_right_beside_is_left_alone() -> None:
    desk = Desk([30, 31])
    desk.do(Merge(op="merge", frame=31))
    assert desk.shots() == [30]
    desk.do(Split(op="split", frame=29))
    assert desk.shots() == [29, 30]


@pytest.mark.parametrize(
    ("operation", "words"),
    [
        (Split(op="split", frame=60), "outside the clip"),
        (Split(op="split", frame=-1), "outside the clip"),
        (Split(op="split", frame=0), "begins at frame 0 already"),
        (Split(op="split", frame=30), "begins at frame 30 already"),
        (Merge(op="merge", frame=29), "nearest shot begins at frame 30"),
        (Merge(op="merge", frame=0), "no shot before"),
        (Move(op="move", frame=30, to=30), "already"),
        (Move(op="move", frame=30, to=50), "from 1 to 49"),
        (Move(op="move", frame=30, to=0), "past its neighbours"),
        (AddMarker(op="add_marker", frame=60), "0 to 59"),
        (AddMarker(op="add_marker", frame=5, end_frame=5), "from 6 to 60"),
        (AddMarker(op="add_marker", frame=5, end_frame=61), "from 6 to 60"),
        (AddMarker(op="add_marker", frame=5, note="x" * 2001), "2,001 characters"),
        (AddMarker(op="add_marker", frame=5, author="x" * 81), "at most 80"),
        (AddMarker(op="add_marker", frame=5, note="\ud83d"), "half a character"),
        (RemoveMarker(op="remove_marker", marker="m9"), "no marker 'm9'"),
    ],
)
def test_nonsense_is_one_sentence(operation: Any, words: str) -> None:
    with pytest.raises(BadInput) as refused:
        checked(operation, Review(), [30, 50], FRAMES)
    assert words in str(refused.value)


def test_a_merge_of_a_clip_that_is_one_shot_says_so() -> None:
    with pytest.raises(BadInput, match="one shot"):
        checked(Merge(op="merge", frame=3), Review(), [], FRAMES)


def test_markers_are_changed_in_what_is_named_alone() -> None:
    desk = Desk([])
    desk.do(AddMarker(op="add_marker", frame=5, end_frame=9, colour="red", note='  eyes\r\nlook\x07 left 👀 "so" ', author="Ada"))
    marker = desk.review.in_order()[0]
    assert (marker.id, marker.note) == ("m1", 'eyes\nlook left 👀 "so"')
    desk.do(ChangeMarker(op="change_marker", marker="m1", end_frame=None))
    desk.do(ChangeMarker(op="change_marker", marker="m1", colour="green"))
    assert (desk.review.markers["m1"].end_frame, desk.review.markers["m1"].colour, desk.review.markers["m1"].frame) == (None, "green", 5)
    with pytest.raises(BadInput, match="Nothing of marker m1"):
        checked(ChangeMarker(op="change_marker", marker="m1"), desk.review, [], FRAMES)
    desk.do(RemoveMarker(op="remove_marker", marker="m1"))
    assert not desk.review.markers
    with pytest.raises(NotFound):
        checked(RemoveMarker(op="remove_marker", marker="m1"), desk.review, [], FRAMES)
    desk.do("undo")
    assert desk.review.markers["m1"].colour == "green"


def test_ten_thousand_markers_fold() -> None:
    lines = [
        Line(n + 1, {"op": "add_marker", "frame": n % FRAMES, "end_frame": None, "colour": "blue", "note": f"n{n}"}, "", float(n))
        for n in range(10_000)
    ]
    review = fold(lines)
    assert len(review.markers) == 10_000
    assert [m.frame for m in review.in_order()] == sorted(n % FRAMES for n in range(10_000))
    assert len(fold([Line(10_001, {"op": "undo"})], review).markers) == 9_999


def test_shots_that_a_hand_has_touched_are_marked() -> None:
    assert edited([10, 20, 30], [10, 20, 30], 40) == [False] * 4
    assert edited([10, 20, 30], [10, 15, 20, 30], 40) == [False, True, True, False, False]
    assert edited([10, 20, 30], [10, 30], 40) == [False, True, False]
    assert edited([], [], 40) == [False]
