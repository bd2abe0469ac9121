"""Chapters are read back by ffmpeg from a film they were put into; YouTube's list keeps YouTube's rules."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import av
import pytest

from app.video.export_chapters import to_ffmetadata, to_youtube

H264 = ("-pix_fmt", "yuv420p")


@pytest.fixture
def film(clips: Callable[..., Path], analyse: Callable[..., Any]) -> Any:
    analysis, _ = analyse(clips("plain.mp4", *H264))
    return analysis


def chapters(path: Path) -> list[tuple[float, float, str]]:
    with av.open(str(path)) as container:
        return [
            (float(c["start"] * c["time_base"]), float(c["end"] * c["time_base"]), c["metadata"]["title"]) for c in container.chapters()
        ]


@pytest.mark.parametrize("container", ["mp4", "mkv"])
def test_ffmpeg_puts_them_in_and_they_come_back(
    film: Any, clips: Callable[..., Path], tmp_path: Path, run_ffmpeg: Callable[..., None], container: str
) -> None:
    text = tmp_path / "chapters.txt"
    text.write_text(to_ffmetadata(film, ["First; light", "50 % = half #2", "back\\slash"]), encoding="utf-8")
    out = tmp_path / f"out.{container}"
    run_ffmpeg(
        "-i", str(clips("plain.mp4", *H264)), "-f", "ffmetadata", "-i", str(text),
        "-map_metadata", "1", "-map_chapters", "1", "-codec", "copy", str(out),
    )  # fmt: skip
    found = chapters(out)
    assert [title for _, _, title in found] == ["First; light", "50 % = half #2", "back\\slash", "Scene 4"]
    for (start_s, end_s, _), scene in zip(found, film.scenes, strict=True):
        assert start_s == pytest.approx(scene.start_s, abs=0.002)
        assert end_s == pytest.approx(scene.end_s, abs=0.002)


def test_a_name_with_line_breaks_stays_one_line(film: Any) -> None:
    film.media.name = "a\n[CHAPTER]\nb.mp4"
    lines = to_ffmetadata(film).splitlines()
    assert lines[:2] == [";FFMETADATA1", "title=a [CHAPTER] b.mp4"]
    assert lines.count("[CHAPTER]") == len(film.scenes)


def stretched(film: Any, *starts_s: float, end_s: float) -> Any:
    scenes = [
        film.scenes[0].model_copy(update={"index": i, "start_s": a, "end_s": b})
        for i, (a, b) in enumerate(zip(starts_s, [*starts_s[1:], end_s], strict=True))
    ]
    return film.model_copy(update={"scenes": scenes, "duration_s": end_s})


def test_youtube_wants_ten_seconds_each(film: Any) -> None:
    long = stretched(film, 0, 4, 9.9, 10.5, 15, 75.2, 130, end_s=135)
    assert to_youtube(long, ["Opening"]) == "0:00 Opening\n0:10 Scene 4\n1:15 Scene 6\n"


def test_youtube_over_an_hour(film: Any) -> None:
    long = stretched(film, 0, 59.99, 3599.5, 3725, end_s=4000)
    assert to_youtube(long) == "0:00:00 Scene 1\n0:00:59 Scene 2\n0:59:59 Scene 3\n1:02:05 Scene 4\n"


def test_youtube_of_a_short_film_is_one_line(film: Any) -> None:
    assert to_youtube(film, ["a\nb"]) == "0:00 a b\n"
