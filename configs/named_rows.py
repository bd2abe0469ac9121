"""Reads files whose one key holds rows by name: styles of captions, looks of pictures."""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from configs.errors import BadInput
from configs.settings import read_yaml

Row = TypeVar("Row", bound=BaseModel)


def read_named(path: Path, key: str, row: type[Row]) -> dict[str, Row]:
    """Name -> row; empty when there is no such file.

    Raises:
        BadInput: the file is not of the form ``key: {name: {...}}``; the sentence names the row and the field.
    """
    data = read_yaml(path)
    unknown = [found for found in data if found != key]
    if unknown:
        raise BadInput(f"{path} has an unknown key {unknown[0]!r}.", f"Only `{key}:` with the styles stands there.")
    rows = data.get(key) or {}
    if not isinstance(rows, dict):
        raise BadInput(f"{path}: `{key}` is a {type(rows).__name__}.", "Write one `name:` per style below it.")
    return {str(name): _row(path, str(name), values, row) for name, values in rows.items()}


def _row(path: Path, name: str, values: object, row: type[Row]) -> Row:
    try:
        return row.model_validate(values)
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"]) or "it"
        raise BadInput(f"{path}: style {name!r}: {field}: {first['msg']}.", "Mend that line.") from None
