"""Where things stand on a card: the frame has its aspect, nothing overlaps, the label is always there."""

from __future__ import annotations

from random import Random

import pytest
from PIL import Image

from app.imaging.storyboard.colours import PAPER, palette_of
from app.imaging.storyboard.reading import read_prompt
from app.imaging.storyboard.slate import Facts, aspect_of, draw_sheet, layout_of, small_label, tag_names

SIZES = [(1024, 576), (576, 1024), (768, 768), (1536, 640), (512, 1536), (256, 256), (4096, 2304), (320, 224)]
LONG = "Close-up of a very long prompt about " + "boats and hills, " * 300


def facts(caption: str = "A fox", **changes: object) -> Facts:
    reading = read_prompt("a backlit fox at night, low angle, push in")
    values = {"seed": 7, "number": 12, "cast": ("Luca", "Mia"), "label": "Storyboard card, no AI image", **changes}
    return Facts(reading, palette_of(reading, "", Random(1)), caption, **values)  # type: ignore[arg-type]


@pytest.mark.parametrize("size", SIZES)
def test_the_frame_has_the_card_s_aspect_and_the_parts_do_not_meet(size: tuple[int, int]) -> None:
    layout = layout_of(*size)
    wide, high = layout.frame_size
    assert wide / high == pytest.approx(size[0] / size[1], rel=0.01)
    assert layout.frame[2] < layout.column[0] < layout.column[2] <= size[0]
    assert layout.frame[3] < layout.footer[1] < layout.footer[3] <= size[1]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("caption", ["A fox", LONG, "", "שלום עולם " * 40, "狐" * 500, "🦊" * 30])
def test_nothing_is_drawn_over_the_frame_or_the_margin(size: tuple[int, int], caption: str) -> None:
    if size[0] > 2000 and caption != LONG:
        return
    layout = layout_of(*size)
    sheet = Image.new("RGB", size, PAPER)
    frame = Image.new("RGB", layout.frame_size, (1, 2, 3))
    sheet.paste(frame, layout.frame[:2])
    draw_sheet(sheet, layout, facts(caption, people=((0.4, (9, 9, 9)),)))
    left, top, right, bottom = layout.frame
    inner = sheet.crop((left + 4, top + 4, right - 4, bottom - 4))
    assert inner.getcolors(4) == [(inner.width * inner.height, (1, 2, 3))]
    for box in ((0, 0, size[0], 3), (0, 0, 3, size[1]), (size[0] - 3, 0, size[0], size[1]), (0, size[1] - 2, size[0], size[1])):
        assert sheet.crop(box).getcolors(4) == [((box[2] - box[0]) * (box[3] - box[1]), PAPER)]


@pytest.mark.parametrize("size", SIZES)
def test_the_label_is_on_every_card(size: tuple[int, int]) -> None:
    layout = layout_of(*size)
    with_label, without = (Image.new("RGB", size, PAPER) for _ in range(2))
    draw_sheet(with_label, layout, facts(""))
    draw_sheet(without, layout, facts("", label=" "))
    corner = (layout.footer[0], layout.footer[1], layout.footer[0] + 60, layout.footer[3])
    assert with_label.crop(corner).tobytes() != without.crop(corner).tobytes()


@pytest.mark.parametrize(
    ("size", "said"), [((1024, 576), "16:9"), ((1000, 1000), "1:1"), ((576, 1024), "9:16"), ((1216, 832), "19:13"), ((1000, 541), "1.85:1")]
)
def test_aspects(size: tuple[int, int], said: str) -> None:
    assert aspect_of(*size) == said


def test_name_tags_stay_in_the_frame_and_apart() -> None:
    frame = Image.new("RGB", (200, 100), (0, 0, 0))
    tag_names(
        frame, [("Luca", -50, -50), ("A very long name indeed, longer than the frame is wide", 100, 50), ("Mia", 2, -40), ("Zoe", 500, 500)]
    )
    assert frame.getbbox() is not None
    assert frame.crop((0, 0, 2, 100)).getbbox() is None


@pytest.mark.parametrize("size", [(64, 64), (128, 72), (200, 200), (223, 4096)])
def test_small_cards_are_marked(size: tuple[int, int]) -> None:
    frame = Image.new("RGB", size, (0, 0, 0))
    small_label(frame)
    assert frame.crop((0, size[1] - 4, *size)).getextrema()[0][1] > 200  # type: ignore[index]
    assert frame.crop((0, 0, size[0], size[1] // 2)).getbbox() is None
