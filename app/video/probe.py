"""What is in a video file: demuxed packet by packet, first frame decoded. Runs in a child process (see `prober`)."""

from __future__ import annotations

import os
import stat
import time
from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, cast

from app.video.models import AudioStream, Colour, MediaInfo, Rational, SubtitleStream, VideoStream
from app.video.proxy_need import proxy_reason
from app.video.rates import Spacing, settle_rate, spacing_of
from app.video.safe_input import OPEN_OPTIONS
from app.video.timecode import can_drop, is_drop_frame, to_frame
from configs.errors import BadInput, BadMedia

if TYPE_CHECKING:
    from av.container import InputContainer
    from av.video.frame import VideoFrame
    from av.video.stream import VideoStream as AvVideoStream

MAX_SIDE_PX = 16_384
MAX_PIXELS = 8192 * 8192
COUNT_BUDGET_S = 4.0  # demuxing longer than this gives an estimate instead of a count
_FIRST_FRAME_PACKETS = 600
_STILL_FORMATS = ("image2", "_pipe", "gif", "ico", "apng", "webp", "svg")
_DAMAGED = "It is damaged or cut short; export it again."
_PLAYABLE = "Give a video in mp4, mov, mkv, webm, avi or ts."


def probe_video(path: Path, count_budget_s: float = COUNT_BUDGET_S) -> MediaInfo:
    """Reads a file's streams, counts its frames and decodes the first one.

    Raises:
        BadMedia: the file is missing, unreadable, empty, damaged, not a video, or too large in pixels.
    """
    size_bytes = check_file(path)
    with open_container(path) as container:
        stream = pick_stream(container, path)
        frame = _first_frame(container, stream, path)
        _check_size(frame.width, frame.height, path)
        metadata = _all_metadata(container)
        subtitles = [_subtitle(s) for s in container.streams.subtitles]
        audio = [_audio(s) for s in container.streams.audio]
        container_start_s = (container.start_time or 0) / 1e6
        declared_s = (container.duration or 0) / 1e6
        has_alpha = _has_alpha(stream, frame)
        name = container_name(container.format.name, _head(path), container.metadata.get("major_brand", ""))
        spacing = _count(path, stream.index, count_budget_s, declared_s)
        video = _video(stream, frame, spacing, metadata, has_alpha, container_start_s)
    info = MediaInfo(
        container=name,
        duration_s=max(spacing.duration_s, 1e-6),
        size_bytes=size_bytes,
        video=video,
        audio=audio,
        subtitles=subtitles,
    )
    reason = proxy_reason(info)
    return info.model_copy(update={"needs_proxy": reason is not None, "proxy_reason": reason})


def check_file(path: Path) -> int:
    """Size in bytes of a readable, non-empty regular file.

    Raises:
        BadMedia: it is none of that; the message says which.
    """
    try:
        status = path.stat()
    except (FileNotFoundError, NotADirectoryError):
        raise BadMedia(f"There is no file {str(path)!r}.", "Check the path.") from None
    except (OSError, ValueError) as error:
        raise BadMedia(f"{str(path)!r} cannot be read: {_why(error)}.", "Check the path and its permissions.") from error
    if stat.S_ISDIR(status.st_mode):
        raise BadMedia(f"{str(path)!r} is a folder.", "Give a video file inside it.")
    if not stat.S_ISREG(status.st_mode):
        raise BadMedia(f"{str(path)!r} is not a file.", "Give a video file.")
    if not os.access(path, os.R_OK):
        raise BadMedia(f"{str(path)!r} cannot be read: permission denied.", "Make it readable for you.")
    if status.st_size == 0:
        raise BadMedia(f"{path.name!r} is empty.", "Copy or export it again.")
    return status.st_size


def open_container(path: Path) -> InputContainer:
    """Opens a file for demuxing.

    Raises:
        BadMedia: it has gone since it was taken in, or no demuxer can read it.
    """
    import av

    try:
        return av.open(str(path), metadata_errors="replace", options=dict(OPEN_OPTIONS))
    except (av.error.FFmpegError, OSError, ValueError, RuntimeError) as error:
        require_there(path)
        raise BadMedia(f"{path.name!r} is not a video that can be opened, or it is damaged ({_why(error)}).", _PLAYABLE) from error


def require_there(path: Path) -> None:
    """Raises `BadMedia` in the store's words when a file that was there has gone: moved, deleted, its disk taken away."""
    if not os.path.exists(path):
        raise BadMedia(f"{path.name} is no longer at {path}.", "Relink it in the Library, or add it again.", "media_missing")


def pick_stream(container: InputContainer, path: Path) -> AvVideoStream:
    """The main picture track, the first one, as in browsers and in PySceneDetect; cover art and stills do not count.

    Raises:
        BadMedia: there is none.
    """
    name = container.format.name
    streams = [s for s in container.streams.video if not _is_cover(s)]
    if any(mark in name for mark in _STILL_FORMATS) and name != "gif":
        raise BadMedia(f"{path.name!r} is a still image, not a video.", _PLAYABLE)
    if not streams:
        what = "holds sound but no picture" if container.streams.audio else "holds no video"
        raise BadMedia(f"{path.name!r} {what}.", _PLAYABLE)
    known = [s for s in streams if s.codec_context is not None]
    if not known:
        raise BadMedia(f"{path.name!r} is in a format that no decoder here knows.", _PLAYABLE)
    return known[0]


def first_sound(container: InputContainer, path: Path) -> tuple[list[AudioStream], float]:
    """Every audio track, and how many seconds the first one lasts; its beginning is decoded.

    Raises:
        BadMedia: there is no sound, or it cannot be decoded.
    """
    import av

    tracks = container.streams.audio
    if not tracks:
        raise BadMedia(f"{path.name!r} holds no sound.", "Give a wav, mp3, flac, ogg or m4a.")
    try:
        next(iter(container.decode(tracks[0])))
    except (av.error.FFmpegError, StopIteration, ValueError) as error:
        raise BadMedia(f"The sound of {path.name!r} cannot be decoded.", _DAMAGED) from error
    length = tracks[0].duration * tracks[0].time_base if tracks[0].duration and tracks[0].time_base else None
    seconds = float(length) if length else (container.duration or 0) / 1e6
    if seconds <= 0:
        raise BadMedia(f"{path.name!r} does not say how long its sound is.", _DAMAGED)
    return [_audio(track) for track in tracks], seconds


def _is_cover(stream: AvVideoStream) -> bool:
    import av

    return bool(stream.disposition & av.stream.Disposition.attached_pic)


def _first_frame(container: InputContainer, stream: AvVideoStream, path: Path) -> VideoFrame:
    import av

    damaged = BadMedia(f"{path.name!r} has a video track, but no frame of it can be decoded.", _DAMAGED)
    try:
        for number, packet in enumerate(container.demux(stream)):
            try:
                for frame in packet.decode():
                    return frame
            except av.error.InvalidDataError:
                pass  # a damaged packet; the next keyframe may still decode
            if number > _FIRST_FRAME_PACKETS:
                break
    except (av.error.FFmpegError, OSError, ValueError, RuntimeError) as error:
        raise damaged from error
    raise damaged


def _check_size(width: int, height: int, path: Path) -> None:
    if max(width, height) > MAX_SIDE_PX or width * height > MAX_PIXELS:
        remedy = f"Scale it to {MAX_SIDE_PX // 2} pixels a side or less."
        raise BadMedia(f"{path.name!r} is {width} x {height} pixels, too large to work on.", remedy)


def _count(path: Path, index: int, budget_s: float, declared_s: float) -> Spacing:
    """Demuxes the picture track on a fresh handle and looks at when its frames are shown."""
    import av

    times: list[int] = []
    keys: list[int] = []
    deadline = time.monotonic() + budget_s
    complete = True
    with open_container(path) as container:
        stream = cast("AvVideoStream", container.streams[index])
        time_base = stream.time_base or Fraction(1, 1000)
        durations: list[int] = []
        rates = [r for r in (stream.guessed_rate, stream.average_rate, stream.base_rate) if r]
        step = max(1, round(1 / ((rates[0] if rates else Fraction(25)) * time_base)))  # for packets without a stamp
        try:
            for packet in container.demux(stream):
                if packet.size == 0 or packet.is_discard:
                    continue
                stamp = packet.pts if packet.pts is not None else packet.dts
                if stamp is None:
                    stamp = times[-1] + step if times else 0
                times.append(stamp)
                durations.append(packet.duration or 0)
                if packet.is_keyframe:
                    keys.append(stamp)
                if len(times) % 256 == 0 and time.monotonic() > deadline:
                    complete = False
                    break
        except (av.error.FFmpegError, OSError, ValueError):
            pass  # what was read so far is what there is
        declared = float(stream.duration * time_base) if stream.duration else declared_s
    return spacing_of(times, keys, durations, time_base, rates, None if complete else declared)


def _video(
    stream: AvVideoStream, frame: VideoFrame, spacing: Spacing, metadata: Mapping[str, str], has_alpha: bool, container_start_s: float
) -> VideoStream:
    sar = stream.sample_aspect_ratio or Fraction(1)
    sar = sar if 0 < sar < 100 else Fraction(1)
    rotation = clockwise(frame.rotation)
    width, height = display_size(frame.width, frame.height, sar, rotation)
    fps, vfr = settle_rate(spacing)
    timecode = start_timecode(metadata, fps)
    return VideoStream(
        codec=_codec_name(stream),
        profile=stream.profile,
        pix_fmt=frame.format.name,
        width=width,
        height=height,
        coded_width=frame.width,
        coded_height=frame.height,
        sample_aspect_ratio=Rational(num=sar.numerator, den=sar.denominator),
        rotation_deg=rotation,
        fps=float(fps),
        fps_rational=Rational(num=fps.numerator, den=fps.denominator),
        avg_fps=spacing.average_fps,
        vfr=vfr,
        frame_count=spacing.frame_count,
        frame_count_estimated=spacing.estimated,
        keyframe_interval_s=spacing.keyframe_interval_s,
        start_time_s=max(0.0, spacing.first_s - container_start_s),
        start_timecode=timecode,
        drop_frame=timecode is not None and is_drop_frame(timecode),
        reel=reel_name(metadata),
        bit_depth=max(c.bits for c in frame.format.components),
        has_alpha=has_alpha,
        colour=_colour(frame),
    )


def clockwise(rotation: int) -> Literal[0, 90, 180, 270]:
    """The display matrix's counter-clockwise angle -> the clockwise quarter turn a player applies."""
    return cast("Literal[0, 90, 180, 270]", round(-rotation / 90) % 4 * 90)


def display_size(width: int, height: int, sar: Fraction, rotation_deg: int) -> tuple[int, int]:
    """Size on a screen of square pixels, turned upright; wide pixels stretch the width, tall ones the height."""
    shown = (round(width * sar), height) if sar >= 1 else (width, round(height / sar))
    shown = (max(1, shown[0]), max(1, shown[1]))
    return shown if rotation_deg % 180 == 0 else (shown[1], shown[0])


def start_timecode(metadata: Mapping[str, str], fps: Fraction) -> str | None:
    """The file's start timecode, when it has one that exists at this rate; ``;`` kept only where drop-frame exists."""
    text = metadata.get("timecode", "").strip()
    if not text:
        return None
    if is_drop_frame(text) and not can_drop(fps):
        text = ":".join(text.replace(";", ":").replace(",", ":").replace(".", ":").split(":"))
    try:
        to_frame(text, fps)
    except BadInput:
        return None
    return text


def reel_name(metadata: Mapping[str, str]) -> str | None:
    """The reel or tape name, under the names that cameras and tools give it."""
    for key in ("reel_name", "reel", "com.apple.quicktime.reel", "tape", "source_reel"):
        if metadata.get(key, "").strip():
            return metadata[key].strip()
    return None


def container_name(format_name: str, head: bytes, brand: str) -> str:
    """One word for the container, from its content: an upload lies under a name without an ending.

    ``head``: the first bytes of the file; ``brand``: the major brand of an ISO base media file, empty if it has none.
    """
    names = format_name.split(",")
    if "matroska" in names:
        return "webm" if b"webm" in head[:64] else "mkv"
    if "mov" in names:
        return "mov" if brand.strip() in ("qt", "") else "mp4"
    return {"mpegts": "ts"}.get(names[0], names[0])


def _head(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(64)


def _all_metadata(container: InputContainer) -> dict[str, str]:
    """Keys in lower case; what the picture and timecode tracks say comes before what the file says."""
    found: dict[str, str] = {k.lower(): v for k, v in container.metadata.items()}
    for stream in container.streams:
        if stream.type in ("video", "data"):
            found.update({k.lower(): v for k, v in stream.metadata.items()})
    return found


def _has_alpha(stream: AvVideoStream, frame: VideoFrame) -> bool:
    """Alpha in the pixels, or, as WebM keeps it, in a side channel that the tags announce."""
    tags = {k.lower(): v for k, v in stream.metadata.items()}
    name = frame.format.name
    in_pixels = name.startswith(("yuva", "gbrap", "rgba", "bgra", "argb", "abgr", "ya8", "ya16", "ayuv", "vuya")) or name == "pal8"
    return in_pixels or tags.get("alpha_mode") == "1"


def _colour(frame: VideoFrame) -> Colour:
    return Colour(
        primaries=_PRIMARIES.get(int(frame.color_primaries)),
        transfer=_TRANSFER.get(int(frame.color_trc)),
        matrix=_MATRIX.get(int(frame.colorspace)),
        range={1: "limited", 2: "full"}.get(int(frame.color_range)),
    )


def _audio(stream: Any) -> AudioStream:
    context = stream.codec_context
    return AudioStream(
        codec=_codec_name(stream),
        channels=max(0, stream.channels or 0) if context else 0,
        layout=stream.layout.name if context and stream.layout else "unknown",
        sample_rate_hz=max(0, stream.sample_rate or 0) if context else 0,
        language=stream.language,
        title=stream.metadata.get("title"),
    )


def _subtitle(stream: Any) -> SubtitleStream:
    return SubtitleStream(codec=_codec_name(stream), language=stream.language, title=stream.metadata.get("title"))


def _codec_name(stream: Any) -> str:
    """The codec's own name (av1, mp3), not that of the decoder in use (libdav1d, mp3float)."""
    context = stream.codec_context
    if context is None:
        return "unknown"
    return str(getattr(context.codec, "canonical_name", None) or context.name)


def _why(error: BaseException) -> str:
    text = getattr(error, "strerror", None) or str(error) or type(error).__name__
    return str(text).split("\n")[0].strip().rstrip(".").lower()


# ISO/IEC 23091-2 code points, named as ffmpeg names them.
_PRIMARIES = {1: "bt709", 4: "bt470m", 5: "bt470bg", 6: "smpte170m", 7: "smpte240m", 8: "film", 9: "bt2020", 11: "smpte431", 12: "smpte432"}
_TRANSFER = {
    1: "bt709", 4: "gamma22", 5: "gamma28", 6: "smpte170m", 7: "smpte240m", 8: "linear", 13: "iec61966-2-1",
    14: "bt2020-10", 15: "bt2020-12", 16: "smpte2084", 18: "arib-std-b67",
}  # fmt: skip
_MATRIX = {0: "gbr", 1: "bt709", 4: "fcc", 5: "bt470bg", 6: "smpte170m", 7: "smpte240m", 9: "bt2020nc", 10: "bt2020c"}
