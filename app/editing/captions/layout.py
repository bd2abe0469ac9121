"""Where the lines of a caption stand and how large they are: wrapped by the true widths of their letters, made smaller when too long."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from app.editing.caption import Caption
from app.editing.captions.fonts import face_of
from app.editing.captions.sfnt import Face
from app.editing.captions.wording import cleaned, width
from configs.captions_file import CaptionStyle, caption_styles

_SHRINKS = (1.0, 0.92, 0.84, 0.76, 0.68, 0.6)  # of the style's size, before a text takes more lines than the style wants
_TALLEST, _LEAST_PX, _MARGIN = 0.92, 0.5, 0.02
_MOST_BALANCED = 6
_WIDE = ((0x1100, 0x115F), (0x2E80, 0xA4CF), (0xAC00, 0xD7A3), (0xF900, 0xFAFF), (0xFE30, 0xFE4F), (0xFF00, 0xFF60), (0x20000, 0x3FFFD))
_FALLBACK = "caption"


@dataclass(frozen=True)
class Block:
    """A caption laid out on a canvas, in pixels. ``lines``: (text, x of its anchor, baseline); ``side``: -1 left, 0 middle, 1 right.

    ``box``: left, top, right, bottom of everything.
    """

    caption: Caption
    style: CaptionStyle
    face: Face
    em: float
    lines: tuple[tuple[str, float, float], ...]
    side: int
    box: tuple[float, float, float, float]

    def lifted(self, by: float) -> Block:
        """The same, so many pixels higher."""
        left, top, right, bottom = self.box
        lines = tuple((text, x, baseline - by) for text, x, baseline in self.lines)
        return replace(self, lines=lines, box=(left, top - by, right, bottom - by))


def styled(caption: Caption) -> CaptionStyle:
    """The caption's style with the operation's own changes."""
    styles = caption_styles()
    style = styles.get(caption.style) or styles[_FALLBACK]
    changes: dict[str, Any] = {
        key: value for key, value in caption.changes.items() if value is not None and key in CaptionStyle.model_fields
    }
    if caption.position is not None:
        changes = {"align": "middle", "x": caption.position[0], "y": caption.position[1], **changes}
    return style.model_copy(update=changes) if changes else style


def laid_out(caption: Caption, canvas_width: int, canvas_height: int) -> Block | None:
    """A caption on a canvas; None where nothing of its text can be seen."""
    style = styled(caption)
    text = cleaned(caption.text.upper() if style.upper else caption.text)
    if not text:
        return None
    face = face_of(style.font, style.bold)
    wanted = canvas_height * caption.changes["size_percent"] / 100 if caption.changes.get("size_percent") else None
    capital = wanted or min(canvas_width, canvas_height) * style.size / 100
    em, lines = _fitted(text, face, style, capital / face.capital, canvas_width, canvas_height)
    return _placed(caption, style, face, em, lines, canvas_width, canvas_height)


def pitch(style: CaptionStyle, face: Face, em: float) -> float:
    """From one baseline to the next, pixels."""
    open_ = 0.34 if style.upper else 0.62  # small letters go below the line
    return em * face.capital * (1 + open_ + style.outline / 100)


def _fitted(text: str, face: Face, style: CaptionStyle, em: float, canvas_width: int, canvas_height: int) -> tuple[float, list[str]]:
    room = canvas_width * style.width
    for share in _SHRINKS:
        size = em * share
        lines = wrapped(text, _measure(face, style, size), room - _edges(style, face, size))
        if len(lines) <= max(style.lines, text.count("\n") + 1):
            break
    while size > _LEAST_PX and pitch(style, face, size) * len(lines) > canvas_height * _TALLEST:
        size *= 0.9
        lines = wrapped(text, _measure(face, style, size), room - _edges(style, face, size))
    return size, lines


def _edges(style: CaptionStyle, face: Face, em: float) -> float:
    """What outline and box add to the width of a line."""
    capital = em * face.capital
    return 2 * capital * style.outline / 100 + (1.2 * capital if style.box else 0)


def _measure(face: Face, style: CaptionStyle, em: float) -> Callable[[str], float]:
    spacing = em * face.capital * style.spacing / 100
    return lambda text: width(text, face) * em + spacing * len(text)


def wrapped(text: str, measure: Callable[[str], float], room: float) -> list[str]:
    """Lines no wider than ``room``, about equally long; a break that the person made is kept, a word that is too long is cut."""
    lines: list[str] = []
    space = measure(" ")
    for paragraph in text.split("\n"):
        words = [piece for word in _words(paragraph) for piece in _cut(word, measure, room)]
        sized = [(word, space if word == " " else measure(word)) for word in words]
        lines += _balanced(sized, _filled(sized, room), room)
    return [line for line in lines if line] or [""]


def _words(paragraph: str) -> list[str]:
    """What may be parted: words, the spaces between them, and single characters of scripts without spaces."""
    words = [""]
    for character in paragraph:
        apart = character == " " or words[-1] == " " or _is_wide(character)
        if apart or (_is_wide(words[-1][:1]) and character.isalnum()):
            words.append(character)
        else:
            words[-1] += character
    return [word for word in words if word]


def _is_wide(character: str) -> bool:
    return bool(character) and any(low <= ord(character) <= high for low, high in _WIDE)


def _cut(word: str, measure: Callable[[str], float], room: float) -> list[str]:
    if measure(word) <= room or len(word) < 2:
        return [word]
    low, high = 1, len(word) - 1
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if measure(word[:middle]) <= room else (low, middle - 1)
    return [word[:low], *_cut(word[low:], measure, room)]


def _filled(words: list[tuple[str, float]], room: float) -> list[str]:
    """Words one after another, a new line wherever the next does not fit; widths are added up, so each word is measured once."""
    lines, line, used = [], "", 0.0
    for word, wide in words:
        if line and word != " " and used + wide > room:
            lines.append(line.rstrip())
            line, used = "", 0.0
        if line or word != " ":
            line, used = line + word, used + wide
    return [*lines, line.rstrip()]


def _balanced(words: list[tuple[str, float]], lines: list[str], room: float) -> list[str]:
    """As few lines, but the widest as narrow as can be."""
    if not 1 < len(lines) <= _MOST_BALANCED:
        return lines
    low, high = max(room / 2, max(wide for _, wide in words)), room
    for _ in range(7):
        middle = (low + high) / 2
        tried = _filled(words, middle)
        if len(tried) == len(lines):
            lines, high = tried, middle
        else:
            low = middle
    return lines


def _placed(caption: Caption, style: CaptionStyle, face: Face, em: float, lines: list[str], canvas_width: int, canvas_height: int) -> Block:
    measure, step = _measure(face, style, em), pitch(style, face, em)
    capital = em * face.capital
    edge = _edges(style, face, em) / 2
    below = 0.0 if style.upper else 0.28 * capital
    wide, tall = max(measure(line) for line in lines), capital + step * (len(lines) - 1) + below
    side = -1 if style.align.endswith("left") else 1 if style.align.endswith("right") else 0
    level = -1 if style.align.startswith("top") else 1 if style.align.startswith("bottom") else 0
    pad = capital * style.outline / 100 + (0.45 * capital if style.box else 0)
    x = _within(style.x * canvas_width - (side + 1) / 2 * wide, wide, edge, canvas_width)
    y = _within(style.y * canvas_height - (level + 1) / 2 * tall, tall, pad, canvas_height)
    anchor = x + (side + 1) / 2 * wide
    placed = tuple((line, anchor, y + capital + step * number) for number, line in enumerate(lines))
    return Block(caption, style, face, em, placed, side, (x - edge, y - pad, x + wide + edge, y + tall + pad))


def _within(start: float, length: float, edge: float, room: int) -> float:
    """Moved so that it stays on the canvas, edges included; in the middle where it cannot."""
    least, most = room * _MARGIN + edge, room * (1 - _MARGIN) - edge - length
    return (room - length) / 2 if least > most else min(max(start, least), most)
