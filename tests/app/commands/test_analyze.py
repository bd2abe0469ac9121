"""`analyze`: a real clip through a real worker, alone and handed to a running studio."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from app.api.run import StudioServer, listen, reachable_at
from app.api.server import create_api
from app.commands.analyze import summary
from app.studio import Studio
from configs.settings import Settings

Cli = Callable[..., Any]
FILES = {
    "analysis.json", "report.html", "scenes.csv", "scenes.edl", "scenes.otio", "scenes.fcpxml", "frames.csv", "camera.csv", "markers.edl",
    "chapters.ffmeta", "chapters.txt",
}  # fmt: skip


@pytest.fixture
def clip(make_clip: Callable[..., Path]) -> Path:
    """Two scenes: frames 0-24 and 24-48."""
    return make_clip("my clip.mp4", cuts=(24,), frames=48)


def check_folder(folder: Path) -> dict[str, Any]:
    """Everything is there; returns the analysis."""
    assert {path.name for path in folder.iterdir()} == {*FILES, "keyframes", "composition"}
    analysis: dict[str, Any] = json.loads((folder / "analysis.json").read_text())
    assert [scene["start_frame"] for scene in analysis["scenes"]] == [0, 24]
    for scene in analysis["scenes"]:
        for keyframe in scene["keyframes"]:
            assert (folder / keyframe["name"]).read_bytes().startswith(b"\xff\xd8")
    return analysis


def test_alone(cli: Cli, clip: Path, working_directory: Path) -> None:
    said = cli("analyze", str(clip), "--frames-per-scene", "1")
    assert said.code == 0, said.err
    folder = working_directory / "my clip-analysis"
    analysis = check_folder(folder)
    assert all(len(scene["keyframes"]) == 1 for scene in analysis["scenes"])
    assert "my clip.mp4: 320x180, 24 fps, 2.0 s, 2 scenes" in said.out
    assert f"Wrote to {folder}:" in said.out
    assert [path.name for path in working_directory.iterdir()] == ["my clip-analysis"]
    job = cli("jobs", "list", "--json").document["items"][0]
    assert job["capability"] == "video.analyze"

    again = cli("analyze", str(clip), "--frames-per-scene", "1", "--out", "second", "--json")
    assert "used again" in again.err
    assert again.document["job"]["id"] == job["id"]
    assert again.document["out"] == str(working_directory / "second")
    assert set(again.document["files"]) >= FILES
    assert again.document["analysis"]["scenes"] == check_folder(working_directory / "second")["scenes"]


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Studio]:
    """A studio with the real table, serving the command's data folder."""
    settings = Settings(data_dir=tmp_path / "data", headless=True, cpu_workers=1)
    with Studio.open(settings) as studio, listen("127.0.0.1", 0) as sock:
        started = threading.Event()
        server = StudioServer(create_api(studio), started.set)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [sock]}, daemon=True)
        thread.start()
        assert started.wait(15)
        studio.announce(reachable_at(sock))
        yield studio
        server.should_exit = True
        thread.join(15)


def test_handed_to_a_running_studio(cli: Cli, clip: Path, running: Studio, tmp_path: Path) -> None:
    said = cli("analyze", str(clip), "--out", str(tmp_path / "out"), "--detector", "content", "--json")
    assert said.code == 0, said.err
    check_folder(tmp_path / "out")
    assert running.job(said.document["job"]["id"]).job.state == "succeeded"
    by_id = said.document["analysis"]["media"]["artifact_id"]
    assert cli("analyze", by_id, "--out", str(tmp_path / "by-id"), "--detector", "content").code == 0
    check_folder(tmp_path / "by-id")


@pytest.mark.parametrize(
    ("name", "content"),
    [("none.mp4", None), ("empty.mp4", b""), ("text.mp4", b"words\n" * 99), (".", None)],
)
def test_a_bad_clip_is_one_line_and_leaves_nothing(cli: Cli, working_directory: Path, name: str, content: bytes | None) -> None:
    if content is not None:
        (working_directory / name).write_bytes(content)
    said = cli("analyze", name)
    assert said.code == 2
    assert said.err.count("\n") == 1
    assert said.out == ""
    assert [path.name for path in working_directory.iterdir()] == ([name] if content is not None else [])
    assert cli("jobs", "list", "--json").document["items"] == []


@pytest.mark.parametrize(
    "flags", [["--frames-per-scene", "0"], ["--scene-threshold", "-1"], ["--min-scene-frames", "0"], ["--out", "FILE"]]
)
def test_a_bad_setting_is_one_line(cli: Cli, clip: Path, working_directory: Path, flags: list[str]) -> None:
    (working_directory / "FILE").touch()
    said = cli("analyze", str(clip), *flags)
    assert said.code == 2
    assert said.err.count("\n") == 1
    assert [path.name for path in working_directory.iterdir()] == ["FILE"]


def test_a_long_film_is_summed_up() -> None:
    scene = {"start_timecode": "a", "end_timecode": "b", "start_s": 0.0, "end_s": 1.0, "quality": {"remarks": ["dark"]}}
    analysis = {
        "scenes": [{**scene, "index": n} for n in range(100)],
        "media": {"name": "film.mov", "info": {"video": {"width": 2, "height": 4, "fps": 23.976}}},
        "duration_s": 4000,
        "warnings": ["The sound is missing."],
    }
    said = summary(analysis, Path("/out"), ["analysis.json", "keyframes/1.jpg", "keyframes/2.jpg"])
    assert "film.mov: 2x4, 23.976 fps, 1 h 6 min, 100 scenes" in said
    assert "... and 60 more" in said
    assert "Note: The sound is missing." in said
    assert said.endswith("Wrote to /out: analysis.json, 2 keyframes")
