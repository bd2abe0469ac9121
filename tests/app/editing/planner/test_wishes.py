"""What a sentence says about length, shape, style, pace and what is not wanted."""

from __future__ import annotations

import pytest

from app.editing.planner.styles import read_styles
from app.editing.planner.wishes import LONGEST_S, Wishes, aspect_in, read_goal, seconds_in

STYLES = {name: style.words for name, style in read_styles().items()}


def read(goal: str) -> Wishes:
    return read_goal(goal, STYLES)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("30 second vertical highlight reel", 30),
        ("a 30s cut", 30),
        ("make a thirty-second trailer", 30),
        ("half a minute of chaos", 30),
        ("1.5 min", 90),
        ("2 minutes and 10 seconds", 130),
        ("a one-minute recap", 60),
        ("ninety seconds", 90),
        ("cut it to 0:45", 45),
        ("15-sec teaser", 15),
        ("make it chaotic", None),
        ("the 3rd shot at 1080p, 24 fps", None),
        ("from 4 people", None),
    ],
)
def test_lengths(text: str, seconds: float | None) -> None:
    assert seconds_in(text) == seconds


def test_a_length_beyond_reason_is_bounded() -> None:
    assert seconds_in("900 minutes") == LONGEST_S


@pytest.mark.parametrize(
    ("text", "aspect"),
    [
        ("vertical", "9:16"), ("for TikTok please", "9:16"), ("in 9:16", "9:16"), ("16x9", "16:9"), ("square", "1:1"), ("4:5", "4:5"),
        ("letterboxed and grim", "21:9"), ("for YouTube", "16:9"), ("in 7:3", None), ("nothing about it", None),
    ],
)  # fmt: skip
def test_shapes(text: str, aspect: str | None) -> None:
    assert aspect_in(text) == aspect


@pytest.mark.parametrize(
    ("goal", "style"),
    [
        ("make it chaotic", "chaotic"), ("a cute little thing", "wholesome"), ("an EPIC teaser", "dramatic"), ("a trailer", "trailer"),
        ("highlight reel", "highlights"), ("cut to the beat", "beat"), ("do something with it", None), ("", None),
    ],
)  # fmt: skip
def test_styles_by_their_words(goal: str, style: str | None) -> None:
    assert read(goal).style == style


def test_the_word_that_stands_first_decides() -> None:
    assert read("a wholesome take on an epic trailer").style == "wholesome"


def test_titles() -> None:
    assert read('a trailer called "The Fall of Bird"').title == "The Fall of Bird"
    assert read("a trailer titled Night Walk").title == "Night Walk"
    assert read("a trailer").title is None


def test_pace_and_what_is_not_wanted() -> None:
    assert read("a very fast cut").pace > read("a fast cut").pace > 1 > read("a calm cut").pace
    wishes = read("chaotic, no captions, without sound effects")
    assert not wishes.captions
    assert not wishes.effects
    assert read("with captions and effects") == Wishes(goal="with captions and effects")


def test_speech_is_heard_of() -> None:
    assert read("keep the interview").speech
    assert not read("keep the birds").speech


def test_everything_in_one_sentence() -> None:
    found = read("30 second vertical highlight reel, snappy, no text")
    assert (found.duration_s, found.aspect, found.style, found.captions) == (30, "9:16", "highlights", False)
    assert found.pace > 1
