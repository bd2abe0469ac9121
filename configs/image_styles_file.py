"""Reads the looks for generated pictures: `styles/images.yaml` here, and the file of that name in the data folder, which adds to it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from configs.errors import BadInput
from configs.settings import CONFIG_DIR, read_yaml

PRESETS = "styles/images.yaml"
PLACE = "{prompt}"


def _with_place(text: str) -> str:
    if text.count(PLACE) != 1:
        raise ValueError(f"{PLACE} must stand in it once, where the person's own words go")
    return text


class ImageStyle(BaseModel):
    """One look; `images.yaml` says what each field means."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    title: str = Field(min_length=1, max_length=60)
    group: str = Field(default="Your own", min_length=1, max_length=40)
    prompt: Annotated[str, AfterValidator(_with_place)] = Field(max_length=2000)
    negative: str = Field(default="", max_length=2000)
    steps: int | None = Field(default=None, ge=1, le=150)
    guidance: float | None = Field(default=None, ge=0, le=30)


def image_styles(data_dir: Path | None = None, config_dir: Path = CONFIG_DIR) -> dict[str, ImageStyle]:
    """Every look by its name, ours first; the person's own replace ours of the same name. Read anew each time: files are edited.

    Raises:
        BadInput: a file is not of the form ``styles: {name: {...}}``; the sentence names the style and the field.
    """
    found = dict(_read(config_dir / PRESETS))
    if data_dir is not None:
        found |= _read(data_dir / PRESETS)
    return found


def _read(path: Path) -> dict[str, ImageStyle]:
    data = read_yaml(path)
    unknown = [key for key in data if key != "styles"]
    if unknown:
        raise BadInput(f"{path} has an unknown key {unknown[0]!r}.", "Only `styles:` with the looks stands there.")
    rows = data.get("styles") or {}
    if not isinstance(rows, dict):
        raise BadInput(f"{path}: `styles` is a {type(rows).__name__}.", "Write one `name:` per style below it.")
    return {str(name): _style(path, str(name), values) for name, values in rows.items()}


def _style(path: Path, name: str, values: object) -> ImageStyle:
    try:
        return ImageStyle.model_validate(values)
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"]) or "it"
        raise BadInput(f"{path}: style {name!r}: {field}: {first['msg']}.", "Mend that line.") from None
