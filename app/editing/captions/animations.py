"""How captions come, move and go, as ASS commands. To add one: write its function, name it in the table."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.editing.captions.fonts import is_bold
from app.editing.captions.wording import Run, colour, escaped, right_to_left

if TYPE_CHECKING:
    from app.editing.captions.layout import Block

_SHAKES_HZ, _MOST_SHAKES = 15, 60
Point = tuple[float, float]


@dataclass(frozen=True)
class Moment:
    """``length_ms``: how long the caption is on show; ``gone_ms``: how much of that passed before the document begins.

    ``before`` of its ``letters`` letters stand on the lines above line number ``line``.
    """

    length_ms: int
    gone_ms: int
    before: int
    letters: int
    line: int

    def at(self, milliseconds: float) -> int:
        """A time of the caption on the clock of its event; never 0, which some commands take for the end."""
        return (round(milliseconds) - self.gone_ms) or 1


@dataclass(frozen=True)
class Piece:
    """Commands and letters on show from ``start_ms`` to ``end_ms`` of the caption."""

    start_ms: float
    end_ms: float
    text: str


def dressed(block: Block, parts: Sequence[Run], place: Point, moment: Moment) -> Iterator[Piece]:
    """A line with the animation of its caption."""
    yield from ANIMATIONS[block.style.animation](block, parts, place, moment)


def lettering(block: Block, parts: Sequence[Run]) -> str:
    """The line's letters, each run in its font."""
    return "".join(_font(block, run) + escaped(run.text) for run in parts)


def _font(block: Block, run: Run) -> str:
    return f"{{\\fn{run.face.family}\\b{int(is_bold(run.face))}\\fs{block.em * run.face.height:.2f}}}"


def _at(place: Point) -> str:
    return f"\\pos({place[0]:.2f},{place[1]:.2f})"


def _still(block: Block, parts: Sequence[Run], place: Point, moment: Moment) -> Iterator[Piece]:
    yield Piece(0, moment.length_ms, f"{{{_at(place)}}}{lettering(block, parts)}")


def _fades(moment: Moment, come_ms: int, go_ms: int) -> str:
    come, go = min(come_ms, moment.length_ms // 4), min(go_ms, moment.length_ms // 4)
    times = (0, come, moment.length_ms - go, moment.length_ms)
    return f"\\fade(255,0,255,{','.join(str(round(time) - moment.gone_ms) for time in times)})"


def _fade(block: Block, parts: Sequence[Run], place: Point, moment: Moment) -> Iterator[Piece]:
    yield Piece(0, moment.length_ms, f"{{{_at(place)}{_fades(moment, 180, 180)}}}{lettering(block, parts)}")


def _pop(block: Block, parts: Sequence[Run], place: Point, moment: Moment) -> Iterator[Piece]:
    unit = min(90, moment.length_ms / 6)
    sizes = ((0, unit, 114), (unit, 1.8 * unit, 96), (1.8 * unit, 2.6 * unit, 100))
    grows = "".join(f"\\t({moment.at(begin)},{moment.at(end)},\\fscx{size}\\fscy{size})" for begin, end, size in sizes)
    yield Piece(0, moment.length_ms, f"{{{_at(place)}{_fades(moment, 50, 60)}\\fscx40\\fscy40{grows}}}{lettering(block, parts)}")


def _slide_up(block: Block, parts: Sequence[Run], place: Point, moment: Moment) -> Iterator[Piece]:
    takes = min(320, moment.length_ms // 3)
    if takes <= moment.gone_ms:
        where = _at(place)
    else:
        start = moment.gone_ms and -moment.gone_ms
        where = f"\\move({place[0]:.2f},{place[1] + 1.6 * block.em:.2f},{place[0]:.2f},{place[1]:.2f},{start},{moment.at(takes)})"
    yield Piece(0, moment.length_ms, f"{{{where}{_fades(moment, 220, 160)}}}{lettering(block, parts)}")


def _typewriter(block: Block, parts: Sequence[Run], place: Point, moment: Moment) -> Iterator[Piece]:
    each = min(55.0, 0.7 * moment.length_ms / max(1, moment.letters))
    done, text = moment.before, ""
    for run in parts:
        text += _font(block, run)
        for letters in _units(run.text):
            when = moment.at(each * done)
            text += f"{{\\alpha&HFF&\\t({when},{when},\\alpha&H00&\\4a&H60&)}}{escaped(letters)}"
            done += len(letters)
    yield Piece(0, moment.length_ms, f"{{{_at(place)}}}{text}")


def _units(text: str) -> list[str]:
    """Letters; whole words of scripts whose letters join."""
    if not right_to_left(text):
        return list(text)
    return [word if not number else f" {word}" for number, word in enumerate(text.split(" "))]


def _shake(block: Block, parts: Sequence[Run], place: Point, moment: Moment) -> Iterator[Piece]:
    """Jumps about fifteen times a second, less and less; all lines alike."""
    dice = random.Random(f"{block.caption.text}{block.caption.start_s:.3f}")
    size, step = 0.16 * block.em, 1000 / _SHAKES_HZ
    count = max(1, min(_MOST_SHAKES, math.ceil(moment.length_ms / step)))
    letters = lettering(block, parts)
    for number in range(count):
        reach = size * max(0.2, math.exp(-number / 9))
        angle, tilt = dice.uniform(0, 2 * math.pi), dice.uniform(-2.5, 2.5) * reach / size
        where = (place[0] + reach * math.cos(angle), place[1] + reach * math.sin(angle))
        end = moment.length_ms if number == count - 1 else (number + 1) * step
        grown = 112 - 3 * min(4, number)
        yield Piece(number * step, end, f"{{{_at(where)}\\frz{tilt:.2f}\\fscx{grown}\\fscy{grown}}}{letters}")


def _karaoke(block: Block, parts: Sequence[Run], place: Point, moment: Moment) -> Iterator[Piece]:
    """Word by word in the style's second colour, each for as long as its share of the letters."""
    each = 0.94 * moment.length_ms / max(1, moment.letters)
    plain, bright = colour(block.style.colour), colour(block.style.highlight)
    done, text = moment.before, ""
    for run in parts:
        text += _font(block, run)
        for word in _spaced(run.text):
            begin, end = moment.at(each * done), moment.at(each * (done + len(word)))
            text += f"{{\\1c{plain}\\t({begin},{begin},\\1c{bright})\\t({end},{end},\\1c{plain})}}{escaped(word)}"
            done += len(word)
    yield Piece(0, moment.length_ms, f"{{{_at(place)}{_fades(moment, 80, 120)}}}{text}")


def _spaced(text: str) -> list[str]:
    """Words with the space behind them."""
    words = text.split(" ")
    return [word for word in (*(f"{one} " for one in words[:-1]), words[-1]) if word]


ANIMATIONS: dict[str, Callable[[Block, Sequence[Run], Point, Moment], Iterator[Piece]]] = {
    "none": _still,
    "fade": _fade,
    "pop": _pop,
    "slide_up": _slide_up,
    "typewriter": _typewriter,
    "shake": _shake,
    "karaoke": _karaoke,
}
