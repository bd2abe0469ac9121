"""What rendering a timeline will take, before it is rendered: length, size, memory and time, by a small model fitted to measurements."""

from __future__ import annotations

import os
from collections.abc import Sequence

from pydantic import BaseModel, ConfigDict, Field

from app.editing.operations.base import Operation
from app.editing.operations.clean import Stabilise
from app.editing.operations.python_effect import PythonEffect
from app.editing.operations.shape import Upscale
from app.editing.operations.time import Ramp, Speed
from app.editing.timeline import Clip, Timeline

# Fitted to measurements of the renderer on one machine (60 to 360 frames, 240p to 1080p, a 1080p source), as processor time.
# Nanoseconds of one core per pixel:
_DECODE_NS = 3.0  # of the source, for each of its frames that is passed, and on average half a keyframe interval before them
_FIT_NS = 1.0  # of the canvas, where source and canvas differ in size
_ENCODE_NS = {
    ("mp4", "draft"): 3.5, ("mp4", "good"): 15.0, ("mp4", "best"): 46.0,
    ("mov", "draft"): 3.5, ("mov", "good"): 15.0, ("mov", "best"): 46.0,
    ("webm", "draft"): 14.0, ("webm", "good"): 105.0, ("webm", "best"): 300.0, ("gif", "draft"): 113.0, ("gif", "good"): 113.0,
    ("gif", "best"): 113.0,
}  # fmt: skip
_PRORES_NS = 130.0
_OPERATION_NS = {
    "crop": 1.0, "reframe": 4.0, "denoise": 10.5, "zoom": 5.0, "pan_zoom": 14.0, "camera_move": 15.0, "shake": 6.0, "chroma_key": 10.0,
    "composite": 20.0, "picture_in_picture": 10.0, "watermark": 10.0, "grade": 5.5, "lut": 8.0, "match_colour": 2.0, "sharpen": 5.0,
    "fade": 6.0, "transition": 5.5, "text": 1.0, "subtitles": 1.0,
}  # fmt: skip
_STABILISE_NS, _PYTHON_NS, _UPSCALE_NS = 24.0, 130.0, 6.5  # of the source, of the source, of what it is enlarged to
_SMOOTH_NS = {"none": 0.0, "blend": 1.5, "motion": 116.0}  # of the source, for each frame of the film
_START_S, _START_CPU_S, _CLIP_CPU_S = 0.2, 0.35, 0.02
# Bits per pixel of the film:
_BITS = {"draft": 0.09, "good": 0.10, "best": 0.16}
_BITS_GIF, _BITS_PRORES, _VP9_SHARE = 3.0, 9.0, 0.9
_SOUND_BITS_PER_S = 192_000
# Bytes held:
_BASE_BYTES, _REVERSED_BYTES = 75 << 20, 192 << 20
_FRAMES_CODED = {"draft": 16, "good": 72, "best": 131}
_FRAMES_DECODED, _MOST_OPEN, _FRAMES_PER_OPERATION, _FRAMES_MOTION = 8, 40, 3, 190
_PARALLEL = 0.75  # of further cores, what comes out
_MOST_CORES = 8


class Prediction(BaseModel):
    """What rendering will take on this machine. Length and frames are exact; the rest is an estimate, mostly within a factor of two."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    seconds: float = Field(ge=0, description="Length of the film.")
    frames: int = Field(ge=0)
    size_bytes: int = Field(ge=0)
    memory_bytes: int = Field(ge=0, description="Greatest need while rendering.")
    render_s: float = Field(
        ge=0, description="With every frame made anew; what was rendered before, or can be copied as it is, takes next to nothing."
    )


def predict(timeline: Timeline, cores: int | None = None) -> Prediction:
    """Estimates a render; ``cores``: left out, those of this machine."""
    cores = cores or os.cpu_count() or 1
    canvas = timeline.width * timeline.height
    work_ns = sum(_clip_ns(clip, timeline) for clip in timeline.clips)
    work_ns += (_encode_ns(timeline) + _operations_ns(timeline.plan.film)) * canvas * timeline.frames
    work_s = work_ns / 1e9 + _START_CPU_S + _CLIP_CPU_S * len(timeline.clips)
    alone_s = sum(_alone_ns(clip) for clip in timeline.clips) / 1e9
    speed = 1 + (min(cores, _MOST_CORES) - 1) * _PARALLEL
    return Prediction(
        seconds=timeline.seconds,
        frames=timeline.frames,
        size_bytes=_size(timeline),
        memory_bytes=_memory(timeline),
        render_s=round(_START_S + work_s / speed + alone_s, 2),
    )


def _clip_ns(clip: Clip, timeline: Timeline) -> float:
    canvas = timeline.width * timeline.height
    source = clip.source
    shape, passed = source.width * source.height, clip.end - clip.first
    before = min(clip.first, float(source.rate) * source.keyframe_interval_s / 2)
    work = _DECODE_NS * shape * (passed + before)
    if (source.width, source.height) != (timeline.width, timeline.height):
        work += _FIT_NS * canvas * clip.frames
    for operation in clip.segment.operations:
        if isinstance(operation, Upscale):
            work += _UPSCALE_NS * shape * operation.factor**2 * clip.frames
        elif isinstance(operation, Stabilise):
            work += _STABILISE_NS * shape * passed
    return work + _operations_ns(clip.segment.operations) * canvas * clip.frames


def _alone_ns(clip: Clip) -> float:
    """Work that only one core does."""
    shape, work = clip.source.width * clip.source.height, 0.0
    for operation in clip.segment.operations:
        if isinstance(operation, (Speed, Ramp)):
            work += _SMOOTH_NS[operation.smooth] * shape * clip.frames
        elif isinstance(operation, PythonEffect):
            work += _PYTHON_NS * shape * (clip.end - clip.first)
    return work


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
    """What the encoder looks ahead at, an open decoder for every clip and every layer, frames under way between filters."""
    canvas = timeline.width * timeline.height * 3 // 2
    opened = [clip.source for clip in timeline.clips]
    for operations in (timeline.plan.film, *(clip.segment.operations for clip in timeline.clips)):
        opened += [timeline.sources[name] for operation in operations for name in operation.source_ids()]
    decoders = sorted((_FRAMES_DECODED * one.width * one.height * 3 // 2 for one in opened), reverse=True)[:_MOST_OPEN]
    steps = max((len(clip.segment.operations) for clip in timeline.clips), default=0) + len(timeline.plan.film)
    coded = _FRAMES_CODED[timeline.plan.output.quality]
    held = max((_held(clip) for clip in timeline.clips), default=0)
    return _BASE_BYTES + canvas * (coded + _FRAMES_PER_OPERATION * steps) + sum(decoders) + held


def _held(clip: Clip) -> int:
    """Pictures kept to be played from the end, or to find movement in."""
    if any(isinstance(one, (Speed, Ramp)) and one.smooth == "motion" for one in clip.segment.operations):
        return _FRAMES_MOTION * clip.source.width * clip.source.height * 3 // 2
    backwards = sum(stretch.frames for stretch in clip.stretches if stretch.step < 0)
    return min(_REVERSED_BYTES, backwards * clip.source.width * clip.source.height * 3 // 2)
