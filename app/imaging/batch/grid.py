"""A labelled grid of pictures, drawn as one PNG."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from app.imaging.opening import open_picture
from app.imaging.storyboard.type import fitted, written

if TYPE_CHECKING:
    from PIL.Image import Image
    from PIL.ImageDraw import ImageDraw

LONGEST_SIDE = 6144
SMALLEST_CELL, LARGEST_CELL = 96, 1024
GAP = 8
PAPER, INK, DIM, EMPTY = (18, 19, 23), (236, 238, 242), (150, 156, 168), (44, 47, 55)
Place = tuple[int, int]


@dataclass(frozen=True)
class Sheet:
    """What stands around the pictures.

    Attributes:
        columns, rows: the values of the two axes; one empty label where there is no axis.
        column_title, row_title: what the axes are.
    """

    title: str
    columns: Sequence[str]
    rows: Sequence[str]
    column_title: str = ""
    row_title: str = ""


def draw_grid(sheet: Sheet, pictures: Mapping[Place, Path]) -> Image:
    """The grid; ``pictures`` by (column, row). What is missing stays empty and says so."""
    from PIL import Image as Images
    from PIL import ImageDraw

    first = next(iter(pictures.values()), None)
    shape = open_picture(first).size if first else (1, 1)
    cell = _cell_size(shape, len(sheet.columns), len(sheet.rows))
    size = max(14, min(34, cell[0] // 14))
    left = size * 8 + 2 * GAP if any(sheet.rows) else GAP
    head = size * 3 + 2 * GAP
    top = head + (size * 3 + GAP if any(sheet.columns) else 0)
    image = Images.new(
        "RGB", (left + len(sheet.columns) * (cell[0] + GAP), top + len(sheet.rows) * (cell[1] + GAP)), PAPER
    )  # fmt: skip
    draw = ImageDraw.Draw(image)
    _text(draw, sheet.title, (GAP, GAP, image.width - GAP, head - GAP), size, INK)
    for column, label in enumerate(sheet.columns):
        at = left + column * (cell[0] + GAP)
        _label(draw, (at, head, at + cell[0], top - GAP), sheet.column_title, label, size)
    for row, label in enumerate(sheet.rows):
        at = top + row * (cell[1] + GAP)
        _label(draw, (GAP, at, left - GAP, at + cell[1]), sheet.row_title, label, size)
        for column in range(len(sheet.columns)):
            _put(image, draw, (left + column * (cell[0] + GAP), at), cell, pictures.get((column, row)))
    return image


def _cell_size(shape: tuple[int, int], columns: int, rows: int) -> tuple[int, int]:
    """The pictures' own shape, as large as the sheet allows."""
    scale = min(LARGEST_CELL / max(shape), LONGEST_SIDE / (columns * shape[0]), LONGEST_SIDE / (rows * shape[1]), 1.0)
    scale = max(scale, SMALLEST_CELL / max(shape))
    return max(8, round(shape[0] * scale)), max(8, round(shape[1] * scale))


def _put(image: Image, draw: ImageDraw, at: tuple[int, int], cell: tuple[int, int], path: Path | None) -> None:
    from PIL import Image as Images
    from PIL import ImageOps

    box = (*at, at[0] + cell[0], at[1] + cell[1])
    draw.rectangle((box[0], box[1], box[2] - 1, box[3] - 1), fill=EMPTY)
    if path is None:
        _text(draw, "not made", box, max(12, cell[0] // 16), DIM, centred=True)
        return
    picture = open_picture(path)
    whole = picture if picture.size == cell else ImageOps.contain(picture, cell, Images.Resampling.LANCZOS)
    place = (at[0] + (cell[0] - whole.width) // 2, at[1] + (cell[1] - whole.height) // 2)
    image.paste(whole, place, whole if whole.mode == "RGBA" else None)


def _label(draw: ImageDraw, box: tuple[int, int, int, int], title: str, label: str, size: int) -> None:
    """What the axis is, small, and below it the value."""
    if not label and not title:
        return
    small = max(11, round(size * 0.7))
    written(draw, (box[0], box[1] + small), title[:60], small, DIM)
    _text(draw, label, (box[0], box[1] + round(small * 1.6), box[2], box[3]), size, INK)


def _text(
    draw: ImageDraw, text: str, box: tuple[int, int, int, int], size: int, fill: tuple[int, int, int], *, centred: bool = False
) -> None:  # fmt: skip
    """As large as it fits, ended with an ellipsis where it does not."""
    setting = fitted(text, max(1, box[2] - box[0]), max(1, box[3] - box[1]), size, min(size, 11))
    top = box[1] + (max(0.0, box[3] - box[1] - setting.height) / 2 if centred else 0.0)
    for number, line in enumerate(setting.lines):
        baseline = top + setting.size * (0.74 + 1.32 * number)
        if centred:
            written(draw, ((box[0] + box[2]) / 2, baseline), line, setting.size, fill, align=0.5)
        else:
            written(draw, (box[0], baseline), line, setting.size, fill)
