"""One sentence for a request that does not fit its type: the field, the value, what it should be."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from configs.errors import BadInput

_OUTER = ("body", "query", "path")
LONGEST_VALUE = 60


def as_bad_input(errors: Sequence[Any], of: str = "request") -> BadInput:
    """The first of pydantic's ``errors()`` as a `BadInput`; ``of`` names what was being read."""
    first = errors[0]
    field = field_name(first.get("loc", ()))
    kind, said = first["type"], str(first["msg"])
    more = f" ({len(errors) - 1} more)" if len(errors) > 1 else ""
    if kind == "missing":
        what = f"Field {field!r} is missing." if field else f"The {of} has no content."
        return BadInput(what + more, f"Give {field!r} a value." if field else "Send a JSON object.")
    if kind == "extra_forbidden":
        return BadInput(f"Field {field!r} is not known.{more}", f"Leave {field!r} out.")
    if kind == "json_invalid":
        return BadInput(f"The {of} is not valid JSON: {first.get('ctx', {}).get('error', said)}.", "Send one JSON object.")
    rule = said.removeprefix("Value error, ").rstrip(".")
    rule = rule[:1].lower() + rule[1:] if rule[:2] != rule[:2].upper() else rule
    where = f"Field {field!r}" if field else f"The {of}"
    return BadInput(f"{where} is {shown(first.get('input'))}: {rule}.{more}", f"Change {field!r} and try again." if field else "")


def field_name(location: Sequence[Any]) -> str:
    """``("body", "scenes", 2, "start_s")`` -> ``scenes[2].start_s``."""
    parts = list(location[1:] if location and location[0] in _OUTER else location)
    name = ""
    for part in parts:
        name += f"[{part}]" if isinstance(part, int) else f".{part}" if name else str(part)
    return name


def shown(value: Any) -> str:
    """A value short enough for a sentence."""
    text = repr(value)
    return text if len(text) <= LONGEST_VALUE else f"{text[: LONGEST_VALUE - 3]}..."
