"""One capability: a name, a request type, a result type, a lane and a function; every face is generated from it."""

from __future__ import annotations

import inspect
import typing
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypedDict, TypeVar

from pydantic import BaseModel
from typing_extensions import Unpack

from app.media_fields import MediaField, marks_of
from app.surroundings import Surroundings
from jobs.context import JobContext
from storage.records import Artifact

Request = TypeVar("Request", bound=BaseModel)
Result = TypeVar("Result", bound=BaseModel)

Checks = Callable[[Any, Mapping[str, Artifact]], None]
Prepares = Callable[[Any, Surroundings], Any]
LANES = ("cpu", "gpu", "io")


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
    prepares: Prepares | None = None  # fills in, before there is a job, what depends on what the studio has

    @property
    def summary(self) -> str:
        """The docstring: read by people, the API page and agents alike."""
        return inspect.getdoc(self.function) or self.title

    def __call__(self, request: Request, job: JobContext) -> Result:
        return self.function(request, job)

    def media_fields(self) -> dict[str, MediaField]:
        """Field name -> the kind of media it takes; a field may hold one reference, none, or a list of them."""
        return marks_of(self.request)


class Traits(TypedDict, total=False):
    """What a capability may say of itself besides its name, lane and title.

    Attributes:
        engine: what does it, in words.
        version: must rise whenever the same request on the same media stops giving the results that are stored already.
        reusable: the same request on the same media gives the same result, so a stored one may be returned.
        owner_only: keeps guests out of what names files of this machine.
        reviewed: the clip's review goes into the result; a stored one serves only as long as the review says the same.
        checks: called with the typed request and its artifacts, by the place of their reference; raises `BadInput` to refuse them.
        prepares: called with the typed request and what the studio has (models, characters, adapters); returns the request with what
            was left open filled in, so that the job's row says exactly what was done. Raises StudioError to refuse it.
    """

    engine: str
    version: int
    reusable: bool
    owner_only: bool
    reviewed: bool
    checks: Checks | None
    prepares: Prepares | None


def capability(
    name: str, *, lane: str, title: str, **traits: Unpack[Traits]
) -> Callable[[Callable[[Request, JobContext], Result]], Capability[Request, Result]]:
    """Makes a function ``(request: Model, job: JobContext) -> ResultModel`` into a `Capability`."""
    if lane not in LANES:
        raise ValueError(f"lane {lane!r} is none of {LANES}")
    said: dict[str, Any] = {"engine": "built in, CPU", "version": 1, "reusable": False, **traits}

    def wrap(function: Callable[[Request, JobContext], Result]) -> Capability[Request, Result]:
        hints: dict[str, Any] = typing.get_type_hints(function)
        first = next(iter(inspect.signature(function).parameters))
        return Capability(name=name, title=title, lane=lane, request=hints[first], result=hints["return"], function=function, **said)

    return wrap
