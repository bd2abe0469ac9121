"""Text set on a card: fonts, measures, wrapping, and a size at which it fits."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from app.imaging.storyboard.colours import Colour
from app.imaging.storyboard.letters import cleaned, from_right, visual
from configs.settings import CONFIG_DIR

if TYPE_CHECKING:
    from PIL.ImageDraw import ImageDraw
    from PIL.ImageFont import FreeTypeFont

_FONTS = CONFIG_DIR / "fonts"
_OURS = ("Inter-Bold.ttf", "NotoSansArabic-Bold.ttf", "NotoSansHebrew-Bold.ttf", "NotoEmoji-Bold.ttf")
_ELSEWHERE = (  # for scripts that are too large to bring along; where the machine has none of them, an empty square is drawn
    "/usr/share/fonts/opentype/noto/NotoSansCJK-Bold.ttc", "/usr/share/fonts/noto-cjk/NotoSansCJK-Bold.ttc",
    "/usr/share/fonts/truetype/wqy/wqy-zenhei.ttc", "/usr/share/fonts/truetype/droid/DroidSansFallbackFull.ttf",
    "/System/Library/Fonts/PingFang.ttc", "/System/Library/Fonts/Hiragino Sans GB.ttc", "C:/Windows/Fonts/msyhbd.ttc",
)  # fmt: skip
STAND_IN = "\u25a1"
LONGEST = 900  # characters that are looked at; no card has room for more
_WIDE = ((0x2E80, 0xA4CF), (0xAC00, 0xD7A3), (0xF900, 0xFAFF), (0xFF00, 0xFF60), (0x20000, 0x3FFFD))
ASCENT, LEADING = 0.74, 1.32  # of the size: capital height with a little air, and from baseline to baseline


@dataclass(frozen=True)
class Setting:
    """Lines that fit a box, in logical order, at a size in px."""

    lines: tuple[str, ...]
    size: int
    right: bool

    @property
    def height(self) -> float:
        """From the top of the capitals to below the last line, px."""
        return self.size * (ASCENT + 0.26 + LEADING * (len(self.lines) - 1)) if self.lines else 0.0


def fitted(text: str, width: float, height: float, largest: float, least: float) -> Setting:
    """The text at the largest size at which it fits; at the smallest, what does not fit is left out after an ellipsis."""
    text = cleaned(text[: LONGEST * 2])[:LONGEST]
    right = from_right(text)
    size = max(1, round(largest))
    floor = max(1, round(least))
    while True:
        lines = wrapped(text, size, width)
        setting = Setting(tuple(lines), size, right)
        if setting.height <= height or size <= floor:
            break
        size = max(floor, round(size * 0.93) if round(size * 0.93) < size else size - 1)
    most = max(0, int((height / size - ASCENT - 0.26) / LEADING + 1e-6) + 1) if height >= size * (ASCENT + 0.26) else 0
    if len(lines) > most:
        lines = [*lines[: most - 1], _ended(lines[most - 1], size, width)] if most else []
    return Setting(tuple(lines), size, right)


def wrapped(text: str, size: int, width: float) -> list[str]:
    """Lines no wider than ``width``; a word that is too long is cut."""
    lines, line, used = [], "", 0.0
    for word in _words(text):
        for piece in _cut(word, size, width):
            wide = measured(piece, size)
            if line and used + wide > width and piece != " ":
                lines.append(line.rstrip())
                line, used = "", 0.0
            if line or piece != " ":
                line, used = line + piece, used + wide
    return [one for one in [*lines, line.rstrip()] if one]


def measured(text: str, size: int) -> float:
    """How wide a line is, px."""
    return sum(_length(path, size, part) for path, part in runs(visual(text)))


def written(
    draw: ImageDraw, place: tuple[float, float], text: str, size: int, fill: Colour, *, align: float = 0.0, base_right: bool | None = None
) -> float:
    """Draws one line with its baseline at ``place``; ``align`` 0 begins there, 0.5 is centred, 1 ends there. Returns its width."""
    line = runs(visual(text, base_right))
    wide = sum(_length(path, size, part) for path, part in line)
    x = place[0] - align * wide
    for path, part in line:
        draw.text((x, place[1]), part, font=font(path, size), fill=fill, anchor="ls")
        x += _length(path, size, part)
    return wide


def runs(text: str) -> list[tuple[str, str]]:
    """Neighbouring characters of one font each: (its file, text)."""
    made: list[tuple[str, str]] = []
    for character in text:
        path, drawn = _chosen(character)
        if made and (made[-1][0] == path or character == " "):
            made[-1] = (made[-1][0], made[-1][1] + drawn)
        else:
            made.append((path, drawn))
    return made


@lru_cache(maxsize=256)
def font(path: str, size: int) -> FreeTypeFont:
    """A face at a size; plain layout, which is the same on every machine."""
    from PIL import ImageFont

    return ImageFont.truetype(path, size, layout_engine=ImageFont.Layout.BASIC)


@lru_cache(maxsize=8192)
def _chosen(character: str) -> tuple[str, str]:
    for path in _faces():
        if _has(path, character):
            return path, character
    return _faces()[0], STAND_IN if _has(_faces()[0], STAND_IN) else "?"


@lru_cache(maxsize=1)
def _faces() -> tuple[str, ...]:
    ours = tuple(str(_FONTS / name) for name in _OURS)
    return ours + tuple(path for path in _ELSEWHERE if Path(path).is_file())[:1]


def _has(path: str, character: str) -> bool:
    if character.isspace():
        return True
    face = font(path, 20)
    return bytes(face.getmask(character)) != _nothing(path) or not character.isprintable()


@lru_cache(maxsize=16)
def _nothing(path: str) -> bytes:
    """What a face draws for a character that it does not have."""
    return bytes(font(path, 20).getmask("\U0010fffe"))


@lru_cache(maxsize=16_384)
def _length(path: str, size: int, text: str) -> float:
    return float(font(path, size).getlength(text))


def _words(text: str) -> list[str]:
    """Words, the blanks between them, and single characters of scripts without blanks."""
    words = [""]
    for character in text:
        wide = any(low <= ord(character) <= high for low, high in _WIDE)
        if character == " " or wide or words[-1] == " " or (words[-1] and any(low <= ord(words[-1][0]) <= high for low, high in _WIDE)):
            words.append(character)
        else:
            words[-1] += character
    return [word for word in words if word]


def _cut(word: str, size: int, width: float) -> list[str]:
    if len(word) < 2 or measured(word, size) <= width:
        return [word]
    low, high = 1, len(word) - 1
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if measured(word[:middle], size) <= width else (low, middle - 1)
    return [word[:low], *_cut(word[low:], size, width)]


def _ended(line: str, size: int, width: float) -> str:
    while line and measured(line + "…", size) > width:
        line = line[:-1].rstrip()
    return line.rstrip(" ,.;:") + "…"
