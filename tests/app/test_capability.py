"""The decorator reads the types, the docstring and the media fields."""

from __future__ import annotations

import pytest
from pydantic import BaseModel

from app.capability import capability
from app.media_fields import MediaField, MediaRef, VideoRef, media_in
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


class Piece(BaseModel):
    media: MediaRef
    note: str = "a-note"


class Nested(BaseModel):
    video: VideoRef
    pieces: tuple[Piece, ...] = ()
    takes: list[VideoRef] = []


def test_media_is_found_at_any_depth() -> None:
    request = Nested(video="v", pieces=(Piece(media="m0"), Piece(media="m1")), takes=["t0"])
    found = {".".join(map(str, path)): (mark.kinds, reference) for path, mark, reference in media_in(request)}
    assert found == {
        "video": (("video",), "v"),
        "pieces.0.media": (("video", "image", "audio"), "m0"),
        "pieces.1.media": (("video", "image", "audio"), "m1"),
        "takes.0": (("video",), "t0"),
    }
