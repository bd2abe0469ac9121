"""What the film shows: judged by a model that sees, else honestly not at all."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from app.editing.judge.evidence import Evidence
from app.editing.judge.forms import EvaluateVideo
from app.editing.judge.looking import MOST_PICTURES, look
from backends.chat import ChatCall
from configs.errors import StudioError


class Desk:
    """Models that answer what they are told to."""

    def __init__(self, answer: str | None, *, task: str = "vision-chat") -> None:
        self._answer, self._task = answer, task
        self.calls: list[tuple[str, ChatCall]] = []

    def models(self) -> list[Any]:
        return [SimpleNamespace(name="words", task="chat", installed=True), SimpleNamespace(name="eyes", task=self._task, installed=True)]

    @contextmanager
    def chat(self, model: str, call: ChatCall) -> Iterator[Iterator[dict[str, Any]]]:
        self.calls.append((model, call))
        if self._answer is None:
            raise StudioError("The model fell over.")
        half = len(self._answer) // 2
        yield iter([{"text": self._answer[:half]}, {"text": self._answer[half:]}])


class Job:
    """As much of a job as looking needs."""

    def __init__(self, desk: Desk | None) -> None:
        self._desk = desk

    def part(self, name: str) -> Any:
        if self._desk is None:
            raise KeyError(name)
        return self._desk

    def made(self, artifact_id: str) -> Any:
        return SimpleNamespace(path=Path(f"/kept/{artifact_id}.jpg"))


def asked(evidence: Evidence, desk: Desk | None, goal: str = "a red ball", **more: Any) -> Any:
    job: Any = Job(desk)
    return look(EvaluateVideo(video="a-1", goal=goal, **more), evidence, job)


GOOD = json.dumps({"shown": "A ball rolls.", "missing": ["anything red"], "score": 7})


def test_a_model_that_sees_judges_content(evidence: Evidence) -> None:
    desk = Desk(GOOD)
    found, engine = asked(evidence, desk)
    assert (found.part.score, found.part.why) == (0.7, "A ball rolls.")
    assert engine is not None
    assert engine.startswith("eyes")
    assert [one.message for one in found.issues] == ["Not seen in the film: anything red."]
    ((model, call),) = desk.calls
    assert model == "eyes"
    assert call.json_schema is not None
    assert call.temperature == 0
    pictures = [part for part in call.messages[0].parts if part.type == "image"]
    assert 1 <= len(pictures) <= MOST_PICTURES
    assert "a red ball" in call.messages[0].parts[-1].text  # type: ignore[union-attr]


def test_the_judge_is_told_who_a_character_is(evidence: Evidence) -> None:
    desk = Desk(GOOD)
    asked(evidence, desk, goal="@luca jumps", cast=[{"name": "luca", "title": "Luca", "description": "a boy with curls"}])
    ((_, call),) = desk.calls
    assert "Luca (a boy with curls) jumps" in call.messages[0].parts[-1].text  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("desk", "more", "said"),
    [
        (None, {}, "no model that sees"),
        (Desk(GOOD, task="chat"), {}, "no model that sees"),
        (Desk(GOOD), {"model": "words"}, "words is not installed, or cannot see"),
        (Desk(None), {}, "did not answer. The model fell over."),
        (Desk("a lovely film"), {}, "no answer that could be read"),
        (Desk(json.dumps({"shown": "x", "score": 70})), {}, "no answer that could be read"),
    ],
)
def test_otherwise_it_is_not_judged(evidence: Evidence, desk: Desk | None, more: dict[str, Any], said: str) -> None:
    found, engine = asked(evidence, desk, **more)
    assert found.part.score is None
    assert found.part.weight == 0
    assert said in found.part.why
    assert engine is None


def test_nothing_asked_for(evidence: Evidence) -> None:
    desk = Desk(GOOD)
    assert asked(evidence, desk, goal="  ")[0].part.score is None
    assert not desk.calls
