"""Prompts as A1111 and Forge write them: ``(word:1.2)`` for more, ``[word]`` for less, BREAK for a new chunk. Pure; no torch.

Grammar: https://github.com/AUTOMATIC1111/stable-diffusion-webui/wiki/Features, "Attention/emphasis".
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

MORE, LESS = 1.1, 1 / 1.1  # of a pair of brackets without a number
MOST = 10.0  # a weight beyond it only breaks a picture
CHUNK = 75  # tokens that CLIP reads at once, beside its start and end
COMMA_REACH = 20  # so far back a chunk is rather broken at a comma than within a phrase
_PART = re.compile(r"\\[()\[\]\\]|[(\[]|:\s*([+-]?(?:\d+\.?\d*|\.\d+))\s*\)|[)\]]|\bBREAK\b|[^\\()\[\]:B]+|.", re.DOTALL)


@dataclass(frozen=True)
class Piece:
    """Words of one weight; ``text`` None: a break."""

    text: str | None
    weight: float = 1.0


class _Parser:
    """What was read so far, and where the brackets still open began."""

    def __init__(self) -> None:
        self.pieces: list[tuple[str | None, float]] = []
        self.open: dict[str, list[int]] = {"(": [], "[": []}

    def read(self, part: str, number: str | None) -> None:
        """One part of the prompt."""
        if part in self.open:
            self.open[part].append(len(self.pieces))
        elif number is not None and self.open["("]:
            self.close("(", float(number))
        elif part == ")" and self.open["("]:
            self.close("(", MORE)
        elif part == "]" and self.open["["]:
            self.close("[", LESS)
        elif part == "BREAK":
            self.pieces.append((None, 1.0))
        else:
            self.pieces.append((part.removeprefix("\\") if len(part) == 2 else part, 1.0))

    def close(self, bracket: str, factor: float) -> None:
        """The last of the open brackets ends here."""
        start = self.open[bracket].pop()
        self.pieces[start:] = [(text, weight * factor) for text, weight in self.pieces[start:]]


def parse(prompt: str) -> list[Piece]:
    """Splits a prompt by weight; brackets that do not close are closed at the end, those that do not open are words."""
    parser = _Parser()
    for match in _PART.finditer(prompt):
        parser.read(match[0], match[1])
    for bracket, factor in (("(", MORE), ("[", LESS)):
        while parser.open[bracket]:
            parser.close(bracket, factor)
    return _joined([(text, max(-MOST, min(MOST, weight))) for text, weight in parser.pieces])


def _joined(pieces: Sequence[tuple[str | None, float]]) -> list[Piece]:
    joined: list[Piece] = []
    for text, weight in pieces:
        last = joined[-1] if joined else None
        if last is not None and last.text is not None and text is not None and last.weight == weight:
            joined[-1] = Piece(last.text + text, weight)
        else:
            joined.append(Piece(text, weight if text is not None else 1.0))
    return joined


def plain(prompt: str) -> str:
    """The words alone, for models that read sentences and know no weights."""
    return " ".join("".join(" " if piece.text is None else piece.text for piece in parse(prompt)).split())


def is_weighed(prompt: str) -> bool:
    """Whether any words have another weight than the rest."""
    return any(piece.weight != 1.0 for piece in parse(prompt))


@dataclass(frozen=True)
class Chunk:
    """At most `CHUNK` tokens and their weights."""

    tokens: tuple[int, ...]
    weights: tuple[float, ...]


def chunks(pieces: Sequence[Piece], encode: Callable[[str], Sequence[int]], comma: int | None = None, size: int = CHUNK) -> list[Chunk]:
    """Cuts a prompt into what is read at once; at least one chunk.

    Args:
        encode: the tokens of some words, without start and end.
        comma: the token of a comma: a chunk that is full ends at one of its last, if there is any.
    """
    done: list[Chunk] = []
    tokens: list[int] = []
    weights: list[float] = []

    def close(end: int) -> None:
        done.append(Chunk(tuple(tokens[:end]), tuple(weights[:end])))
        del tokens[:end], weights[:end]

    for piece in pieces:
        if piece.text is None:
            close(len(tokens))
            continue
        for token in encode(piece.text):
            if len(tokens) == size:
                close(_cut(tokens, comma))
            tokens.append(token)
            weights.append(piece.weight)
    if tokens or not done:
        close(len(tokens))
    return done


def _cut(tokens: Sequence[int], comma: int | None) -> int:
    """Where a full chunk ends: after its last comma where that is near its end, else at its end."""
    for place in range(len(tokens) - 1, max(0, len(tokens) - 1 - COMMA_REACH), -1):
        if tokens[place] == comma:
            return place + 1
    return len(tokens)
