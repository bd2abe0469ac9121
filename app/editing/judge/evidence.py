"""Everything the parts of the score are decided from, gathered once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from app.editing.judge.expected import Expected
from app.editing.judge.forms import Issue, Part, Severity
from app.editing.judge.matching import CLEARLY, SHORTEST, SLACK, Window, distance_at, find, windows
from app.editing.judge.spans import runs_of
from app.editing.judge.sync import Run, Synced, lags
from app.editing.judge.trace import Trace
from app.editing.judge.views import fitted
from app.video.document import VideoAnalysis

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, np.dtype[Any]]

MOST_WINDOWS = 160
_LONGEST_RUN_S = 8.0
_OWN_SPEED, _STEP_OFF = 0.03, 1.5
_RAMPED = 0.08  # spread of planned rates from which on windows are short
_SAME_SHAPE = 0.04  # octaves
_SAME_PLACE = 3  # frames
_SAME_LENGTH = 2  # frames that a film may differ from its plan and still be counted by the plan's frames


@dataclass(frozen=True)
class Asked:
    """What the film was to be."""

    goal: str = ""
    style: str | None = None
    duration_s: float | None = None
    aspect: str | None = None


@dataclass(frozen=True)
class Evidence:
    """A film with what is known of it.

    Attributes:
        film: its analysis.
        trace: its measurements, on an even grid.
        sources: those of the clips it was made of; empty where none is known.
        expected: what its plan says; None without a plan.
        windows: where its pictures were found in the sources.
        source, frame: (N,) number of the source and its frame for every frame of the film; -1 where it was not found.
        synced: how its sound stands to that of the sources; None where that cannot be compared.
        runs: stretches that were compared for it.
    """

    film: VideoAnalysis
    trace: Trace
    asked: Asked = Asked()
    sources: tuple[Trace, ...] = ()
    expected: Expected | None = None
    windows: tuple[Window, ...] = ()
    source: Any = None
    frame: Any = None
    synced: Synced | None = None
    runs: tuple[Run, ...] = ()

    @property
    def seconds(self) -> float:
        """Length of the film."""
        return self.film.duration_s

    def flag(self, name: str) -> Array:
        """(N,) what the plan says of every frame; all False without a plan."""
        import numpy as np

        count = len(self.trace)
        return np.zeros(count, bool) if self.expected is None else self.expected.flag(name, count)

    def in_source(self, name: str) -> Array:
        """(N,) a column of the sources, for the frames the film shows; NaN where they are not known."""
        import numpy as np

        found = np.full(len(self.trace), np.nan)
        for number, source in enumerate(self.sources):
            here = self.source == number
            column = source.change if name == "change" else source[name]
            found[here] = column[np.clip(self.frame[here], 0, len(source) - 1)]
        return found

    @property
    def comparable(self) -> Array:
        """(N,) frames of a known source that are shown whole, uncovered and at rest, so that they can be compared with it."""
        import numpy as np

        count = len(self.trace)
        if not self.sources or (self.expected is None and _view(self.trace, self.sources, None) is not None):
            return np.zeros(count, bool)
        away = np.zeros(count, bool)
        for name in ("cropped", "covered", "moved", "dark", "bright"):
            away |= self.flag(name)
        usable: Array = ~away & (self.source >= 0)
        return usable

    def time_of(self, frame: int) -> float:
        """Seconds of the film at which a frame begins."""
        return round(frame / self.trace.fps, 3)


@dataclass(frozen=True)
class Judged:
    """A part of the score and what it found to mend."""

    part: Part
    issues: tuple[Issue, ...] = field(default=())


def known(score: float, value: float | None, unit: str, limits: str, why: str, issues: Sequence[Issue] = ()) -> Judged:
    """A part that was judged; its weight is given by the table."""
    shown = None if value is None else round(value, 4)
    part = Part(score=round(min(1.0, max(0.0, score)), 4), weight=0, value=shown, unit=unit, limits=limits, why=why)
    return Judged(part, tuple(issues))


def unknown(why: str) -> Judged:
    """A part that cannot be judged here."""
    return Judged(Part(score=None, weight=0, why=why))


def issue(
    code: str, severity: Severity, message: str, suggestion: str, span: tuple[float, float] | None = None, value: float | None = None
) -> Issue:
    """An issue; ``span`` in seconds of the film."""
    at_s, end_s = (None, None) if span is None else (round(max(0.0, span[0]), 3), round(max(0.0, span[1]), 3))
    shown = None if value is None else round(value, 4)
    return Issue(code=code, severity=severity, message=message, suggestion=suggestion, at_s=at_s, end_s=end_s, value=shown)


def falling(value: float, best: float, worst: float) -> float:
    """1 up to ``best``, straight down to 0 at ``worst``; the other way round where ``worst`` is the smaller."""
    return min(1.0, max(0.0, (worst - value) / (worst - best)))


def gather(film: VideoAnalysis, trace: Trace, asked: Asked, sources: Sequence[Trace] = (), plan: Expected | None = None) -> Evidence:
    """Finds the film's pictures in the sources and compares the sound. Pure."""
    if not sources:
        return Evidence(film, trace, asked, expected=plan)
    found = tuple(_windows(film, trace, sources, plan))
    source, frame = _mapped(trace, sources, plan, found)
    runs = tuple(_runs(film, trace, sources, plan))
    return Evidence(film, trace, asked, tuple(sources), plan, found, source, frame, lags(trace, sources, runs), runs)


def shots_of(film: VideoAnalysis, trace: Trace, plan: Expected | None) -> list[tuple[int, int]]:
    """The shots of the film, cut also where the plan cuts if the film is as long as planned."""
    edges = {0, len(trace), *(scene.start_frame for scene in film.scenes)}
    if plan is not None and _fits(trace, plan):
        edges |= set(plan.cuts)
    ordered = sorted(edge for edge in edges if edge <= len(trace))
    return list(pairwise(ordered))


def _view(trace: Trace, sources: Sequence[Trace], plan: Expected | None) -> Array | None:
    """What part of the source each frame shows: by plan, or the middle where the film has another shape; None for all of it."""
    import numpy as np

    if plan is not None:
        return plan.view if plan.flags["cropped"].any() else None
    shape = sources[0].aspect
    if abs(np.log2(trace.aspect / shape)) < _SAME_SHAPE:
        return None
    return np.tile(np.asarray(fitted(shape, trace.aspect, "crop")), (len(trace), 1))


def _fits(trace: Trace, plan: Expected) -> bool:
    return abs(len(trace) - len(plan)) <= _SAME_LENGTH


def _windows(film: VideoAnalysis, trace: Trace, sources: Sequence[Trace], plan: Expected | None) -> Iterator[Window]:
    import numpy as np

    spans = list(windows(shots_of(film, trace, plan)))
    if plan is not None:
        spans = [part for span in spans for part in _planned_parts(span, plan)]
    every = max(1, -(-len(spans) // MOST_WINDOWS))
    view = _view(trace, sources, plan)
    for first, end in spans[::every]:
        usual = 1.0
        if plan is not None:
            rates = plan.rate[min(first, len(plan) - 1) : end]
            usual = float(np.median(rates)) if len(rates) else 1.0
            if abs(usual) < 0.05 or float(rates.std()) > 2 * _RAMPED * abs(usual):
                continue
        window = find(trace, (first, end), sources, usual, view)
        if window is not None:
            yield window


def _planned_parts(span: tuple[int, int], plan: Expected) -> list[tuple[int, int]]:
    """Shorter windows where the planned speed changes."""
    rates = plan.rate[span[0] : span[1]]
    return list(windows([span], 2 * SHORTEST)) if len(rates) and float(rates.std()) > _RAMPED else [span]


def _mapped(trace: Trace, sources: Sequence[Trace], plan: Expected | None, found: Sequence[Window]) -> tuple[Array, Array]:
    """The sources' frames: where the pictures were found, unless the planned ones are as like."""
    import numpy as np

    count = len(trace)
    source, frame = np.full(count, -1), np.full(count, -1)
    view = _view(trace, sources, plan)
    if plan is not None and _fits(trace, plan):
        both = min(count, len(plan))
        source[:both], frame[:both] = plan.source[:both], plan.frame[:both]
    for window in found:
        span = slice(window.first, window.end)
        if not window.found or (source[span].min() >= 0 and _as_planned(trace, sources, window, (source, frame), view)):
            continue
        at, rate = window.place
        steps = np.arange(window.end - window.first) * rate * sources[window.source].fps / trace.fps
        source[span], frame[span] = window.source, np.round(at + steps).astype(int)
    return source, frame


def _where_planned(window: Window, frame: int) -> bool:
    """Whether it was found about where it was planned."""
    return abs(window.usual_at - frame) <= _SAME_PLACE


def _as_planned(trace: Trace, sources: Sequence[Trace], window: Window, shown: tuple[Array, Array], view: Array | None) -> bool:
    source, frame = shown
    numbers = source[window.first : window.end]
    if (numbers != numbers[0]).any():
        return True  # a transition: both are planned
    span = (window.first, window.end)
    if _where_planned(window, int(frame[window.first])) and not window.off_rate:
        return True
    return distance_at(trace, span, sources[int(numbers[0])], frame[span[0] : span[1]], view) <= CLEARLY * window.distance + 2 * SLACK


def _runs(film: VideoAnalysis, trace: Trace, sources: Sequence[Trace], plan: Expected | None) -> Iterator[Run]:
    longest, view = round(_LONGEST_RUN_S * trace.fps), _view(trace, sources, plan)
    planned = plan is not None and _fits(trace, plan)
    spans = shots_of(film, trace, plan) if plan is None or not planned else _even_spans(trace, sources, plan)
    for span in windows(spans, longest):
        run = _planned_run(trace, sources, plan, span) if plan is not None and planned else _found_run(trace, sources, span, view)
        if run is not None:
            yield run


def _even_spans(trace: Trace, sources: Sequence[Trace], plan: Expected) -> list[tuple[int, int]]:
    """Stretches that run through one source at its own speed, with its sound."""
    import numpy as np

    steps = np.asarray([source.fps / trace.fps for source in sources])
    even = (plan.source >= 0) & (np.abs(plan.rate - 1) <= _OWN_SPEED) & ~plan.flags["silent"]
    goes_on = (np.diff(plan.source) == 0) & (np.abs(np.diff(plan.frame) - steps[plan.source[1:]]) <= _STEP_OFF)
    found = []
    for start, end in runs_of(even[: len(trace)]):
        breaks = start + 1 + np.flatnonzero(~goes_on[start : end - 1])
        found += list(pairwise([start, *breaks.tolist(), end]))
    return found


def _planned_run(trace: Trace, sources: Sequence[Trace], plan: Expected, span: tuple[int, int]) -> Run | None:
    """The planned stretch, where it runs at its own speed with its own sound and the pictures do not contradict."""
    import numpy as np

    inside = slice(span[0], min(span[1], len(plan)))
    number = plan.source[inside]
    if not len(number) or number[0] < 0 or (number != number[0]).any() or plan.flags["silent"][inside].any():
        return None
    if np.abs(plan.rate[inside] - 1).max() > _OWN_SPEED:
        return None
    view = _view(trace, sources, plan)
    seen = find(trace, span, [sources[int(number[0])]], view=view)
    if seen is not None and seen.found and seen.tells_place and not _where_planned(seen, int(plan.frame[span[0]])):
        away = distance_at(trace, (inside.start, inside.stop), sources[int(number[0])], plan.frame[inside], view)
        if away > CLEARLY * seen.distance + 2 * SLACK:
            return _found_run(trace, sources, span, view)
    source_s = plan.frame[span[0]] / sources[int(number[0])].fps
    return Run(span[0] / trace.fps, (inside.stop - span[0]) / trace.fps, int(number[0]), float(source_s))


def _found_run(trace: Trace, sources: Sequence[Trace], span: tuple[int, int], view: Array | None) -> Run | None:
    seen = find(trace, span, sources, view=view)
    if seen is None or not seen.found or not seen.tells_place or seen.off_rate:
        return None
    return Run(span[0] / trace.fps, (span[1] - span[0]) / trace.fps, seen.source, seen.usual_at / sources[seen.source].fps)
