"""`upscale` and `cutout`: from flags to a request, from a job to a file."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from app.cli import COMMANDS, main
from app.commands import retouch
from app.commands.base import Command, load
from configs.errors import BadInput
from tests.app.imaging.made import disc


def parsed(command: Command, *argv: str) -> argparse.Namespace:
    return load(command, "x", argv).parse_args(argv)


def test_both_stand_in_the_table() -> None:
    assert {"upscale", "cutout"} <= COMMANDS.keys()


def test_only_what_was_said_goes_into_the_request(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    asked: list[tuple[str, dict[str, Any]]] = []

    class Stop(Exception):
        pass

    def note(session: Any, console: Any, capability: str, request: dict[str, Any], **_: Any) -> None:
        asked.append((capability, request))
        raise Stop

    class Session:
        def __enter__(self) -> Session:
            return self

        def __exit__(self, *_: object) -> None:
            """Nothing to close."""

    monkeypatch.setattr(retouch, "run_job", note)
    monkeypatch.setattr(retouch, "open_session", lambda *_: Session())
    picture, out = str(tmp_path / "a.png"), str(tmp_path / "b.png")
    disc().save(picture)

    class Console:
        note = None

    for command, argv, expected in (
        (retouch.UPSCALE, (), {"scale": 2.0}),
        (retouch.UPSCALE, ("--scale", "4", "--model", "m", "--sharpen", "0"), {"scale": 4.0, "model": "m", "sharpen": 0.0}),
        (retouch.CUTOUT, (), {}),
        (retouch.CUTOUT, ("--no-holes", "--crop", "--background", "#ffffff"), {"holes": False, "crop": True, "background": "#ffffff"}),
    ):
        with pytest.raises(Stop):
            command.run(parsed(command, picture, "--out", out, *argv), Console())  # type: ignore[arg-type]
        assert asked[-1][1] == {"image": picture, **expected}
    assert {capability for capability, _ in asked} == {"image.upscale", "image.cutout"}


@pytest.mark.parametrize(
    ("out", "said"), [("a.jpg", r"'a\.jpg' does not end in \.png"), ("there.png", "is there already"), ("no/b.png", "There is no folder")]
)
def test_where_it_is_written_is_looked_at_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, out: str, said: str) -> None:
    monkeypatch.chdir(tmp_path)
    disc().save("there.png")
    with pytest.raises(BadInput, match=said):
        retouch._target(parsed(retouch.UPSCALE, "there.png", "--out", out))


def test_a_picture_is_never_written_over_itself(tmp_path: Path) -> None:
    disc().save(tmp_path / "a.png")
    with pytest.raises(BadInput, match="is a file that"):
        retouch._target(parsed(retouch.CUTOUT, str(tmp_path / "a.png"), "--out", str(tmp_path / "a.png"), "--force"))


def test_the_summary_says_who_did_it_and_what_to_look_at() -> None:
    result = {"width": 10, "height": 20, "engine": "by hand", "notes": ["Look at the edges."]}
    assert retouch.summary(result, "/x/b.png") == "Wrote /x/b.png (10x20)\nMade by by hand\nNote: Look at the edges."


def test_both_work_from_the_shell(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    disc().save(tmp_path / "a.png")
    data = ("--data-dir", str(tmp_path / "data"), "--json")
    assert main(["cutout", str(tmp_path / "a.png"), "--out", str(tmp_path / "b.png"), *data]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["result"]["sure"] is True
    assert told["file"] == str(tmp_path / "b.png")
    assert main(["upscale", str(tmp_path / "b.png"), "--out", str(tmp_path / "c.png"), "--scale", "1.5", *data]) == 0
    with Image.open(tmp_path / "c.png") as made:
        assert (made.size, made.mode) == ((144, 96), "RGBA")
        assert made.getchannel("A").getextrema() == (0, 255)
