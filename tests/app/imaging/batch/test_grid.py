"""The labelled grid."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image

from app.imaging.batch.grid import EMPTY, LONGEST_SIDE, PAPER, Sheet, draw_grid


def pictures(folder: Path, columns: int, rows: int, size: tuple[int, int] = (96, 64)) -> dict[tuple[int, int], Path]:
    found = {}
    for x in range(columns):
        for y in range(rows):
            path = folder / f"{x}-{y}.png"
            Image.new("RGB", size, (40 + 60 * x, 40 + 60 * y, 200)).save(path)
            found[x, y] = path
    return found


def has(image: Image.Image, colour: tuple[int, int, int]) -> int:
    return int((np.asarray(image) == colour).all(axis=2).sum())


def test_every_picture_stands_in_its_place_as_large_as_it_is(tmp_path: Path) -> None:
    sheet = Sheet("a fox", ["1", "2", "3"], ["euler", "heun"], "Seed", "Sampler")
    image = draw_grid(sheet, pictures(tmp_path, 3, 2))
    for x in range(3):
        for y in range(2):
            assert has(image, (40 + 60 * x, 40 + 60 * y, 200)) == 96 * 64
    first, last = (np.argwhere((np.asarray(image) == colour).all(axis=2)) for colour in ((40, 40, 200), (160, 100, 200)))
    assert first[0][0] < last[0][0]
    assert first[0][1] < last[0][1]


def test_labels_are_written_and_change_the_sheet(tmp_path: Path) -> None:
    found = pictures(tmp_path, 2, 1)
    one = draw_grid(Sheet("a fox", ["1", "2"], [""], "Seed"), found)
    other = draw_grid(Sheet("a fox", ["1", "3"], [""], "Seed"), found)
    assert one.size == other.size
    assert one.tobytes() != other.tobytes()
    assert one.tobytes() == draw_grid(Sheet("a fox", ["1", "2"], [""], "Seed"), found).tobytes()
    assert one.getpixel((0, 0)) == PAPER


def test_what_was_not_made_stays_empty(tmp_path: Path) -> None:
    found = pictures(tmp_path, 2, 1)
    del found[1, 0]
    assert has(draw_grid(Sheet("", ["1", "2"], [""]), found), EMPTY) > 96 * 64 * 0.7
    assert draw_grid(Sheet("", ["1"], [""]), {}).size[0] > 0


def test_a_large_grid_is_made_smaller_in_its_shape(tmp_path: Path) -> None:
    found = pictures(tmp_path, 1, 1, (2048, 1024))
    image = draw_grid(
        Sheet("t", [str(n) for n in range(20)], [str(n) for n in range(3)]),
        dict.fromkeys(((x, y) for x in range(20) for y in range(3)), found[0, 0]),
    )
    assert image.width <= LONGEST_SIDE * 1.1
    assert image.height < image.width


def test_other_shapes_and_transparency_are_laid_within_their_place(tmp_path: Path) -> None:
    found = pictures(tmp_path, 2, 1)
    Image.new("RGBA", (64, 96), (255, 0, 0, 0)).save(found[1, 0])
    image = draw_grid(Sheet("", ["1", "2"], [""]), found)
    assert has(image, (255, 0, 0)) == 0


def test_long_and_foreign_words_fit() -> None:
    sheet = Sheet("word " * 300, ["x" * 300, "日本語のラベル"], ["שלום " * 30], "Prompt", "Prompt")
    assert draw_grid(sheet, {}).size[0] < LONGEST_SIDE
