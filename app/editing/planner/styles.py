"""Styles of editing as data: `configs/styles/edits.yaml` says what a dramatic, chaotic or wholesome film is made of."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from app.editing.operations.joins import Kind
from app.editing.operations.shape import Aspect
from app.editing.operations.sounds import EffectName
from app.editing.planner.scoring import COMPONENTS
from configs.errors import BadInput
from configs.settings import CONFIG_DIR, read_yaml

FILE = CONFIG_DIR / "styles" / "edits.yaml"
FALLBACK = "highlights"

Weights = dict[str, Annotated[float, Field(ge=-4, le=4)]]
Chance = Annotated[float, Field(ge=0, le=1)]
Span = tuple[float, float]
GestureName = Literal[
    "plain", "push", "pull", "glide", "punch", "ramp", "freeze", "replay", "triple", "stutter", "rewind", "rush", "card", "hold"
]


class Strict(BaseModel):
    """A frozen model that refuses what it does not know."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Part(Strict):
    """A part of the film, such as its build-up."""

    name: str
    share: float = Field(gt=0, le=1, description="Of the film's length.")
    length_s: Span = Field(description="Shortest and longest piece on the film, before pace.")
    gestures: dict[GestureName, float] = Field(min_length=1, description="What is done to a piece, and how often against the others.")
    choose: Weights = Field(default={}, description="What makes a stretch of the clip fit here.")
    speed: Span = Field(default=(1.0, 1.0), description="Slowest and fastest that pieces without a speed of their own are shown.")
    order: Literal["time", "free", "rising"] = Field(default="time", description="time: in the clip's order; rising: best last.")
    quickens: float = Field(default=1.0, gt=0.2, le=1, description="Length of the last piece as a share of the first.")
    caption_chance: Chance = 0.0
    lines: str = Field(default="", description="Which lines its captions come from.")
    transitions: dict[Kind, float] = Field(default={}, description="Left out: hard cuts.")
    transition_chance: Chance = 0.0
    at_most: int = Field(default=200, ge=1, description="Pieces.")
    repeats: float = Field(default=0.9, ge=0, le=2, description="How much it counts against a stretch that it was shown before.")
    claims: int = Field(default=0, ge=0, le=9, description="Parts with a higher number choose their moments before the others.")


class Line(Strict):
    """A caption. ``when``: what must be true of the piece; all lines without it fit everywhere."""

    text: str = Field(min_length=1, max_length=120)
    when: tuple[str, ...] = ()


class Style(Strict):
    """How a film of a kind is made."""

    title: str
    summary: str
    words: tuple[str, ...] = Field(default=(), description="Words of a brief that mean this style.")
    aspect: Literal["source"] | Aspect = "source"
    default_s: float = Field(default=30.0, gt=0)
    most_times: float = Field(default=1.0, gt=0, le=20, description="How many times the clip's usable length the film may last.")
    parts: tuple[Part, ...] = Field(min_length=1)
    push: Span = (1.05, 1.2)
    punch: Span = (1.25, 1.6)
    slow: Span = (0.35, 0.6)
    freeze_s: Span = (1.2, 1.8)
    shake_percent: float = 0.0
    impact: tuple[EffectName, ...] = Field(default=(), description="Sounds on a punch or a blow.")
    freeze_sounds: tuple[EffectName, ...] = ()
    accents: tuple[EffectName, ...] = Field(default=(), description="Sounds of captions and small things.")
    whooshes: tuple[EffectName, ...] = ()
    risers: tuple[EffectName, ...] = ()
    beds: tuple[EffectName, ...] = Field(default=(), description="Sounds under quiet pieces.")
    effect_db: float = -8.0
    grade: dict[str, float] = {}
    replay_grade: dict[str, float] = {}
    caption_style: str = "caption"
    caption_size: float | None = Field(default=None, gt=0.5, le=60, description="Height of its letters, % of the canvas height.")
    reading: float = Field(default=1.0, gt=0.2, le=2, description="Of the time that a caption is usually given to be read.")
    freeze_style: str = "shout"
    title_style: str = "title"
    fade_in_s: float = 0.0
    fade_out_s: float = 0.6
    own_sound: bool = Field(default=True, description="The clip's own sound is heard with each piece; else it runs through as a bed.")
    on_beats: bool = Field(default=False, description="Cuts fall on the beats of the music, or of the clip's own sound.")
    music_db: float = -12.0
    lines: dict[str, tuple[Line, ...]] = {}


class Styles(Strict):
    """The whole file."""

    lines: dict[str, tuple[Line, ...]] = {}
    styles: dict[str, Style]


@lru_cache(maxsize=4)
def read_styles(path: Path = FILE) -> Mapping[str, Style]:
    """Every style by its name.

    Raises:
        BadInput: the file is not what it should be; the sentence names the place.
    """
    try:
        found = Styles.model_validate(_spread(read_yaml(path)))
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise BadInput(f"{path}: {place}: {first['msg']}.", "Mend it, or bring the file of the studio back.") from None
    for name, style in found.styles.items():
        _require_known(path, name, style, found.lines)
    return {name: _with_shared(style, found.lines) for name, style in found.styles.items()}


def _require_known(path: Path, name: str, style: Style, shared: Mapping[str, Any]) -> None:
    for part in style.parts:
        unknown = [component for component in part.choose if component not in COMPONENTS]
        if unknown:
            raise BadInput(f"{path}: {name}: {part.name} chooses by {unknown[0]!r}.", f"Components: {', '.join(COMPONENTS)}.")
        if part.lines and part.lines not in style.lines and part.lines not in shared:
            raise BadInput(f"{path}: {name}: {part.name} takes lines {part.lines!r}, which are not there.", "Write them under `lines:`.")


def _with_shared(style: Style, shared: Mapping[str, tuple[Line, ...]]) -> Style:
    return style.model_copy(update={"lines": {**shared, **style.lines}})


def _spread(data: Any) -> Any:
    """Lines may be written as plain text, or as ``when words: [texts]``."""
    if isinstance(data, dict):
        data = {**data, "lines": _lines(data.get("lines") or {})}
        styles = data.get("styles")
        if isinstance(styles, dict):
            data["styles"] = {name: _style_lines(style) for name, style in styles.items()}
    return data


def _style_lines(style: Any) -> Any:
    return {**style, "lines": _lines(style.get("lines") or {})} if isinstance(style, dict) else style


def _lines(slots: Any) -> Any:
    if not isinstance(slots, dict):
        return slots
    return {slot: [line for entry in entries for line in _of_entry(entry)] for slot, entries in slots.items()}


def _of_entry(entry: Any) -> list[Any]:
    if isinstance(entry, str):
        return [{"text": entry}]
    if isinstance(entry, dict) and "text" not in entry:
        return [{"text": text, "when": str(when).split()} for when, texts in entry.items() for text in texts]
    return [entry]
