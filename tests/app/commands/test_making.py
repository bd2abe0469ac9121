"""From a plan to what was asked for."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from app.commands.film import Film
from app.commands.making import by_template, finish
from configs.errors import BadInput
from tests.app.commands.film_fakes import FakeSession, console, flags, plan
from tests.app.commands.test_film import EDITED

SCORED: dict[str, Any] = {"score": 0.9, "technical": 0.9, "goal_score": None, "parts": {}, "issues": []}
EXPORTED = {"files": [{"artifact_id": "a-5", "name": "film.edl", "format": "edl", "lost": []}]}


def made(session: FakeSession, tmp_path: Path, **changes: Any) -> Film:
    film = Film(plan(goal="g", style="dramatic"))
    finish(session, console()[0], flags(**changes), film, tmp_path / "film.mp4", tmp_path / "plan.json")  # type: ignore[arg-type]
    return film


def test_everything_in_one_go(tmp_path: Path) -> None:
    session = FakeSession(video_edit=EDITED, video_export=EXPORTED, video_evaluate=SCORED)
    film = made(session, tmp_path, export=["edl"], judge=True, duration=4.0)
    assert [capability for capability, *_ in session.asked] == ["video.edit", "video.export", "video.evaluate"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["film.edl", "film.mp4", "plan.json"]
    question = session.asked[2][1]
    assert (question["video"], question["goal"], question["style"], question["duration_s"]) == ("a-9", "g", "dramatic", 4.0)
    assert film.evaluation == SCORED
    assert [job["capability"] for job in film.jobs] == ["video.edit", "video.export", "video.evaluate"]


def test_improving_takes_the_best_version_and_its_plan(tmp_path: Path) -> None:
    better = plan(title="better")
    versions = [
        {"n": 1, "plan": plan(), "score": 0.5, "changes": [], "artifact_id": "a-1"},
        {"n": 2, "plan": better, "score": 0.9, "changes": ["Shorter."], "artifact_id": "a-2"},
    ]
    answer = {
        "best": 2,
        "score": 0.9,
        "versions": versions,
        "artifact_id": "a-7",
        "frames": 5,
        "seconds": 1.0,
        "notes": ["Good."],
        "took_s": 3.0,
    }
    session = FakeSession(video_auto_edit=answer)
    film = made(session, tmp_path, improve=2)
    assert session.asked[0][1]["rounds"] == 2
    assert (tmp_path / "film.mp4").read_text() == "bytes of a-7"
    assert json.loads((tmp_path / "plan.json").read_text())["title"] == "better"
    assert [version["n"] for version in film.versions] == [1, 2]
    assert film.notes == ["Good."]


def test_a_plan_alone_renders_nothing(tmp_path: Path) -> None:
    session, film = FakeSession(video_export=EXPORTED), Film(plan())
    finish(session, console()[0], flags(export=["edl"]), film, None, tmp_path / "film.json")  # type: ignore[arg-type]
    assert [capability for capability, *_ in session.asked] == ["video.export"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["film.edl", "film.json"]


def test_flags_count_more_than_the_template(tmp_path: Path) -> None:
    own = tmp_path / "own.yaml"
    own.write_text("title: T\nsummary: S\nbrief: {style: trailer, duration_s: 40}\noutput: {height: 720}\nfilm:\n  - {op: loudness}\n")
    session = FakeSession(video_plan=lambda request: {"plan": plan("a-video"), "notes": [], "seconds": 1.0})
    film = by_template(session, console()[0], flags(template=str(own), duration=5.0), str(tmp_path / "my clip.mp4"))  # type: ignore[arg-type]
    assert session.asked[0][1] == {"style": "trailer", "duration_s": 5.0, "video": str(tmp_path / "my clip.mp4")}
    assert [operation["op"] for operation in film.plan["film"]] == ["loudness"]
    assert film.plan["output"]["height"] == 720


def test_a_template_of_pictures_needs_a_folder() -> None:
    with pytest.raises(BadInput, match="folder of pictures"):
        by_template(FakeSession(), console()[0], flags(template="slideshow"), "clip.mp4")  # type: ignore[arg-type]
