"""The sound of a film that is copied whole: AAC blocks taken over as they are, each within three quarters of a block of its place."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.editing.facts import SourceFacts
from app.editing.operations.joins import Transition
from app.editing.render.look import look_at
from app.editing.timeline import Clip, Timeline

if TYPE_CHECKING:
    from av.packet import Packet

BLOCK = 1024  # samples of an AAC block
_BACK_S = Fraction(1, 4)
_OFF = Fraction(3, 4)  # of a block, from its place; more is a hole, or stamps that cannot be trusted


@dataclass(frozen=True)
class CopiedSound:
    """``packets`` in order, the first before the film begins: a decoder needs it to be right at the start. ``path``: whose form it has."""

    path: Path
    rate_hz: int
    packets: tuple[Any, ...]


def copied_sound(timeline: Timeline) -> CopiedSound | None:
    """The sound of a film of nothing but cuts; None where it must be mixed: something is done to it, or the tracks differ."""
    clips = timeline.clips
    if timeline.plan.film or any(not _untouched(clip) for clip in clips):
        return None
    kinds = {clip.source.path: _kind(clip.source) for clip in clips}
    kind = kinds[clips[0].source.path]
    if kind is None or any(other != kind for other in kinds.values()):
        return None
    rate_hz, packets, slot = kind[1], [], -1
    for clip in clips:
        end = _slots(clip.begins + clip.frames, timeline.rate, rate_hz)
        found = _blocks(clip, timeline.rate, rate_hz, slot, end)
        if found is None:
            return None
        packets += found
        slot = end
    return CopiedSound(clips[0].source.path, rate_hz, tuple(packets))


def _untouched(clip: Clip) -> bool:
    return clip.source.audio_tracks > 0 and all(isinstance(operation, Transition) for operation in clip.segment.operations)


def _kind(source: SourceFacts) -> tuple[str, int, int, bytes] | None:
    """Codec, samples per second, channels and header of the first track, where it is AAC."""
    from app.video.probe import open_container

    with open_container(source.path) as container:
        stream = container.streams.audio[0]
        context = stream.codec_context
        if context is None or context.name != "aac" or not context.extradata or (context.frame_size or BLOCK) != BLOCK:
            return None
        return context.name, context.sample_rate, context.channels, bytes(context.extradata)


def _slots(frame: int, rate: Fraction, rate_hz: int) -> int:
    """How many blocks have their middle before a frame of the film."""
    return round(frame / rate * rate_hz / BLOCK)


def _blocks(clip: Clip, rate: Fraction, rate_hz: int, first: int, end: int) -> list[Packet[Any]] | None:
    """The source's blocks for slots ``first`` to ``end`` (exclusive) of the film, without a hole; None where it has none there."""
    look = look_at(clip.source)
    wanted = Fraction(first * BLOCK, rate_hz) - clip.begins / rate + clip.first / clip.source.rate + look.first_tick * look.tick
    length = Fraction(BLOCK, rate_hz)
    found: list[Packet[Any]] = []
    for at, packet in _packets(clip.source, wanted - _BACK_S):
        if not found and abs(at - wanted) > length / 2:
            if at > wanted:
                return None
            continue
        if abs(at - wanted - len(found) * length) > length * _OFF:
            return None
        found.append(packet)
        if len(found) == end - first:
            return found
    return None


def _packets(source: SourceFacts, from_s: Fraction) -> Iterator[tuple[Fraction, Packet[Any]]]:
    """(seconds on the file's clock, packet) of the first track from a moment on, or a little before."""
    from app.video.probe import open_container

    with open_container(source.path) as container:
        stream = container.streams.audio[0]
        tick = stream.time_base or Fraction(1, 48_000)
        if from_s > 0:
            container.seek(int(from_s / tick), stream=stream, backward=True)
        for packet in container.demux(stream):
            if packet.size and packet.pts is not None:
                yield packet.pts * tick, packet
