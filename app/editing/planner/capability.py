"""The capability `video.plan`: a clip and a wish in; an edit plan out that can be rendered, every row with its reason."""

from __future__ import annotations

import time
from dataclasses import replace

from app.capability import capability
from app.cast import by_name, described, words_only
from app.editing.check import compile_plan
from app.editing.facts import SourceFacts
from app.editing.plan import EditPlan
from app.editing.planner.asking import Limits, chat_model
from app.editing.planner.film import Material, plan_film
from app.editing.planner.materials import analysed, material_of
from app.editing.planner.model_planner import plan_with_model, reason_of
from app.editing.planner.requests import AUTO, BUILT_IN_NAMES, LONGEST_GOAL, Brief, PlannedFilm, PlanVideo
from app.editing.planner.styles import read_styles
from app.editing.planner.wishes import Wishes, read_goal
from app.models.calls import ModelCalls
from configs.errors import BadInput, StudioError
from jobs.context import JobContext

_ANALYSED, _READ = 0.7, 0.75


@capability("video.plan", lane="io", title="Plan an edit", prepares=words_only)
def plan_video(request: PlanVideo, job: JobContext) -> PlannedFilm:
    """Plans an edit of a clip: which moments, in which order, with which effects, captions and sounds, each with its reason.

    The clip is analysed first, or a stored analysis is used. The built-in planner decides by loudness, movement, subjects, beats
    and shots, the same way for the same seed; a language model decides where one is installed and asked for. Whatever it is, the
    plan has been checked against the clip and can be rendered. What could not be done as asked stands in the notes.
    """
    wishes = wishes_of(request)
    job.progress(0.0, "Analyzing the clip")
    found = analysed(job, request.video, request.analysis)
    job.progress(_ANALYSED, "Listening to the music" if request.music else "Planning")
    material, facts = material_of(job, request.video, found, request.music)
    job.progress(_READ, "Planning")
    began = time.monotonic()
    plan = _planned(request.planner, material, wishes, facts, job)
    timeline = compile_plan(plan, facts)
    job.progress(1.0, "Done")
    return PlannedFilm(
        plan=plan, planner=plan.planner, seconds=timeline.seconds, notes=list(plan.notes), analysis=found.job_id,
        took_s=round(time.monotonic() - began, 3),
    )  # fmt: skip


def wishes_of(brief: Brief) -> Wishes:
    """The brief's fields and what its sentence adds to them: what is said of a character is no wish for the film.

    Raises:
        BadInput: there is no such style.
    """
    styles = read_styles()
    said = read_goal(by_name(brief.goal, brief.cast), {name: style.words for name, style in styles.items()})
    if brief.style is not None and brief.style not in styles:
        raise BadInput(f"style is {brief.style!r}, which is none.", f"Styles: {', '.join(styles)}.")
    return replace(
        said,
        goal=described(brief.goal, brief.cast)[:LONGEST_GOAL],
        style=brief.style or said.style,
        duration_s=brief.duration_s or said.duration_s,
        aspect=said.aspect if brief.aspect == "auto" else brief.aspect,
        seed=brief.seed,
    )


def _planned(planner: str, material: Material, wishes: Wishes, facts: dict[str, SourceFacts], job: JobContext) -> EditPlan:
    """By a model where one is wanted and there; by ourselves where it fails, and the notes say why."""
    styles = read_styles()
    asked = None if planner in (AUTO, *BUILT_IN_NAMES) else planner
    models = None if planner in BUILT_IN_NAMES else _models(job)
    model = chat_model(models, asked) if models is not None else None
    if models is None or model is None:
        return plan_film(material, wishes, styles)
    job.progress(_READ, f"{model.title or model.name} is planning")
    try:
        return plan_with_model(material, wishes, styles, facts, models, model.name, limits=Limits(), keep_on=job.raise_if_cancelled)
    except StudioError as error:
        if error.code == "cancelled":
            raise
        plan = plan_film(material, wishes, styles)
        said = f"{model.name} gave no plan that could be used, so the built-in planner made it. {reason_of(error)}"
        return plan.model_copy(update={"notes": (said, *plan.notes)})


def _models(job: JobContext) -> ModelCalls | None:
    """The studio's models; None where a job has none to ask."""
    try:
        found: ModelCalls = job.part("models")
    except (KeyError, StudioError):
        return None
    return found
