"""The list of what is lost: complete, exact, and nothing that is not in the plan."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from app.editing.exports import FORMATS, export
from app.editing.exports.base import FormatName, Lost
from app.editing.exports.losses import EDITORS, EXACT_TRANSITIONS, losses
from app.editing.operations.joins import Transition
from tests.app.editing.exports import films

EDITOR_FORMATS: list[FormatName] = sorted(EDITORS)


def one(format: FormatName, *operations: dict[str, Any], **source: Any) -> list[Lost]:
    """What is lost of a single row with these operations."""
    return list(losses(films.film(films.video("a", **source), segments=[films.cut(0, 4, *operations)]), format))


def test_every_format_has_a_writer() -> None:
    assert set(EXACT_TRANSITIONS) == EDITORS
    assert set(FORMATS) >= EDITORS
    assert len(FORMATS) == 8


@pytest.mark.parametrize("format", FORMATS)
def test_plain_cuts_lose_nothing(format: FormatName) -> None:
    assert losses(films.plain(), format) == ()
    assert all(made.lost == () for made in export(films.plain(), format))


@pytest.mark.parametrize("format", EDITOR_FORMATS)
def test_a_lost_operation_says_where_why_and_what_instead(format: FormatName) -> None:
    found = one(format, {"op": "volume"}, {"op": "shake"})
    assert [(lost.what, lost.degree, lost.path, lost.row, lost.segment) for lost in found] == [
        ("Shake", "lost", "$.segments[0].operations[1]", 1, "s1")
    ]
    assert found[0].why.endswith(".")
    assert found[0].instead.endswith(".")


def test_operations_of_the_film_have_no_row() -> None:
    found = losses(films.film(films.video("a"), segments=[films.cut(0, 4)], film=[{"op": "loudness"}]), "edl")
    assert [(lost.path, lost.row, lost.segment) for lost in found] == [("$.film[0]", None, None)]


def test_rows_that_are_not_approved_lose_nothing() -> None:
    timeline = films.film(films.video("a"), segments=[films.cut(0, 1), films.cut(1, 2, {"op": "shake"}, approved=False)])
    assert losses(timeline, "edl") == ()


@pytest.mark.parametrize(("factor", "lost"), [(2, 0), (0.5, 0), (1.1, 0), (1.333, 1)])
def test_a_speed_is_lost_in_an_edit_list_only_where_a_tenth_is_not_enough(factor: float, lost: int) -> None:
    assert len(one("edl", {"op": "speed", "factor": factor})) == lost
    assert one("fcpxml", {"op": "speed", "factor": factor}) == []


@pytest.mark.parametrize(
    ("format", "smooth", "degree"),
    [("otio", "blend", "lost"), ("edl", "motion", "lost"), ("fcpxml", "motion", None), ("premiere", "blend", None),
     ("premiere", "motion", "approximated"), ("kdenlive", "blend", "lost")],
)  # fmt: skip
def test_frames_between_frames(format: FormatName, smooth: str, degree: str | None) -> None:
    assert [lost.degree for lost in one(format, {"op": "speed", "factor": 0.5, "smooth": smooth})] == ([degree] if degree else [])


@pytest.mark.parametrize(("format", "count"), [("otio", 1), ("edl", 1), ("fcpxml", 0), ("premiere", 1), ("kdenlive", 0)])
def test_pitch_counts_only_where_there_is_sound(format: FormatName, count: int) -> None:
    falling = {"op": "speed", "factor": 2, "keep_pitch": False}
    assert len(one(format, falling)) == count
    assert one(format, falling, audio_tracks=0) == []


@pytest.mark.parametrize("format", EDITOR_FORMATS)
@pytest.mark.parametrize("kind", Transition.model_fields["kind"].annotation.__args__)  # type: ignore[union-attr]
def test_transitions_that_a_format_lacks_are_named(format: FormatName, kind: str) -> None:
    timeline = films.film(
        films.video("a"), segments=[films.cut(0, 2), films.cut(3, 5, {"op": "transition", "kind": kind, "duration_s": 0.4})]
    )
    found = losses(timeline, format)
    assert [lost.degree for lost in found] == ([] if kind in EXACT_TRANSITIONS[format] else ["approximated"])


def test_a_transition_without_effect_loses_nothing() -> None:
    assert one("edl", {"op": "transition", "kind": "circle"}) == []


@pytest.mark.parametrize(("format", "count"), [("edl", 1), ("fcpxml", 0), ("premiere", 0), ("kdenlive", 0), ("otio", 1)])
def test_gain_and_track(format: FormatName, count: int) -> None:
    assert len(one(format, {"op": "volume", "gain_db": -3})) == count
    assert one(format, {"op": "volume"}) == []


def test_what_depends_on_the_fields() -> None:
    assert one("fcpxml", {"op": "fade", "out_s": 1}) == []
    assert [lost.what for lost in one("fcpxml", {"op": "fade", "out_s": 1, "colour": "#ffffff"})] == ["Fade"]
    small = {"op": "picture_in_picture", "source": "a"}
    assert one("kdenlive", small) == []
    assert [lost.what for lost in one("kdenlive", {**small, "border_px": 2})] == ["Picture in picture"]
    over = {"op": "composite", "source": "a", "mode": "screen"}
    assert one("premiere", over) == []
    assert [lost.degree for lost in one("fcpxml", over)] == ["approximated"]


def test_sources_are_told_of() -> None:
    found = losses(films.uneven(), "edl")
    assert [(lost.what, lost.path) for lost in found] == [
        ("Frame times of phone.mp4", "$.sources[1]"), ("Place of phone.mp4", "$.sources[1]"), ("Frame rate of phone.mp4", "$.sources[1]"),
    ]  # fmt: skip
    assert [lost.what for lost in losses(films.uneven(), "fcpxml")] == ["Frame times of phone.mp4", "Place of phone.mp4"]
    assert [lost.what for lost in losses(films.drop_frame(), "edl")] == ["Reel of ntsc.mov"]


def test_the_output_is_told_of() -> None:
    shaped = films.film(
        films.video("a"), segments=[films.cut(0, 1)], output={"aspect": "9:16", "fit": "blur", "alpha": True, "format": "mov"}
    )
    assert [lost.path for lost in losses(shaped, "otio")] == ["$.output.fit", "$.output.alpha"]
    same = films.film(films.video("a"), segments=[films.cut(0, 1)], output={"fit": "blur"})
    assert losses(same, "otio") == (), "nothing is fitted where the shapes agree"


def test_a_rate_with_three_digits_is_told_of_in_edit_lists() -> None:
    fast = films.film(films.video("a", rate=Fraction(120), frame_count=1200), segments=[films.cut(0, 1)])
    assert [lost.path for lost in losses(fast, "edl")] == ["$.output.fps"]
    assert losses(fast, "otio") == ()


@pytest.mark.parametrize("format", ["srt", "chapters"])
def test_what_a_format_is_not_made_for_is_one_entry(format: FormatName) -> None:
    found = losses(films.retimed(), format)
    assert len(found) == 1
    assert found[0].what == "Freeze frame, Reverse, Speed, Speed ramp"
