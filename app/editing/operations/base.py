"""What every operation is: its fields, where it may stand, what can be wrong with it, and what it adds to the filter graph."""

from __future__ import annotations

import enum
import functools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any, ClassVar, Literal, Protocol

from pydantic import BaseModel, ConfigDict, Field

from app.editing.caption import Caption
from app.editing.facts import SourceFacts, exact, nearest
from app.editing.graph import Graph, Pad, Value
from app.editing.problems import Problem
from configs.errors import StudioError

Scope = Literal["segment", "film"]
Share = Annotated[float, Field(ge=0, le=1)]
Seconds = Annotated[float, Field(ge=0, le=24 * 3600, allow_inf_nan=False)]
Gain = Annotated[float, Field(ge=-60, le=24, description="Decibels.")]
Colour = Annotated[str, Field(pattern=r"^#[0-9a-fA-F]{6}$", description="#rrggbb.")]
SourceId = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,39}$", description="A source of the plan.")]
SOURCE_FIELDS = ("source", "background", "reference")  # fields of operations that name a source of the plan
START_FIELDS = {"source": "start_s", "background": "background_start_s", "reference": "at_s"}  # and where in it they begin
FILE_FIELD = "file"  # and that name a file which is no source
Easing = Literal["linear", "ease_in", "ease_out", "ease_in_out"]
NO_FILES: Mapping[str, Path] = MappingProxyType({})


class Stage(enum.IntEnum):
    """The order in which a segment's pictures pass its operations; within a stage the order of the plan holds."""

    SOURCE = 1  # on the source's own frames: before speed, at the source's size
    TIME = 2  # which source frame is shown when: the renderer's own business
    SHAPE = 3  # crop, reframe, upscale: before the picture is fitted to the canvas
    FRAME = 4  # moves of the fitted picture: zoom, pan, shake
    LAYER = 5  # other pictures over, or behind, this one
    COLOUR = 6
    FINISH = 7  # fades; on the film also what lies over everything


class Strict(BaseModel):
    """A frozen model that refuses what it does not know."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


_PLACES: Mapping[Scope, str] = {"segment": "the segment", "film": "the film"}


@dataclass(frozen=True)
class Place:
    """Where an operation stands: on one segment, or on the whole film.

    ``frames`` on the output at ``rate``; ``first_frame`` of the film at which it begins; ``width`` and ``height`` of the canvas.
    ``source`` and its first and (exclusive) last frame: only on a segment. ``path``: the operation's JSON path.
    ``alpha``: the film keeps transparency; otherwise ``background`` (#rrggbb) is what lies behind it.
    """

    path: str
    scope: Scope
    frames: int
    first_frame: int
    rate: Fraction
    width: int
    height: int
    sources: Mapping[str, SourceFacts]
    source: SourceFacts | None = None
    source_start: int = 0
    source_end: int = 0
    alpha: bool = False
    background: str = "#000000"

    @property
    def seconds(self) -> float:
        """Length on the output."""
        return float(self.frames / self.rate)

    @property
    def begins_s(self) -> float:
        """Where it begins on the film."""
        return float(self.first_frame / self.rate)

    def frame(self, seconds: float) -> int:
        """The output frame nearest to a time counted from the beginning of the place."""
        return nearest(exact(seconds) * self.rate)


class Bench(Protocol):
    """What an operation works with while the graph is built; the renderer makes it.

    The pictures that `Operation.picture` gets need not begin with the place: their time stamps say which of its frames they are,
    and ``begins`` is the first. ``size``: their width and height.
    """

    graph: Graph
    place: Place
    begins: int
    size: tuple[int, int]
    prepared: Mapping[str, Any]  # what this operation's `prepare` returned
    preview: bool  # small and quick matters more than fine

    def picture_of(self, source_id: str, start_s: float, seconds: float) -> Pad:
        """Another source's pictures from a time on, at the film's rate and their own size, starting at 0; the last one is held."""

    def folder(self) -> Path:
        """Where helper files may be written; their names are ours."""


class Tools(Protocol):
    """What `prepare` may use: it runs before the graph is built, in the job, and may take long."""

    folder: Path
    place: Place
    preview: bool

    def run(self, arguments: list[str], output: Path, seconds: float, message: str) -> Path:
        """Runs ffmpeg (see `app.video.ffmpeg.run`); cancelling passes through."""

    def copy_frames(self, output: Path, message: str) -> Path:
        """Writes those same frames down without loss, as RGB (FFV1 in Matroska)."""

    def look_through(self, name: str, message: str, **options: Value) -> None:
        """Sends the source's frames from ``source_start`` to ``source_end`` of the place, the very ones that `picture` gets in stage
        SOURCE, through one filter that writes down what it sees, and throws them away."""


@dataclass(frozen=True)
class SoundLayer:
    """Sound besides that of the segments, in seconds of the film. Exactly one of ``source_id`` and ``effect`` is set."""

    at_s: float
    seconds: float
    source_id: str | None = None
    effect: str | None = None
    source_start_s: float = 0.0
    gain_db: float = 0.0
    fade_in_s: float = 0.0
    fade_out_s: float = 0.0
    loops: bool = False
    ducks_db: float = 0.0  # how much it makes way for the sound of the segments
    seed: int = 0


class Operation(Strict):
    """One thing done to a segment or to the film. Subclasses set ``op``, the class constants, and override what they add.

    Everything but `prepare` is pure. Times are seconds from the beginning of the place, on the output, unless a field says otherwise.
    """

    op: str

    TITLE: ClassVar[str]
    SCOPES: ClassVar[frozenset[Scope]] = frozenset({"segment"})
    STAGE: ClassVar[Stage] = Stage.FRAME
    ONCE: ClassVar[bool] = False  # at most one of its kind in a place
    NEEDS: ClassVar[Literal["picture", "sound"]] = "picture"  # what it takes from the sources it names
    FIRST: ClassVar[bool] = False  # it begins with the source's own frames, so it comes before others of its stage
    STEADY: ClassVar[bool] = False  # does the same to every frame, wherever on the film it stands: kept pieces stay good when moved

    def problems(self, place: Place) -> Iterator[Problem]:
        """Whatever would make it fail or do nothing here; called with everything known that a plan can tell.

        Here: what it names has what it needs, and it begins before its place and the named source end. What lasts beyond the end
        is simply shorter, and neutral values are no fault: a form begins with them.
        """
        yield from _begins_too_late(self, place)
        for name in sources_named(type(self)):
            facts = place.sources.get(getattr(self, name))
            if facts is not None:
                yield from _lacks(self, name, facts, place)

    def source_ids(self) -> tuple[str, ...]:
        """Sources it uses besides that of its segment; they must be in the plan."""
        named = (getattr(self, name) for name in sources_named(type(self)))
        return tuple(found for found in named if found is not None)

    def file_ids(self) -> tuple[str, ...]:
        """Artifacts it reads that are no sources, such as a LUT."""
        found = getattr(self, FILE_FIELD, None)
        return (found,) if isinstance(found, str) else ()

    def prepare(self, tools: Tools, files: Mapping[str, Path]) -> Mapping[str, Any]:
        """Measures or writes what the graph needs; ``files``: artifact id -> path of `file_ids`. Its result must be JSON."""
        return {}

    def picture(self, pad: Pad, bench: Bench) -> Pad:
        """Adds its filters behind ``pad``; returns the new end. The number of frames and the size stay what they were,
        except in stages SOURCE and SHAPE, where the size may change. Often only a part of the place is rendered: ``t`` and ``pts``
        count from the beginning of the place even then, ``n`` and the like do not; so what changes with time is told by ``t``."""
        return pad

    def size_after(self, width: int, height: int) -> tuple[int, int]:
        """What it makes of the pictures' size; only stages SOURCE and SHAPE may change it."""
        return width, height

    def captions(self, place: Place, files: Mapping[str, Path] = NO_FILES) -> Iterator[Caption]:
        """The words it puts over the picture; ``files``: artifact id -> path of `file_ids`."""
        yield from ()

    def layers(self, place: Place) -> Iterator[SoundLayer]:
        """The sounds it adds."""
        yield from ()

    def gains(self, place: Place) -> Sequence[tuple[float, float]]:
        """What the sound of its place is multiplied by: (seconds, factor) in order, straight lines between; none: it stays as it is."""
        return ()


@functools.cache
def sources_named(kind: type[Operation]) -> tuple[str, ...]:
    """Those of an operation's fields that name a source."""
    return tuple(name for name in SOURCE_FIELDS if name in kind.model_fields)


def _begins_too_late(operation: Operation, place: Place) -> Iterator[Problem]:
    fields = type(operation).model_fields
    if "at_s" not in fields or "reference" in fields:
        return  # its moment, if any, is one of the reference
    at_s: float = getattr(operation, "at_s")  # noqa: B009
    if place.frame(at_s) >= place.frames:
        said = f"{operation.TITLE} begins at {at_s:g} s, but {_PLACES[place.scope]} is {place.seconds:g} s long."
        yield Problem("begins_after_end", f"{place.path}.at_s", said, f"Give less than {place.seconds:g} s.")


def _lacks(operation: Operation, field: str, facts: SourceFacts, place: Place) -> Iterator[Problem]:
    """What a named source does not have."""
    if not (facts.has_picture if operation.NEEDS == "picture" else facts.has_sound):
        needed = "a picture" if operation.NEEDS == "picture" else "sound"
        said = f"{operation.TITLE} needs {needed}, and {facts.name} has none."
        yield Problem(f"no_{operation.NEEDS}", f"{place.path}.{field}", said, "Choose another source.")
        return
    start = START_FIELDS[field]
    start_s = getattr(operation, start, 0.0)
    if facts.kind != "image" and start_s > 0 and start_s >= facts.duration_s:
        said = f"{operation.TITLE} begins at {start_s:g} s of {facts.name}, which is {facts.duration_s:g} s long."
        yield Problem("begins_after_source", f"{place.path}.{start}", said, f"Give less than {facts.duration_s:g} s.", 0.0)


class PlanProblem(StudioError):
    """A plan that passed every check could not be built: a fault of the studio, never of the plan."""

    code = "plan_problem"
