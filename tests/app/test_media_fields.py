"""Marks of media are found wherever they stand in a request."""

from __future__ import annotations

from typing import Annotated

import pytest
from pydantic import BaseModel, Field

from app.media_fields import AnalysisRef, ImageRef, MediaField, MediaRef, VideoRef, marks_of, media_in, parts_marked


class Word:
    """A mark of another kind."""


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


class Deep(BaseModel):
    many: list[ImageRef] | None = None
    maybe: Annotated[ImageRef | None, Field(description="said")] = None
    plan: AnalysisRef = "j"
    said: Annotated[str, Word()] = ""


def test_a_mark_is_found_within_any_annotation() -> None:
    assert marks_of(Deep) == {"many": MediaField("image"), "maybe": MediaField("image"), "plan": MediaField("data", name="analysis.json")}
    assert list(parts_marked(Deep, Word)) == ["said"]


def test_what_is_left_out_is_no_reference() -> None:
    assert [reference for _, _, reference in media_in(Deep(plan="j-1"))] == ["j-1"]


@pytest.mark.parametrize(("kind", "kinds"), [("image", ("image",)), ("media", ("video", "image", "audio"))])
def test_the_kinds_that_will_do(kind: str, kinds: tuple[str, ...]) -> None:
    assert MediaField(kind).kinds == kinds
