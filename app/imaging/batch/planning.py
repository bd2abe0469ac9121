"""From lists, tables, choices and axes to the pictures of a batch: each with what it has of its own. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product
from typing import Any

from pydantic import ValidationError

from app.imaging.batch.axes import KINDS, Ready, read_axis, settings_of
from app.imaging.batch.requests import MOST_PICTURES, BatchImages, Cell, Own
from app.imaging.batch.tables import read_table
from app.imaging.batch.wildcards import Lists, every_way, expanded
from app.imaging.generate import SEEDS
from app.imaging.requests import BatchPlace, GenerateImage
from app.validation import as_bad_input
from configs.errors import BadInput

_OWN = tuple(Own.model_fields)
_SHARED = tuple(name for name in GenerateImage.model_fields if name in BatchImages.model_fields and name not in ("count",))
NO_AXIS = Ready("", "", (None,), ("",), lambda value, settings: {})
Row = tuple[Own, dict[str, str]]


def cells_of(request: BatchImages, lists: Lists) -> list[Cell]:
    """Every picture, in order: prompt by prompt, seed by seed, then z, y and x, the last the quickest.

    Raises:
        BadInput: there is nothing to make, too much, or a list, table or axis means nothing.
    """
    assert request.seed is not None, "filled in before"
    x, y, z = (NO_AXIS if axis is None else read_axis(axis) for axis in (request.x, request.y, request.z))
    _require_apart(x, y, z)
    rows = _rows(request, lists)
    total = len(rows) * request.count * len(x.values) * len(y.values) * len(z.values)
    _require_few(total)
    cells: list[Cell] = []
    for number, ((own, labels), again) in enumerate(product(rows, range(request.count))):
        seed = ((own.seed + again) if own.seed is not None else request.seed + number) % SEEDS
        prompt = expanded(request.prompt if own.prompt is None else own.prompt, lists, f"{request.seed}/{number}")
        first = own.model_copy(update={"seed": seed, "prompt": prompt})
        called = {**labels, **({KINDS["seed"].title: str(seed)} if request.count > 1 else {})}
        cells += _grid(request, first, called, number, (x, y, z))
    return cells


def to_request(request: BatchImages, cell: Cell, index: int, of: int) -> GenerateImage:
    """The picture as `image.generate` is asked for it; raises BadInput naming the picture when a value is out of bounds."""
    shared = {name: getattr(request, name) for name in _SHARED if name != "cast"}
    own = {name: value for name in _OWN if (value := getattr(cell, name)) is not None}
    if own.get("style") and own["style"] != request.style:
        shared["styling"] = None
    values = {**shared, **own, "count": 1, "batch": BatchPlace(index=index, of=of, labels=cell.labels)}
    try:
        return GenerateImage.model_validate(
            {name: value.model_dump() if hasattr(value, "model_dump") else _plain(value) for name, value in values.items()}
        )
    except ValidationError as error:
        said = as_bad_input(error.errors(), "picture")
        raise BadInput(f"{called(cell, index)}: {said.message}", said.remedy) from None


def called(cell: Cell, index: int) -> str:
    """``Picture 3 (Steps 20, Sampler euler)``."""
    labels = ", ".join(f"{name} {value}" for name, value in cell.labels.items())
    return f"Picture {index + 1}" + (f" ({labels[:120]})" if labels else "")


def _plain(value: Any) -> Any:
    return [_plain(item) for item in value] if isinstance(value, list) else value.model_dump() if hasattr(value, "model_dump") else value


def _rows(request: BatchImages, lists: Lists) -> list[Row]:
    """What each prompt or table row has of its own."""
    rows: list[Row] = [(Own(prompt=prompt), {}) for prompt in request.prompts if prompt.strip()]
    if request.table.strip():
        rows += read_table(request.table, request.prompt)
    if not rows:
        rows = [(Own(), {})]
    if request.combine:
        rows = list(_combined(rows, request.prompt, lists))
    return rows


def _combined(rows: Sequence[Row], prompt: str, lists: Lists) -> Iterator[Row]:
    made = 0
    for own, labels in rows:
        for way in every_way(prompt if own.prompt is None else own.prompt, lists):
            made += 1
            if made > MOST_PICTURES:
                _require_few(made, "at least ")
            yield own.model_copy(update={"prompt": way}), labels


def _grid(request: BatchImages, first: Own, labels: dict[str, str], row: int, axes: tuple[Ready, Ready, Ready]) -> Iterator[Cell]:
    x, y, z = axes
    settings = {**settings_of(request), **{name: value for name in _OWN if (value := getattr(first, name)) is not None}}
    for place in product(range(len(z.values)), range(len(y.values)), range(len(x.values))):
        changes: dict[str, Any] = {}
        called: dict[str, str] = dict(labels)
        # What replaces words of the prompt comes after what sets the prompt.
        order = sorted(zip((z, y, x), place, strict=True), key=lambda one: bool(one[0].sought))
        for axis, number in order:
            changes |= axis.change(axis.values[number], {**settings, **changes})
            if axis.by:
                called[axis.title] = axis.labels[number]
        own = {name: getattr(first, name) for name in _OWN} | changes
        yield _cell(own, called, row, place)


def _cell(own: dict[str, Any], labels: dict[str, str], row: int, place: tuple[int, int, int]) -> Cell:
    plain = {name: _plain(value) for name, value in own.items()}
    try:
        return Cell.model_validate({**plain, "labels": labels, "row": row, "z": place[0], "y": place[1], "x": place[2]})
    except ValidationError as error:
        raise as_bad_input(error.errors(), "picture") from None


def _require_apart(*axes: Ready) -> None:
    named = [axis.by for axis in axes if axis.by]
    twice = next((name for name in named if named.count(name) > 1), None)
    if twice is not None:
        raise BadInput(f"Two axes are {twice!r}.", "Let each axis change something else.")


def _require_few(total: int, about: str = "") -> None:
    if total > MOST_PICTURES:
        raise BadInput(
            f"That would be {about}{total:,} pictures.", f"A batch makes {MOST_PICTURES} at most: give fewer prompts, seeds or values."
        )
