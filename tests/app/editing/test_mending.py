"""How single faults are mended."""

from __future__ import annotations

from typing import Any

import pytest

from app.editing.mending import MENDED, Mender, seconds_in
from app.editing.problems import Problem
from tests.app.editing.short_plans import clip, facts, sound, still

KNOWN = facts(clip(), sound())


def mender(**data: Any) -> Mender:
    return Mender(data, KNOWN)


def problem(code: str, path: str, fits: Any = None) -> Problem:
    return Problem(code, path, "It is wrong.", "Mend it.", fits)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("12.5", 12.5), ("3 s", 3), ("2x", 2), ("1:02", 62), ("1:02:03.5", 3723.5), (" 4s ", 4), ("soon", None), ("-1", None), ("", None)],
)
def test_numbers_in_words(text: str, seconds: float | None) -> None:
    assert seconds_in(text) == seconds


def test_places() -> None:
    made = mender(segments=[{"operations": [1]}])
    assert made.at(["segments", 0, "operations", 0]) == 1
    assert made.at(["segments", 3, "x"]) is None
    assert made.at(["segments", "x"]) is None


def test_several_faults_are_mended_from_the_end_so_that_places_stay() -> None:
    made = mender(film=[{"op": "a"}, {"op": "b"}, {"op": "c"}, {"op": "d"}])
    assert made.mend([problem("twice", "$.film[0]"), problem("twice", "$.film[2]")])
    assert made.data["film"] == [{"op": "b"}, {"op": "d"}]
    assert len(made.notes) == 2


def test_what_lies_in_something_left_out_is_left_alone() -> None:
    made = mender(film=[{"op": "a", "x": 1}, {"op": "b", "x": 2}])
    made.mend([problem("unknown_operation", "$.film[0].op"), problem("unknown_field", "$.film[0].x")])
    made.mend([problem("twice", "$.film[0].z.y")])
    assert made.data["film"] in ([{"op": "b", "x": 2}], [])


@pytest.mark.parametrize(
    ("value", "fits", "left"), [(99, 50, {"f": 50}), (-1, 0, {"f": 0}), (0, 0.05, {}), (7, None, {})],
)  # fmt: skip
def test_values_come_within_their_limits(value: float, fits: float | None, left: dict[str, Any]) -> None:
    made = mender(film=[{"op": "x", "f": value}])
    made.mend([problem("out_of_range", "$.film[0].f", fits)])
    assert made.data["film"] == [{"op": "x", **left}]


def test_the_version_is_ours() -> None:
    made = mender(version=7, output={"format": "avi"})
    made.mend([problem("unknown_choice", "$.version"), problem("unknown_choice", "$.output.format")])
    assert made.data == {"version": 1, "output": {}}


def test_names_keep_the_letters_they_may_have() -> None:
    made = mender(sources=[{"id": "my clip!"}], film=[{"op": "fade", "colour": "red"}])
    made.mend([problem("bad_form", "$.sources[0].id"), problem("bad_form", "$.film[0].colour")])
    assert made.data == {"sources": [{"id": "my-clip"}], "film": [{"op": "fade"}]}


def test_second_names() -> None:
    made = mender(segments=[{"id": "s2"}, {"id": "s2"}], sources=[{"id": "a"}, {"id": "a"}])
    made.mend([problem("duplicate_id", "$.segments[1].id"), problem("duplicate_id", "$.sources[1].id")])
    assert made.data == {"segments": [{"id": "s2"}, {"id": "s3"}], "sources": [{"id": "a"}]}


def test_what_can_be_known_is_filled_in() -> None:
    made = mender(segments=[{"source": "a"}], sources=[{"id": "a"}, {"id": "x"}])
    paths = ("$.segments[0].id", "$.segments[0].start_s", "$.segments[0].end_s", "$.sources[0].media", "$.sources[1].media")
    made.mend([problem("missing", path) for path in paths])
    assert made.data["segments"] == [{"source": "a", "id": "s2", "start_s": 0.0, "end_s": 10.0}]
    assert made.data["sources"] == [{"id": "a", "media": "art-a"}]


def test_a_missing_source_of_a_segment() -> None:
    made = mender(segments=[{"id": "s1"}])
    made.mend([problem("missing", "$.segments[0].source")])
    assert made.data["segments"] == [{"id": "s1", "source": "a"}]
    several = Mender({"segments": [{"id": "s1"}]}, facts(clip(), still()))
    several.mend([problem("missing", "$.segments[0].source")])
    assert several.data["segments"] == []


def test_unknown_sources() -> None:
    made = mender(segments=[{"source": "x", "operations": [{"op": "chroma_key", "background": "y"}, {"op": "composite", "source": "z"}]}])
    paths = ("$.segments[0].source", "$.segments[0].operations[0].background", "$.segments[0].operations[1].source")
    made.mend([problem("unknown_source", path) for path in paths])
    assert made.data["segments"] == [{"source": "a", "operations": [{"op": "chroma_key"}]}]


def test_sources_whose_files_are_gone() -> None:
    made = mender(sources=[{"id": "a"}, {"id": "gone"}])
    made.mend([problem("missing_source", "$.sources[1].media")])
    assert made.data["sources"] == [{"id": "a"}]
    alone = mender(sources=[{"id": "gone"}])
    alone.mend([problem("missing_source", "$.sources[0].media")])
    assert [one["id"] for one in alone.data["sources"]] == ["a", "song"]


def test_columns_get_one_length() -> None:
    columns = {"x_percent": [0, 1, 2], "y_percent": [0], "scale_percent": [1, 2], "rotation_deg": [0, 1]}
    made = mender(film=[{"op": "camera_move", **columns}])
    made.mend([problem("uneven_columns", "$.film[0]")])
    assert {len(value) for key, value in made.data["film"][0].items() if key != "op"} == {1}


def test_sound_that_is_not_there_is_not_asked_for() -> None:
    made = mender(film=[{"op": "picture_in_picture", "sound": True}, {"op": "music"}])
    made.mend([problem("no_sound", "$.film[0].sound"), problem("no_sound", "$.film[1].source")])
    assert made.data["film"] == [{"op": "picture_in_picture"}]


def test_what_cannot_be_mended_changes_nothing() -> None:
    made = mender(segments=[])
    assert not made.mend([problem("nothing_to_render", "$.segments"), problem("not_json", "$")])
    assert not made.mend([problem("anything", "$")])
    assert made.notes == []


def test_notes_have_the_fault_and_what_was_done() -> None:
    made = mender(film=[{"op": "x", "f": 1}])
    made.mend([problem("out_of_range", "$.film[0].f", "x" * 100)])
    assert made.notes[0].startswith("It is wrong. It is now xxx")
    assert len(made.notes[0]) < 80


def test_the_table_speaks_of_codes() -> None:
    assert all(code.islower() and callable(way) for code, way in MENDED.items())
