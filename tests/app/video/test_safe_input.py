"""A media file must not make ffmpeg read another file or the network."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from app.video.ffmpeg import run
from app.video.probe import probe_video
from app.video.safe_input import ffmpeg_arguments
from configs.errors import BadMedia, StudioError

PLAYLISTS = {
    "concat.mp4": "ffconcat version 1.0\nfile '{target}'\n",
    "list.m3u8": "#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXTINF:4,\n{target}\n#EXT-X-ENDLIST\n",
    "remote.m3u8": "#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXTINF:4,\nhttp://127.0.0.1:9/x.ts\n#EXT-X-ENDLIST\n",
}


@pytest.mark.parametrize("name", PLAYLISTS)
def test_playlists_are_refused(clips: Callable[..., Path], tmp_path: Path, name: str) -> None:
    target = clips("plain.ts", "-pix_fmt", "yuv420p")
    path = tmp_path / name
    path.write_text(PLAYLISTS[name].format(target=target))
    with pytest.raises(BadMedia):
        probe_video(path)
    with pytest.raises(StudioError):
        run([*ffmpeg_arguments(), "-i", f"file:{path}"], tmp_path / "out.mp4")
    assert not (tmp_path / "out.mp4").exists()


def test_ordinary_files_pass(clips: Callable[..., Path], tmp_path: Path) -> None:
    path = clips("plain.ts", "-pix_fmt", "yuv420p")
    assert run([*ffmpeg_arguments(), "-i", f"file:{path}", "-c", "copy"], tmp_path / "out.mp4").is_file()
