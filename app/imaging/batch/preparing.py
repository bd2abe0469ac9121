"""Fills a batch in before it becomes a job: every picture is planned, and each is looked at as though it were asked for by itself."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from typing import Any

from app.cast import CastMember, with_cast
from app.imaging.batch.planning import called, cells_of, to_request
from app.imaging.batch.requests import BatchImages, Cell
from app.imaging.generate import SEEDS
from app.imaging.prepare import OUTPAINT_STRENGTH, check, prepare
from app.surroundings import Surroundings
from backends.adapters import AdapterFile
from backends.base import Installed
from configs.errors import StudioError
from configs.image_styles_file import ImageStyle
from storage.records import Artifact


def prepare_batch(request: BatchImages, around: Surroundings) -> BatchImages:
    """The batch with its seed, its model and what each picture has of its own.

    Raises:
        BadInput, NotFound, BadMedia: a picture cannot be made as asked; the sentence names it.
    """
    seed = request.seed if request.seed is not None else secrets.randbelow(SEEDS)
    changes: dict[str, Any] = {"seed": seed}
    if request.outpaint.wanted and "strength" not in request.model_fields_set:
        changes["strength"] = OUTPAINT_STRENGTH
    request = request.model_copy(update=changes)
    cells = request.cells or cells_of(request, around.wildcards())
    request = with_cast(request.model_copy(update={"cells": cells}), around.character)
    seen = Seen(around)
    models = {_prepared(request, cell, index, seen) for index, cell in enumerate(cells)}
    return request.model_copy(update={"model": models.pop()}) if request.model is None and len(models) == 1 else request


def check_batch(request: BatchImages, media: Mapping[str, Artifact]) -> None:
    """Refuses pictures that do not go together, of the whole and of each cell; raises BadInput."""
    check(request, media)
    for index, cell in enumerate(request.cells):
        own = {name: media[f"cells.{index}.{name}"] for name in ("image", "mask") if f"cells.{index}.{name}" in media}
        if own:
            check(to_request(request, cell, index, len(request.cells)), {**media, **own})


def _prepared(request: BatchImages, cell: Cell, index: int, around: Surroundings) -> str | None:
    """The model that would make the picture; raises as `prepare` does, naming the picture."""
    try:
        return prepare(with_cast(to_request(request, cell, index, len(request.cells)), around.character), around).model
    except StudioError as error:
        if len(request.cells) == 1 or error.message.startswith("Picture "):
            raise
        raise type(error)(f"{called(cell, index)}: {error.message}", error.remedy, error.code) from None


class Seen:
    """What a studio has, looked up once for all pictures of a batch; implements `Surroundings`."""

    def __init__(self, around: Surroundings) -> None:
        self._around = around
        self._found: dict[tuple[str, ...], Any] = {}

    def models(self, task: str) -> Sequence[Installed]:
        """See `Surroundings`."""
        return self._once("models", task)  # type: ignore[no-any-return]

    def model(self, name: str) -> Installed:
        """See `Surroundings`."""
        return self._once("model", name)  # type: ignore[no-any-return]

    def fits(self, model: Installed) -> bool:
        """See `Surroundings`."""
        return self._around.fits(model)

    def adapters(self, kind: str) -> Sequence[AdapterFile]:
        """See `Surroundings`."""
        return self._once("adapters", kind)  # type: ignore[no-any-return]

    def adapter(self, kind: str, name: str) -> AdapterFile:
        """See `Surroundings`."""
        return self._once("adapter", kind, name)  # type: ignore[no-any-return]

    def character(self, handle: str) -> CastMember:
        """See `Surroundings`."""
        return self._once("character", handle)  # type: ignore[no-any-return]

    def styles(self) -> Mapping[str, ImageStyle]:
        """See `Surroundings`."""
        return self._once("styles")  # type: ignore[no-any-return]

    def wildcards(self) -> Mapping[str, Sequence[str]]:
        """See `Surroundings`."""
        return self._once("wildcards")  # type: ignore[no-any-return]

    def _once(self, what: str, *names: str) -> Any:
        key = (what, *names)
        if key not in self._found:
            self._found[key] = getattr(self._around, what)(*names)
        return self._found[key]
