"""Tables as expressions of ffmpeg: exact whole numbers, looked up in a tree, since a filter can read no list."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

BITS = 48  # a double holds whole numbers of 53 bits exactly
_WIDTH = 5  # bits per value where increments vary
_VALUES = BITS // _WIDTH


@dataclass(frozen=True)
class _Leaf:
    begin: int
    text: str


def member(kept: Sequence[int], variable: str = "n") -> str:
    """1 where ``variable`` is one of ``kept`` (rising, from 0), else 0."""
    wanted = set(kept)
    leaves: list[_Leaf] = []
    for begin in range(0, kept[-1] + 1, BITS):
        mask = sum(1 << bit for bit in range(BITS) if begin + bit in wanted)
        full = mask == (1 << BITS) - 1
        text = "1" if full else "0" if mask == 0 else f"mod(floor({mask}/pow(2,{variable}-{begin})),2)"
        if not (leaves and text in "01" and leaves[-1].text == text):
            leaves.append(_Leaf(begin, text))
    return f"if(gt({variable},{kept[-1]}),0,{_tree(leaves, variable)})"


def lookup(values: Sequence[int], variable: str = "N") -> str:
    """``values[variable]`` for rising values; straight parts are written as lines."""
    leaves: list[_Leaf] = []
    begin = 0
    while begin < len(values):
        step, end = _straight(values, begin)
        if end - begin >= _VALUES or end == len(values):
            leaves.append(_Leaf(begin, _line(values[begin], step, variable, begin)))
            begin = end
            continue
        end = min(begin + _VALUES, len(values))
        leaves.append(_Leaf(begin, _packed(values[begin:end], variable, begin)))
        begin = end
    return _tree(leaves, variable)


def _straight(values: Sequence[int], begin: int) -> tuple[int, int]:
    """How far the values go on in equal steps."""
    if begin + 1 >= len(values):
        return 1, len(values)
    step, end = values[begin + 1] - values[begin], begin + 2
    while end < len(values) and values[end] - values[end - 1] == step:
        end += 1
    return step, end


def _line(value: int, step: int, variable: str, begin: int) -> str:
    return f"{value}+({variable}-{begin})*{step}"


def _packed(values: Sequence[int], variable: str, begin: int) -> str:
    """A few values as a line and small additions to it, packed into one number; a tree of their own where they differ too much."""
    step = min((after - before for before, after in pairwise(values)), default=1)
    over = [value - values[0] - number * step for number, value in enumerate(values)]
    if max(over) >= 1 << _WIDTH:
        return _tree([_Leaf(begin + number, str(value)) for number, value in enumerate(values)], variable)
    packed = sum(value << (_WIDTH * number) for number, value in enumerate(over))
    extra = f"mod(floor({packed}/pow({1 << _WIDTH},{variable}-{begin})),{1 << _WIDTH})"
    return f"{_line(values[0], step, variable, begin)}+{extra}"


def _tree(leaves: Sequence[_Leaf], variable: str) -> str:
    """Halving until one leaf is left; ffmpeg works out only the branch that is taken."""
    return _halved(leaves, lambda begin: f"lt({variable},{begin})")


def _halved(leaves: Sequence[_Leaf], before: Callable[[int], str]) -> str:
    if len(leaves) == 1:
        return leaves[0].text
    middle = len(leaves) // 2
    return f"if({before(leaves[middle].begin)},{_halved(leaves[:middle], before)},{_halved(leaves[middle:], before)})"
