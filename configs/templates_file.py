"""Reads the templates of films that a person edits: `configs/templates/*.yaml`, one template per file, named as the file."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from configs.errors import BadInput
from configs.settings import CONFIG_DIR, read_yaml

FOLDER = CONFIG_DIR / "templates"


class Strict(BaseModel):
    """A frozen model that refuses what it does not know."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Asking(Strict):
    """What the planner is asked; what is left out is its own choice. See `video.plan`."""

    goal: str = Field(default="", max_length=4000)
    style: str | None = Field(default=None, max_length=40)
    duration_s: float | None = Field(default=None, gt=0)
    aspect: str | None = Field(default=None, max_length=8)
    planner: str | None = Field(default=None, max_length=120)


class Slides(Strict):
    """A film of pictures: how long each is shown, how it moves, and how one becomes the next."""

    seconds: float = Field(default=3.0, gt=0, le=600)
    zoom: float = Field(default=1.18, ge=1, le=3, description="How far the picture moves in or out; 1 stands still.")
    transition: str | None = Field(default="dissolve", max_length=20)
    transition_s: float = Field(default=0.6, gt=0, le=10)


class Template(Strict):
    """A kind of film. ``of``: one film per clip, or one film of all the pictures in a folder.

    ``segment`` and ``film``: operations of the plan, as JSON has them, for every row and for the whole film; ``output``: fields of the
    plan's output. In texts, ``{clip}`` is the name of the first file, ``{title}`` the film's title.
    """

    title: str = Field(min_length=1, max_length=60)
    summary: str = Field(min_length=1, max_length=200)
    of: Literal["clips", "stills"] = "clips"
    brief: Asking = Asking()
    slides: Slides = Slides()
    output: dict[str, Any] = {}
    segment: tuple[dict[str, Any], ...] = Field(default=(), max_length=16)
    film: tuple[dict[str, Any], ...] = Field(default=(), max_length=16)


def template_names(folder: Path = FOLDER) -> list[str]:
    """Every template there is."""
    return sorted(path.stem for path in folder.glob("*.yaml"))


def read_template(name: str, folder: Path = FOLDER) -> Template:
    """A template by its name, or by the path of a YAML file of one's own.

    Raises:
        BadInput: there is none of that name, or it is not written as `Template` says; the sentence names the field.
    """
    own = Path(name).expanduser()
    path = own if own.suffix in (".yaml", ".yml") else folder / f"{name}.yaml"
    if not path.is_file() or (path != own and name not in template_names(folder)):
        raise BadInput(f"There is no template {name!r}.", f"Templates: {', '.join(template_names(folder))}; or the path of a YAML file.")
    try:
        return Template.model_validate(read_yaml(path))
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"]) or "it"
        raise BadInput(f"{path}: {field}: {first['msg']}.", "Mend that line.") from None
