"""The capability `video.proxy`: a small copy of a clip that browsers play, and scrub frame by frame."""

from __future__ import annotations

import json
from pathlib import Path

from app.capability import capability
from app.video.analyze import media_info
from app.video.models import MakeProxy, MediaInfo, ProxyResult
from jobs.context import JobContext
from storage.records import SUPPORT

GOP_FRAMES = 12  # a jump decodes at most this many frames
_AUDIO_BITRATE = "128k"


@capability("video.proxy", lane="cpu", title="Make a proxy", version=1, reusable=True)
def make_proxy(request: MakeProxy, job: JobContext) -> ProxyResult:
    """Makes a small H.264 copy of a video whose original a browser cannot play or scrub.

    Frame numbers and time stamps are those of the source, so that what is marked on the proxy holds for the
    original. For uneven frame rates a list of every frame's time comes along.
    """
    from app.video.ffmpeg import run

    source = job.artifact(request.video)
    info = media_info(source)
    path = job.work_dir / "proxy.mp4"
    arguments = proxy_arguments(source.path, info, request.height)
    run(arguments, path, duration_s=info.duration_s, on_step=job.span(0.0, 0.95), message="Making a proxy")
    times = frame_times(path)
    frames = _save_times(job, request, times) if info.video.vfr else None
    width, height = proxy_size(info, request.height)
    meta = {"width": width, "height": height, "fps": info.video.fps, "vfr": info.video.vfr, "proxy_of": request.video}
    kept = job.save("proxy.mp4", path, kind="video", role=SUPPORT, media_type="video/mp4", meta=meta, inputs=[request.video])
    return ProxyResult(
        artifact_id=kept.id, width=width, height=height, size_bytes=kept.size_bytes, frame_count=len(times), frames_artifact_id=frames
    )


def proxy_size(info: MediaInfo, height: int) -> tuple[int, int]:
    """Even width and height, upright and with square pixels; the shorter side is at most ``height``, never enlarged."""
    video = info.video
    factor = min(1.0, height / min(video.width, video.height))
    return _even(video.width * factor), _even(video.height * factor)


def proxy_arguments(path: Path, info: MediaInfo, height: int) -> list[str]:
    """What ffmpeg is told; frames pass through untouched in number and time."""
    from app.video.probe import open_container, pick_stream
    from app.video.safe_input import ffmpeg_arguments

    with open_container(path) as container:
        index = pick_stream(container, path).index
    width, pixels_high = proxy_size(info, height)
    arguments = [*ffmpeg_arguments(), "-i", f"file:{path}", "-map", f"0:{index}"]
    arguments += ["-vf", f"scale={width}:{pixels_high}:flags=bicubic,setsar=1,format=yuv420p", "-fps_mode", "passthrough"]
    arguments += ["-c:v", "libx264", "-preset", "veryfast", "-crf", "23", "-g", str(GOP_FRAMES), "-bf", "0", "-sc_threshold", "40"]
    if info.audio:
        arguments += ["-map", "0:a:0", "-c:a", "aac", "-ac", "2", "-b:a", _AUDIO_BITRATE]
    return [*arguments, "-map_metadata", "-1", "-map_chapters", "-1", "-sn", "-dn", "-movflags", "+faststart", "-f", "mp4"]


def frame_times(path: Path) -> list[float]:
    """Seconds from frame 0 at which each frame of a file is shown, from its packets alone."""
    from app.video.probe import open_container, pick_stream

    with open_container(path) as container:
        stream = pick_stream(container, path)
        stamps = sorted(p.pts for p in container.demux(stream) if p.pts is not None and p.size)
        time_base = stream.time_base
    if not stamps or time_base is None:
        return []
    return [round(float((stamp - stamps[0]) * time_base), 6) for stamp in stamps]


def _save_times(job: JobContext, request: MakeProxy, times: list[float]) -> str:
    path = job.work_dir / "frames.json"
    path.write_text(json.dumps({"schema_version": 1, "unit": "s", "times": times}), encoding="utf-8")
    kept = job.save("frames.json", path, kind="data", role=SUPPORT, media_type="application/json", inputs=[request.video])
    return kept.id


def _even(value: float) -> int:
    return max(2, round(value / 2) * 2)
