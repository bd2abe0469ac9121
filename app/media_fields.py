"""Marks of request fields that hold media, and how they are found in a request."""

from __future__ import annotations

import typing
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel

Mark = TypeVar("Mark")
ANY_MEDIA = ("video", "image", "audio")


@dataclass(frozen=True)
class MediaField:
    """Marks a request field as media: an artifact id or, from the owner on this machine, a path.

    With ``name``, only an artifact of that name will do, and the id of the job that made it names it too. The kind
    ``media`` is a video, an image or a sound, whichever it is. The mark may stand on a field of a model within the request.
    """

    kind: str
    name: str | None = None

    @property
    def kinds(self) -> tuple[str, ...]:
        """Kinds of artifact that will do."""
        return ANY_MEDIA if self.kind == "media" else (self.kind,)


VideoRef = Annotated[str, MediaField("video")]
AudioRef = Annotated[str, MediaField("audio")]
ImageRef = Annotated[str, MediaField("image")]
MediaRef = Annotated[str, MediaField("media")]
LutRef = Annotated[str, MediaField("lut")]
SubtitlesRef = Annotated[str, MediaField("subtitles")]
AnalysisRef = Annotated[str, MediaField("data", name="analysis.json")]


@lru_cache(maxsize=512)
def marks_of(model: type[BaseModel]) -> dict[str, MediaField]:
    """The model's own media fields; those of models within it are their own."""
    return parts_marked(model, MediaField)


def parts_marked(model: type[BaseModel], kind: type[Mark]) -> dict[str, Mark]:
    """Field name -> the mark of that type in its annotation, at any depth of it."""
    marks = {name: _mark((info.annotation, *info.metadata), kind) for name, info in model.model_fields.items()}
    return {name: mark for name, mark in marks.items() if mark is not None}


def media_in(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[tuple[str | int, ...], MediaField, str]]:
    """Every media reference in a request, at any depth: (keys and numbers that lead to it, its mark, the reference)."""
    if isinstance(value, BaseModel):
        marks = marks_of(type(value))
        for name in type(value).model_fields:
            inner, mark = getattr(value, name), marks.get(name)
            if mark is None:
                yield from media_in(inner, (*path, name))
            elif isinstance(inner, str):
                yield (*path, name), mark, inner
            elif isinstance(inner, (list, tuple)):
                yield from (((*path, name, number), mark, reference) for number, reference in enumerate(inner))
    elif isinstance(value, (list, tuple)):
        for number, inner in enumerate(value):
            yield from media_in(inner, (*path, number))


def _mark(parts: tuple[Any, ...], kind: type[Mark]) -> Mark | None:
    for part in parts:
        found = part if isinstance(part, kind) else _mark((*getattr(part, "__metadata__", ()), *typing.get_args(part)), kind)
        if found is not None:
            return found
    return None
