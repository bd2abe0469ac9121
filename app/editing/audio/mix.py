"""The whole sound of a film in one file, to the sample as long as its pictures."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.editing.audio.canvas import canvas
from app.editing.audio.clips import CLICK, Readers, clip_sound, track_of
from app.editing.audio.course import keeps_pitch, sample_of
from app.editing.audio.duck import BLOCK, curve, heard, levels
from app.editing.audio.effects import effect
from app.editing.audio.loud import bring_to, tame
from app.editing.audio.reader import RATE_HZ
from app.editing.operations.base import SoundLayer
from app.editing.operations.sounds import Loudness
from app.editing.timeline import Clip, Timeline
from app.video import ffmpeg

if TYPE_CHECKING:
    import numpy as np

    Samples = np.ndarray[Any, np.dtype[np.float32]]

VERSION = 1  # part of `key`: goes up whenever the same plan would sound different
CODECS = {
    ".wav": ("-c:a", "pcm_f32le", "-rf64", "auto"),
    ".m4a": ("-c:a", "aac", "-aac_coder", "fast", "-b:a", "192k"),  # quicker, and better at this rate
    ".opus": ("-c:a", "libopus", "-b:a", "160k"),
}
_PIECE = 10 * RATE_HZ
_CLIPS, _LAYERS, _LOUDNESS = 0.6, 0.75, 0.9  # how far each part of the work is when it ends


def samples_of(timeline: Timeline) -> int:
    """How many samples the film's sound has."""
    return sample_of(timeline.frames, timeline.rate)


def layers_of(timeline: Timeline) -> tuple[SoundLayer, ...]:
    """Every sound besides that of the segments, in seconds of the film."""
    found: list[SoundLayer] = []
    for clip in timeline.clips:
        for index, operation in enumerate(clip.segment.operations):
            found += operation.layers(timeline.place(clip, index))
    for index, operation in enumerate(timeline.plan.film):
        found += operation.layers(timeline.film_place(index))
    return tuple(found)


def has_sound(timeline: Timeline) -> bool:
    """Whether anything could be heard at all."""
    return any(clip.source.has_sound for clip in timeline.clips) or bool(layers_of(timeline))


def render(timeline: Timeline, output: Path, *, folder: Path, on_step: ffmpeg.OnStep | None = None) -> Path:
    """Mixes the film's sound and writes it: 48 kHz stereo, `samples_of` samples.

    Args:
        output: .wav (32-bit float), .m4a (AAC, 192 kbit/s) or .opus; it appears only when it is whole.
        folder: where a working file of 23 MB per minute may stand meanwhile.
        on_step: called with (fraction, message); whatever it raises stops the work and is raised on.

    Raises:
        BadMedia: a source cannot be opened any more.
        Unavailable: the disk is full.
    """
    total = samples_of(timeline)
    with canvas(folder, total) as (raw, mix), ExitStack() as stack:
        step = on_step or (lambda fraction, message: None)
        _fill(timeline, mix, Readers(stack), step)
        source = ["-f", "f32le", "-ar", str(RATE_HZ), "-ac", "2", "-i", str(raw), "-t", f"{total / RATE_HZ:.9f}"]
        rest = 1 - _LOUDNESS
        return ffmpeg.run(
            [*source, *CODECS[output.suffix]], output, duration_s=total / RATE_HZ,
            on_step=lambda fraction, message: step(_LOUDNESS + rest * fraction, "Mixing sound"),
        )  # fmt: skip


def mixed(timeline: Timeline) -> Samples:
    """The same in memory, (n, 2) float32; for short films."""
    import numpy as np

    mix = np.zeros((samples_of(timeline), 2), np.float32)
    with ExitStack() as stack:
        _fill(timeline, mix, Readers(stack), lambda fraction, message: None)
    return mix


def key(timeline: Timeline) -> str:
    """A name of the film's sound: the same wherever nothing that is heard differs."""
    clips = [
        {
            "bytes": clip.source.content_hash if clip.source.has_sound else "",
            "rate": str(clip.source.rate),
            "span": [clip.first, clip.end, clip.begins, clip.frames, clip.overlap],
            "stretches": [(str(one.start), str(one.step), one.frames) for one in clip.stretches],
            "transition": clip.transition.kind if clip.transition else "",
            "pitch": keeps_pitch(clip),
            "track": track_of(clip),
            "gains": [points for points in _gains(timeline, clip) if points],
        }
        for clip in timeline.clips
    ]
    film = timeline.plan.film
    what = {
        "version": VERSION,
        "film": [timeline.frames, str(timeline.rate)],
        "clips": clips,
        "layers": [
            (repr(layer), timeline.sources[layer.source_id].content_hash if layer.source_id else "") for layer in layers_of(timeline)
        ],
        "gains": [points for index, one in enumerate(film) if (points := list(one.gains(timeline.film_place(index))))],
        "loudness": [one.model_dump() for one in film if isinstance(one, Loudness)],
    }
    return hashlib.sha256(json.dumps(what, sort_keys=True).encode()).hexdigest()


def _gains(timeline: Timeline, clip: Clip) -> list[list[tuple[float, float]]]:
    return [list(one.gains(timeline.place(clip, index))) for index, one in enumerate(clip.segment.operations)]


def _fill(timeline: Timeline, mix: Samples, readers: Readers, on_step: ffmpeg.OnStep) -> None:
    for number, clip in enumerate(timeline.clips):
        for at, sound in clip_sound(timeline, number, readers):
            on_step(_CLIPS * (clip.begins / timeline.frames), "Mixing sound")
            _add(mix, at, sound)
    layers = layers_of(timeline)
    if any(layer.ducks_db > 0 for layer in layers):
        share = heard(_powers(mix))
    for number, layer in enumerate(layers):
        on_step(_CLIPS + (_LAYERS - _CLIPS) * number / len(layers), "Mixing sound")
        for at, sound in _layer(timeline, layer, readers, len(mix)):
            if layer.ducks_db > 0:
                sound *= curve(share, layer.ducks_db, at, len(sound))[:, None]
            _add(mix, at, sound)
    on_step(_LAYERS, "Mixing sound")
    _finish(timeline, mix)
    on_step(_LOUDNESS, "Mixing sound")


def _powers(mix: Samples) -> Samples:
    import numpy as np

    step = _PIECE // BLOCK * BLOCK
    parts = [levels(mix[at : at + step]) for at in range(0, len(mix), step)]
    return np.concatenate(parts) if parts else np.zeros(0, np.float32)


def _finish(timeline: Timeline, mix: Samples) -> None:
    """The film's own gains, then its loudness, or at least no clipping."""
    import numpy as np

    loudness = None
    for index, operation in enumerate(timeline.plan.film):
        loudness = operation if isinstance(operation, Loudness) else loudness
        points = operation.gains(timeline.film_place(index))
        if not points:
            continue
        seconds, factors = [point[0] for point in points], [point[1] for point in points]
        for at in range(0, len(mix), _PIECE):
            part = mix[at : at + _PIECE]
            part *= np.interp(np.arange(at, at + len(part)) / RATE_HZ, seconds, factors).astype(np.float32)[:, None]
    if loudness is None or not bring_to(mix, loudness.target_lufs, loudness.peak_dbtp):
        tame(mix)


def _add(mix: Samples, at: int, sound: Samples) -> None:
    """Adds what lies within the film."""
    begin, end = max(0, at), min(len(mix), at + len(sound))
    if end > begin:
        mix[begin:end] += sound[begin - at : end - at]


def _layer(timeline: Timeline, layer: SoundLayer, readers: Readers, total: int) -> Iterator[tuple[int, Samples]]:
    """(sample of the film, sound) piece by piece, with gain and fades."""
    import numpy as np

    begin = round(layer.at_s * RATE_HZ)
    count = min(total - begin, round(layer.seconds * RATE_HZ))
    gain = 10 ** (layer.gain_db / 20)
    edges = [max(CLICK, round(layer.fade_in_s * RATE_HZ)), max(CLICK, round(layer.fade_out_s * RATE_HZ))]
    if layer.effect is not None:
        whole = effect(layer.effect, layer.seed)
        edges[0] = 1  # it begins as it was made
        edges[1] = 1 if count >= len(whole) else edges[1]
        parts: Iterator[tuple[int, Samples]] = iter([(0, whole[: max(0, count)].copy())])
    else:
        parts = _bed(timeline, layer, readers, count)
    for offset, sound in parts:
        at = np.arange(offset, offset + len(sound))
        fade = np.clip((at + 0.5) / edges[0], 0, 1) * np.clip((count - at - 0.5) / edges[1], 0, 1)
        sound *= (gain * fade).astype(np.float32)[:, None]
        yield begin + offset, sound


def _bed(timeline: Timeline, layer: SoundLayer, readers: Readers, count: int) -> Iterator[tuple[int, Samples]]:
    """A source's sound for ``count`` samples, again from the start of the layer where it loops."""
    import numpy as np

    source = timeline.sources[layer.source_id or ""]
    reader = readers.of(source, 0)
    start = round(layer.source_start_s * RATE_HZ)
    period = round(source.duration_s * RATE_HZ) - start
    if not layer.loops or period < RATE_HZ // 10:
        period = max(1, count)
    for lap in range(0, count, period):
        end = min(count, lap + period)
        for at in range(lap, end, _PIECE):
            sound = reader.read(start + at - lap, min(end, at + _PIECE) - at)
            if at == lap > 0:
                sound[:CLICK] *= np.linspace(0, 1, CLICK, dtype=np.float32)[: len(sound), None]
            if at + len(sound) == end < count:
                sound[-CLICK:] *= np.linspace(1, 0, CLICK, dtype=np.float32)[-len(sound) :, None]
            yield at, sound
