"""One ASS document for all captions: what stands in it, and what it looks like when it is burnt in."""

from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.editing.caption import Caption
from app.editing.captions.ass import ass_document
from configs.captions_file import caption_styles
from tests.app.editing.captions.burning import burnt, inked, spread

TAG = re.compile(r"(?<!\\)\{([^{}]*)\}")
OURS = re.compile(
    r"(\\(an\d|q2|b[01]|fn[^\\{},]+|(fs|bord|shad|fsp|frz|fscx|fscy)-?[\d.]+|p1|[134]c&H[0-9A-F]{6}&|[14]a&H[0-9A-F]{2}&|alpha&H[0-9A-F]{2}&"
    r"|pos\([-\d.,]+\)|move\([-\d.,]+\)|fade\([-\d,]+\)|fad\([\d,]+\)|t\(-?\d+,-?\d+(,|)(\\[a-z0-9]+(&H[0-9A-F]+&|[\d.]+))+\)))+"
)


def rows(document: str) -> list[str]:
    return [line for line in document.splitlines() if line.startswith("Dialogue: ")]


def said(document: str) -> str:
    """The letters of a document as a renderer reads them."""
    texts = (row.split(",", 9)[9] for row in rows(document))
    return "".join(TAG.sub("", text).replace("\\{", "{").replace("\\}", "}").replace("\\\u2060", "\\") for text in texts)


@settings(max_examples=150, deadline=None)
@given(
    st.text(st.characters(codec="utf-8"), max_size=60) | st.text("\\{}Nnh,:;&H\n\r\t(){}pos1", max_size=40),
    st.sampled_from(sorted(caption_styles())),
)
def test_nothing_a_person_writes_becomes_a_command(text, style):
    document = ass_document([Caption(text, 0.0, 1.0, style)], 320, 180)
    head, events = document.split("[Events]\n")
    assert "[Script Info]" in head
    for line in events.splitlines()[1:]:
        assert line.startswith("Dialogue: ")
        body = line.split(",", 9)[9]
        for tags in TAG.findall(body):
            assert OURS.fullmatch(tags), tags
        plain = TAG.sub("", body)
        assert not re.search(r"(?<!\\)[{}]", plain)
        assert not re.search(r"\\(?![{}\u2060])", plain)
        assert all(character.isprintable() or character == "\u2060" or ord(character) > 0x7F for character in plain)


@pytest.mark.parametrize("text", [r"C:\new\Name", r"{\b1}fat{\i1}", r"a\Nb\nc\hd", r"{unclosed", r"closed}", "back\\", r"\{both\}"])
def test_what_looks_like_a_command_is_shown_as_it_is(text):
    assert said(ass_document([Caption(text, 0, 1, "subtitle")], 1920, 1080)) == text


def test_the_picture_of_a_command_is_its_letters(tmp_path):
    tricky = burnt([Caption(r"{\an8}up", 0, 1, "subtitle")], 0.1, tmp_path)[0]
    assert spread(tricky)[1] > 0.7  # it did not fly to the top
    wide = spread(tricky)[2] - spread(tricky)[0]
    plain = spread(burnt([Caption("up", 0, 1, "subtitle")], 0.1, tmp_path)[0])
    assert wide > 2 * (plain[2] - plain[0])


def test_a_caption_is_on_show_exactly_for_its_frames(tmp_path):
    frames = burnt([Caption("Now", 0.5, 1.2, "subtitle")], 2.0, tmp_path)
    assert [bool(inked(frame).any()) for frame in frames] == [5 <= number < 12 for number in range(20)]


@pytest.mark.parametrize("rate", [24, 30, 60])
def test_times_between_hundredths_hit_the_frame(tmp_path, rate):
    frames = burnt([Caption("x", 7 / rate, 11 / rate, "subtitle")], 20 / rate, tmp_path, rate=rate)
    assert [bool(inked(frame).any()) for frame in frames] == [7 <= number < 11 for number in range(20)]


@pytest.mark.parametrize(
    ("style", "box"),
    [
        ("caption", (0.1, 0.6, 0.9, 0.98)), ("subtitle", (0.1, 0.75, 0.9, 1.0)), ("title", (0.05, 0.35, 0.95, 0.65)),
        ("lower_third", (0.0, 0.6, 0.7, 1.0)), ("meme_top", (0.02, 0.0, 0.98, 0.3)), ("meme_bottom", (0.02, 0.7, 0.98, 1.0)),
        ("shout", (0.0, 0.2, 1.0, 0.8)), ("impact", (0.0, 0.25, 1.0, 0.75)), ("whisper", (0.15, 0.6, 0.85, 0.95)),
        ("karaoke", (0.1, 0.5, 0.9, 0.85)), ("typewriter", (0.05, 0.6, 0.9, 0.95)),
    ],
)  # fmt: skip
def test_each_style_stands_in_its_place(tmp_path, style, box):
    frame = burnt([Caption("Look at this", 0, 2, style)], 1.6, tmp_path)[15]
    left, top, right, bottom = spread(frame)
    assert (left >= box[0], top >= box[1], right <= box[2], bottom <= box[3]) == (True,) * 4, (left, top, right, bottom)
    assert right - left > 0.1


def test_every_style_has_a_case_above():
    tested = {mark.args[1][number][0] for mark in test_each_style_stands_in_its_place.pytestmark for number in range(len(mark.args[1]))}
    assert tested == set(caption_styles())


def test_a_meme_is_white_with_a_black_outline_in_capitals(tmp_path):
    frame = burnt([Caption("hello", 0, 1, "meme_top")], 0.1, tmp_path, size=(640, 360))[0]
    same = burnt([Caption("HELLO", 0, 1, "meme_top")], 0.1, tmp_path, size=(640, 360))[0]
    assert np.array_equal(frame, same)
    assert (frame.min(axis=2) > 250).sum() > 500
    assert (frame.max(axis=2) < 10).sum() > 300
    assert np.all(np.ptp(frame[inked(frame)].astype(int), axis=1) <= 3)


def test_colour_and_size_and_place_are_the_operations_own(tmp_path):
    def look(**changes):
        position = changes.pop("position", None)
        return burnt([Caption("Hm", 0, 1, "subtitle", position=position, changes=changes)], 0.1, tmp_path)[0]

    left, top, right, bottom = spread(look(position=(0.25, 0.3)))
    assert abs((left + right) / 2 - 0.25) < 0.02
    assert abs((top + bottom) / 2 - 0.3) < 0.04
    large = spread(look(size_percent=20.0, outline=0, shadow=0))
    assert abs((large[3] - large[1]) - 0.20) < 0.025  # the capitals are a fifth of the picture
    red = look(colour="#ff2000", size_percent=20.0)
    assert ((red[..., 0] > 200) & (red[..., 2] < 60)).sum() > 20


def test_no_line_is_wider_than_nine_tenths(tmp_path):
    texts = ["word " * 60, "W" * 120, "Antidisestablishmentarianism " * 5, "short"]
    for style in ("caption", "meme_bottom", "impact", "lower_third"):
        for text in texts:
            left, top, right, bottom = spread(burnt([Caption(text, 0, 1, style, changes={"animation": "none"})], 0.1, tmp_path)[0])
            assert right - left <= 0.92
            assert min(left, top) >= 0
            assert bottom - top <= 0.98


@pytest.mark.parametrize("text", ["שלום עולם", "مرحبا بالعالم", "Hello שלום 123"])
def test_scripts_written_from_the_right_are_drawn_not_squares(tmp_path, text):
    shown = burnt([Caption(text, 0, 1, "caption", changes={"animation": "none"})], 0.1, tmp_path, size=(640, 360))[0]
    turned = burnt([Caption(text[::-1], 0, 1, "caption", changes={"animation": "none"})], 0.1, tmp_path, size=(640, 360))[0]
    assert inked(shown).sum() > 300
    assert not np.array_equal(shown, turned)


def test_right_to_left_begins_at_the_right(tmp_path):
    """Of the two Hebrew letters the narrow one, first in the text, stands at the right."""
    frame = burnt([Caption("ו" * 1 + "ש" * 6, 0, 1, "title", changes={"animation": "none"})], 0.1, tmp_path, size=(640, 360))[0]
    columns = np.flatnonzero((frame.min(axis=2) > 200).any(axis=0))
    gaps = np.flatnonzero(np.diff(columns) > 1)
    parts = [part for part in np.split(columns, gaps + 1) if len(part) > 2]
    assert len(parts[-1]) < 0.75 * len(parts[0])


def test_every_line_of_a_text_from_the_right_runs_from_the_right():
    lines = rows(ass_document([Caption("שלום\nHello עולם", 0, 1, "subtitle")], 640, 360))
    assert len(lines) == 2
    assert all(TAG.sub("", line.split(",", 9)[9]).startswith("\u200f") for line in lines)


def test_squares_for_letters_without_a_font_leave_the_direction_as_it_is(tmp_path):
    """A caption that begins from the left stays so: its Hebrew, narrow here, stands at the right of the squares."""
    unknown = "\U00012000"  # cuneiform: of a script from the left, and hardly in any font
    text = unknown * 6 + " ו"
    (line,) = rows(ass_document([Caption(text, 0, 1, "title", changes={"animation": "none"})], 640, 360))
    assert TAG.sub("", line.split(",", 9)[9]).startswith("\u200e")
    frame = burnt([Caption(text, 0, 1, "title", changes={"animation": "none"})], 0.1, tmp_path, size=(640, 360))[0]
    columns = np.flatnonzero((frame.min(axis=2) > 200).any(axis=0))
    parts = np.split(columns, np.flatnonzero(np.diff(columns) > 1) + 1)
    assert len(parts[-1]) < 0.5 * len(parts[0])
    plain = rows(ass_document([Caption("Hello", 0, 1, "title")], 640, 360))
    assert not any("\u200e" in line for line in plain)


def test_emoji_are_pictures_not_squares(tmp_path):
    frames = [
        burnt([Caption(text, 0, 1, "impact", changes={"animation": "none"})], 0.1, tmp_path)[0] for text in ("😂", "🔥", "\U0001f60a")
    ]
    assert all(inked(frame).sum() > 300 for frame in frames)
    assert not np.array_equal(frames[0], frames[1])
    assert not np.array_equal(frames[0], frames[2])
    family = spread(burnt([Caption("❤️", 0, 1, "impact", changes={"animation": "none"})], 0.1, tmp_path)[0])
    assert family[2] - family[0] < 0.3


def test_captions_at_the_same_time_do_not_lie_over_each_other(tmp_path):
    one, other = Caption("First words", 0, 1, "subtitle"), Caption("Second words", 0, 1, "subtitle")
    both = inked(burnt([one, other], 0.1, tmp_path)[0])
    alone = inked(burnt([one], 0.1, tmp_path)[0])
    bands = np.flatnonzero(np.diff(both.any(axis=1).astype(int)) == 1)
    assert len(bands) == 2
    assert both.sum() > 1.7 * alone.sum()


def test_a_part_of_the_film_looks_as_it_does_in_the_whole(tmp_path):
    captions = [
        Caption("Sliding in here", 0.1, 1.9, "lower_third"), Caption("Pop", 0.2, 1.8, "impact"),
        Caption("letter by letter", 0.0, 2.0, "typewriter"), Caption("one two three", 0.0, 2.0, "karaoke"),
        Caption("shaken", 0.0, 1.5, "shout"), Caption("fading", 0.0, 1.7, "caption"),
    ]  # fmt: skip
    for caption in captions:
        whole = burnt([caption], 2.0, tmp_path, rate=20)
        for offset in (0.15, 0.4, 1.0, 1.85):
            first = round(offset * 20)
            part = burnt([caption], 2.0 - offset, tmp_path, rate=20, offset_s=offset)
            near = np.abs(part.astype(int) - whole[first : first + len(part)].astype(int)).max(axis=(1, 2, 3))
            same = (near <= 24) if caption.style != "lower_third" else (np.arange(len(part)) < 3) | (near <= 24)
            assert np.all(same), (caption.style, offset, near)


def test_the_length_cuts_what_comes_later():
    captions = [Caption(str(number), number, number + 1, "subtitle") for number in range(10)]
    assert said(ass_document(captions, 320, 180, offset_s=3.5, length_s=2.0)) == "345"
    assert rows(ass_document(captions, 320, 180, 3.5, 2.0))[0].startswith("Dialogue: 1,0:00:00.00,0:00:00.50,")


def test_empty_and_impossible_captions_are_left_out():
    nothing = [Caption("", 0, 1, "caption"), Caption(" \n\u200b ", 0, 1, "caption"), Caption("late", 2, 2, "caption")]
    assert rows(ass_document(nothing, 320, 180)) == []


def test_two_thousand_letters_and_twenty_thousand_cues_are_no_trouble():
    assert len(rows(ass_document([Caption("lorem ipsum " * 166, 0, 5, "caption")], 320, 180))) > 3
    many = [Caption(f"Line {number}", number, number + 1, "subtitle") for number in range(3000)]
    assert len(rows(ass_document(many, 320, 180))) == 3000
