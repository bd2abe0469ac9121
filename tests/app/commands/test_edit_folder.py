"""`edit FOLDER`: a film per clip, one that fails among them; one film of all pictures."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app.commands.edit_folder import PICTURES, VIDEOS, files_in, targets_of

Cli = Callable[..., Any]
QUICK = "title: Quick\nsummary: A second.\nbrief: {style: highlights, duration_s: 1, planner: built_in}\noutput: {height: 96}\n"


def test_every_clip_becomes_a_film_and_one_that_fails_is_named(cli: Cli, make_clip: Callable[..., Path], tmp_path: Path) -> None:
    folder = tmp_path / "clips"
    folder.mkdir()
    for name in ("b.mp4", "a one.mp4"):
        shutil.copy(make_clip(name, cuts=(12, 24), frames=48), folder / name)
    (folder / "m-bad.mp4").write_text("words")
    (folder / "notes.txt").write_text("no clip")
    (tmp_path / "quick.yaml").write_text(QUICK)
    said = cli("edit", str(folder), "--template", str(tmp_path / "quick.yaml"), "--out", str(tmp_path / "reels"), "--json")
    assert said.code == 1, said.err
    films = said.document["films"]
    assert [Path(film["clip"]).name for film in films] == ["a one.mp4", "b.mp4", "m-bad.mp4"]
    assert [film["error"] is None for film in films] == [True, True, False]
    assert "'m-bad.mp4' is not a video" in films[2]["error"]
    assert sorted(path.name for path in (tmp_path / "reels").iterdir()) == ["a one.mp4", "b.mp4"]
    assert (said.document["made"], said.document["failed"]) == (2, 1)

    again = cli("edit", str(folder), "--template", str(tmp_path / "quick.yaml"), "--out", str(tmp_path / "reels"))
    assert again.code == 2
    assert "is there already" in again.err


def test_pictures_become_one_film(cli: Cli, tmp_path: Path) -> None:
    from PIL import Image

    folder = tmp_path / "pictures"
    folder.mkdir()
    for number, colour in enumerate(("red", "green")):
        Image.new("RGB", (64, 48), colour).save(folder / f"{number}.png")
    (tmp_path / "own.yaml").write_text(
        "title: Own\nsummary: Quick.\nof: stills\nslides: {seconds: 0.6, transition_s: 0.2}\noutput: {height: 96, fps: 10}\n"
    )
    said = cli("edit", str(folder), "--template", str(tmp_path / "own.yaml"), "--out", str(tmp_path / "slides.mp4"), "--json")
    assert said.code == 0, said.err
    assert said.document["result"]["frames"] == 10
    assert [segment["source"] for segment in said.document["plan"]["segments"]] == ["p1", "p2"]
    assert (tmp_path / "slides.mp4").exists()


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--out", "o"), "Give --template NAME"),
        (("--template", "meme"), "It is not said where the films go."),
        (("--template", "meme", "--out", "o"), "There is no video in"),
        (("--template", "slideshow", "--out", "o.mp4"), "There is no picture to make a film of."),
        (("--template", "none", "--out", "o"), "There is no template 'none'."),
    ],
)
def test_what_cannot_be_done_is_one_line(
    cli: Cli, tmp_path: Path, working_directory: Path, arguments: tuple[str, ...], sentence: str
) -> None:
    (tmp_path / "empty").mkdir()
    said = cli("edit", str(tmp_path / "empty"), *arguments)
    assert said.code == 2, said.err
    assert sentence in said.err
    assert said.err.count("\n") == 1
    assert list(working_directory.iterdir()) == []


def test_files_are_taken_by_name_without_hidden_ones_and_folders(tmp_path: Path) -> None:
    for name in ("B.MP4", "a.mov", ".hidden.mp4", "c.txt", "d.png"):
        (tmp_path / name).write_text("x")
    (tmp_path / "e.mp4").mkdir()
    assert [path.name for path in files_in(tmp_path, VIDEOS)] == ["a.mov", "B.MP4"]
    assert [path.name for path in files_in(tmp_path, PICTURES)] == ["d.png"]


def test_clips_of_the_same_name_keep_their_ending() -> None:
    out = Path("/out")
    assert [path.name for path in targets_of([Path("a.mp4"), Path("a.mov"), Path("b.mp4")], out)] == ["a.mp4.mp4", "a.mov.mp4", "b.mp4"]
