"""The page: every picture where it belongs, rows as wide as each other, swatches in their colours, nothing beyond the edge."""

from __future__ import annotations

from typing import Any

import pytest
from PIL import Image

from app.imaging.sheet import compose as module
from app.imaging.sheet.compose import FACE_PX, MARGIN, PAPER, Cell, Page, compose

COLOURS = [(200, 40 + 12 * n, 90) for n in range(16)]


def figures(count: int, size: tuple[int, int] = (104, 152)) -> list[Cell]:
    return [Cell(f"Side {n}", Image.new("RGB", size, COLOURS[n]), True) for n in range(count)]


def faces(count: int) -> list[Cell]:
    return [Cell(f"Mood {n}", Image.new("RGB", (128, 128), COLOURS[15 - n]), False) for n in range(count)]


def page(**more: Any) -> Page:
    said = {"title": "Luca Rossi", "handle": "luca", "palette": ("#123456", "#fedcba"), "footer": "Tiny · seed 3", **more}
    return Page(**said)


def has(image: Image.Image, colour: tuple[int, int, int]) -> int:
    """How many pixels are of this very colour."""
    return sum(count for count, found in image.getcolors(1 << 24) or [] if found == colour)


def test_every_picture_and_every_swatch_is_on_it() -> None:
    sheet = compose([*figures(4), *faces(6)], page())
    for n in range(4):
        assert has(sheet, COLOURS[n]) > 100_000
    for n in range(6):
        assert has(sheet, COLOURS[15 - n]) > 60_000
    assert has(sheet, (0x12, 0x34, 0x56)) > 3000
    assert has(sheet, (0xFE, 0xDC, 0xBA)) > 3000


def test_rows_are_as_wide_as_each_other() -> None:
    for cells in ([*figures(4), *faces(6)], [*figures(2), *faces(3)], [*figures(4), *faces(12)]):
        rows = module._rows(cells)
        widths = [module._width(row) for row in rows]
        assert max(widths) - min(widths) <= 4, widths


def test_one_face_is_not_blown_up_to_fill_a_row() -> None:
    rows = module._rows([*figures(4), *faces(1)])
    assert rows[1][0][1].height == FACE_PX


@pytest.mark.parametrize("cells", [figures(1), faces(1), faces(7), [*figures(1), *faces(12)], figures(1, (64, 1024))])
def test_any_choice_makes_a_page_with_empty_margins(cells: list[Cell]) -> None:
    sheet = compose(cells, page(title="A very long name " * 20, footer="words " * 200, warning="Storyboard: no AI image " * 9))
    for box in ((0, 0, MARGIN // 2, sheet.height), (sheet.width - MARGIN // 2, 0, sheet.width, sheet.height), (0, 0, sheet.width, 20)):
        assert sheet.crop(box).getcolors() == [((box[2] - box[0]) * (box[3] - box[1]), PAPER)]


def test_without_a_palette_there_is_no_column_for_it() -> None:
    with_it, without = compose(figures(4), page()), compose(figures(4), page(palette=()))
    assert without.width < with_it.width
    assert without.height == with_it.height


def test_a_long_palette_makes_the_page_longer() -> None:
    assert compose(faces(2), page(palette=("#123456",) * 12)).height > compose(faces(2), page()).height


def test_what_is_transparent_shows_the_paper() -> None:
    sheet = compose([Cell("Front", Image.new("RGBA", (100, 150), (255, 0, 0, 0)), True)], page(palette=()))
    assert has(sheet, (255, 0, 0)) == 0


def test_a_warning_stands_on_the_page() -> None:
    red = (176, 58, 46)
    assert has(compose(faces(2), page()), red) == 0
    assert has(compose(faces(2), page(warning="Storyboard: no AI image")), red) > 200
