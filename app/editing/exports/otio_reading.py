"""From OpenTimelineIO back to a plan: the studio's own files without loss, those of other programs as far as they say cuts."""

from __future__ import annotations

from fractions import Fraction
from typing import Any, get_args
from urllib.parse import unquote, urlsplit

from app.editing.exports.otio_timeline import METADATA_KEY, signature
from app.editing.operations.joins import Kind
from app.editing.plan import EditPlan
from app.editing.reading import read_plan
from configs.errors import BadInput

_PICTURES = (".png", ".jpg", ".jpeg", ".webp", ".bmp", ".tif", ".tiff")
_SLOWEST, _FASTEST = 0.05, 50.0


def from_otio(text: str, *, by_path: bool = False) -> EditPlan:
    """The plan in a timeline of ours whose cuts nobody has changed; else a plan made of the first video track's clips.

    Of other programs' timelines cuts, constant speeds, freezes, reverse and transitions are taken over; gaps, further tracks and
    effects are left out and named in the notes. Media are the files that the timeline refers to.

    Args:
        by_path: name the originals of our own plans by their paths, where these are known, instead of by their ids in the studio.

    Raises:
        BadInput: it is no timeline, or has no clip with a file. BadPlan: it says what a plan cannot hold.
    """
    import opentimelineio as otio

    try:
        timeline = otio.adapters.read_from_string(text, "otio_json")
    except (ValueError, otio.exceptions.OTIOError) as error:
        raise BadInput(f"This is no OpenTimelineIO file: {error}.".replace("\n", " "), "Export it again as .otio.") from None
    if not isinstance(timeline, otio.schema.Timeline):
        raise BadInput(f"This is an OpenTimelineIO {type(timeline).__name__}, not a timeline.", "Export the timeline alone.")
    ours = timeline.metadata.get(METADATA_KEY)
    if hasattr(ours, "items") and "plan" in ours and list(ours.get("cuts", [])) == signature(timeline):
        plan, paths = _plain(ours["plan"]), _plain(ours.get("paths", {})) if by_path else {}
        for source in plan["sources"]:
            source["media"] = paths.get(source["id"], source["media"])
        return read_plan(plan)
    return _Reader(timeline).plan()


def _plain(value: Any) -> Any:
    """OTIO's own containers as those of Python; whole numbers stay whole."""
    if hasattr(value, "items"):
        return {key: _plain(one) for key, one in value.items()}
    if hasattr(value, "__iter__") and not isinstance(value, str):
        return [_plain(one) for one in value]
    return value


class _Reader:
    """Goes along the first video track."""

    def __init__(self, timeline: Any) -> None:
        self._timeline = timeline
        self._sources: dict[str, str] = {}
        self._notes: list[str] = []

    def plan(self) -> EditPlan:
        """The plan."""
        tracks = [track for track in self._timeline.tracks if track.kind == "Video" and len(track)]
        if not tracks:
            raise BadInput("The timeline has no video track with clips.", "Export a timeline with pictures.")
        segments = self._segments(list(tracks[0]))
        if not segments:
            raise BadInput("No clip of the timeline names its file.", "Link the media in the program that wrote it, then export again.")
        if len(tracks) > 1:
            self._notes.append(f"{len(tracks) - 1} more video tracks were left out.")
        return read_plan({
            "title": str(self._timeline.name or "")[:200], "planner": "OpenTimelineIO", "segments": segments, "notes": self._notes[:50],
            "sources": [{"id": name, "media": media} for media, name in self._sources.items()],
        })  # fmt: skip

    def _segments(self, items: list[Any]) -> list[dict[str, Any]]:
        import opentimelineio as otio

        found: list[dict[str, Any]] = []
        for index, item in enumerate(items):
            before, after = items[index - 1] if index else None, items[index + 1] if index + 1 < len(items) else None
            if isinstance(item, otio.schema.Clip):
                into = before if isinstance(before, otio.schema.Transition) and found else None
                out_of = after if isinstance(after, otio.schema.Transition) and index + 2 < len(items) else None
                made = self._segment(item, into, out_of, len(found) + 1)
                found += [made] if made else []
            elif isinstance(item, otio.schema.Gap) and item.duration().value > 0:
                self._notes.append(f"A gap of {item.duration().to_seconds():.2f} s was closed.")
        return found

    def _segment(self, clip: Any, into: Any, out_of: Any, number: int) -> dict[str, Any] | None:
        url = getattr(clip.media_reference, "target_url", None)
        if not url:
            self._notes.append(f"{clip.name or 'A clip'} names no file and was left out.")
            return None
        media = media_of(url)
        source = self._sources.setdefault(media, f"m{len(self._sources) + 1}")
        head, tail = _seconds(into.in_offset) if into else Fraction(0), _seconds(out_of.out_offset) if out_of else Fraction(0)
        shown = _seconds(clip.trimmed_range().duration) + head + tail
        speed, held = self._speed(clip)
        segment = {"id": f"s{number}", "source": source, "reason": next((m.comment or m.name for m in clip.markers), "")[:1000]}
        operations = self._timing(segment, clip, (shown, head, tail), speed, held or media.lower().endswith(_PICTURES))
        if into is not None:
            length = _seconds(into.in_offset) + _seconds(into.out_offset)
            operations.append({"op": "transition", "kind": _kind(into), "duration_s": float(length)})
        return {**segment, "operations": operations}

    def _timing(
        self, segment: dict[str, Any], clip: Any, times: tuple[Fraction, Fraction, Fraction], speed: float, held: bool
    ) -> list[dict[str, Any]]:
        """Sets in and out, in seconds of the source; returns what that takes of operations."""
        shown, head, tail = times
        available = clip.media_reference.available_range
        origin = _seconds(available.start_time) if available else Fraction(0)
        start = _seconds(clip.trimmed_range().start_time) - origin
        if held:
            rate = Fraction(clip.trimmed_range().start_time.rate).limit_denominator(1001)
            if media_of(clip.media_reference.target_url).lower().endswith(_PICTURES):
                segment |= {"start_s": 0.0, "end_s": float(shown)}
                return []
            first = max(start, Fraction(0))
            segment |= {"start_s": float(first), "end_s": float(first + 1 / rate)}
            return [{"op": "freeze", "at_s": 0.0, "duration_s": float(max(shown - 1 / rate, 1 / rate))}]
        factor = Fraction(abs(speed)).limit_denominator(100_000)
        low = max(start - (head if speed > 0 else tail) * factor, Fraction(0))
        segment |= {"start_s": float(low), "end_s": float(low + shown * factor)}
        operations: list[dict[str, Any]] = [{"op": "speed", "factor": float(factor)}] if factor != 1 else []
        return [*operations, {"op": "reverse"}] if speed < 0 else operations

    def _speed(self, clip: Any) -> tuple[float, bool]:
        """(times as fast, whether a frame is held); effects that are neither are named."""
        import opentimelineio as otio

        speed, held = 1.0, False
        for effect in clip.effects:
            if isinstance(effect, otio.schema.FreezeFrame):
                held = True
            elif isinstance(effect, otio.schema.LinearTimeWarp) and effect.time_scalar:
                speed = effect.time_scalar / abs(effect.time_scalar) * min(max(abs(effect.time_scalar), _SLOWEST), _FASTEST)
            else:
                self._notes.append(f"The effect {effect.effect_name or effect.name or 'without a name'} of {clip.name} was left out.")
        return speed, held


def media_of(url: str) -> str:
    """The path in a file URL; what is none stays as it is."""
    parts = urlsplit(url)
    if parts.scheme != "file":
        return unquote(url) if not parts.scheme else url
    path = unquote(parts.path)
    return path.lstrip("/") if path[2:3] == ":" else path


def _seconds(time: Any) -> Fraction:
    return Fraction(time.value).limit_denominator(1_000_000) / Fraction(time.rate).limit_denominator(1001)


def _kind(transition: Any) -> str:
    return transition.name if transition.name in get_args(Kind) else "dissolve"
