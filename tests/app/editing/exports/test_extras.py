"""Layers, music, words and fades in film frames."""

from __future__ import annotations

from fractions import Fraction

import pytest

from app.editing.caption import Caption
from app.editing.exports.extras import (
    Bed,
    beds,
    fades,
    in_lanes,
    middle_of,
    overlays,
    placed,
    style_of,
    text_colour,
    text_font,
    text_of,
    text_px,
    words,
)  # fmt: skip
from app.editing.exports.layout import rows
from tests.app.editing.exports import films


def test_every_operation_has_its_place() -> None:
    found = [(operation.op, place.path) for operation, place in placed(films.everything())]
    assert found[0] == ("zoom", "$.segments[0].operations[0]")
    assert found[-1] == ("loudness", "$.film[3]")
    assert len(found) == 12


def test_layers_lie_where_the_plan_has_them() -> None:
    small, mark = overlays(films.everything())
    assert (small.source.id, small.begins, small.frames, small.start_s, small.w) == ("b", 78, 25, 2, 0.28)
    assert (mark.source.id, mark.begins, mark.frames, mark.opacity) == ("logo", 0, 190, 0.7)
    assert (round(mark.x, 3), round(mark.y, 3)) == (0.85, 0.827)


@pytest.mark.parametrize(
    ("corner", "x", "y"),
    [("top_left", 0.03, 0.053), ("top_right", 0.85, 0.053), ("bottom_left", 0.03, 0.827), ("bottom_right", 0.85, 0.827)],
)
def test_a_watermark_keeps_the_same_distance_from_both_edges(corner: str, x: float, y: float) -> None:
    timeline = films.film(
        films.video("a"), films.still("m"), segments=[films.cut(0, 1)], film=[{"op": "watermark", "source": "m", "corner": corner}]
    )
    (mark,) = overlays(timeline)
    assert (round(mark.x, 3), round(mark.y, 3)) == (x, y)


def test_a_composite_fills_the_canvas_to_the_end_of_its_place() -> None:
    over = {"op": "composite", "source": "b", "at_s": 0.5, "mode": "screen", "opacity": 0.5}
    (layer,) = overlays(films.film(films.video("a"), films.video("b"), segments=[films.cut(0, 2, over)]))
    assert (layer.begins, layer.frames, layer.w, layer.mode, layer.opacity) == (13, 37, None, "screen", 0.5)


def test_music_that_is_too_short_begins_again() -> None:
    found = beds(films.everything())
    assert [(bed.begins, bed.frames, bed.start_s, bed.gain_db) for bed in found] == [(0, 100, 0, -12.0), (100, 90, 0, -12.0)]
    assert [(bed.fade_in > 0, bed.fade_out > 0) for bed in found] == [(True, False), (False, True)]


def test_music_that_does_not_loop_ends() -> None:
    song = {"op": "music", "source": "m", "start_s": 1, "loops": False}
    found = beds(films.film(films.video("a"), films.sound("m"), segments=[films.cut(0, 9)], film=[song]))
    assert [(bed.begins, bed.frames, bed.start_s) for bed in found] == [(0, 75, 1)]


def test_words_are_in_order_of_time_and_end_with_the_film() -> None:
    timeline = films.film(
        films.video("a"), segments=[films.cut(0, 1), films.cut(1, 2, {"op": "text", "text": "late", "at_s": 0.5, "duration_s": 9})],
        film=[{"op": "text", "text": "all through"}],
    )  # fmt: skip
    assert [(word.caption.text, word.begins, word.frames) for word in words(timeline, {})] == [("all through", 0, 50), ("late", 38, 12)]


def test_lanes_hold_what_does_not_overlap() -> None:
    def bed(begins: int, frames: int) -> Bed:
        return Bed(films.sound("m"), begins, frames, Fraction(0), 0.0)

    lanes = in_lanes([bed(50, 10), bed(0, 20), bed(10, 30), bed(20, 5)])
    assert [[(one.begins, one.frames) for one in lane] for lane in lanes] == [[(0, 20), (20, 5), (50, 10)], [(10, 30)]]
    assert in_lanes([]) == []


def test_fades_of_the_film_are_those_of_its_edges() -> None:
    timeline = films.everything()
    assert [fades(timeline, row) for row in rows(timeline)] == [(10, 0), (0, 0), (0, 13)]
    short = films.film(films.video("a"), segments=[films.cut(0, 1, {"op": "fade", "in_s": 3, "out_s": 1})])
    assert fades(short, rows(short)[0]) == (19, 6), "shortened alike where they would meet"


def test_captions_look_as_their_style_says_where_they_say_nothing() -> None:
    timeline = films.everything()
    plain = Caption("Hi", 0, 1, "meme_top")
    assert text_of(plain) == ("HI" if style_of(plain).upper else "Hi")
    assert text_colour(plain) == style_of(plain).colour
    own = Caption("Hi", 0, 1, "caption", (0.2, 0.3), {"colour": "#ff0000", "font": "Anton\x00", "size_percent": 10})
    assert (middle_of(own, timeline), text_colour(own), text_font(own)) == ((0.2, 0.3), "#ff0000", "Anton ")
    assert text_px(own, timeline) == pytest.approx(50), "capitals of a tenth of 360 pixels"
    low, high = (middle_of(Caption("x", 0, 1, style), timeline) for style in ("caption", "meme_top"))
    assert high[1] < 0.5 < low[1] < style_of(Caption("x", 0, 1, "caption")).y
    assert middle_of(Caption("x", 0, 1, "caption", changes={"y": 0.4}), timeline) == (0.5, 0.4)
    assert style_of(Caption("x", 0, 1, "gone")).size > 0
