"""Tables of pictures: CSV whose columns are settings, or words that stand in the prompt. Pure."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import ValidationError

from app.imaging.batch.requests import MOST_PICTURES, Own
from app.validation import as_bad_input
from configs.errors import BadInput

SETTINGS = ("prompt", "negative", "style", "model", "width", "height", "steps", "guidance", "sampler", "schedule", "clip_skip", "seed",
            "image", "mask", "strength", "transparent")  # fmt: skip
OTHER_NAMES = {
    "negative_prompt": "negative", "cfg": "guidance", "cfg_scale": "guidance", "guidance_scale": "guidance", "denoise": "strength",
    "denoising_strength": "strength", "style_preset": "style", "scheduler": "schedule",
}  # fmt: skip


def read_table(text: str, prompt: str) -> list[tuple[Own, dict[str, str]]]:
    """For each row what is its own, and its labels.

    Args:
        text: CSV with a header; comma, semicolon or tab.
        prompt: what a row without a prompt has; ``{word}`` in it stands for the column of that name.

    Raises:
        BadInput: there are no rows, too many, or a value or column that means nothing; the sentence names the row.
    """
    text = "\n".join(re.split("\r\n?|\n", text.lstrip("\ufeff").strip()))
    reader = csv.DictReader(io.StringIO(text), dialect=_dialect(text), skipinitialspace=True)
    header, found = _rows(reader)
    names = _columns(header, [prompt, *(row.get(column) or "" for row in found for column in header if _setting(column) == "prompt")])
    rows = [_read(number, row, names, prompt) for number, row in enumerate(found, 1)]
    if not rows:
        raise BadInput("The table has no rows below its header.", "Write one picture a row.")
    return rows


def _dialect(text: str) -> type[csv.Dialect]:
    head = text.partition("\n")[0]

    class Found(csv.excel):
        delimiter = max(",;\t", key=head.count)

    return Found


def _rows(reader: csv.DictReader[str]) -> tuple[Sequence[str], list[Mapping[Any, Any]]]:
    """The header, and the rows in which anything stands."""
    found: list[Mapping[Any, Any]] = []
    try:
        header = reader.fieldnames or ()
        for row in reader:
            if any(isinstance(value, str) and value.strip() for value in row.values()):
                found.append(row)
            if len(found) > MOST_PICTURES:
                raise BadInput(f"The table has more than {MOST_PICTURES} rows.", "Split it.")
    except csv.Error as error:
        raise BadInput(f"The table cannot be read: {error}.", "Save it as CSV in UTF-8.") from None
    return header, found


def _setting(column: str) -> str:
    """The name of the setting that a column would be, whether or not there is one."""
    plain = column.strip().lower().replace(" ", "_").replace("-", "_")
    return OTHER_NAMES.get(plain, plain)


def _columns(header: Sequence[str], prompts: Sequence[str]) -> dict[str, str]:
    """Column -> the setting it is, or "" where it stands in a prompt. Raises BadInput for one that is neither."""
    found = {}
    for column in header:
        plain = _setting(column)
        if plain in SETTINGS:
            found[column] = plain
        elif any(f"{{{column.strip()}}}" in prompt for prompt in prompts):
            found[column] = ""
        else:
            name = column.strip()[:40]
            raise BadInput(
                f"The column {name!r} is no setting, and {{{name}}} does not stand in the prompt.", f"Settings: {', '.join(SETTINGS)}."
            )
    if len(set(filter(None, found.values()))) < len([name for name in found.values() if name]):
        raise BadInput("Two columns of the table are the same setting.", "Leave one out.")
    return found


def _read(number: int, row: Mapping[Any, Any], names: Mapping[str, str], prompt: str) -> tuple[Own, dict[str, str]]:
    if None in row:
        raise BadInput(f"Row {number} of the table has more values than there are columns.", "Put values that hold commas into quotes.")
    cells = {column: (row[column] or "").strip() for column in names}
    values = {names[column]: value for column, value in cells.items() if names[column] and value}
    words = values.get("prompt", prompt)
    for column, value in cells.items():
        words = words.replace(f"{{{column.strip()}}}", value)
    if words != prompt or "prompt" in values:
        values["prompt"] = words
    try:
        own = Own.model_validate(values)
    except ValidationError as error:
        said = as_bad_input(error.errors(), "row")
        raise BadInput(f"Row {number} of the table: {said.message}", said.remedy) from None
    return own, {column.strip(): value for column, value in cells.items() if value and names[column] != "prompt"}
