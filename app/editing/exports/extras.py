"""What lies beside the cuts: other pictures over them, sounds under them, words, and moves of the picture as keys."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Protocol, TypeVar

from app.editing.caption import Caption
from app.editing.exports.base import plain_xml, whole
from app.editing.exports.layout import Row
from app.editing.facts import SourceFacts, exact
from app.editing.operations.base import Operation, Place
from app.editing.operations.colour import Fade
from app.editing.operations.layers import Composite, PictureInPicture, Watermark
from app.editing.timeline import Timeline
from configs.captions_file import CaptionStyle, caption_styles

Files = Mapping[str, Path]
_CAPITAL = 0.72  # of the font's size is a capital high


class _Spanned(Protocol):
    @property
    def begins(self) -> int: ...
    @property
    def frames(self) -> int: ...


Span = TypeVar("Span", bound=_Spanned)


@dataclass(frozen=True)
class Overlay:
    """Another source over the picture: film frames, seconds of that source, and where it lies (``x``, ``y``, ``w`` in shares).

    ``w`` of None fills the canvas.
    """

    source: SourceFacts
    begins: int
    frames: int
    start_s: Fraction
    x: float = 0.0
    y: float = 0.0
    w: float | None = None
    opacity: float = 1.0
    mode: str = "over"


@dataclass(frozen=True)
class Bed:
    """A source's sound besides that of the segments, in film frames and seconds of the source."""

    source: SourceFacts
    begins: int
    frames: int
    start_s: Fraction
    gain_db: float
    fade_in: int = 0
    fade_out: int = 0


@dataclass(frozen=True)
class Words:
    """A caption in film frames."""

    begins: int
    frames: int
    caption: Caption


def placed(timeline: Timeline) -> Iterator[tuple[Operation, Place]]:
    """Every operation of the film with its place: those of the segments in order, then those of the whole film."""
    for clip in timeline.clips:
        for index, operation in enumerate(clip.segment.operations):
            yield operation, timeline.place(clip, index)
    for index, operation in enumerate(timeline.plan.film):
        yield operation, timeline.film_place(index)


def overlays(timeline: Timeline) -> list[Overlay]:
    """Pictures in pictures, composites and watermarks."""
    return [found for operation, place in placed(timeline) if (found := _overlay(operation, place)) is not None and found.frames > 0]


def _overlay(operation: Operation, place: Place) -> Overlay | None:
    if isinstance(operation, Watermark):
        source = place.sources[operation.source]
        x, y = _corner(operation, source, place)
        return Overlay(source, 0, place.frames, Fraction(0), x, y, operation.w, operation.opacity)
    if not isinstance(operation, Composite | PictureInPicture):
        return None
    source, at = place.sources[operation.source], place.frame(operation.at_s)
    frames = place.frames - at if operation.duration_s is None else min(place.frame(operation.duration_s), place.frames - at)
    shown = (source, place.first_frame + at, frames, exact(operation.start_s))
    if isinstance(operation, PictureInPicture):
        return Overlay(*shown, operation.x, operation.y, operation.w, operation.opacity)
    return Overlay(*shown, opacity=operation.opacity, mode=operation.mode)


def _corner(mark: Watermark, source: SourceFacts, place: Place) -> tuple[float, float]:
    """The upper left edge, in shares of the canvas; the margin is a share of the width on both sides."""
    height = mark.w * place.width * source.height / max(1, source.width) / place.height
    down = mark.margin * place.width / place.height
    x = mark.margin if mark.corner.endswith("left") else 1 - mark.margin - mark.w
    return x, down if mark.corner.startswith("top") else 1 - down - height


def beds(timeline: Timeline) -> list[Bed]:
    """Music and the sounds of pictures in pictures; a bed that loops is written as often as it is heard."""
    found: list[Bed] = []
    for operation, place in placed(timeline):
        for layer in operation.layers(place):
            if layer.source_id is None:
                continue
            source = place.sources[layer.source_id]
            begins = whole(exact(layer.at_s) * timeline.rate)
            frames = min(whole(exact(layer.seconds) * timeline.rate), timeline.frames - begins)
            fades = whole(exact(layer.fade_in_s) * timeline.rate), whole(exact(layer.fade_out_s) * timeline.rate)
            length = whole((exact(source.duration_s) - exact(layer.source_start_s)) * timeline.rate)
            one = Bed(source, begins, frames, exact(layer.source_start_s), layer.gain_db, *fades)
            found += _looped(one, max(1, length)) if layer.loops else _looped(one, max(1, length))[:1]
    return [bed for bed in found if bed.frames > 0]


def _looped(bed: Bed, length: int) -> list[Bed]:
    """The rounds of a bed whose source has ``length`` frames to give in the first round; later ones begin where the first did."""
    rounds = []
    for at in range(0, max(bed.frames, 1), length):
        frames = min(length, bed.frames - at)
        first, last = at == 0, at + length >= bed.frames
        fades = bed.fade_in if first else 0, bed.fade_out if last else 0
        rounds.append(Bed(bed.source, bed.begins + at, frames, bed.start_s, bed.gain_db, *fades))
    return rounds


def words(timeline: Timeline, files: Files) -> list[Words]:
    """Every caption in order of time; ``files``: artifact id -> path of subtitle files."""
    found = []
    for operation, place in placed(timeline):
        for caption in operation.captions(place, files):
            begins = whole(exact(caption.start_s) * timeline.rate)
            frames = max(1, whole(exact(caption.end_s) * timeline.rate) - begins)
            if caption.text.strip() and begins < timeline.frames:
                found.append(Words(begins, min(frames, timeline.frames - begins), caption))
    return sorted(found, key=lambda word: (word.begins, word.frames))


def in_lanes(items: Iterable[Span]) -> list[list[Span]]:
    """The items on as few tracks as they fit on without overlapping, in order of time."""
    found: list[list[Span]] = []
    for item in sorted(items, key=lambda one: one.begins):
        free = next((lane for lane in found if lane[-1].begins + lane[-1].frames <= item.begins), None)
        if free is None:
            found.append([item])
        else:
            free.append(item)
    return found


def fades_of(operations: Sequence[Operation], place: Place) -> tuple[int, int]:
    """Film frames of fading in and out at a place, shortened alike where they would meet."""
    fade = next((operation for operation in operations if isinstance(operation, Fade)), None)
    if fade is None or not fade.in_s + fade.out_s:
        return 0, 0
    share = min(Fraction(1), Fraction(place.frames) / (exact(fade.in_s + fade.out_s) * place.rate))
    return whole(exact(fade.in_s) * place.rate * share), whole(exact(fade.out_s) * place.rate * share)


def fades(timeline: Timeline, row: Row) -> tuple[int, int]:
    """Fades of a row: its own and, on the first and the last row, those of the film."""
    own = fades_of(row.clip.segment.operations, timeline.place(row.clip, 0))
    film = fades_of(timeline.plan.film, timeline.film_place(0))
    first, last = row.clip is timeline.clips[0], row.clip is timeline.clips[-1]
    longest = row.clip.frames
    return min(longest, max(own[0], film[0] if first else 0)), min(longest, max(own[1], film[1] if last else 0))


def style_of(caption: Caption) -> CaptionStyle:
    """The style that a caption names; ours for captions where the file has lost it."""
    styles = caption_styles()
    return styles.get(caption.style) or CaptionStyle(title=caption.style or "caption")


def middle_of(caption: Caption, timeline: Timeline) -> tuple[float, float]:
    """Where the middle of a caption lies, in shares of the canvas: a block fastened at its lower edge lies above it."""
    style = style_of(caption)
    if caption.position is not None:
        return caption.position
    half = 0.65 * text_px(caption, timeline) * (1 + caption.text.strip().count("\n")) / timeline.height
    down = half if style.align.startswith("top") else -half if style.align.startswith("bottom") else 0.0
    x, y = caption.changes.get("x"), caption.changes.get("y")
    return float(x) if x is not None else style.x, float(y) if y is not None else style.y + down


def text_px(caption: Caption, timeline: Timeline) -> float:
    """The font's size in pixels of the canvas. Styles say how high capitals are in % of the shorter side, captions in % of the height."""
    size = caption.changes.get("size_percent")
    share = float(size) * timeline.height if size is not None else style_of(caption).size * min(timeline.width, timeline.height)
    return max(4.0, share / 100 / _CAPITAL)


def text_colour(caption: Caption) -> str:
    """``#rrggbb``."""
    return str(caption.changes.get("colour") or style_of(caption).colour)


def text_font(caption: Caption) -> str:
    """The family."""
    return plain_xml(str(caption.changes.get("font") or style_of(caption).font))


def text_of(caption: Caption) -> str:
    """The words as they are shown; line breaks stay."""
    return plain_xml(caption.text.upper() if style_of(caption).upper else caption.text)
