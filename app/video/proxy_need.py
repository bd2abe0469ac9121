"""Whether a browser can play a file and jump to any frame of it quickly; if not, why."""

from __future__ import annotations

from app.video.models import MediaInfo

MAX_KEYFRAME_INTERVAL_S = 2.0  # a jump decodes from the keyframe before it; longer waits are felt
MAX_HEIGHT_PX = 1088
MAX_WIDTH_PX = 1920
MAX_FPS = 61.0

_CONTAINERS = {"mp4": {"h264", "av1", "vp9"}, "mov": {"h264"}, "webm": {"vp8", "vp9", "av1"}}
_AUDIO = {"mp4": {"aac", "mp3", "opus", "flac"}, "mov": {"aac", "mp3"}, "webm": {"opus", "vorbis"}}
_PIXELS = {"yuv420p", "yuvj420p"}


def proxy_reason(info: MediaInfo) -> str | None:
    """A sentence saying why a proxy is needed, or None when the original will do."""
    for judge in (_container, _codec, _pixels, _sound, _size, _keyframes):
        reason = judge(info)
        if reason is not None:
            return reason
    return None


def _container(info: MediaInfo) -> str | None:
    if info.container in _CONTAINERS:
        return None
    return f"Browsers do not play {info.container} files."


def _codec(info: MediaInfo) -> str | None:
    if info.video.codec in _CONTAINERS[info.container]:
        return None
    return f"Not every browser plays {info.video.codec} in {info.container}."


def _pixels(info: MediaInfo) -> str | None:
    video = info.video
    if video.pix_fmt in _PIXELS:
        return None
    return f"Browsers do not reliably play {video.pix_fmt} pictures ({video.bit_depth} bit)."


def _sound(info: MediaInfo) -> str | None:
    if not info.audio or info.audio[0].codec in _AUDIO[info.container]:
        return None
    return f"Browsers do not play {info.audio[0].codec} sound in {info.container}."


def _size(info: MediaInfo) -> str | None:
    video = info.video
    sides = sorted((video.coded_width, video.coded_height))
    if sides[0] > MAX_HEIGHT_PX or sides[1] > MAX_WIDTH_PX:
        return f"At {video.coded_width} x {video.coded_height} pixels, jumping from frame to frame would stutter."
    if video.fps > MAX_FPS:
        return f"At {video.fps:.0f} frames per second, jumping from frame to frame would stutter."
    return None


def _keyframes(info: MediaInfo) -> str | None:
    interval_s = info.video.keyframe_interval_s
    if interval_s <= MAX_KEYFRAME_INTERVAL_S:
        return None
    return f"Keyframes lie up to {interval_s:.1f} s apart, so jumping from frame to frame would stutter."
