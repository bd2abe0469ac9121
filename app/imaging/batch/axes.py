"""The axes of a grid: what may differ, how values are written, and what a value changes. Pure."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.cast import LoraUse
from app.imaging.batch.requests import Axis
from app.imaging.requests import Picture
from configs.errors import BadInput

MOST_VALUES = 100
LORA, REPLACE = "lora:", "replace"
_NUMBER = r"\d{1,12}(?:\.\d{1,12})?"
_SPAN = re.compile(rf"(-?{_NUMBER})\s*-\s*(-?{_NUMBER})(?:\s*\(([+-]?{_NUMBER})\)|\s*\[(\d{{1,12}})\])?")
_SIZE = re.compile(r"(\d+)\s*x\s*(\d+)", re.IGNORECASE)
Changes = dict[str, Any]


@dataclass(frozen=True)
class Kind:
    """What an axis changes.

    Attributes:
        number: int or float where its values are numbers.
        change: value and the settings so far (fields of `Picture`) -> fields that change.
    """

    title: str
    change: Callable[[Any, Mapping[str, Any]], Changes]
    number: type[int] | type[float] | None = None


def _field(name: str) -> Callable[[Any, Mapping[str, Any]], Changes]:
    return lambda value, settings: {name: value}


def _size(value: str, settings: Mapping[str, Any]) -> Changes:
    found = _SIZE.fullmatch(value)
    if found is None:
        raise BadInput(f"A value of the axis size is {value[:60]!r}.", "Write 1024x576.")
    return {"width": int(found[1]), "height": int(found[2])}


def _weights(name: str) -> Callable[[Any, Mapping[str, Any]], Changes]:
    """Of all ControlNets, or of all reference pictures."""

    def change(value: float, settings: Mapping[str, Any]) -> Changes:
        if not settings[name]:
            raise BadInput(f"There are no {name} whose weight could differ.", f"Add one, or choose another axis than {name}_weight.")
        return {name: [use.model_copy(update={"weight": value}) for use in settings[name]]}

    return change


KINDS: Mapping[str, Kind] = {
    "seed": Kind("Seed", _field("seed"), int),
    "steps": Kind("Steps", _field("steps"), int),
    "guidance": Kind("Guidance", _field("guidance"), float),
    "sampler": Kind("Sampler", _field("sampler")),
    "schedule": Kind("Schedule", _field("schedule")),
    "model": Kind("Model", _field("model")),
    "style": Kind("Style", _field("style")),
    "prompt": Kind("Prompt", _field("prompt")),
    "negative": Kind("Negative", _field("negative")),
    "strength": Kind("Strength", _field("strength"), float),
    "clip_skip": Kind("Clip skip", _field("clip_skip"), int),
    "size": Kind("Size", _size),
    "controls_weight": Kind("ControlNet weight", _weights("controls"), float),
    "references_weight": Kind("Reference weight", _weights("references"), float),
}


@dataclass(frozen=True)
class Ready:
    """An axis with its values read.

    Attributes:
        sought: of a replacing axis, the words that are replaced.
    """

    by: str
    title: str
    values: tuple[Any, ...]
    labels: tuple[str, ...]
    change: Callable[[Any, Mapping[str, Any]], Changes]
    sought: str = ""


def read_axis(axis: Axis) -> Ready:
    """Raises BadInput for an axis or a value that there is not."""
    by = axis.by.strip()
    if by == REPLACE:
        return _replacing(axis)
    kind = _lora(by) if by.startswith(LORA) else KINDS.get(by)
    if kind is None:
        raise BadInput(f"There is no axis {by[:60]!r}.", f"Axes: {', '.join(KINDS)}, {LORA}NAME, {REPLACE}.")
    values = _numbers(axis, by, kind.number) if kind.number else _texts(axis)
    if not values:
        raise BadInput(f"The axis {by} has no values.", "Write some with commas between them.")
    if len(values) > MOST_VALUES:
        raise BadInput(f"The axis {by} has {len(values)} values.", f"Give {MOST_VALUES} at most.")
    return Ready(by, kind.title, tuple(values), tuple(_label(value) for value in values), kind.change)


def _lora(by: str) -> Kind:
    name = by.removeprefix(LORA).strip()
    if not name:
        raise BadInput(f"The axis {by!r} names no LoRA.", "Write lora:NAME.")

    def change(value: float, settings: Mapping[str, Any]) -> Changes:
        others: Sequence[LoraUse] = [lora for lora in settings["loras"] if lora.name != name]
        return {"loras": [*others, LoraUse(name=name, weight=value)]}

    return Kind(f"LoRA {name}", change, float)


def _replacing(axis: Axis) -> Ready:
    """Prompt search and replace: the first value is sought, and is itself the first of the grid."""
    values = tuple(_texts(axis))
    if len(values) < 2:
        raise BadInput("The axis replace needs the words to seek and at least one to put in their place.", "Write fox, owl, bear.")
    sought = values[0]

    def change(value: str, settings: Mapping[str, Any]) -> Changes:
        if sought not in settings["prompt"] and sought not in settings["negative"]:
            raise BadInput(
                f"The prompt does not hold {sought[:60]!r}, which the axis replace seeks.", "Write it into the prompt, or seek another."
            )
        return {name: settings[name].replace(sought, value) for name in ("prompt", "negative") if sought in settings[name]}

    return Ready(REPLACE, f"“{sought}”", values, values, change, sought)


def _texts(axis: Axis) -> list[str]:
    """Values with commas between them, in quotes where they hold commas themselves."""
    if not isinstance(axis.values, str):
        return [value.strip() for value in axis.values if value.strip()]
    rows = csv.reader([" ".join(axis.values.splitlines())], skipinitialspace=True)
    return [value.strip() for row in rows for value in row if value.strip()]


def _numbers(axis: Axis, by: str, number: type[int] | type[float]) -> list[Any]:
    return [value for text in _texts(axis) for value in _span(text, by, number)]


def _span(text: str, by: str, number: type[int] | type[float]) -> list[Any]:
    """``7``, ``1-5``, ``1-10 (+3)``, ``0-1 [5]``: as A1111's grids write them."""
    try:
        return [number(text)]
    except ValueError:
        found = _SPAN.fullmatch(text)
    if found is None:
        raise BadInput(
            f"A value of the axis {by} is {text[:60]!r}, which is no {'whole ' if number is int else ''}number.",
            "Write 10, 20 or 10-50 (+10).",
        )
    first, last = float(found[1]), float(found[2])
    if found[4] is not None:
        count = int(found[4])
        points = [first + (last - first) * place / max(1, count - 1) for place in range(min(count, MOST_VALUES + 1))]
    else:
        step = abs(float(found[3] or 1)) * (1 if last >= first else -1)
        if not step:
            raise BadInput(f"The span {text!r} of the axis {by} goes in steps of 0.", "Write 10-50 (+10).")
        count = int(abs(last - first) / abs(step) + 1e-9) + 1
        points = [first + step * place for place in range(min(count, MOST_VALUES + 1))]
    return [round(point) if number is int else round(point, 6) for point in points]


def _label(value: Any) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def settings_of(request: Picture) -> dict[str, Any]:
    """What axes may read and change."""
    return {name: getattr(request, name) for name in type(request).model_fields}
