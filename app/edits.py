"""Drafts of edits: a plan with its history, what is wrong with it, and what has been rendered from it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from configs.errors import BadInput, StudioError
from jobs.events import EventBus
from storage import edits, projects
from storage.artifacts import ArtifactStore
from storage.database import Database
from storage.edits import Edit, NewEdit
from storage.records import Artifact, Job, Json

if TYPE_CHECKING:
    from app.editing.facts import SourceFacts
    from app.editing.plan import EditPlan
    from app.editing.problems import Problem
    from app.editing.timeline import Clip, Timeline

PAGE_LIMIT = 200
RENDERERS = ("video.edit", "video.auto_edit")
TITLE_LIMIT, LABEL_LIMIT = 200, 120


class Edits:
    """The drafts of one studio. Thread safe; every change is told as an event ``edit``."""

    def __init__(self, database: Database, artifacts: ArtifactStore, events: EventBus, find_job: Callable[[str], Job]) -> None:
        self._database, self._artifacts, self._events, self._find_job = database, artifacts, events, find_job

    def create(self, plan: Any, *, project_id: str | None = None, title: str = "", video: str | None = None,
               analysis: str | None = None, label: str = "") -> Edit:  # fmt: skip
        """Keeps a new draft; raises `BadPlan` when its plan cannot be read. A plan with problems may be kept: it is a draft."""
        typed = self._read(plan)
        project = projects.require(self._database, project_id or projects.DEFAULT).id
        if video is not None:
            self._artifacts.get(video)
        if analysis is not None:
            self._find_job(analysis)
        named = title.strip() or typed.title or self._name_of(video)
        new = NewEdit(
            title=named[:TITLE_LIMIT], project_id=project, plan=_json(typed), label=_label(label or "New draft"), video_id=video,
            analysis_id=analysis,
        )  # fmt: skip
        return self._tell(edits.create(self._database, new))

    def get(self, edit_id: str) -> Edit:
        """One draft; raises `NotFound`."""
        return edits.find(self._database, edit_id)

    def page(self, *, project_id: str | None = None, limit: int = 50, before: int | None = None) -> list[Edit]:
        """Drafts, the newest first, without their plans."""
        if not 1 <= limit <= PAGE_LIMIT:
            raise BadInput(f"The limit is {limit}.", f"Give 1 to {PAGE_LIMIT}.")
        return edits.page(self._database, project_id=project_id, limit=limit, before=before)

    def change(self, edit_id: str, plan: Any, revision: int, label: str = "") -> Edit:
        """Makes ``plan`` the state of the draft; raises `Conflict` when it was made from another revision than the present one."""
        typed = self._read(plan)
        return self._tell(edits.change(self._database, edit_id, _json(typed), revision, _label(label or "Change")))

    def undo(self, edit_id: str) -> Edit:
        """Takes the last change back; raises `Conflict` when there is none."""
        return self._tell(edits.turn(self._database, edit_id, -1))

    def redo(self, edit_id: str) -> Edit:
        """Makes the change again that was taken back last."""
        return self._tell(edits.turn(self._database, edit_id, 1))

    def remove(self, edit_id: str) -> None:
        """Forgets a draft; what was rendered from it stays."""
        edits.remove(self._database, edit_id)
        self._events.send("", "edit", {"id": edit_id, "revision": 0})

    def versions(self, edit_id: str) -> list[dict[str, Any]]:
        """What was rendered from a draft, the newest first."""
        edits.find(self._database, edit_id)
        return [self._version(self._find_job(job_id)) for job_id in edits.versions(self._database, edit_id, RENDERERS)]

    def check(self, plan: Any) -> dict[str, Any]:
        """Everything wrong with a plan; when nothing is, its timeline and what rendering it will take. No file is opened."""
        from app.editing.predict import predict
        from app.editing.problems import BadPlan

        began = time.perf_counter()
        found: dict[str, Any] = {"problems": [], "timeline": None, "prediction": None}
        try:
            typed = self._read(plan)
            timeline = self._compiled(typed)
            found |= {"timeline": timeline_to_json(timeline), "prediction": predict(timeline).model_dump(mode="json")}
        except BadPlan as error:
            found["problems"] = [problem.as_dict() for problem in error.problems]
        return {**found, "took_ms": round(1000 * (time.perf_counter() - began), 2)}

    def _compiled(self, plan: EditPlan) -> Timeline:
        """The plan's timeline; sources whose files are missing are named beside everything else that is wrong."""
        from app.editing.check import compile_plan, problems_of
        from app.editing.problems import BadPlan

        facts, missing = self._facts(plan)
        if missing:
            others = [problem for problem in problems_of(plan, facts) if problem.code != "missing_source"]
            raise BadPlan([*missing, *others])
        return compile_plan(plan, facts)

    def _facts(self, plan: EditPlan) -> tuple[dict[str, SourceFacts], list[Problem]]:
        from app.editing.problems import Problem
        from app.editing.sources import facts_of

        found: dict[str, SourceFacts] = {}
        problems: list[Problem] = []
        for number, source in enumerate(plan.sources):
            try:
                artifact = self._artifacts.require_file(self._artifacts.get(source.media))
                found[source.id] = facts_of(source.id, artifact)
            except StudioError as error:
                problems.append(
                    Problem("missing_source", f"$.sources[{number}].media", error.message, error.remedy or "Give another file.")
                )
        return found, problems

    def _read(self, plan: Any) -> EditPlan:
        from app.editing.reading import read_plan

        return read_plan(plan)

    def _name_of(self, video: str | None) -> str:
        return self._artifacts.get(video).name if video else "Untitled"

    def _tell(self, edit: Edit) -> Edit:
        self._events.send("", "edit", {"id": edit.id, "revision": edit.revision})
        return edit

    def _version(self, job: Job) -> dict[str, Any]:
        film = self._film(job.id)
        meta: Mapping[str, Any] = film.meta if film else {}
        request: dict[str, Any] = job.request
        return {
            "job_id": job.id, "capability": job.capability, "state": job.state, "artifact_id": film.id if film else None,
            "revision": request.get("revision"), "preview": bool(request.get("preview", False)), "score": meta.get("score"),
            "seconds": meta.get("probe", {}).get("duration_s"), "created_at": job.created_at, "finished_at": job.finished_at,
        }  # fmt: skip

    def _film(self, job_id: str) -> Artifact | None:
        """The film that a job has made, as far as it has."""
        films: Iterable[Artifact] = (a for a in self._artifacts.of_job(job_id) if a.kind == "video" and a.role == "result")
        return next(iter(films), None)


def timeline_to_json(timeline: Timeline) -> dict[str, Any]:
    """What a page draws a plan from."""
    return {
        "frames": timeline.frames, "fps": float(timeline.rate), "rate": str(timeline.rate), "width": timeline.width,
        "height": timeline.height, "seconds": timeline.seconds, "clips": [_clip_to_json(clip, timeline) for clip in timeline.clips],
        "notes": list(timeline.notes),
    }  # fmt: skip


def _clip_to_json(clip: Clip, timeline: Timeline) -> dict[str, Any]:
    return {
        "segment": clip.segment.id, "source": clip.source.id, "begins_s": float(clip.begins / timeline.rate), "begins_frame": clip.begins,
        "seconds": float(clip.frames / timeline.rate), "frames": clip.frames, "first_frame": clip.first, "end_frame": clip.end,
        "overlap_frames": clip.overlap,
        "stretches": [{"start": float(s.start), "step": float(s.step), "frames": s.frames} for s in clip.stretches],
    }  # fmt: skip


def edit_to_json(edit: Edit, *, plan: bool = True) -> dict[str, Json]:
    """A draft as it goes over HTTP."""
    found: dict[str, Json] = {
        "id": edit.id, "title": edit.title, "project_id": edit.project_id, "video": edit.video_id, "analysis": edit.analysis_id,
        "revision": edit.revision, "created_at": edit.created_at, "updated_at": edit.updated_at,
    }  # fmt: skip
    if not plan:
        return found
    turns = {"can_undo": edit.undo_label is not None, "can_redo": edit.redo_label is not None}
    return {**found, **turns, "undo_label": edit.undo_label, "redo_label": edit.redo_label, "plan": edit.plan}


def _json(plan: EditPlan) -> dict[str, Json]:
    return plan.model_dump(mode="json", exclude_unset=True) | {"version": plan.version}


def _label(text: str) -> str:
    return " ".join(text.split())[:LABEL_LIMIT]
