"""The contact sheet of a ranking: a row a take, its worst frame between the frame before and the one behind."""

from __future__ import annotations

import io
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.video.rank_models import RankedTake, Ranking
from app.video.rank_score import QUIET, faults

if TYPE_CHECKING:
    from PIL.Image import Image

_GROUND, _TEXT, _MUTED, _MARK, _LINE, _ACTION = "#F4F1EA", "#1E2126", "#5C6470", "#C8391B", "#D8D2C4", "#0B6E99"
_EDGE, _GAP, _SIDE = 24, 12, 260
_HIGHEST = 65_000  # a JPEG has at most 65,535 lines


def contact_sheet(ranking: Ranking, pictures: Mapping[str, Path], target: Path) -> None:
    """Writes the sheet as a JPEG; cells get smaller when there are many takes."""
    from PIL import Image, ImageDraw

    rows = ranking.takes
    wide = 320 if len(rows) <= 16 else 240
    high = min(wide * 3, _cell_height(ranking, pictures, wide))
    high = min(high, max(40, (_HIGHEST - 2 * _EDGE) // max(1, len(rows)) - _GAP - 20))
    size = (2 * _EDGE + _SIDE + 3 * (wide + _GAP), 2 * _EDGE + len(rows) * (high + 20 + _GAP))
    sheet = Image.new("RGB", size, _GROUND)
    draw = ImageDraw.Draw(sheet)
    for number, take in enumerate(rows):
        top = _EDGE + number * (high + 20 + _GAP)
        if number:
            draw.line((_EDGE, top - _GAP // 2, size[0] - _EDGE, top - _GAP // 2), fill=_LINE)
        _words(draw, take, top, high)
        _cells(sheet, draw, take, pictures, top, (wide, high))
    sheet.save(target, "JPEG", quality=88)


def small_jpeg(path: Path, wide: int) -> bytes:
    """The picture as JPEG, at most ``wide`` pixels wide."""
    from PIL import Image

    out = io.BytesIO()
    with Image.open(path) as image:
        image.draft("RGB", (wide, wide))
        image.thumbnail((wide, 3 * wide))
        image.convert("RGB").save(out, "JPEG", quality=85)
    return out.getvalue()


def _cell_height(ranking: Ranking, pictures: Mapping[str, Path], wide: int) -> int:
    from PIL import Image

    first = next((take.worst.picture_id for take in ranking.takes if take.worst and take.worst.picture_id in pictures), None)
    if first is None:
        return 90
    with Image.open(pictures[first]) as image:
        return max(90, round(wide * int(image.height) / int(image.width)))


def _words(draw: Any, take: RankedTake, top: int, high: int) -> None:
    from PIL import ImageFont

    large, plain = ImageFont.load_default(28), ImageFont.load_default(14)
    draw.text((_EDGE, top), str(take.place), font=large, fill=_TEXT)
    lines = [(line, _TEXT) for line in _wrapped(take.name, plain, _SIDE - 60)][:2]
    if take.score is None:
        lines += [(line, _MARK) for line in _wrapped(take.failed or "", plain, _SIDE - 60)]
    else:
        assert take.parts is not None
        lines.append((f"coherence {100 * take.score:.1f} %", _ACTION))
        lines += [(line, _MUTED) for line in _wrapped(", ".join(faults(take.parts)) or "no fault found", plain, _SIDE - 60)]
        lines += [
            (line, _MARK)
            for line in _wrapped(f"worst: {take.worst.why}" if take.worst and take.worst.why != QUIET else "", plain, _SIDE - 60)
        ]
    for number, (line, colour) in enumerate(lines[: max(2, (high + 20) // 19)]):
        draw.text((_EDGE + 44, top + 6 + 19 * number), line, font=plain, fill=colour)


def _wrapped(text: str, font: Any, width: int) -> list[str]:
    """Lines no wider than ``width`` pixels; a word that is wider is cut."""
    lines: list[str] = []
    for word in "".join(c if c.isprintable() and ord(c) < 0x2100 else "?" for c in text).split():
        while font.getlength(word) > width:
            cut = next((n for n in range(len(word) - 1, 0, -1) if font.getlength(word[:n]) <= width), 1)
            lines.append(word[:cut])
            word = word[cut:]
        joined = f"{lines[-1]} {word}" if lines else word
        if lines and font.getlength(joined) <= width:
            lines[-1] = joined
        elif word:
            lines.append(word)
    return lines


def _cells(sheet: Image, draw: Any, take: RankedTake, pictures: Mapping[str, Path], top: int, cell: tuple[int, int]) -> None:
    from PIL import Image, ImageFont

    if take.worst is None:
        return
    worst, font, marked = take.worst, ImageFont.load_default(12), take.worst.why != QUIET
    for column, (name, frame) in enumerate(
        ((worst.before_id, worst.frame - 1), (worst.picture_id, worst.frame), (worst.after_id, worst.frame + 1))
    ):
        if name is None or name not in pictures:
            continue
        left = _EDGE + _SIDE + column * (cell[0] + _GAP)
        with Image.open(pictures[name]) as image:
            image.thumbnail(cell)
            sheet.paste(image.convert("RGB"), (left, top))
            if column == 1 and marked:
                draw.rectangle((left - 3, top - 3, left + image.width + 2, top + image.height + 2), outline=_MARK, width=3)
        draw.text((left, top + cell[1] + 4), f"frame {frame}", font=font, fill=_MARK if column == 1 and marked else _MUTED)
