"""Chapters, read back by ffmpeg."""

from __future__ import annotations

import subprocess
from pathlib import Path

import av
import pytest

from app.editing.exports import export
from tests.app.editing.exports import films


def test_ffmpeg_reads_the_chapters(tmp_path: Path) -> None:
    imageio_ffmpeg = pytest.importorskip("imageio_ffmpeg")
    (tmp_path / "chapters").write_text(export(films.everything(), "chapters")[0].text, encoding="utf-8")
    film = tmp_path / "film.mkv"
    made = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-f", "lavfi", "-i", "color=s=16x16:r=5:d=8", "-f", "ffmetadata", "-i"]
    subprocess.run([*made, str(tmp_path / "chapters"), "-map_metadata", "1", "-map_chapters", "1", str(film)], check=True, timeout=60)
    with av.open(str(film)) as container:
        found = [
            (float(c["start"] * c["time_base"]), float(c["end"] * c["time_base"]), c["metadata"]["title"]) for c in container.chapters()
        ]
        assert container.metadata["title"] == "My film: part/1"
    assert found == [
        (0.0, 2.6, "It opens = the film; #1"), (2.6, 5.6, "2. a.mp4"), (5.6, 7.6, "3. a.mp4"),
    ]  # fmt: skip


def test_youtube_wants_ten_seconds_and_a_beginning_at_zero() -> None:
    long = films.video("a", duration_s=100, frame_count=2500)
    timeline = films.film(
        long, segments=[films.cut(0, 12, reason="One"), films.cut(20, 24), films.cut(30, 45, reason="Two"), films.cut(50, 55, reason="End")]
    )
    _, youtube = export(timeline, "chapters")
    assert youtube.name == "a.chapters.txt"
    assert youtube.text == "0:00 One\n0:12 2. a.mp4\n", "shorter ones join the one before; the last must be ten seconds too"


def test_hours_are_counted() -> None:
    long = films.video("a", duration_s=8000, frame_count=200_000)
    _, youtube = export(films.film(long, segments=[films.cut(0, 3700), films.cut(4000, 5000, reason="B")]), "chapters")
    assert youtube.text == "0:00:00 1. a.mp4\n1:01:40 B\n"
