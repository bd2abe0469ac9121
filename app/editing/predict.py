"""What rendering a timeline will take, before it is rendered: length, size, memory and time, by a small model fitted to measurements."""

from __future__ import annotations

import os
from collections.abc import Sequence

from pydantic import BaseModel, ConfigDict, Field

from app.editing.operations.base import Operation
from app.editing.operations.time import Ramp, Speed
from app.editing.timeline import Clip, Timeline

# Nanoseconds of one core per pixel.
_DECODE_NS = 3.0  # of the source, once for each of its frames that is passed
_FIT_NS = 2.0  # of the canvas, where source and canvas differ in size
_ENCODE_NS = {
    ("mp4", "draft"): 3.0, ("mp4", "good"): 9.0, ("mp4", "best"): 26.0, ("mov", "draft"): 3.0, ("mov", "good"): 9.0, ("mov", "best"): 26.0,
    ("webm", "draft"): 25.0, ("webm", "good"): 60.0, ("webm", "best"): 160.0, ("gif", "draft"): 12.0, ("gif", "good"): 14.0,
    ("gif", "best"): 16.0,
}  # fmt: skip
_PRORES_NS = 30.0
_OPERATION_NS = {
    "crop": 0.2, "reframe": 0.5, "upscale": 12.0, "stabilise": 25.0, "denoise": 12.0, "python_effect": 250.0, "zoom": 4.0, "pan_zoom": 4.0, "camera_move": 12.0,
    "shake": 5.0, "chroma_key": 8.0, "composite": 6.0, "picture_in_picture": 3.0, "watermark": 2.0, "grade": 5.0, "lut": 8.0,
    "match_colour": 8.0, "sharpen": 5.0, "fade": 1.0, "transition": 5.0, "text": 1.0, "subtitles": 1.0,
}  # fmt: skip
_SMOOTH_NS = {"none": 0.0, "blend": 4.0, "motion": 700.0}
_START_S, _START_CLIP_S = 0.35, 0.03
# Bits per pixel of the film.
_BITS = {"draft": 0.05, "good": 0.12, "best": 0.28}
_BITS_GIF, _BITS_PRORES, _VP9_SHARE = 2.5, 4.4, 0.6
_SOUND_BITS_PER_S = 192_000
# Bytes held.
_BASE_BYTES, _OPEN_BYTES = 90 << 20, 6 << 20
_FRAMES_CODED, _FRAMES_DECODED, _FRAMES_PER_OPERATION = 40, 12, 3
_REVERSED_BYTES = 192 << 20
_PARALLEL = 0.85  # of further cores, what comes out
_MOST_CORES = 8


class Prediction(BaseModel):
    """What rendering will take on this machine. Length and frames are exact; the rest is an estimate, mostly within a factor of two."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    seconds: float = Field(ge=0, description="Length of the film.")
    frames: int = Field(ge=0)
    size_bytes: int = Field(ge=0)
    memory_bytes: int = Field(ge=0, description="Greatest need while rendering.")
    render_s: float = Field(ge=0, description="From nothing; segments that were rendered before are not rendered again.")


def predict(timeline: Timeline, cores: int | None = None) -> Prediction:
    """Estimates a render; ``cores``: left out, those of this machine."""
    cores = cores or os.cpu_count() or 1
    work_ns = sum(_clip_ns(clip, timeline) for clip in timeline.clips)
    canvas = timeline.width * timeline.height
    per_pixel = _encode_ns(timeline) + _operations_ns(timeline.plan.film)
    work_ns += per_pixel * canvas * timeline.frames
    speed = 1 + (min(cores, _MOST_CORES) - 1) * _PARALLEL
    return Prediction(
        seconds=timeline.seconds,
        frames=timeline.frames,
        size_bytes=_size(timeline),
        memory_bytes=_memory(timeline),
        render_s=round(_START_S + _START_CLIP_S * len(timeline.clips) + work_ns / speed / 1e9, 2),
    )


def _clip_ns(clip: Clip, timeline: Timeline) -> float:
    canvas = timeline.width * timeline.height
    shape = clip.source.width * clip.source.height
    passed = sum(max(1, int(abs(stretch.step) * stretch.frames)) for stretch in clip.stretches)
    work = _DECODE_NS * shape * (1 if clip.source.kind == "image" else passed)
    if (clip.source.width, clip.source.height) != (timeline.width, timeline.height):
        work += _FIT_NS * canvas * clip.frames
    for operation in clip.segment.operations:
        if isinstance(operation, (Speed, Ramp)):
            work += _SMOOTH_NS[operation.smooth] * canvas * clip.frames
    return work + _operations_ns(clip.segment.operations) * canvas * clip.frames


def _operations_ns(operations: Sequence[Operation]) -> float:
    return sum(_OPERATION_NS.get(operation.op, 0.0) for operation in operations)


def _encode_ns(timeline: Timeline) -> float:
    output = timeline.plan.output
    if output.alpha and output.format == "mov":
        return _PRORES_NS
    return _ENCODE_NS[output.format, output.quality]


def _size(timeline: Timeline) -> int:
    output = timeline.plan.output
    bits = _BITS[output.quality]
    if output.format == "gif":
        bits = _BITS_GIF
    elif output.format == "webm":
        bits *= _VP9_SHARE
    elif output.alpha:
        bits = _BITS_PRORES
    sound = 0 if output.format == "gif" else _SOUND_BITS_PER_S * timeline.seconds
    return int((bits * timeline.width * timeline.height * timeline.frames + sound) / 8)


def _memory(timeline: Timeline) -> int:
    """Decoders of one clip and its neighbour, the frames under way between the filters, and those the encoder looks ahead at."""
    canvas = timeline.width * timeline.height * 3 // 2
    clips = [_FRAMES_DECODED * clip.source.width * clip.source.height * 3 // 2 for clip in timeline.clips]
    steps = max((len(clip.segment.operations) for clip in timeline.clips), default=0) + len(timeline.plan.film)
    backwards = any(stretch.step < 0 for clip in timeline.clips for stretch in clip.stretches)
    under_way = canvas * (_FRAMES_CODED + _FRAMES_PER_OPERATION * steps)
    largest = sum(sorted(clips, reverse=True)[:2])
    return _BASE_BYTES + _OPEN_BYTES * len(clips) + under_way + largest + (_REVERSED_BYTES if backwards else 0)
