"""Sets the pictures of a reference sheet together: rows of figures and faces with their names, the palette, and who made it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.imaging.storyboard.type import fitted, written

if TYPE_CHECKING:
    from PIL.Image import Image
    from PIL.ImageDraw import ImageDraw

Colour = tuple[int, int, int]
PAPER, INK, SOFT, RULE = (247, 246, 243), (28, 28, 32), (112, 112, 120), (222, 220, 214)
FIGURE_PX, FACE_PX = 560, 268  # height of a figure, side of a face
MARGIN, GAP, LABEL, HEAD, FOOT = 48, 20, 34, 104, 58
SWATCH, SWATCH_GAP, HEX = 64, 14, 76
LEAST_WIDTH = 900
FACES_IN_A_ROW = 6
MOST_STRETCH = 1.35


@dataclass(frozen=True)
class Cell:
    """A picture and what stands below it; ``whole``: among the figures."""

    label: str
    image: Image
    whole: bool


@dataclass(frozen=True)
class Page:
    """What stands around the pictures. ``warning`` is set large where these are no pictures of a model."""

    title: str
    handle: str
    palette: tuple[str, ...]
    footer: str
    warning: str = ""


def compose(cells: Sequence[Cell], page: Page) -> Image:
    """The sheet, RGB; its size follows from what stands on it."""
    from PIL import Image, ImageDraw

    rows = _rows(cells)
    column = SWATCH + HEX + GAP * 2 if page.palette else 0
    inside = max(LEAST_WIDTH - column, *(_width(row) for row in rows))
    top = MARGIN + HEAD
    height = sum(row[0][1].height + LABEL + GAP for row in rows)
    swatches = len(page.palette) * (SWATCH + SWATCH_GAP)
    body = max(height, swatches)
    sheet = Image.new("RGB", (MARGIN * 2 + inside + column, top + body + FOOT + MARGIN // 2), PAPER)
    draw = ImageDraw.Draw(sheet)
    _head(draw, sheet.width, page)
    at = top
    for row in rows:
        _row(sheet, draw, row, at)
        at += row[0][1].height + LABEL + GAP
    _palette(draw, sheet.width - MARGIN - SWATCH - HEX, top, page.palette)
    draw.line([MARGIN, top + body + 8, sheet.width - MARGIN, top + body + 8], fill=RULE, width=2)
    foot = fitted(page.footer, sheet.width - 2 * MARGIN, 40, 18, 12)
    for line in foot.lines[:1]:
        written(draw, (MARGIN, top + body + 42), line, foot.size, SOFT)
    return sheet


def _rows(cells: Sequence[Cell]) -> list[list[tuple[Cell, Image]]]:
    """Figures in one row, faces in as many as they need; each with its picture at the size it has on the sheet, rows equally wide."""
    figures, faces = [cell for cell in cells if cell.whole], [cell for cell in cells if not cell.whole]
    wide = FACES_IN_A_ROW if len(faces) not in (7, 8) else 4
    rows = [(figures, FIGURE_PX), *((faces[n : n + wide], FACE_PX) for n in range(0, len(faces), wide))]
    return _justified([(row, height) for row, height in rows if row])


def _justified(rows: Sequence[tuple[Sequence[Cell], int]]) -> list[list[tuple[Cell, Image]]]:
    """Rows that are a little narrower than the widest become higher and so as wide."""
    plain = [sum(cell.image.width * height / cell.image.height for cell in row) for row, height in rows]
    widest = max(width + GAP * (len(row) - 1) for width, (row, _) in zip(plain, rows, strict=True))
    found = []
    for width, (row, height) in zip(plain, rows, strict=True):
        factor = (widest - GAP * (len(row) - 1)) / width
        tall = round(height * factor) if factor <= MOST_STRETCH else height
        found.append([(cell, _sized(cell.image, tall)) for cell in row])
    return found


def _sized(image: Image, height: int) -> Image:
    from PIL import Image as Images

    if image.mode == "RGBA":
        image = Images.alpha_composite(Images.new("RGBA", image.size, (*PAPER, 255)), image)
    width = max(1, round(image.width * height / image.height))
    return image.convert("RGB").resize((width, height), Images.Resampling.LANCZOS)


def _width(row: Sequence[tuple[Cell, Image]]) -> int:
    return sum(image.width for _, image in row) + GAP * (len(row) - 1)


def _head(draw: ImageDraw, width: int, page: Page) -> None:
    room = width - 2 * MARGIN
    title = fitted(page.title, room * 0.6, 60, 46, 20)
    end = MARGIN
    for line in title.lines[:1]:
        end += round(written(draw, (MARGIN, MARGIN + 42), line, title.size, INK))
    written(draw, (end + 18, MARGIN + 42), f"@{page.handle}", 24, SOFT)
    if page.warning:
        said = fitted(page.warning, room * 0.5, 34, 22, 12)
        for line in said.lines[:1]:
            written(draw, (width - MARGIN, MARGIN + 40), line, said.size, (176, 58, 46), align=1.0)
    draw.line([MARGIN, MARGIN + 68, width - MARGIN, MARGIN + 68], fill=RULE, width=2)


def _row(sheet: Image, draw: ImageDraw, row: Sequence[tuple[Cell, Image]], top: int) -> None:
    left = MARGIN
    for cell, image in row:
        sheet.paste(image, (left, top))
        draw.rectangle([left, top, left + image.width - 1, top + image.height - 1], outline=RULE, width=1)
        label = fitted(cell.label, image.width, LABEL, 18, 10)
        for line in label.lines[:1]:
            written(draw, (left + image.width / 2, top + image.height + 24), line, label.size, INK, align=0.5)
        left += image.width + GAP


def _palette(draw: ImageDraw, left: int, top: int, palette: Sequence[str]) -> None:
    for number, colour in enumerate(palette):
        at = top + number * (SWATCH + SWATCH_GAP)
        draw.rounded_rectangle([left, at, left + SWATCH, at + SWATCH], 10, fill=colour, outline=RULE)
        written(draw, (left + SWATCH + 8, at + SWATCH / 2 + 5), colour, 14, SOFT)
