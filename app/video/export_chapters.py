"""The scenes as chapters: for ffmpeg, and as the list that goes under a film on YouTube."""

from __future__ import annotations

import re
from collections.abc import Sequence

from app.video.document import VideoAnalysis
from app.video.export_edl import one_line
from app.video.models import Scene

_TICKS_PER_S = 1_000_000
_YOUTUBE_SHORTEST_S = 10.0
YOUTUBE_FEWEST = 3


def to_ffmetadata(analysis: VideoAnalysis, titles: Sequence[str] = ()) -> str:
    """ffmpeg's metadata format: ``ffmpeg -i film -i chapters.txt -map_metadata 1 -map_chapters 1 -codec copy out``.

    Args:
        titles: one per scene; missing ones read Scene 1, Scene 2 ...
    """
    lines = [";FFMETADATA1", f"title={_escaped(analysis.media.name)}"]
    for scene in analysis.scenes:
        lines += [
            "[CHAPTER]", f"TIMEBASE=1/{_TICKS_PER_S}", f"START={round(scene.start_s * _TICKS_PER_S)}",
            f"END={round(scene.end_s * _TICKS_PER_S)}", f"title={_escaped(_title(scene, titles))}",
        ]  # fmt: skip
    return "\n".join(lines) + "\n"


def to_youtube(analysis: VideoAnalysis, titles: Sequence[str] = ()) -> str:
    """One line per chapter, ``0:00 Scene 1``. YouTube wants the first at 0:00 and each ten seconds or longer.

    Shorter scenes join the chapter before them. Fewer than `YOUTUBE_FEWEST` lines are shown by YouTube as plain text.
    """
    chapters: list[tuple[float, str]] = []
    for scene in analysis.scenes:
        if not chapters:
            chapters.append((0.0, _title(scene, titles)))
        elif int(scene.start_s) - int(chapters[-1][0]) >= _YOUTUBE_SHORTEST_S:
            chapters.append((scene.start_s, _title(scene, titles)))
    if len(chapters) > 1 and analysis.duration_s - int(chapters[-1][0]) < _YOUTUBE_SHORTEST_S:
        chapters.pop()
    hours = analysis.duration_s >= 3600
    return "".join(f"{_clock(int(start_s), hours)} {title}\n" for start_s, title in chapters)


def _title(scene: Scene, titles: Sequence[str]) -> str:
    given = one_line(titles[scene.index]) if scene.index < len(titles) else ""
    return given or f"Scene {scene.index + 1}"


def _escaped(text: str) -> str:
    return re.sub(r"([=;#\\])", r"\\\1", one_line(text))


def _clock(whole_s: int, hours: bool) -> str:
    minutes, seconds = divmod(whole_s, 60)
    if not hours:
        return f"{minutes}:{seconds:02d}"
    return f"{minutes // 60}:{minutes % 60:02d}:{seconds:02d}"
