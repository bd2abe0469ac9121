"""What is in a file that is no video: stills, sound, colour tables (.cube) and subtitles. Runs in the prober's child process."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

from pydantic import Field

from app.video.models import AudioStream, Seconds, Strict
from app.video.probe import MAX_PIXELS, MAX_SIDE_PX, check_file, first_sound, open_container, probe_video
from configs.errors import BadMedia

MOST_TEXT_BYTES = 8 << 20
LARGEST_CUBE = 129
_SMALLER = f"Make it smaller: at most {MAX_PIXELS // 1_000_000} megapixels, no side over {MAX_SIDE_PX} px."
_CUE = re.compile(r"\d+:\d\d[:.,\d]*\s*-->\s*\d+:\d\d")
_STILLS = (".png", ".jpg", ".jpeg", ".webp", ".bmp", ".tif", ".tiff")
_SOUNDS = (".wav", ".mp3", ".flac", ".ogg", ".opus", ".m4a", ".aac", ".aif", ".aiff", ".wma", ".oga")


class ImageInfo(Strict):
    """A still picture, upright as its EXIF data says."""

    kind: Literal["image"] = "image"
    format: str
    width: int = Field(gt=0)
    height: int = Field(gt=0)
    has_alpha: bool
    size_bytes: int


class AudioInfo(Strict):
    """A file with sound in it."""

    kind: Literal["audio"] = "audio"
    container: str
    duration_s: Seconds
    audio: list[AudioStream]
    size_bytes: int


class LutInfo(Strict):
    """A colour table with ``size`` cubed entries, or ``size`` entries when it is one-dimensional."""

    kind: Literal["lut"] = "lut"
    dimensions: Literal[1, 3]
    size: int
    size_bytes: int


class SubtitlesInfo(Strict):
    """A subtitle file."""

    kind: Literal["subtitles"] = "subtitles"
    format: Literal["srt", "vtt", "ass"]
    size_bytes: int


def probe_image(path: Path) -> ImageInfo:
    """Opens a still and decodes it; raises `BadMedia` when it is none, damaged, or too large."""
    from PIL import Image

    size_bytes = check_file(path)
    Image.MAX_IMAGE_PIXELS = MAX_PIXELS
    try:
        with Image.open(path) as image:
            width, height = image.size
            if max(width, height) > MAX_SIDE_PX or width * height > MAX_PIXELS:
                raise BadMedia(f"{path.name!r} has {width}x{height} pixels, more than the studio takes.", _SMALLER)
            image.load()
            turned = image.getexif().get(0x0112, 1) in (5, 6, 7, 8)
            alpha = "A" in image.getbands() or "transparency" in image.info
            kind = str(image.format or "unknown").lower()
    except BadMedia:
        raise
    except Image.DecompressionBombError as error:
        raise BadMedia(f"{path.name!r} has more pixels than the studio takes.", _SMALLER) from error
    except Exception as error:  # each format's plugin raises what it likes about a damaged file
        raise BadMedia(f"{path.name!r} is not a picture that can be read, or it is damaged.", "Give a PNG, JPEG or WebP.") from error
    if turned:
        width, height = height, width
    return ImageInfo(format=kind, width=width, height=height, has_alpha=alpha, size_bytes=size_bytes)


def probe_audio(path: Path) -> AudioInfo:
    """Opens a file with sound and decodes its beginning; raises `BadMedia` when there is none."""
    size_bytes = check_file(path)
    with open_container(path) as container:
        streams, duration_s = first_sound(container, path)
        name = container.format.name.split(",")[0]
    return AudioInfo(container=name, duration_s=duration_s, audio=streams, size_bytes=size_bytes)


def probe_lut(path: Path) -> LutInfo:
    """Reads a .cube file whole; raises `BadMedia` naming what is wrong with it."""
    text, size_bytes = _text_of(path, "a .cube table")
    found = re.search(r"^\s*LUT_([13])D_SIZE\s+(\d+)\s*$", text, re.MULTILINE)
    if found is None:
        raise BadMedia(f"{path.name!r} is not a .cube table: it has no LUT_3D_SIZE.", "Export it as .cube.")
    dimensions, size = int(found[1]), int(found[2])
    if not 2 <= size <= (LARGEST_CUBE if dimensions == 3 else 65_536):
        raise BadMedia(f"{path.name!r} has the size {size}.", f"A 3D table has 2 to {LARGEST_CUBE} steps a side.")
    rows = sum(1 for line in text.splitlines() if _is_colour(line))
    wanted = size**3 if dimensions == 3 else size
    if rows != wanted:
        raise BadMedia(
            f"{path.name!r} has {rows} colours where its size asks for {wanted}; it is cut short or damaged.", "Export it again."
        )
    return LutInfo(dimensions=3 if dimensions == 3 else 1, size=size, size_bytes=size_bytes)


def probe_subtitles(path: Path) -> SubtitlesInfo:
    """Recognises SubRip, WebVTT and ASS; raises `BadMedia` for anything else."""
    text, size_bytes = _text_of(path, "subtitles")
    if text.lstrip("\ufeff").lstrip().lower().startswith("[script info]"):
        return SubtitlesInfo(format="ass", size_bytes=size_bytes)
    if _CUE.search(text) is None:
        raise BadMedia(f"{path.name!r} holds no subtitles.", "Give an .srt, .vtt or .ass file.")
    return SubtitlesInfo(format="vtt" if text.lstrip("\ufeff").startswith("WEBVTT") else "srt", size_bytes=size_bytes)


def probe_any(path: Path) -> Strict:
    """Whatever it is: what the file's name suggests is tried first; else a video, a still, a sound."""
    suffix = path.suffix.lower()
    order = next((probes for endings, probes in _BY_NAME if suffix in endings), (probe_video, probe_image, probe_audio))
    check_file(path)
    complaints: list[BadMedia] = []
    for probe in order:
        try:
            return probe(path)
        except BadMedia as error:
            complaints.append(error)
    raise complaints[0]


_BY_NAME: tuple[tuple[tuple[str, ...], tuple[Callable[[Path], Strict], ...]], ...] = (
    (_STILLS, (probe_image, probe_video)),
    (_SOUNDS, (probe_audio, probe_video)),
    ((".cube",), (probe_lut,)),
    ((".srt", ".vtt", ".ass", ".ssa"), (probe_subtitles,)),
)
PROBES: dict[str, Callable[[Path], Strict]] = {
    "video": probe_video,
    "image": probe_image,
    "audio": probe_audio,
    "lut": probe_lut,
    "subtitles": probe_subtitles,
    "media": probe_any,
}


def look(path: Path, kind: str) -> dict[str, Any]:
    """What `PROBES` finds, as JSON; everything but a video says its ``kind``."""
    return PROBES[kind](path).model_dump(mode="json")


def _is_colour(line: str) -> bool:
    parts = line.split()
    if len(parts) != 3:
        return False
    try:
        return all(abs(float(part)) < 1e6 for part in parts)
    except ValueError:
        return False


def _text_of(path: Path, what: str) -> tuple[str, int]:
    size_bytes = check_file(path)
    if size_bytes > MOST_TEXT_BYTES:
        raise BadMedia(f"{path.name!r} has {size_bytes:,} bytes, too many for {what}.", "Give the right file.")
    data = path.read_bytes()
    if b"\0" in data and not data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise BadMedia(f"{path.name!r} is no text, so it is not {what}.", "Give the right file.")
    encoding = "utf-16" if data.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    try:
        return data.decode(encoding), size_bytes
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace"), size_bytes
