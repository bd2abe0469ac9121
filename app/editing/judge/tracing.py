"""The capability `video.trace`: one pass over a clip's pictures and sound, kept as small numbers."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.capability import capability
from app.editing.judge.forms import Traced, TraceVideo
from app.editing.judge.trace import BANDS, TINY, Trace
from app.video.analyze import media_info
from app.video.models import MediaInfo
from jobs.context import JobContext
from storage.records import SUPPORT

if TYPE_CHECKING:
    import numpy as np

    from app.video.frame import Frame

    Array = np.ndarray[Any, np.dtype[Any]]

NAME = "traces.npz"
FULL_SCALE = 0.98
_DARK_LEVEL, _BLACK_LEVEL, _WHITE_LEVEL = 25, 2, 253
_PICTURE_SHARE = 0.9
_QUIETEST_DB = -80.0
OnStep = Callable[[float, str], None]


@capability("video.trace", lane="cpu", title="Trace a clip", version=1, reusable=True)
def trace_video(request: TraceVideo, job: JobContext) -> Traced:
    """Measures every frame and every 10 ms of sound of a clip, in small, so that a film made of it can be compared with it.

    The judge finds with it which frame of the clip a film shows when, whether its sound has moved, and what was lost on the way.
    Kept as traces.npz. Runs on the processor; no model is needed.
    """
    source = job.artifact(request.video)
    trace = measure(source.path, media_info(source), job.span(0.0, 0.98))
    path = job.work_dir / NAME
    path.write_bytes(trace.pack())
    kept = job.save(NAME, path, kind="data", role=SUPPORT, media_type="application/octet-stream", inputs=[source.id])
    job.progress(1.0, "Done")
    return Traced(artifact_id=kept.id, frames=len(trace), seconds=round(trace.seconds, 4), has_sound=trace.has_sound)


def measure(path: Path, info: MediaInfo, on_step: OnStep) -> Trace:
    """The trace of a file; raises `BadMedia` when nothing of it can be decoded."""
    times, tiny, columns = _pictures(path, info, lambda done: on_step(_PICTURE_SHARE * done, "Measuring pictures"))
    on_step(_PICTURE_SHARE, "Measuring sound")
    sound, hop_s, start_s, full = _sound(path, info, lambda: on_step(_PICTURE_SHARE, "Measuring sound"))
    return Trace(info.video.fps, info.video.width / info.video.height, times, tiny, columns, sound, hop_s, start_s, full)


def _pictures(path: Path, info: MediaInfo, told: Callable[[float], None]) -> tuple[Array, Array, Array]:
    from contextlib import closing

    import cv2
    import numpy as np

    from app.video.decode import Decoder, ahead, small_frame

    tiny: list[Array] = []
    times: list[float] = []
    rows: list[list[float]] = []
    expected = max(1, info.video.frame_count)
    frames = (small_frame(picture) for picture in Decoder(path, 1.0 / info.video.fps).pictures())
    with closing(ahead(frames)) as ready:
        for frame in ready:
            tiny.append(cv2.resize(frame.y, TINY, interpolation=cv2.INTER_AREA))
            rows.append(_row(frame))
            times.append(frame.time_s)
            if frame.index % 8 == 0:
                told(min(1.0, frame.index / expected))
    return np.asarray(times), np.stack(tiny), np.asarray(rows, np.float32)


def _row(frame: Frame) -> list[float]:
    import cv2

    mean, deviation = cv2.meanStdDev(frame.y)
    laplacian, size = cv2.Laplacian(frame.y, cv2.CV_16S), frame.y.size
    spread = cv2.norm(laplacian, cv2.NORM_L2) ** 2 / size - cv2.mean(laplacian)[0] ** 2

    def below(level: int) -> float:
        return 1.0 - cv2.countNonZero(cv2.threshold(frame.y, level, 255, cv2.THRESH_BINARY)[1]) / size

    colour = [cv2.mean(plane)[0] - 128.0 for plane in (frame.u, frame.v)]
    light = [float(mean[0, 0]), float(deviation[0, 0])]
    shares = [below(_DARK_LEVEL), below(_BLACK_LEVEL), 1.0 - below(_WHITE_LEVEL - 1)]
    return [*light, *colour, max(0.0, spread), *shares]


def _sound(path: Path, info: MediaInfo, told: Callable[[], None]) -> tuple[Array, float, float, Array]:
    """(levels, seconds a hop, time of the first, share of samples at full scale a hop)."""
    import numpy as np

    from app.video.analysers.sound_decode import pieces
    from app.video.analysers.sound_features import BandPowers

    nothing = (np.zeros((0, BANDS), np.float16), 0.01, 0.0, np.zeros(0, np.float32))
    if not info.audio:
        return nothing
    bands: BandPowers | None = None
    counts: list[Array] = []
    start_s, rate, rest = 0.0, 48_000, np.zeros(0, bool)
    for piece in pieces(path):
        if bands is None:
            bands, rate, start_s = BandPowers(piece.rate_hz), piece.rate_hz, piece.start_s - info.video.start_time_s
        bands.add(piece.samples.mean(axis=0))
        full = np.concatenate((rest, (np.abs(piece.samples) >= FULL_SCALE).any(axis=0)))
        whole = len(full) // (rate // 100) * (rate // 100)
        counts.append(full[:whole].reshape(-1, rate // 100).mean(axis=1, dtype=np.float32))
        rest = full[whole:]
        told()
    if bands is None:
        return nothing
    found = bands.finish()
    powers = found[: len(found)].reshape(len(found), BANDS, -1).sum(axis=2)
    level = np.maximum(10 * np.log10(np.maximum(powers, 1e-12)), _QUIETEST_DB)
    return level.astype(np.float16), bands.hop_s, start_s, np.concatenate(counts)
