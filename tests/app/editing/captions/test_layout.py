"""Where lines stand, how they break, how large they are."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.editing.caption import Caption
from app.editing.captions.layout import laid_out, pitch, styled, wrapped
from app.editing.captions.wording import width
from configs.captions_file import caption_styles


def lines_of(text: str, style: str = "caption", canvas: tuple[int, int] = (1280, 720), **changes):
    block = laid_out(Caption(text, 0, 1, style, changes=changes), *canvas)
    assert block is not None
    return block


def test_short_text_is_one_line_in_the_styles_size():
    block = lines_of("Short")
    assert [line[0] for line in block.lines] == ["Short"]
    assert block.em * block.face.capital == pytest.approx(720 * 0.042)


def test_lines_are_about_equally_long():
    block = lines_of("the quick brown fox jumps over the lazy dog and then sleeps until noon")
    lengths = [width(line, block.face) for line, _, _ in block.lines]
    assert len(lengths) == 2
    assert min(lengths) > 0.75 * max(lengths)


def test_what_is_too_long_becomes_smaller_down_to_a_floor_and_then_takes_more_lines():
    sizes = [lines_of("word " * count).em for count in (3, 25, 40, 60)]
    assert sizes == sorted(sizes, reverse=True)
    assert sizes[-1] >= 0.59 * sizes[0]
    assert len(lines_of("word " * 60).lines) > caption_styles()["caption"].lines


def test_a_persons_own_breaks_are_kept():
    assert [line[0] for line in lines_of("one\ntwo\n\nthree").lines] == ["one", "two", "three"]


def test_scripts_without_spaces_break_anywhere_and_words_that_are_too_long_are_cut():
    assert len(wrapped("日" * 30, len, 10)) == 3
    assert wrapped("abcdefghij" * 3, len, 12)[0] == "abcdefghijab"[:12]
    assert "".join(wrapped("x" * 47, len, 10)) == "x" * 47


@settings(max_examples=60, deadline=None)
@given(st.text("ab cdefg\n日שx😂", min_size=1, max_size=120), st.integers(3, 40))
def test_no_line_is_wider_than_its_room_and_no_letter_is_lost(text, room):
    lines = wrapped(text, len, room)
    assert all(len(line) <= room for line in lines)
    assert "".join("".join(lines).split()) == "".join(text.split())


@pytest.mark.parametrize("canvas", [(1920, 1080), (1080, 1920), (320, 180), (64, 64), (3840, 400)])
@pytest.mark.parametrize("style", sorted(caption_styles()))
def test_everything_stays_on_any_canvas(canvas, style):
    for text in ("Hi", "A rather long sentence that has to be broken somewhere", "word " * 200):
        block = lines_of(text, style, canvas)
        left, top, right, bottom = block.box
        assert left >= -0.5
        assert right <= canvas[0] + 0.5
        assert top >= -0.5 - 0.02 * canvas[1]
        assert bottom <= canvas[1] * 1.02 + 0.5
        assert right - left <= 0.91 * canvas[0]


def test_a_tall_canvas_has_letters_of_the_same_size_as_a_wide_one():
    assert lines_of("Hi", canvas=(720, 1280)).em == pytest.approx(lines_of("Hi", canvas=(1280, 720)).em)
    asked = lines_of("Hi", canvas=(720, 1280), size_percent=5.0)
    assert asked.em * asked.face.capital == pytest.approx(64)


def test_a_given_place_is_the_middle_and_is_moved_into_the_picture():
    block = laid_out(Caption("Hm", 0, 1, "caption", position=(0.5, 0.25)), 1280, 720)
    assert abs((block.box[1] + block.box[3]) / 2 - 180) < 12
    corner = laid_out(Caption("Hm", 0, 1, "caption", position=(1.0, 1.0)), 1280, 720)
    assert corner.box[2] <= 1280
    assert corner.box[3] <= 720


def test_changes_go_over_the_style_and_an_unknown_style_is_a_caption():
    assert styled(Caption("x", 0, 1, "title", changes={"colour": "#112233", "font": None, "nonsense": 3})).colour == "#112233"
    assert styled(Caption("x", 0, 1, "no such style")) == caption_styles()["caption"]


def test_lines_lie_closer_in_capitals_and_lifting_moves_everything():
    block = lines_of("a\nb", "caption")
    upper = block.style.model_copy(update={"upper": True})
    assert pitch(upper, block.face, block.em) < pitch(block.style, block.face, block.em)
    lifted = block.lifted(10)
    assert lifted.box[1] == block.box[1] - 10
    assert [line[2] for line in lifted.lines] == [line[2] - 10 for line in block.lines]


def test_nothing_to_see_is_no_block():
    assert laid_out(Caption(" \n\u200b", 0, 1, "caption"), 640, 360) is None
