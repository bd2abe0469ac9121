"""`edit`: a plan through a real worker, and what cannot be asked together."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Cli = Callable[..., Any]


def plan_file(folder: Path, clip: Path, **more: Any) -> Path:
    path = folder / "plan.json"
    segments = [
        {"id": "s1", "source": "a", "start_s": 0, "end_s": 0.5, "reason": "It begins."},
        {"id": "s2", "source": "a", "start_s": 0.5, "end_s": 1.0, "operations": [{"op": "speed", "factor": 2}]},
    ]
    path.write_text(json.dumps({"sources": [{"id": "a", "media": clip.name}], "segments": segments, **more}), encoding="utf-8")
    return path


def test_a_plan_becomes_a_film_with_its_interchange_files(cli: Cli, make_clip: Callable[..., Path], working_directory: Path) -> None:
    clip = make_clip("my clip.mp4", cuts=(12,), frames=24)
    plan = plan_file(clip.parent, clip)
    said = cli("edit", "--plan", str(plan), "--out", "film.mov", "--export", "otio", "edl", "--save-plan", "kept.json", "--json")
    assert said.code == 0, said.err
    document = said.document
    written = [str(working_directory / name) for name in ("film.mov", "kept.json", "film.otio", "film.edl")]
    assert document["files"] == written
    assert all(Path(name).stat().st_size for name in written)
    assert (document["result"]["frames"], document["lost"]) == (18, {"film.otio": [], "film.edl": []})
    assert json.loads((working_directory / "kept.json").read_text())["output"]["format"] == "mov"
    assert clip.as_uri() in (working_directory / "film.otio").read_text()
    assert [job["state"] for job in document["jobs"]] == ["succeeded", "succeeded"]

    refused = cli("edit", "--plan", str(plan), "--out", "film.mov")
    assert refused.code == 2
    assert "is there already. Add --force" in refused.err

    back = cli("edit", "--plan", "film.otio", "--out", "again.mp4", "--preview", "--force")
    assert back.code == 0, back.err
    assert "It begins." in back.out
    assert (working_directory / "again.mp4").exists()


def test_a_plan_that_cannot_be_rendered_names_the_place_and_leaves_nothing(
    cli: Cli, make_clip: Callable[..., Path], working_directory: Path
) -> None:
    clip = make_clip("a.mp4", cuts=(12,), frames=24)
    late = {"id": "s1", "source": "a", "start_s": 50, "end_s": 60}
    said = cli("edit", "--plan", str(plan_file(clip.parent, clip, segments=[late])), "--out", "film.mp4")
    assert said.code == 2
    assert "$.segments[0].start_s" in said.err
    assert list(working_directory.iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ((), "There is nothing to edit."),
        (("clip.mp4", "--out", "o.mp4"), "It is not said what the film is to be."),
        (("clip.mp4", "--goal", "x"), "It is not said where the film goes."),
        (("--plan", "p.json", "--goal", "x", "--out", "o.mp4"), "--plan says already what the film is."),
        (("clip.mp4", "--goal", "x", "--save-plan", "p.json", "--judge"), "Only a rendered film can be judged."),
        (("clip.mp4", "--goal", "x", "--out", "o.xyz"), "does not say which kind of film"),
        (("clip.mp4", "--goal", "x", "--out", "none/o.mp4"), "There is no folder"),
        (("clip.mp4", "--goal", "x", "--out", "o.mp4", "--improve", "99"), "--improve is 99."),
        (("clip.mp4", "--goal", "x", "--out", "o.mp4", "--improve", "--preview"), "A preview is not improved."),
        (("clip.mp4", "--template", "none", "--out", "o.mp4"), "There is no template 'none'."),
        (("none.mp4", "--goal", "x", "--out", "o.mp4"), "none.mp4"),
        (("--plan", "none.json", "--out", "o.mp4"), "cannot be read"),
        (("clip.mp4", "--goal", "x", "--out", "o.mp4", "--export", "xyz"), "--export"),
    ],
)
def test_what_cannot_be_done_is_one_line(cli: Cli, working_directory: Path, arguments: tuple[str, ...], sentence: str) -> None:
    said = cli("edit", *arguments)
    assert said.code == 2, said.err
    assert sentence in said.err
    assert said.err.count("\n") == 1
    assert list(working_directory.iterdir()) == []


def test_a_plan_on_another_clip(cli: Cli, make_clip: Callable[..., Path], working_directory: Path) -> None:
    clip, other = make_clip("a.mp4", cuts=(12,), frames=24), make_clip("b.mp4", cuts=(6,), frames=24)
    said = cli("edit", str(other), "--plan", str(plan_file(clip.parent, clip)), "--save-plan", "p.json", "--json")
    assert said.code == 0, said.err
    assert said.document["plan"]["sources"] == [{"id": "a", "media": str(other)}]
    assert said.document["jobs"] == [], "a plan alone needs no job"
