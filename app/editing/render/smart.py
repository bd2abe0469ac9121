"""Smart cut: where a film is nothing but cuts of H.264 clips, whole groups of pictures are taken over and only the rest is encoded."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from app.editing.facts import SourceFacts
from app.editing.operations.base import Operation
from app.editing.render.film import Span, has_picture
from app.editing.render.look import look_at
from app.editing.timeline import Clip, Timeline

if TYPE_CHECKING:
    from av.container import InputContainer
    from av.packet import Packet
    from av.video.stream import VideoStream

LEAST_COPIED = 0.25  # of the film; below this, encoding it whole is as quick and every picture is of one kind
_IDR, _SLICE = 5, 1
_OFF_GRID = Fraction(1, 4)
_BEHIND = 64  # packets read behind a clip's end before giving up waiting for a keyframe


@dataclass(frozen=True)
class Copied:
    """Source frames ``begin`` to ``end`` (exclusive), to be taken over as they are, for film frames from ``at`` on."""

    source: SourceFacts
    begin: int
    end: int
    at: int

    @property
    def frames(self) -> int:
        """How many."""
        return self.end - self.begin


@dataclass(frozen=True)
class SmartCut:
    """The film in order: copied stretches and spans to encode. ``profile`` and ``header`` (avcC): of the sources."""

    parts: tuple[Copied | Span, ...]
    profile: str
    header: bytes

    @property
    def copied(self) -> int:
        """Frames that are not encoded."""
        return sum(part.frames for part in self.parts if isinstance(part, Copied))


def smart_cut(timeline: Timeline) -> SmartCut | None:
    """How the film can be made mostly by copying; None where it cannot."""
    if not _plain(timeline):
        return None
    streams = [_stream_of(facts) for facts in {clip.source.path: clip.source for clip in timeline.clips}.values()]
    if any(stream is None or stream != streams[0] for stream in streams) or streams[0] is None:
        return None
    parts: list[Copied | Span] = []
    for clip in timeline.clips:
        _add_clip(parts, clip)
    profile, _, _, header = streams[0]
    made = SmartCut(tuple(parts), profile, header)
    return made if made.copied >= LEAST_COPIED * timeline.frames else None


def _plain(timeline: Timeline) -> bool:
    """Whether the plan asks for nothing but cuts of pictures that are as the film's."""
    output = timeline.plan.output
    if output.format not in ("mp4", "mov") or output.alpha or output.quality == "draft":
        return False
    if any(has_picture(operation) or _speaks(operation) for operation in timeline.plan.film):
        return False
    return all(_plain_clip(clip, timeline) for clip in timeline.clips)


def _plain_clip(clip: Clip, timeline: Timeline) -> bool:
    source = clip.source
    return (
        source.kind == "video" and not source.vfr and not source.has_alpha and source.rate == timeline.rate
        and (source.width, source.height) == (timeline.width, timeline.height) and clip.overlap == 0
        and all(stretch.step == 1 and stretch.start == index for stretch, index in zip(clip.stretches, (0,), strict=False))
        and len(clip.stretches) == 1 and clip.frames == clip.end - clip.first
        and not any(has_picture(operation) or _speaks(operation) for operation in clip.segment.operations)
    )  # fmt: skip


def _speaks(operation: Operation) -> bool:
    return type(operation).captions is not Operation.captions


def _stream_of(source: SourceFacts) -> tuple[str, int, int, bytes] | None:
    """Profile, size and header of an H.264 track that can be copied; None for any other."""
    from app.video.probe import open_container

    look = look_at(source)
    if look.codec != "h264" or not look.indexed or not look.square:
        return None
    with open_container(source.path) as container:
        stream = next(one for one in container.streams.video if one.index == look.index)
        context = stream.codec_context
        header = bytes(context.extradata or b"")
        profile = _PROFILES.get(stream.profile or "")
        upright = (context.width, context.height) == (source.width, source.height) and not _turned(container, stream)
        if not upright or profile is None or context.pix_fmt != "yuv420p" or len(header) < 7 or header[0] != 1 or header[4] & 3 != 3:
            return None
        return profile, context.width, context.height, header


def _turned(container: InputContainer, stream: VideoStream) -> bool:
    """Whether a player would turn the pictures by half: their size does not tell."""
    for packet in container.demux(stream):
        for frame in packet.decode():
            return bool(getattr(frame, "rotation", 0))
    return True


_PROFILES = {
    "Baseline": "baseline", "Constrained Baseline": "baseline", "Main": "main", "High": "high",
}  # fmt: skip


def _add_clip(parts: list[Copied | Span], clip: Clip) -> None:
    """Appends the clip: what stands before its first whole group, the groups, and what stands behind them."""
    at, done = clip.begins, clip.first
    for begin, end in _groups(clip):
        if begin > done:
            _add_span(parts, at, at + begin - done)
            at += begin - done
        last = parts[-1] if parts else None
        if isinstance(last, Copied) and last.source.path == clip.source.path and last.end == begin and last.at + last.frames == at:
            parts[-1] = Copied(clip.source, last.begin, end, last.at)
        else:
            parts.append(Copied(clip.source, begin, end, at))
        at, done = at + end - begin, end
    if done < clip.end:
        _add_span(parts, at, at + clip.end - done)


def _add_span(parts: list[Copied | Span], begin: int, end: int) -> None:
    last = parts[-1] if parts else None
    if isinstance(last, Span) and last.end == begin:
        parts[-1] = Span(last.begin, end)
    else:
        parts.append(Span(begin, end))


def _groups(clip: Clip) -> Iterator[tuple[int, int]]:
    """(first, end) of source frames that can be copied, in order: from a keyframe that nothing reaches across, as far as possible."""
    group: list[int] = []
    for frame, packet in packets_from(clip.source, clip.first, clip.end):
        if packet.is_keyframe and is_idr(packet):
            yield from _usable(group, clip)
            group = []
        elif not group:
            continue  # behind a keyframe that is none to cut at
        group.append(frame)
    yield from _usable(group, clip)


def _usable(group: list[int], clip: Clip) -> Iterator[tuple[int, int]]:
    """The longest beginning of a group, in order of decoding, that shows frames without a gap and lies within the clip."""
    if not group or group[0] < clip.first:
        return
    best, top = 0, group[0] - 1
    for count, frame in enumerate(group, 1):
        top = max(top, frame)
        if top >= clip.end or frame < group[0]:
            break
        if top - group[0] + 1 == count:
            best = count
    if best:
        yield group[0], group[0] + best


def packets_from(source: SourceFacts, begin: int, end: int) -> Iterator[tuple[int, Packet[Any]]]:
    """(source frame, packet) in order of decoding from the keyframe before ``begin`` until all frames before ``end`` have come."""
    from app.video.probe import open_container

    look = look_at(source)
    with open_container(source.path) as container:
        stream = container.streams[look.index]
        container.seek(round((begin / source.rate) / look.tick) + look.first_tick, stream=stream, backward=True)
        behind = 0
        for packet in container.demux(stream):
            if packet.size == 0 or packet.pts is None:
                continue
            place = (packet.pts - look.first_tick) * look.tick * source.rate
            frame = round(place)
            if packet.is_discard or packet.is_corrupt or abs(place - frame) > _OFF_GRID:
                return
            behind = behind + 1 if frame >= end else 0
            if behind > _BEHIND or (frame >= end and packet.is_keyframe):
                return
            yield frame, packet


def is_idr(packet: Packet[Any]) -> bool:
    """Whether no picture behind it refers to one before it: its first slice is that of an instantaneous refresh."""
    data, at = bytes(packet), 0
    while at + 4 < len(data):
        length = int.from_bytes(data[at : at + 4], "big")
        kind = data[at + 4] & 31
        if _SLICE <= kind <= _IDR:
            return kind == _IDR
        at += 4 + length
    return False


def parameter_sets(header: bytes) -> tuple[list[bytes], list[bytes], bytes]:
    """Sequence and picture parameter sets of an avcC header (ISO/IEC 14496-15, 5.3.3.1), and what follows them."""
    at = 6
    sequences, at = _sets(header, at, header[5] & 31)
    pictures, at = _sets(header, at + 1, header[at])
    return sequences, pictures, header[at:]


def _sets(header: bytes, at: int, count: int) -> tuple[list[bytes], int]:
    found = []
    for _ in range(count):
        length = int.from_bytes(header[at : at + 2], "big")
        found.append(header[at + 2 : at + 2 + length])
        at += 2 + length
    return found, at


def merged_headers(ours: bytes, theirs: bytes) -> bytes:
    """One avcC header with the parameter sets of both; their numbers differ, see `free_id`."""
    sequences, pictures, rest = parameter_sets(theirs)
    more_sequences, more_pictures, more_rest = parameter_sets(ours)
    level = max(ours[3], theirs[3])
    made = bytes([1, max(ours[1], theirs[1]), ours[2] & theirs[2], level, 0xFF, 0xE0 | len(sequences) + len(more_sequences)])
    made += b"".join(len(one).to_bytes(2, "big") + one for one in (*sequences, *more_sequences))
    made += bytes([len(pictures) + len(more_pictures)])
    made += b"".join(len(one).to_bytes(2, "big") + one for one in (*pictures, *more_pictures))
    return made + (rest or more_rest)


def free_id(header: bytes) -> int:
    """A number that none of a header's parameter sets has; x264 gives both of its sets the same."""
    sequences, pictures, _ = parameter_sets(header)
    taken = {_number(one, 4) for one in sequences} | {_number(one, 1) for one in pictures}
    return next(number for number in range(31, 0, -1) if number not in taken)


def _number(parameter_set: bytes, skip: int) -> int:
    """The set's own number: the first Exp-Golomb value behind its fixed bytes."""
    bits = "".join(f"{byte:08b}" for byte in parameter_set[skip : skip + 8])
    zeros = len(bits) - len(bits.lstrip("0"))
    return int(bits[zeros : 2 * zeros + 1] or "1", 2) - 1
