"""The decorator reads the types, the docstring and the media fields."""

from __future__ import annotations

import pytest

from app.capability import capability
from app.media_fields import MediaField
from jobs.context import JobContext
from tests.jobs import handlers
from tests.jobs.handlers import Answer, Ask


def test_the_types_are_read_from_the_annotations() -> None:
    row = handlers.read
    assert (row.name, row.lane, row.title, row.reusable) == ("test.read", "cpu", "Read", True)
    assert (row.request, row.result) == (Ask, Answer)
    assert row.summary == "Says how large its clip is."


def test_media_fields_are_found_even_when_optional() -> None:
    assert handlers.read.media_fields() == {"clip": MediaField("video")}


def test_an_unknown_lane_is_refused() -> None:
    with pytest.raises(ValueError, match="'tpu'"):
        capability("x", lane="tpu", title="X")


def test_the_table_names_each_capability_once() -> None:
    from app.capabilities import CAPABILITIES
    from app.worker import build

    names = [row.name for row in CAPABILITIES]
    assert len(names) == len(set(names))
    assert set(build()) == set(names)
    assert all(row.summary and row.title and row.engine for row in CAPABILITIES)


def test_what_is_not_said_of_a_capability_has_a_default() -> None:
    @capability("test.said", lane="cpu", title="Said", version=3, owner_only=True)
    def said(request: Ask, job: JobContext) -> Answer:
        """Says it."""
        return Answer(values=[])

    assert (said.version, said.owner_only, said.engine) == (3, True, "built in, CPU")
    assert (said.reusable, said.reviewed, said.checks, said.prepares) == (False, False, None, None)
