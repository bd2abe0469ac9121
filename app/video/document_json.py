"""analysis.json, piece by piece: a long film's is tens of megabytes, which are never held at once."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel

_STEP = "  "


def document_json(model: BaseModel) -> Iterator[str]:
    """Pieces that together are ``model.model_dump_json(indent=2)``, to the last byte.

    Lists of models are told model by model, and so are those in the models that the document consists of.
    """
    yield from _pieces(model, "")


def _pieces(model: BaseModel, indent: str) -> Iterator[str]:
    fields = type(model).model_fields
    if not fields:
        yield "{}"
        return
    before = "{"
    for name in fields:
        yield f"{before}\n{indent}{_STEP}"
        before = ","
        value = getattr(model, name)
        if isinstance(value, list) and value and all(isinstance(item, BaseModel) for item in value):
            yield f'"{name}": [\n'
            yield from _items(value, indent + _STEP * 2)
            yield f"\n{indent}{_STEP}]"
        elif isinstance(value, BaseModel) and _has_models(value):
            yield f'"{name}": '
            yield from _pieces(value, indent + _STEP)
        else:
            yield model.model_dump_json(indent=2, include={name})[4:-2].replace("\n", "\n" + indent)
    yield f"\n{indent}}}"


def _items(models: list[Any], indent: str) -> Iterator[str]:
    for place, model in enumerate(models):
        yield (",\n" if place else "") + indent + model.model_dump_json(indent=2).replace("\n", "\n" + indent)


def _has_models(model: BaseModel) -> bool:
    return any(isinstance(value, list) and value and isinstance(value[0], BaseModel) for value in model.__dict__.values())
