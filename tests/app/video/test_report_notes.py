"""The section of notes: nothing from outside is taken for HTML."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from app.video.report_notes import SWATCHES, section
from app.video.review_document import AppliedMarker
from app.video.review_operations import COLOURS


def film(*markers: AppliedMarker) -> Any:
    return SimpleNamespace(review=SimpleNamespace(markers=list(markers)))


def marker(**changes: Any) -> AppliedMarker:
    values: dict[str, Any] = {
        "id": "m1", "frame": 3, "time_s": 0.1, "timecode": "00:00:00:03", "colour": "red", "note": "here", "author": "", "created_at": 0.0,
    }  # fmt: skip
    return AppliedMarker(**{**values, **changes})


def test_a_frame_and_a_range() -> None:
    assert "frame 3, red" in section(film(marker()))
    assert "frames 3 to 8, red" in section(film(marker(end_frame=9, end_s=0.4)))


def test_nothing_is_said_about_nothing() -> None:
    assert section(film()) == ""
    assert section(SimpleNamespace(review=None)) == ""


@pytest.mark.parametrize("text", ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "$name ${x} $"])
def test_notes_and_authors_are_text(text: str) -> None:
    html = section(film(marker(note=text, author=text)))
    assert "<script" not in html
    assert "<img" not in html


def test_line_breaks_stay() -> None:
    assert "<p>one\ntwo</p>" in section(film(marker(note="one\ntwo")))


@pytest.mark.parametrize("colour", COLOURS)
def test_every_colour_is_shown(colour: Any) -> None:
    assert f'style="background:{SWATCHES[colour]}"' in section(film(marker(colour=colour)))
