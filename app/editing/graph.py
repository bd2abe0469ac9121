"""An ffmpeg filter graph as a structure: the only place that writes filter text, so nothing a person wrote can become a filter."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction

_NAME = re.compile(r"^[a-z][a-z0-9_]*$")
_SPECIAL = re.compile(r"([\\':])")  # within an option's value
_GRAPH_SPECIAL = re.compile(r"([\\'\[\],;])")  # within a whole graph

Value = str | int | float | Fraction | bool


@dataclass(frozen=True)
class Pad:
    """An end of a filter or of an input, as ffmpeg writes it between brackets."""

    label: str


@dataclass
class Graph:
    """Inputs and filters in the order in which they were added."""

    inputs: list[tuple[str, ...]] = field(default_factory=list)
    chains: list[str] = field(default_factory=list)
    _made: int = 0

    def input(self, *arguments: str) -> int:
        """Adds an input (everything up to and including ``-i PATH``); returns its number."""
        self.inputs.append(arguments)
        return len(self.inputs) - 1

    def filter(self, name: str, inputs: Sequence[Pad], /, **options: Value) -> Pad:
        """Adds a filter with one output. An option whose name is a word of Python ends in an underscore: ``if_``."""
        return self.filters(name, inputs, 1, **options)[0]

    def filters(self, name: str, inputs: Sequence[Pad], outputs: int, /, **options: Value) -> tuple[Pad, ...]:
        """Adds a filter with several outputs, such as ``split``, or none, such as a sink."""
        made = tuple(Pad(f"p{self._made + number}") for number in range(outputs))
        self._made += outputs
        ends = "".join(f"[{pad.label}]" for pad in inputs), "".join(f"[{pad.label}]" for pad in made)
        self.chains.append(ends[0] + described(name, **options) + ends[1])
        return made

    def text(self) -> str:
        """The whole graph for ``-filter_complex`` or a script file."""
        return ";\n".join(self.chains)

    def input_arguments(self) -> list[str]:
        """The inputs, in order, for the command line."""
        return [argument for arguments in self.inputs for argument in arguments]


def in_turn(graph: Graph, pads: Sequence[Pad], rate: Fraction) -> Pad:
    """Pads of pictures one behind another, one picture per frame of ``rate`` from 0 on, whatever their own time stamps were."""
    if len(pads) == 1:
        return pads[0]
    pad = graph.filter("concat", pads, n=len(pads), v=1, a=0)
    pad = graph.filter("settb", [pad], expr=1 / rate)
    pad = graph.filter("setpts", [pad], expr="N")  # ffmpeg takes a stretch of a single picture for one without length
    return graph.filter("fps", [pad], fps=rate)


def described(name: str, /, **options: Value) -> str:
    """One filter as text: ``scale=w=640:h=-2``; every value is escaped twice, as ffmpeg reads it twice."""
    for word in (name, *options):
        if not _NAME.match(word):
            raise ValueError(f"{word!r} is no name of a filter or an option")
    pairs = [f"{key.rstrip('_')}={_escaped(_plain(value))}" for key, value in options.items()]
    return name + ("=" + _GRAPH_SPECIAL.sub(r"\\\1", ":".join(pairs)) if pairs else "")


def _escaped(value: str) -> str:
    return _SPECIAL.sub(r"\\\1", value)


def _plain(value: Value) -> str:
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, Fraction):
        return str(value.numerator) if value.denominator == 1 else f"{value.numerator}/{value.denominator}"
    if isinstance(value, float):
        return f"{value:.9f}".rstrip("0").rstrip(".") or "0"
    return str(value)
