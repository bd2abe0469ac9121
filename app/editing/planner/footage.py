"""What planning reads of an analysis: shots, where the subject is, and curves of sound and action on one grid of time."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

STEP_S = 0.1
SURE = 0.35  # from this confidence on the analysis takes a box for a subject
EASILY_SEEN = 0.2  # side of a box that is no small thing, as a share of the picture's
TALL = 0.4
WHOLE = 0.55  # a box over this share of the picture is the picture and no subject in it


@dataclass(frozen=True)
class Box:
    """The subject at a moment: middle and size in shares of the frame, how sure it is, and from 0 to 1 whether it moves on its own."""

    x: float
    y: float
    w: float
    h: float
    confidence: float
    moving: float = 1.0

    @property
    def stands_out(self) -> bool:
        """Whether it is sure and small enough to aim at."""
        return self.confidence >= SURE and self.w * self.h < WHOLE

    @property
    def face_y(self) -> float:
        """The height to aim at: of what is tall the upper part, where faces are."""
        return self.y - 0.22 * self.h if self.h > TALL else self.y

    @property
    def weight(self) -> float:
        """How much it counts as something to look at: what is tiny hardly does, what stands still may be a title or a light."""
        size = min(1.0, (self.w * self.h) ** 0.5 / EASILY_SEEN)
        return self.confidence * (0.5 + 0.5 * self.moving) * size if self.stands_out else 0.0


@dataclass(frozen=True)
class Curve:
    """One value per `STEP_S` seconds from 0 on; beyond the ends the nearest value holds."""

    values: tuple[float, ...]

    @cached_property
    def _sums(self) -> list[float]:
        sums = [0.0]
        for value in self.values:
            sums.append(sums[-1] + value)
        return sums

    def _cells(self, start_s: float, end_s: float) -> tuple[int, int]:
        first = min(max(int(start_s / STEP_S + 1e-6), 0), len(self.values) - 1)
        return first, min(max(round(end_s / STEP_S), first + 1), len(self.values))

    def mean(self, start_s: float, end_s: float) -> float:
        """Mean over a stretch; 0 without values."""
        if not self.values:
            return 0.0
        first, end = self._cells(start_s, end_s)
        return (self._sums[end] - self._sums[first]) / (end - first)

    def highest(self, start_s: float, end_s: float) -> tuple[float, float]:
        """(time, value) of the greatest value in a stretch, the earlier one of equals; the beginning and 0 without values."""
        if not self.values:
            return start_s, 0.0
        first, end = self._cells(start_s, end_s)
        part = self.values[first:end]
        most = max(part)
        return min(max((first + part.index(most) + 0.5) * STEP_S, start_s), end_s), most


@dataclass(frozen=True)
class ShotView:
    """One shot: ``start_s`` to ``end_s`` without black and fades; ``first_s`` and ``last_s`` are its cuts.

    ``picture``: 0 to 1, how good it looks; ``track``: the subject's boxes in order of time; ``remarks``: words of the analysis.
    """

    index: int
    first_s: float
    last_s: float
    start_s: float
    end_s: float
    picture: float
    brightness: float = 128.0
    size: str | None = None
    camera: str = "static"
    camera_speed: float = 0.0
    still_subject: Box | None = None
    track: tuple[tuple[float, Box], ...] = ()
    remarks: tuple[str, ...] = ()

    @property
    def seconds(self) -> float:
        """Its usable length."""
        return self.end_s - self.start_s

    @cached_property
    def _times(self) -> list[float]:
        return [at for at, _ in self.track]

    def box_at(self, seconds: float) -> Box | None:
        """The subject on its straight way between two samples; the nearest sample beyond the ends; None without any."""
        return between(self.track, seconds, self._times)

    def boxes_near(self, seconds: float, reach_s: float) -> Sequence[tuple[float, Box]]:
        """The samples that lie less than ``reach_s`` away."""
        return self.track[bisect_left(self._times, seconds - reach_s) : bisect_right(self._times, seconds + reach_s)]


@dataclass(frozen=True)
class Hit:
    """A sudden moment: an attack in the sound or a burst of movement. ``strength``: 0 to 1; ``kind``: sound or action."""

    at_s: float
    strength: float
    kind: str


@dataclass(frozen=True)
class Footage:
    """A clip as planning sees it. Times are seconds from the first frame.

    ``sound``, ``action``: 0 to 1 within the clip; ``lufs``: momentary loudness, empty without sound; ``speech``: spans.
    """

    name: str
    duration_s: float
    fps: float
    width: int
    height: int
    has_sound: bool
    shots: tuple[ShotView, ...]
    sound: Curve = Curve(())
    action: Curve = Curve(())
    lufs: Curve = Curve(())
    beats: tuple[float, ...] = ()
    tempo_bpm: float | None = None
    onsets: tuple[float, ...] = ()
    speech: tuple[tuple[float, float], ...] = ()
    hits: tuple[Hit, ...] = ()
    loudness_lufs: float | None = None
    _starts: tuple[float, ...] = field(default=(), compare=False)

    @property
    def aspect(self) -> float:
        """Width by height."""
        return self.width / self.height

    @property
    def frame_s(self) -> float:
        """Length of a frame."""
        return 1 / self.fps

    @property
    def usable_s(self) -> float:
        """Seconds that can be shown: without black and fades."""
        return sum(shot.seconds for shot in self.shots)

    def on_frame(self, seconds: float) -> float:
        """The time of the nearest frame, within the clip."""
        return min(max(round(seconds * self.fps) / self.fps, 0.0), self.duration_s)

    def shot_at(self, seconds: float) -> ShotView:
        """The shot that is on at a time."""
        starts = self._starts or tuple(shot.first_s for shot in self.shots)
        return self.shots[max(bisect_right(starts, seconds + 1e-6) - 1, 0)]

    def subject_at(self, seconds: float) -> Box | None:
        """The subject's box at a time; None where nothing is sure enough to aim at."""
        shot = self.shot_at(seconds)
        box = shot.box_at(seconds)
        found = box if box is not None and box.stands_out else shot.still_subject
        return found if found is not None and found.stands_out else None

    def subject_over(self, start_s: float, end_s: float) -> float:
        """0 to 1: how surely a subject is seen in a stretch."""
        shot = self.shot_at(start_s)
        times = [start_s + share * (end_s - start_s) for share in (0.1, 0.5, 0.9)]
        boxes = [shot.box_at(at) or shot.still_subject for at in times]
        return sum(box.weight for box in boxes if box is not None) / len(times)

    def hits_in(self, start_s: float, end_s: float) -> list[Hit]:
        """The hits of a stretch, in order."""
        return list(self.hits[bisect_left(self._hit_times, start_s) : bisect_left(self._hit_times, end_s)])

    @cached_property
    def _hit_times(self) -> list[float]:
        return [hit.at_s for hit in self.hits]

    @cached_property
    def _speech_ends(self) -> list[float]:
        return [end for _, end in self.speech]

    def speech_in(self, start_s: float, end_s: float) -> float:
        """Seconds of speech in a stretch."""
        found = 0.0
        for start, end in self.speech[bisect_left(self._speech_ends, start_s) :]:
            if start >= end_s:
                break
            found += max(0.0, min(end_s, end) - max(start_s, start))
        return found

    def speaks_at(self, seconds: float, margin_s: float = 0.0) -> bool:
        """Whether somebody speaks, away from the edges of what is said."""
        index = bisect_left(self._speech_ends, seconds + margin_s)
        return index < len(self.speech) and self.speech[index][0] + margin_s < seconds < self.speech[index][1] - margin_s

    def beats_in(self, start_s: float, end_s: float) -> list[float]:
        """The beats of a stretch."""
        return list(self.beats[bisect_left(self.beats, start_s) : bisect_left(self.beats, end_s)])


def between(track: Sequence[tuple[float, Box]], seconds: float, times: Sequence[float] | None = None) -> Box | None:
    """See `ShotView.box_at`; ``times`` are those of the track."""
    if not track:
        return None
    right = bisect_left([at for at, _ in track] if times is None else times, seconds)
    if right == 0 or right == len(track):
        return track[min(right, len(track) - 1)][1]
    (before_s, before), (after_s, after) = track[right - 1], track[right]
    share = (seconds - before_s) / (after_s - before_s) if after_s > before_s else 0.0

    one, two, other = before, after, 1 - share
    return Box(
        other * one.x + share * two.x, other * one.y + share * two.y, other * one.w + share * two.w, other * one.h + share * two.h,
        other * one.confidence + share * two.confidence, other * one.moving + share * two.moving,
    )  # fmt: skip
