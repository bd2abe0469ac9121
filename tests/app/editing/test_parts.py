"""What becomes of a row's operations when it is split or trimmed."""

from __future__ import annotations

from typing import Any

import pytest

from app.editing.parts import film_seconds, fitting, halves, turned
from app.editing.plan import Segment
from tests.app.editing.short_plans import row, shown, timeline_of


def segment(start_s: float, end_s: float, *operations: dict[str, Any]) -> Segment:
    return Segment.model_validate({"id": "s1", **row(start_s, end_s, *operations)})


def split(at_s: float, *operations: dict[str, Any]) -> tuple[Segment, Segment]:
    """A row from 2 to 6 s, split."""
    return halves(segment(2, 6, *operations), at_s)


def one(half: Segment) -> Any:
    (operation,) = half.operations
    return operation


@pytest.mark.parametrize(
    ("operations", "whole", "until"),
    [
        ((), 4.0, 1.0), (({"op": "speed", "factor": 2},), 2.0, 0.5), (({"op": "freeze", "at_s": 0.5, "duration_s": 1},), 5.0, 2.0),
        (({"op": "freeze", "at_s": 3, "duration_s": 1},), 5.0, 1.0), (({"op": "reverse"},), 4.0, 1.0),
    ],
)  # fmt: skip
def test_lengths_on_the_film(operations: tuple[dict[str, Any], ...], whole: float, until: float) -> None:
    assert film_seconds(segment(2, 6, *operations)) == whole
    assert film_seconds(segment(2, 6, *operations), 3) == until


def test_a_plain_row() -> None:
    first, second = split(3)
    assert (first.start_s, first.end_s, second.start_s, second.end_s) == (2, 3, 3, 6)


def test_backwards_the_later_part_comes_first() -> None:
    first, second = split(3, {"op": "reverse"})
    assert (first.start_s, first.end_s, second.start_s, second.end_s) == (3, 6, 2, 3)
    whole = timeline_of(row(2, 6, {"op": "reverse"}))
    rows = [half.model_copy(update={"id": name}).model_dump(mode="json") for name, half in zip("ab", (first, second), strict=True)]
    parts = timeline_of(*rows)
    assert shown(parts, 0) + shown(parts, 1) == shown(whole)


def test_speed_holds_in_both() -> None:
    first, second = split(3, {"op": "speed", "factor": 2})
    assert one(first) == one(second)


def test_a_ramp_is_cut_where_the_split_is() -> None:
    first, second = split(4, {"op": "ramp", "from_factor": 1, "to_factor": 3, "easing": "linear"})
    assert one(first).from_factor == 1
    assert one(first).to_factor == one(second).from_factor == pytest.approx(2.236, abs=0.01)
    assert one(second).to_factor == 3


@pytest.mark.parametrize(("at_s", "side", "then"), [(0.5, 0, 0.5), (1.0, 1, 0.0), (2.5, 1, 1.5)])
def test_a_freeze_stays_with_its_picture(at_s: float, side: int, then: float) -> None:
    pair = split(3, {"op": "freeze", "at_s": at_s, "duration_s": 1})
    assert one(pair[side]).at_s == then
    assert pair[1 - side].operations == ()


def test_what_lasts_goes_on_in_the_second() -> None:
    first, second = split(3, {"op": "text", "text": "x", "at_s": 0.5, "duration_s": 2})
    assert (one(first).at_s, one(first).duration_s, one(second).at_s, one(second).duration_s) == (0.5, 0.5, 0, 1.5)
    first, second = split(3, {"op": "zoom"})
    assert one(first).duration_s is None
    assert one(second).at_s == 0


def test_another_source_goes_on_where_it_was() -> None:
    _, second = split(3, {"op": "picture_in_picture", "source": "a", "start_s": 4, "at_s": 0.5})
    assert (one(second).start_s, one(second).at_s) == (4.5, 0)


@pytest.mark.parametrize(("operation", "sides"), [
    ({"op": "text", "text": "x", "at_s": 0.2, "duration_s": 0.3}, (1, 0)), ({"op": "text", "text": "x", "at_s": 2}, (0, 1)),
    ({"op": "sound_effect", "name": "boom", "at_s": 0.9}, (1, 0)), ({"op": "sound_effect", "name": "boom", "at_s": 1}, (0, 1)),
    ({"op": "transition"}, (1, 0)), ({"op": "fade", "in_s": 0.5}, (1, 0)), ({"op": "fade", "out_s": 0.5}, (0, 1)),
    ({"op": "fade", "in_s": 0.5, "out_s": 0.5}, (1, 1)), ({"op": "grade"}, (1, 1)), ({"op": "subtitles", "file": "f"}, (1, 0)),
])  # fmt: skip
def test_which_side_an_operation_is_on(operation: dict[str, Any], sides: tuple[int, int]) -> None:
    assert tuple(len(half.operations) for half in split(3, operation)) == sides


def test_a_way_a_view_a_curve_and_subtitles_are_divided() -> None:
    path = [{"at_s": moment, "x": moment / 4, "y": 0} for moment in (0, 1, 2, 3)]
    first, second = split(4, {"op": "reframe", "path": path})
    assert [[point.at_s for point in one(half).path] for half in (first, second)] == [[0, 1], [0, 1]]
    first, second = split(4, {"op": "pan_zoom", "start": {"scale": 1}, "end": {"scale": 2}})
    assert one(first).end == one(second).start
    assert one(first).end.scale == 1.5
    columns = {name: [0, 1, 2, 3] for name in ("x_percent", "y_percent", "rotation_deg")}
    _, second = split(4, {"op": "camera_move", "step_s": 1, "scale_percent": [100] * 4, **columns})
    assert one(second).x_percent == (2, 3)
    cues = [{"start_s": moment, "end_s": moment + 1, "text": "x"} for moment in (0, 1.5, 3)]
    first, second = split(4, {"op": "subtitles", "cues": cues})
    assert [cue.start_s for cue in one(first).cues] == [0, 1.5]
    assert [(cue.start_s, cue.end_s) for cue in one(second).cues] == [(0, 0.5), (1, 2)]


def test_trimming_the_beginning_keeps_the_held_picture() -> None:
    freezes = [{"op": "freeze", "at_s": at_s, "duration_s": 0.5} for at_s in (0.5, 1, 3)]
    trimmed = fitting(segment(3, 5, *freezes), was_start_s=2)
    assert [operation.at_s for operation in trimmed.operations] == [0, 2]  # type: ignore[union-attr]


def test_trimming_leaves_out_what_would_begin_after_the_end() -> None:
    rows = [{"op": "zoom", "at_s": 0.5}, {"op": "zoom", "at_s": 1.5}, {"op": "match_colour", "reference": "a", "at_s": 9}]
    assert len(fitting(segment(2, 3, *rows), was_start_s=2).operations) == 2


def test_sources_by_other_names() -> None:
    operation = segment(0, 1, {"op": "chroma_key", "background": "b"}).operations[0]
    assert turned(operation, {"b": "c"}).background == "c"
    assert turned(operation, {}).background == "b"
