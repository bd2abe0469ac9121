"""What a film should show and sound like, frame by frame: from the timeline it was rendered from."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from app.editing.judge.views import WHOLE, views_of
from app.editing.operations.base import Operation, Place
from app.editing.operations.colour import Fade
from app.editing.operations.moves import Shake, Zoom
from app.editing.operations.sounds import Loudness, Volume
from app.editing.operations.time import Ramp, Speed
from app.editing.timeline import Clip, Timeline

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, np.dtype[Any]]

FLAGS = ("dark", "bright", "still", "moved", "graded", "covered", "cropped", "softened", "silent", "uneven")
_GRADES = {"grade", "lut", "match_colour", "python_effect"}
_COVERS = {"text", "subtitles", "picture_in_picture", "composite", "chroma_key"}
_SOFTENS = {
    "denoise",
    "python_effect",
    "stabilise",
    "zoom",
    "pan_zoom",
    "crop",
    "reframe",
    "upscale",
    "camera_move",
}  # fewer of the source's pixels, enlarged
_WHOLE_BUT = 0.03  # of the width or height
_STRANGE_RATE, _RATE_STEP = 0.3, 0.25  # departure from the own speed, and change of speed, at which frames no longer follow evenly
_SILENT_RATES = (0.25, 4.0)  # slower and faster sound is not played
_DARK, _BRIGHT = 48, 208  # of 255: colours that a fade makes black or white


@dataclass(frozen=True)
class Expected:
    """One entry per planned frame of the film.

    Attributes:
        source, frame: number of the source (see ``names``; -1: a still or nothing) and its frame; where two clips lie over each other
            those of the incoming one.
        rate: seconds of the source per second of film; 0 in a freeze.
        flags: ``dark``, ``bright``: faded to black or white; ``still``: the planned picture is that of the frame before; ``moved``:
            shaken, punched, in a transition, or at a change of speed; ``graded``: of other colours than the source; ``covered``:
            something lies over it; ``cropped``: not the whole picture; ``softened``: enlarged or denoised, so less sharp than the
            source; ``silent``: without the source's sound; ``uneven``: frames do not follow evenly by plan, as in slow motion without
            frames between frames, in a ramp, and at the first frame after a transition.
        view: (N, 4) part of the source's picture that is shown, see `views`.
        cuts: frames at which a clip begins without a transition.
        means: how often each operation stands in the plan; one on the whole film counts once for every clip.
        target_lufs: the loudness that is planned, None without.
    """

    names: tuple[str, ...]
    source: Array
    frame: Array
    rate: Array
    view: Array
    flags: Mapping[str, Array]
    cuts: tuple[int, ...] = ()
    means: Mapping[str, int] = field(default_factory=dict)
    target_lufs: float | None = None

    def __len__(self) -> int:
        return len(self.frame)

    def flag(self, name: str, count: int) -> Array:
        """(count,) one flag, cut or filled up with False to the length of the film that was made."""
        import numpy as np

        found = np.zeros(count, bool)
        found[: len(self)] = self.flags[name][:count]
        return found


def expected(timeline: Timeline) -> Expected:
    """Reads a timeline."""
    import numpy as np

    names = tuple(dict.fromkeys(clip.segment.source for clip in timeline.clips if clip.source.kind == "video"))
    count = timeline.frames
    source, frame, rate = np.full(count, -1), np.zeros(count, int), np.zeros(count, np.float32)
    view = np.tile(np.asarray(WHOLE), (count, 1))
    flags = {name: np.zeros(count, bool) for name in FLAGS}
    for clip in timeline.clips:
        span = slice(clip.begins, clip.begins + clip.frames)
        source[span] = names.index(clip.segment.source) if clip.source.kind == "video" else -1
        frame[span], rate[span] = _shown(clip, timeline)
        view[span] = views_of(clip, timeline)
        _mark_clip(flags, clip, timeline)
    for index, operation in enumerate(timeline.plan.film):
        _mark(flags, operation, timeline.film_place(index))
    flags["still"][1:] |= (source[1:] == source[:-1]) & (frame[1:] == frame[:-1])
    flags["cropped"] |= (np.abs(view - WHOLE) > _WHOLE_BUT).any(axis=1)
    cuts = tuple(clip.begins for clip in timeline.clips[1:] if not clip.overlap)
    target = next((one.target_lufs for one in timeline.plan.film if isinstance(one, Loudness)), None)
    return Expected(names, source, frame, rate, view, flags, cuts, _means(timeline), target)


def _shown(clip: Clip, timeline: Timeline) -> tuple[Array, Array]:
    """(source frames, rates) of a clip's frames."""
    import numpy as np

    per_frame = float(timeline.rate / clip.source.rate)
    steps = [np.full(stretch.frames, float(stretch.step) * per_frame) for stretch in clip.stretches]
    return np.asarray([clip.source_frame(n) for n in range(clip.frames)]), np.concatenate(steps)


def _mark_clip(flags: Mapping[str, Array], clip: Clip, timeline: Timeline) -> None:
    span = slice(clip.begins, clip.begins + clip.frames)
    _mark_rates(flags, clip, timeline)
    flags["silent"][span] |= not clip.source.has_sound
    for index, operation in enumerate(clip.segment.operations):
        _mark(flags, operation, timeline.place(clip, index))
    if clip.overlap:
        join = slice(clip.begins, clip.begins + clip.overlap)
        flags["moved"][join] = flags["covered"][join] = flags["graded"][join] = True
        flags["uneven"][clip.begins : clip.begins + clip.overlap + 1] = True
        kind = clip.transition.kind if clip.transition else ""
        flags["dark"][join] |= kind == "dip_black"
        flags["bright"][join] |= kind == "dip_white"


def _mark_rates(flags: Mapping[str, Array], clip: Clip, timeline: Timeline) -> None:
    """Where time does not pass evenly frames jump by plan; held and very fast or slow pictures are silent."""
    at, before = clip.begins, None
    paced = next((one for one in clip.segment.operations if isinstance(one, Speed | Ramp)), None)
    for stretch in clip.stretches:
        rate = float(stretch.step) * float(timeline.rate / clip.source.rate)
        span = slice(at, at + stretch.frames)
        flags["moved"][span] |= abs(rate) > 1 + _STRANGE_RATE
        if isinstance(paced, Ramp) or (paced is not None and paced.smooth == "none" and stretch.step.denominator > 1):
            flags["uneven"][at : at + stretch.frames + 1] = True
        flags["silent"][span] |= not _SILENT_RATES[0] <= abs(rate) <= _SILENT_RATES[1]
        if before is not None and abs(rate - before) > _RATE_STEP:
            flags["moved"][max(clip.begins, at - 1) : at + 2] = True
        at, before = at + stretch.frames, rate


def _mark(flags: Mapping[str, Array], operation: Operation, place: Place) -> None:
    whole = slice(place.first_frame, place.first_frame + place.frames)
    if operation.op in _GRADES:
        flags["graded"][whole] = True
    if operation.op in _SOFTENS:
        flags["softened"][whole] = True
    if operation.op in _COVERS:
        flags["covered"][_during(operation, place)] = True
    marker = _MARKERS.get(operation.op)
    if marker is not None:
        for name, begins_s, ends_s in marker(operation, place):
            flags[name][_between(place, begins_s, ends_s)] = True


def _during(operation: Any, place: Place) -> slice:
    begins = float(getattr(operation, "at_s", 0.0))
    length = getattr(operation, "duration_s", None)
    return _between(place, begins, place.seconds if length is None else begins + float(length))


def _between(place: Place, begins_s: float, ends_s: float) -> slice:
    first = min(place.frames, max(0, place.frame(max(0.0, begins_s))))
    end = min(place.frames, max(first, place.frame(max(0.0, ends_s)) + 1))
    return slice(place.first_frame + first, place.first_frame + end)


Spans = Iterator[tuple[str, float, float]]


def _fade(operation: Any, place: Place) -> Spans:
    assert isinstance(operation, Fade)
    light = sum(int(operation.colour[n : n + 2], 16) for n in (1, 3, 5)) / 3
    kind = "dark" if light < _DARK else "bright" if light > _BRIGHT else "covered"
    for begins, ends in ((0.0, operation.in_s), (place.seconds - operation.out_s, place.seconds)):
        if ends > begins:
            yield kind, begins, ends
            yield "graded", begins, ends


def _zoom(operation: Any, place: Place) -> Spans:
    assert isinstance(operation, Zoom)
    ends = place.seconds if operation.duration_s is None else operation.at_s + operation.duration_s
    yield "moved", operation.at_s - 0.05, operation.at_s + operation.in_s + 0.05
    if ends < place.seconds:
        yield "moved", ends - operation.out_s - 0.05, ends + 0.05


def _shake(operation: Any, place: Place) -> Spans:
    assert isinstance(operation, Shake)
    ends = place.seconds if operation.duration_s is None else operation.at_s + operation.duration_s
    yield "moved", operation.at_s, ends + 0.05


def _volume(operation: Any, place: Place) -> Spans:
    assert isinstance(operation, Volume)
    if operation.mute or operation.gain_db <= -40:
        yield "silent", 0.0, place.seconds


_MARKERS: dict[str, Callable[[Any, Place], Spans]] = {"fade": _fade, "zoom": _zoom, "shake": _shake, "volume": _volume}


def _means(timeline: Timeline) -> dict[str, int]:
    found: dict[str, int] = {}
    for operation in (operation for clip in timeline.clips for operation in clip.segment.operations):
        found[operation.op] = found.get(operation.op, 0) + 1
    for operation in timeline.plan.film:
        at_once = hasattr(operation, "at_s") and operation.op != "music"
        found[operation.op] = found.get(operation.op, 0) + (1 if at_once else len(timeline.clips))
    return found
