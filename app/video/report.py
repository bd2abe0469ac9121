"""report.html: the analysis on one self-contained page, to read, print or send to a client."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from html import escape
from pathlib import Path

from app.video import report_notes, report_words
from app.video.document import VideoAnalysis
from app.video.models import AudioStream, Keyframe, Scene

_TEMPLATE = Path(__file__).with_name("report.html")
_MARK = re.compile(r"\$([a-z_]+)")  # where the template wants something
_JPEG_QUALITY = 82
_STRIP_PX = 160
_STRIP_CELLS = 8  # pictures that find room side by side in the strip

# (most pictures, pixels on the long side): the page stays under about 20 MB, however long the film. The largest is half of
# a large keyframe, which costs a fifth of any other size to decode.
_PICTURE_SIZES = ((60, 640), (200, 480), (600, 320), (2400, 176))


def to_html(analysis: VideoAnalysis, pictures: Mapping[str, str]) -> str:
    """The whole page. ``pictures``: keyframe name -> path of its JPEG; missing ones are left out.

    Every name from outside is escaped; the page refers to nothing outside itself.
    """
    return "".join(html_pieces(analysis, pictures))


def html_pieces(analysis: VideoAnalysis, pictures: Mapping[str, str]) -> Iterator[str]:
    """The page of `to_html`, shot by shot, so that a long film's pictures are not all held at once."""
    words, lists = _words(analysis), _lists(analysis, pictures)
    for place, piece in enumerate(_MARK.split(_TEMPLATE.read_text(encoding="utf-8"))):
        if place % 2 == 0:
            yield piece
        elif piece in lists:
            yield from lists[piece]
        else:
            yield words[piece]


def _lists(analysis: VideoAnalysis, pictures: Mapping[str, str]) -> dict[str, Iterator[str]]:
    """The parts of the page that show pictures."""
    shown = _shown(analysis.scenes)
    side = next((px for most, px in _PICTURE_SIZES if sum(map(len, shown)) <= most), 128)

    def embedded(keyframe: Keyframe) -> str:
        return _embedded(keyframe, pictures, side)

    return {
        "poster": iter([_poster([k for group in shown for k in group], embedded)]),
        "strip": (_strip(scene, analysis.duration_s, pictures) for scene in analysis.scenes),
        "scenes": (
            _scene(scene, group, [embedded(k) for k in group], report_words.of_shot(analysis, scene.index))
            for scene, group in zip(analysis.scenes, shown, strict=True)
        ),
    }


def _words(analysis: VideoAnalysis) -> dict[str, str]:
    media, video = analysis.media, analysis.media.info.video
    return {
        "name": escape(media.name),
        "lead": escape(_lead(analysis)),
        "duration": escape(_clock(analysis.duration_s)),
        "figures": _figures(analysis),
        "facts": _facts(analysis),
        "warnings": "".join(f"<li>{escape(w)}</li>" for w in analysis.warnings),
        "warnings_class": "" if analysis.warnings else "none",
        "rhythm": _rhythm(analysis),
        "notes": report_notes.section(analysis),
        "settings": escape(
            f"{analysis.settings.detector} detector, threshold {analysis.settings.scene_threshold:g}, "
            f"at least {analysis.settings.min_scene_frames} frames a scene"
        ),
        "engine": escape(analysis.engine),
        "generator": escape(analysis.generator),
        "aspect": f"{video.width} / {video.height}",
    }


def _shown(scenes: Sequence[Scene]) -> list[list[Keyframe]]:
    """All keyframes of a short film, the best one of each scene of a long one."""
    if sum(len(scene.keyframes) for scene in scenes) <= 240:
        return [scene.keyframes for scene in scenes]
    return [[scene.keyframe] if scene.keyframe else [] for scene in scenes]


def _embedded(keyframe: Keyframe, pictures: Mapping[str, str], side: int) -> str:
    """The picture as a data URI of at most ``side`` pixels; empty when it cannot be read."""
    import cv2

    if keyframe.name not in pictures:
        return ""
    # A JPEG can be decoded at a half, a quarter or an eighth of its size in a fraction of the time.
    spare = max(keyframe.width, keyframe.height) // side
    flags = ((8, cv2.IMREAD_REDUCED_COLOR_8), (4, cv2.IMREAD_REDUCED_COLOR_4), (2, cv2.IMREAD_REDUCED_COLOR_2))
    image = cv2.imread(pictures[keyframe.name], next((flag for least, flag in flags if spare >= least), cv2.IMREAD_COLOR))
    if image is None:
        return ""
    factor = min(1.0, side / max(image.shape[:2]))
    size = (max(1, round(image.shape[1] * factor)), max(1, round(image.shape[0] * factor)))
    small = cv2.resize(image, size, interpolation=cv2.INTER_AREA) if factor < 1 else image
    _, jpeg = cv2.imencode(".jpg", small, [cv2.IMWRITE_JPEG_QUALITY, _JPEG_QUALITY])
    return "data:image/jpeg;base64," + base64.b64encode(jpeg.tobytes()).decode()


def _lead(analysis: VideoAnalysis) -> str:
    count, mean_s = len(analysis.scenes), analysis.duration_s / len(analysis.scenes)
    if count == 1:
        return f"One continuous shot of {_clock(analysis.duration_s)}."
    lengths = [scene.end_s - scene.start_s for scene in analysis.scenes]
    if max(lengths) - min(lengths) < 0.05:
        return f"{count} shots in {_clock(analysis.duration_s)}, each {mean_s:.1f} s long."
    extremes = f"the shortest {min(lengths):.1f} s, the longest {max(lengths):.1f} s"
    return f"{count} shots in {_clock(analysis.duration_s)}; {mean_s:.1f} s on average, {extremes}."


def _poster(keyframes: Sequence[Keyframe], embedded: Callable[[Keyframe], str]) -> str:
    """The sharpest of the pictures that can be read."""
    for keyframe in sorted(keyframes, key=lambda k: -k.sharpness):
        if data := embedded(keyframe):
            return f'<figure class="poster">{_picture(data, f"Frame {keyframe.frame}", keyframe.timecode)}</figure>'
    return ""


def _picture(data: str, alt: str, caption: str) -> str:
    return f'<img src="{data}" alt="{escape(alt)}"><figcaption>{escape(caption)}</figcaption>'


def _strip(scene: Scene, duration_s: float, pictures: Mapping[str, str]) -> str:
    """One cell of the strip, as wide as the scene is long, with as many pictures as find room in it."""
    share = (scene.end_s - scene.start_s) / duration_s
    room = min(len(scene.keyframes), int(share * _STRIP_CELLS + 0.5))
    if room == 0 and share * _STRIP_CELLS > 0.04:
        room = 1
    chosen = [scene.keyframes[len(scene.keyframes) * n // room] for n in range(room)] if room > 1 else [scene.keyframe][:room]
    images = [f'<img src="{data}" alt="">' for k in chosen if k and (data := _embedded(k, pictures, _STRIP_PX))]
    title = escape(f"Shot {scene.index + 1}, {scene.start_timecode} to {scene.end_timecode}")
    cell = f'<a href="#shot-{scene.index + 1}" style="width:{100 * share:.4f}%" title="{title}" aria-label="{title}">'
    return cell + "".join(images) + "</a>"


def _figures(analysis: VideoAnalysis) -> str:
    video, quality = analysis.media.info.video, analysis.quality
    pairs = (
        (str(len(analysis.scenes)), "shot" if len(analysis.scenes) == 1 else "shots"),
        (_clock(analysis.duration_s), "running time"),
        (f"{video.width} × {video.height}", "pixels"),
        (f"{video.fps:.5g}" + (" VFR" if video.vfr else ""), "frames per second"),
        (f"{quality.sharpness:.0f}", "sharpness"),
        (f"{100 * quality.brightness / 255:.0f} %", "brightness"),
    )
    return "".join(f"<div><b>{escape(value)}</b><span>{escape(label)}</span></div>" for value, label in pairs)


def _facts(analysis: VideoAnalysis) -> str:
    media, info, video = analysis.media, analysis.media.info, analysis.media.info.video
    colour = ", ".join(filter(None, (video.colour.primaries, video.colour.transfer, video.colour.matrix, video.colour.range)))
    rows = (
        ("File", media.name),
        ("Container", f"{info.container}, {info.size_bytes / 1e6:.1f} MB"),
        ("Picture", f"{_joined(video.codec, video.profile)}, {video.pix_fmt}, {video.bit_depth} bit{', alpha' if video.has_alpha else ''}"),
        ("Frames", f"{analysis.frame_count} at {video.fps_rational.num}/{video.fps_rational.den}"),
        ("Turned", f"{video.rotation_deg}° clockwise" if video.rotation_deg else ""),
        ("Colour", colour),
        ("Start timecode", f"{video.start_timecode}{' (drop-frame)' if video.drop_frame else ''}" if video.start_timecode else ""),
        ("Reel", video.reel or ""),
        ("Sound", "; ".join(_sound(stream) for stream in info.audio) or "none"),
        ("Subtitles", "; ".join(s.codec + (f" ({s.language})" if s.language else "") for s in info.subtitles)),
        *report_words.of_film(analysis),
    )  # fmt: skip
    return "".join(f"<tr><th>{label}</th><td>{escape(value)}</td></tr>" for label, value in rows if value)


def _joined(*words: str | None) -> str:
    return " ".join(word for word in words if word)


def _sound(stream: AudioStream) -> str:
    language = f"({stream.language})" if stream.language and stream.language != "und" else None
    return _joined(stream.codec, stream.layout, f"{stream.sample_rate_hz / 1000:g} kHz", language)


def _rhythm(analysis: VideoAnalysis) -> str:
    """Shot lengths over time as an inline drawing, where there is more than one: as wide and as high as they are long."""
    if len(analysis.scenes) == 1:
        return ""
    longest = max(scene.end_s - scene.start_s for scene in analysis.scenes)
    bars = []
    for scene in analysis.scenes:
        left, width = 1000 * scene.start_s / analysis.duration_s, 1000 * (scene.end_s - scene.start_s) / analysis.duration_s
        height = 100 * (scene.end_s - scene.start_s) / longest
        bars.append(f'<rect x="{left:.2f}" y="{100 - height:.2f}" width="{max(0.6, width - 1.2):.2f}" height="{height:.2f}"/>')
    drawing = f'<svg viewBox="0 0 1000 100" preserveAspectRatio="none" role="img" aria-label="Shot lengths">{"".join(bars)}</svg>'
    return f'<h2>Rhythm</h2><div class="chart">{drawing}<p>Each bar is a shot: as wide and as high as it is long.</p></div>'


def _scene(scene: Scene, keyframes: Sequence[Keyframe], data: Sequence[str], said: Sequence[tuple[str, str]]) -> str:
    pictures = "".join(
        f"<figure>{_picture(embedded, f'Shot {scene.index + 1}, frame {k.frame}', k.timecode)}</figure>"
        for k, embedded in zip(keyframes, data, strict=True)
        if embedded
    )
    quality = scene.quality
    figures = (
        ("Sharpness", quality.sharpness, 600.0, 0),
        ("Brightness", quality.brightness, 255.0, 0),
        ("Contrast", quality.contrast, 100.0, 0),
        ("Noise", quality.noise, 20.0, 1),
    )
    meters = "".join(_meter(*figure) for figure in figures)
    remarks = "".join(f"<li>{escape(word)}</li>" for word in quality.remarks)
    words = "".join(f'<p class="said"><b>{escape(label)}</b> {escape(text)}</p>' for label, text in said)
    return (
        f'<section class="shot" id="shot-{scene.index + 1}"><header><h3>{scene.index + 1}</h3>'
        f'<p class="tc">{escape(scene.start_timecode)} <span>to</span> {escape(scene.end_timecode)}</p>'
        f"<p>{scene.end_s - scene.start_s:.2f} s, {scene.frame_count} frames</p>"
        f'{f"<ul>{remarks}</ul>" if remarks else ""}{meters}{words}</header><div class="frames">{pictures}</div></section>'
    )


def _meter(label: str, value: float, full: float, digits: int) -> str:
    share = 100 * min(1.0, value / full)
    return f'<div class="meter"><span>{label}</span><i><em style="width:{share:.1f}%"></em></i><b>{value:.{digits}f}</b></div>'


def _clock(seconds: float) -> str:
    whole = round(seconds)
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(whole, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"
