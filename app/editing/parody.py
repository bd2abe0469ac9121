"""The capability `video.parody`: a clip in, a finished film in a style out: analysed, planned, rendered and judged."""

from __future__ import annotations

import time
from typing import Any

from pydantic import Field

from app.capability import capability
from app.cast import cast_json, words_only
from app.editing.plan import EditPlan
from app.editing.planner.requests import Brief, PlannedFilm, Strict
from configs.errors import StudioError
from jobs.context import JobContext

DEFAULT_STYLE = "dramatic"
MOST_ROUNDS = 6
_PLANNED, _RENDERED, _JUDGED, _TRIED = 0.3, 0.85, 0.98, 0.8


class ParodyVideo(Brief):
    """Make a film of a clip in a style, without being asked anything more."""

    judge: bool = Field(default=True, description="Judge the film and say its score.")
    rounds: int = Field(
        default=1, ge=1, le=MOST_ROUNDS, description="Plans that are tried: with more than one, that with the best score is kept."
    )


class Attempt(Strict):
    """One plan that was rendered and judged."""

    seed: int
    artifact_id: str
    score: float | None = Field(default=None, ge=0, le=1)


class ParodyFilm(Strict):
    """The film, its plan and its score."""

    artifact_id: str = Field(description="The film.")
    plan: EditPlan
    planner: str
    score: float | None = Field(default=None, ge=0, le=1, description="1 is best; None where it was not judged.")
    evaluation: dict[str, Any] | None = Field(default=None, description="What the judge said, in full.")
    attempts: list[Attempt] = Field(default=[], description="Every plan that was tried, in order.")
    analysis: str | None = Field(default=None, description="The job whose analysis was used.")
    seconds: float = Field(ge=0)
    engine: str = ""
    notes: list[str] = Field(default=[], description="What could not be done as asked, and why.")
    took_s: float = Field(ge=0)


@capability("video.parody", lane="io", title="Parody", prepares=words_only)
def parody_video(request: ParodyVideo, job: JobContext) -> ParodyFilm:
    """Makes a dramatic, chaotic or wholesome film of a clip, or one in another of the studio's styles, ready to be shown.

    The clip is analysed, a plan is made of its loudest, liveliest and calmest moments with zooms, freezes, captions and sounds, and
    the plan is rendered and judged. The plan is shown as soon as it is there. Runs on the processor; no model is needed.
    """
    began = time.monotonic()
    asked = request if request.style or request.goal else request.model_copy(update={"style": DEFAULT_STYLE})
    tries = [_attempt(asked, number, request, job) for number in range(request.rounds)]
    best = max(tries, key=lambda film: film.score if film.score is not None else 0.0)
    if request.rounds > 1:
        job.progress(_TRIED, f"Rendering {best.seconds:.0f} s")
        best = _with_film(best, job.run(f"render-{job.attempt}", "video.edit", {"plan": best.plan.model_dump(mode="json")}))
    job.publish("film", {"artifact_id": best.artifact_id, "seconds": best.seconds})
    job.progress(1.0, "Done")
    attempts = [Attempt(seed=film.plan.seed, artifact_id=film.artifact_id, score=film.score) for film in tries]
    return best.model_copy(update={"attempts": attempts, "took_s": round(time.monotonic() - began, 3)})


def _attempt(asked: Brief, number: int, request: ParodyVideo, job: JobContext) -> ParodyFilm:
    """One plan, rendered and judged; small and quick where it is one of several."""
    whole = _TRIED if request.rounds > 1 else 1.0

    def at(share: float) -> float:
        return whole * (number + share) / request.rounds

    key = f"{number + 1}-{job.attempt}"
    job.progress(at(0.0), "Analyzing and planning" if not number else f"Planning, attempt {number + 1} of {request.rounds}")
    brief = asked.model_dump(mode="json", include=set(Brief.model_fields))
    brief["seed"] = (asked.seed + number) % 2**31
    planned = PlannedFilm.model_validate(job.run(f"plan-{key}", "video.plan", brief))
    plan = planned.plan.model_dump(mode="json")
    job.publish("plan", {"plan": plan, "planner": planned.planner, "seconds": planned.seconds, "notes": planned.notes})
    job.progress(at(_PLANNED), f"Rendering {planned.seconds:.0f} s")
    made = job.run(f"render-{key}", "video.edit", {"plan": plan, "preview": request.rounds > 1})
    film = ParodyFilm(
        artifact_id="", plan=planned.plan, planner=planned.planner, analysis=planned.analysis, seconds=0.0, notes=planned.notes, took_s=0.0
    )
    film = _with_film(film, made)
    if request.judge or request.rounds > 1:
        job.progress(at(_RENDERED), "Judging the film")
        film = _judged(asked, film, key, job)
        job.publish(f"attempt-{number + 1}", {"seed": film.plan.seed, "artifact_id": film.artifact_id, "score": film.score})
    job.progress(at(_JUDGED), "Keeping the film")
    return film


def _with_film(film: ParodyFilm, made: dict[str, Any]) -> ParodyFilm:
    """With the file that a render has made."""
    said = [note for note in made.get("notes", []) if note not in film.notes]
    values = {"artifact_id": made["artifact_id"], "seconds": made["seconds"], "engine": made["engine"], "notes": [*film.notes, *said]}
    return film.model_copy(update=values)


def _judged(asked: Brief, film: ParodyFilm, key: str, job: JobContext) -> ParodyFilm:
    """With what the judge says; a film that cannot be judged is a film nevertheless."""
    wanted = {
        "video": film.artifact_id, "plan": film.plan.model_dump(mode="json"), "goal": asked.goal, "style": film.plan.style,
        "duration_s": asked.duration_s, "cast": cast_json(asked.cast),
    }  # fmt: skip
    try:
        found: dict[str, Any] = job.run(f"judge-{key}", "video.evaluate", wanted)
    except StudioError as error:
        if error.code == "cancelled":
            raise
        return film.model_copy(update={"notes": [*film.notes, f"The film could not be judged: {error.message}"]})
    return film.model_copy(update={"score": found["score"], "evaluation": found})
