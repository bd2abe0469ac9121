"""What every operation is checked for."""

from __future__ import annotations

from typing import Any

import pytest

from app.editing.facts import SourceFacts
from app.editing.operations import OPERATIONS
from app.editing.operations.base import FILE_FIELD, SOURCE_FIELDS, START_FIELDS, Operation, Stage, sources_named
from app.editing.problems import Problem
from tests.app.editing.short_plans import clip, facts, row, sound, still, timeline_of

EVERY = [pytest.param(kind, id=op) for op, kind in OPERATIONS.items()]


def problems(operation: dict[str, Any], sources: dict[str, SourceFacts] | None = None) -> list[Problem]:
    """What an operation says of a second of film."""
    known = sources or facts(clip(), clip("silent", audio_tracks=0), still(), sound())
    place = timeline_of(row(0, 1), sources=known).place(timeline_of(row(0, 1), sources=known).clips[0], 0)
    return list(OPERATIONS[operation["op"]].model_validate(operation).problems(place))


@pytest.mark.parametrize("kind", EVERY)
def test_an_operation_says_what_it_is(kind: type[Operation]) -> None:
    assert kind.TITLE
    assert kind.__doc__
    assert kind.SCOPES in ({"segment"}, {"film"}, {"segment", "film"})
    assert isinstance(kind.STAGE, Stage)


@pytest.mark.parametrize("kind", EVERY)
def test_sources_and_files_stand_in_fields_of_known_names(kind: type[Operation]) -> None:
    described = {name: str(field.annotation) + str(field.metadata) for name, field in kind.model_fields.items()}
    assert all(name in (*SOURCE_FIELDS, FILE_FIELD) for name, text in described.items() if "Ref" in text or "A-Za-z0-9_-" in text)
    assert all(START_FIELDS[name] in kind.model_fields for name in sources_named(kind) if kind.model_fields["op"].default != "watermark")


@pytest.mark.parametrize(
    ("fields", "named", "files"),
    [
        ({"op": "composite", "source": "a"}, ("a",), ()), ({"op": "chroma_key", "background": "b"}, ("b",), ()),
        ({"op": "chroma_key"}, (), ()),
        ({"op": "match_colour", "reference": "c"}, ("c",), ()), ({"op": "lut", "file": "f"}, (), ("f",)), ({"op": "zoom"}, (), ()),
        ({"op": "subtitles", "file": "g"}, (), ("g",)), ({"op": "subtitles"}, (), ()),
    ],
)  # fmt: skip
def test_what_an_operation_refers_to(fields: dict[str, Any], named: tuple[str, ...], files: tuple[str, ...]) -> None:
    operation = OPERATIONS[fields["op"]].model_validate(fields)
    assert (operation.source_ids(), operation.file_ids()) == (named, files)


@pytest.mark.parametrize(("at_s", "late"), [(0, False), (0.96, False), (0.979, False), (0.98, True), (1, True), (3, True)])
def test_it_begins_before_its_place_ends(at_s: float, late: bool) -> None:
    found = problems({"op": "text", "text": "x", "at_s": at_s})
    assert [problem.code for problem in found] == ["begins_after_end"] * late
    assert all(problem.path.endswith(".at_s") for problem in found)


def test_what_lasts_longer_than_its_place_is_no_fault() -> None:
    assert problems({"op": "text", "text": "x", "at_s": 0.5, "duration_s": 60}) == []
    assert problems({"op": "fade", "in_s": 30, "out_s": 30}) == []


@pytest.mark.parametrize(
    ("operation", "code", "field"),
    [
        ({"op": "composite", "source": "song"}, "no_picture", "source"), ({"op": "music", "source": "silent"}, "no_sound", "source"),
        ({"op": "match_colour", "reference": "song"}, "no_picture", "reference"),
        ({"op": "music", "source": "still"}, "no_sound", "source"),
        ({"op": "composite", "source": "a", "start_s": 10}, "begins_after_source", "start_s"),
        ({"op": "chroma_key", "background": "a", "background_start_s": 11}, "begins_after_source", "background_start_s"),
        ({"op": "match_colour", "reference": "a", "at_s": 11}, "begins_after_source", "at_s"),
    ],
)  # fmt: skip
def test_what_it_names_has_what_it_needs(operation: dict[str, Any], code: str, field: str) -> None:
    (problem,) = problems(operation)
    assert (problem.code, problem.path) == (code, f"$.segments[0].operations[0].{field}")


def test_a_still_may_be_taken_from_any_moment() -> None:
    assert problems({"op": "composite", "source": "still", "start_s": 50}) == []
    assert problems({"op": "match_colour", "reference": "a", "at_s": 9}) == []
