"""Text and subtitles: the captions they become, and what can be wrong with them."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from app.editing.operations.base import Place
from app.editing.operations.words import Cue, Subtitles, Text
from configs.captions_file import caption_styles
from configs.errors import BadMedia


def place(**changes: Any) -> Place:
    """Four seconds at 25 fps, from second 2 of the film on."""
    found: dict[str, Any] = {
        "path": "$.film[0]", "scope": "segment", "frames": 100, "first_frame": 50, "rate": Fraction(25), "width": 640, "height": 360,
        "sources": {},
    }  # fmt: skip
    return Place(**{**found, **changes})


def codes(operation: Text | Subtitles) -> list[tuple[str, str]]:
    return [(problem.code, problem.path) for problem in operation.problems(place())]


def test_a_text_is_one_caption_on_the_films_clock():
    (caption,) = Text(text="Hi", at_s=1.0, duration_s=1.6).captions(place())
    assert (caption.text, caption.start_s, caption.end_s, caption.style) == ("Hi", 3.0, 4.6, "caption")
    assert (caption.position, caption.changes) == (None, {})


def test_without_a_duration_it_stays_to_the_end_and_never_longer():
    assert next(Text(text="Hi").captions(place())).end_s == 6.0
    assert next(Text(text="Hi", at_s=3, duration_s=60).captions(place())).end_s == 6.0
    assert list(Text(text="Hi", at_s=4).captions(place())) == []


def test_it_lasts_a_frame_at_least():
    (caption,) = Text(text="Hi", at_s=1.0, duration_s=0.001).captions(place())
    assert caption.end_s - caption.start_s == pytest.approx(0.04)


def test_what_is_set_goes_over_the_style():
    (caption,) = Text(text="Hi", x=0.2, y=0.3, font="Anton", size_percent=9, colour="#ff0000", animation="pop").captions(place())
    assert caption.position == (0.2, 0.3)
    assert caption.animation == "pop"
    assert caption.changes == {"x": 0.2, "y": 0.3, "font": "Anton", "size_percent": 9, "colour": "#ff0000", "animation": "pop"}


@pytest.mark.parametrize("style", sorted(caption_styles()))
def test_every_style_is_allowed(style):
    assert codes(Text(text="Hi", style=style)) == []
    assert codes(Subtitles(cues=(Cue(start_s=0, end_s=1, text="a"),), style=style)) == []


def test_an_unknown_style_names_the_closest():
    (problem,) = Text(text="Hi", style="captoin").problems(place())
    assert (problem.code, problem.path) == ("unknown_style", "$.film[0].style")
    assert "Did you mean 'caption'?" in problem.remedy
    assert codes(Subtitles(cues=(Cue(start_s=0, end_s=1, text="a"),), style="zzz")) == [("unknown_style", "$.film[0].style")]


def test_an_unknown_font_names_the_closest():
    (problem,) = Text(text="Hi", font="Antonn").problems(place())
    assert (problem.code, problem.path) == ("unknown_font", "$.film[0].font")
    assert "'Antonn'" in problem.message
    assert "Anton" in problem.remedy


def test_nothing_to_read_is_a_problem():
    assert codes(Text(text=" \n")) == [("text_empty", "$.film[0].text")]
    assert codes(Subtitles()) == [("text_empty", "$.film[0].cues")]


def test_cues_are_clipped_to_their_place():
    cues = [(0.4, 1.6, "a"), (3.6, 9.0, "b"), (4.0, 5.0, "never"), (2.0, 2.0, "empty")]
    subtitles = Subtitles(cues=tuple(Cue(start_s=start, end_s=end, text=text) for start, end, text in cues))
    assert [(one.text, one.start_s, one.end_s) for one in subtitles.captions(place())] == [("a", 2.4, 3.6), ("b", 5.6, 6.0)]
    assert all(one.style == "subtitle" for one in subtitles.captions(place()))


def test_a_cue_that_ends_before_it_begins_is_named():
    cues = (Cue(start_s=0, end_s=1, text="a"), Cue(start_s=2, end_s=1, text="b"))
    assert codes(Subtitles(cues=cues)) == [("cue_reversed", "$.film[0].cues[1].end_s")]


def test_a_file_is_read_when_its_path_is_given(tmp_path: Path):
    path = tmp_path / "a.srt"
    path.write_text("1\n00:00:01,000 --> 00:00:02,000\nfrom the file\n\n2\n00:00:03,900 --> 00:01:00,000\nto the end\n")
    subtitles = Subtitles(file="art-1")
    assert subtitles.file_ids() == ("art-1",)
    assert list(subtitles.captions(place())) == []
    found = list(subtitles.captions(place(), {"art-1": path}))
    assert [(one.text, one.start_s, one.end_s) for one in found] == [("from the file", 3.0, 4.0), ("to the end", pytest.approx(5.92), 6.0)]
    with pytest.raises(BadMedia):
        list(subtitles.captions(place(), {"art-1": tmp_path / "gone.srt"}))
