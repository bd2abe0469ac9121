"""Prompts that choose: ``{red|blue}`` and ``__colours__``, by chance with a seed, or every way there is. Pure."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from random import Random

from configs.errors import BadInput

Lists = Mapping[str, Sequence[str]]
DEEPEST = 8
MOST_WAYS = 10_000
MOST_ALIKE = 4  # ways are looked at for each that may be kept: those that come out alike take as long to write
# The innermost braces that hold a bar; ``{name}`` without one is left alone. One way to match, so that it never tries all others.
_BRACES = re.compile(r"\{([^{}|]*\|[^{}]*)\}")
_LIST = re.compile(r"__([A-Za-z0-9][A-Za-z0-9_\-/. ]{0,99}?)__")
_WEIGHT = re.compile(r"\s*(\d+(?:\.\d+)?)::")


@dataclass(frozen=True)
class Choice:
    """One place in a prompt where something is chosen."""

    start: int
    end: int
    values: tuple[str, ...]
    weights: tuple[float, ...]


def expanded(text: str, lists: Lists, seed: str) -> str:
    """The prompt with every choice made by chance; the same seed and lists give the same text.

    Raises:
        BadInput: a list that there is not, or lists that name each other without end.
    """
    chance = Random(seed)
    for _ in range(DEEPEST * 64):
        choice = first_choice(text, lists)
        if choice is None:
            return text
        text = _put(text, choice, chance.choices(choice.values, choice.weights)[0])
        _require_sane(text)
    raise BadInput(f"The choices in {text[:60]!r} never end.", "A list must not name itself.")


def every_way(text: str, lists: Lists, most: int = MOST_WAYS) -> list[str]:
    """Every prompt that the choices allow, in order, each once; raises BadInput when there are more than ``most``."""
    found: dict[str, None] = {}
    for number, way in enumerate(_ways(text, lists, 0)):
        found[way] = None
        if len(found) > most or number >= most * MOST_ALIKE:
            raise BadInput(f"The choices in {text[:60]!r} allow more than {most:,} prompts.", "Leave some out, or let chance choose.")
    return list(found)


def has_choices(text: str) -> bool:
    """Whether anything in it is chosen."""
    return bool(_BRACES.search(text) or _LIST.search(text))


def first_choice(text: str, lists: Lists) -> Choice | None:
    """The first innermost choice; raises BadInput for a list that there is not."""
    found = min((match for match in (_BRACES.search(text), _LIST.search(text)) if match), key=lambda match: match.start(), default=None)
    if found is None:
        return None
    if found.re is _LIST:
        values = tuple(_list(found[1], lists))
        return Choice(found.start(), found.end(), values, (1.0,) * len(values))
    parts = [_weighed(part) for part in found[1].split("|")]
    if not sum(weight for _, weight in parts):
        parts = [(part, 1.0) for part, _ in parts]
    return Choice(found.start(), found.end(), tuple(part for part, _ in parts), tuple(weight for _, weight in parts))


def _weighed(part: str) -> tuple[str, float]:
    """``3::red`` is chosen three times as often."""
    found = _WEIGHT.match(part)
    return (part[found.end() :].strip(), float(found[1])) if found else (part.strip(), 1.0)


def _list(name: str, lists: Lists) -> Sequence[str]:
    if name not in lists:
        near = difflib.get_close_matches(name, list(lists), 1, 0.5)
        known = f"Did you mean __{near[0]}__?" if near else f"Lists: {', '.join(lists)}." if lists else "Put NAME.txt into wildcards."
        raise BadInput(f"There is no list __{name}__.", known, "no_wildcard")
    if not lists[name]:
        raise BadInput(f"The list __{name}__ is empty.", "Write one value a line into its file.", "no_wildcard")
    return lists[name]


def _ways(text: str, lists: Lists, depth: int) -> Iterator[str]:
    _require_sane(text)
    choice = first_choice(text, lists)
    if choice is None:
        yield text
        return
    if depth > DEEPEST * 16:
        raise BadInput(f"The choices in {text[:60]!r} never end.", "A list must not name itself.")
    for value in choice.values:
        yield from _ways(_put(text, choice, value), lists, depth + 1)


def _put(text: str, choice: Choice, value: str) -> str:
    return text[: choice.start] + value + text[choice.end :]


def _require_sane(text: str) -> None:
    if len(text) > 100_000:
        raise BadInput("The prompt becomes longer than 100,000 characters by its choices.", "A list must not name itself.")
