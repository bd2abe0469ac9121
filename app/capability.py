"""One capability: a name, a request type, a result type, a lane and a function; every face is generated from it."""

from __future__ import annotations

import inspect
import typing
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Annotated, Any, Generic, TypeVar

from pydantic import BaseModel

from jobs.context import JobContext
from storage.records import Artifact

Request = TypeVar("Request", bound=BaseModel)
Result = TypeVar("Result", bound=BaseModel)

Checks = Callable[[Any, Mapping[str, Artifact]], None]
LANES = ("cpu", "gpu", "io")
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


@dataclass(frozen=True)
class Capability(Generic[Request, Result]):
    """What the table holds. Calling it runs the function directly, without a job."""

    name: str
    title: str
    lane: str
    engine: str
    version: int
    reusable: bool
    request: type[Request]
    result: type[Result]
    function: Callable[[Request, JobContext], Result]
    owner_only: bool = False  # names files of this machine: not for guests
    reviewed: bool = False  # its result holds what people have said about the clip
    checks: Checks | None = None  # refuses, before there is a job, what the request type alone cannot tell

    @property
    def summary(self) -> str:
        """The docstring: read by people, the API page and agents alike."""
        return inspect.getdoc(self.function) or self.title

    def __call__(self, request: Request, job: JobContext) -> Result:
        return self.function(request, job)

    def media_fields(self) -> dict[str, MediaField]:
        """Field name -> the kind of media it takes; a field may hold one reference, none, or a list of them."""
        return marks_of(self.request)


@lru_cache(maxsize=512)
def marks_of(model: type[BaseModel]) -> dict[str, MediaField]:
    """The model's own media fields; those of models within it are their own."""
    marks = {name: _mark((info.annotation, *info.metadata)) for name, info in model.model_fields.items()}
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


def _mark(parts: tuple[Any, ...]) -> MediaField | None:
    for part in parts:
        found = part if isinstance(part, MediaField) else _mark((*getattr(part, "__metadata__", ()), *typing.get_args(part)))
        if found is not None:
            return found
    return None


def capability(
    name: str, *, lane: str, title: str, engine: str = "built in, CPU", version: int = 1, reusable: bool = False,
    owner_only: bool = False, reviewed: bool = False, checks: Checks | None = None,
) -> Callable[[Callable[[Request, JobContext], Result]], Capability[Request, Result]]:  # fmt: skip
    """Makes a function ``(request: Model, job: JobContext) -> ResultModel`` into a `Capability`.

    ``reusable`` means that the same request on the same media gives the same result, so a stored one may be
    returned; ``version`` must rise whenever that stops being true of results already stored. ``owner_only`` keeps
    guests out of what names files of this machine. ``reviewed`` says that the clip's review goes into the result, so that a
    stored one serves only as long as the review says the same. ``checks`` is called with the typed request and its artifacts, by the
    place of their reference; it raises `BadInput` to refuse them.
    """
    if lane not in LANES:
        raise ValueError(f"lane {lane!r} is none of {LANES}")

    def wrap(function: Callable[[Request, JobContext], Result]) -> Capability[Request, Result]:
        hints: dict[str, Any] = typing.get_type_hints(function)
        first = next(iter(inspect.signature(function).parameters))
        request, result = hints[first], hints["return"]
        return Capability(name, title, lane, engine, version, reusable, request, result, function, owner_only, reviewed, checks)

    return wrap
