"""Whether the film shows what was asked for: seen by a model where one is installed, else honestly not judged."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from app.cast import described
from app.editing.judge.evidence import Evidence, Judged, issue, known, unknown
from app.editing.judge.forms import EvaluateVideo
from backends.chat import ChatCall, ImagePart, Message, TextPart
from configs.errors import StudioError
from jobs.context import JobContext

MOST_PICTURES = 8
_TASK = "vision-chat"
_LONGEST = 400
_QUESTION = (
    "These are {count} pictures of one film, in order of time. It was made for this wish, given between the lines:\n"
    "-----\n{goal}\n-----\n"
    "Judge only what the pictures show. Answer as JSON: `shown`, one sentence on what they show; `missing`, what the wish asks for and "
    "no picture shows, an empty list where nothing is missing; `score`, 0 (nothing of the wish) to 10 (all of it)."
)
NO_MODEL = "Not judged: no model that sees is installed. Length, shape and style are judged without one."


class Seen(BaseModel):
    """What the model answers."""

    model_config = ConfigDict(extra="ignore")

    shown: str = Field(max_length=2000)
    missing: list[str] = []
    score: float = Field(ge=0, le=10)


def look(request: EvaluateVideo, evidence: Evidence, job: JobContext) -> tuple[Judged, str | None]:
    """The part *content*, and who judged it where that was a model."""
    goal = described(request.goal, request.cast).strip() or evidence.asked.goal.strip()
    if not goal:
        return unknown("No content was asked for."), None
    desk = _desk(job)
    model = None if desk is None else _model(desk, request.model)
    if desk is None or model is None:
        wanted = f"Not judged: {request.model} is not installed, or cannot see." if request.model else NO_MODEL
        return unknown(wanted), None
    pictures = [str(job.made(picture).path) for picture in _pictures(evidence)]
    if not pictures:
        return unknown("Not judged: the film has no picture to show."), None
    try:
        seen = asked(desk, model, goal, pictures)
    except StudioError as error:
        return unknown(f"Not judged: {model} did not answer. {error.message}"), None
    if seen is None:
        return unknown(f"Not judged: {model} gave no answer that could be read."), None
    return _judged(seen, model, len(pictures)), f"{model}; else built in, CPU"


def asked(desk: Any, model: str, goal: str, pictures: Sequence[str]) -> Seen | None:
    """The model's answer; None when it is not of the form that was asked for."""
    words = TextPart(text=_QUESTION.format(count=len(pictures), goal=goal.strip()))
    message = Message(role="user", parts=(*(ImagePart(path=path) for path in pictures), words))
    call = ChatCall(messages=(message,), json_schema=Seen.model_json_schema(), temperature=0.0, seed=0, max_tokens=_LONGEST)
    with desk.chat(model, call) as pieces:
        text = "".join(piece.get("text", "") for piece in pieces)
    try:
        return Seen.model_validate(json.loads(text))
    except (ValueError, ValidationError):
        return None


def _judged(seen: Seen, model: str, count: int) -> Judged:
    found = [issue("content", "warning", f"Not seen in the film: {what[:200]}.", "Choose other moments.") for what in seen.missing[:5]]
    limits = f"{model} looked at {count} keyframes; it hears nothing and sees no movement"
    return known(seen.score / 10, seen.score, "of 10", limits, seen.shown[:500], found)


def _desk(job: JobContext) -> Any:
    """The studio's models; None where there are none, as in a worker without that part."""
    try:
        return job.part("models")
    except (KeyError, StudioError):
        return None


def _model(desk: Any, wanted: str | None) -> str | None:
    able = [model.name for model in desk.models() if model.installed and model.task == _TASK]
    if wanted is not None:
        return wanted if wanted in able else None
    return able[0] if able else None


def _pictures(evidence: Evidence) -> list[str]:
    """Ids of the sharpest keyframes of shots spread over the film."""
    best = [scene.keyframe.artifact_id for scene in evidence.film.scenes if scene.keyframe is not None]
    if len(best) <= MOST_PICTURES:
        return best
    return [best[round(n * (len(best) - 1) / (MOST_PICTURES - 1))] for n in range(MOST_PICTURES)]
