"""The capability `video.auto_edit`: plan, render, judge, improve, until a film is good enough; every version is kept."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.capability import capability
from app.cast import cast_json, words_only
from app.editing.admission import check_plan
from app.editing.facts import SourceFacts
from app.editing.judge.children import child
from app.editing.judge.forms import AutoEdit, AutoEdited, Evaluation, Issue, Version
from app.editing.judge.revise import revise
from app.editing.plan import EditPlan
from app.editing.sources import facts_of
from app.video.document import VideoAnalysis
from configs.errors import StudioError
from jobs.context import JobContext
from storage.records import SUPPORT, Json

_PLANNED, _FINAL = 0.15, 0.75
_BUILT_IN = "built in"
_TOLD_ISSUES = 8


@capability("video.auto_edit", lane="io", title="Make a film and improve it", version=1, checks=check_plan, prepares=words_only)
def auto_edit(request: AutoEdit, job: JobContext) -> AutoEdited:
    """Makes a film of a clip: plans it, renders a preview, judges that, and improves the plan, until the score reaches the threshold.

    Every version stays, with its plan, preview and evaluation, and shows as soon as it is there. Plans are improved by rules, one for
    each kind of issue; a language model that planned the film is told the issues once. The best version is rendered in full.
    What was rendered of a draft's very plan before is used again.
    """
    began = time.monotonic()
    job.progress(0.0, "Planning")
    plan = request.plan or _planned(request, job, "plan", request.goal)
    makers = _Makers(request, job, *_known(plan, job))
    versions = [makers.make(1, plan, [])]
    notes: list[str] = []
    while not _good(versions, request) and len(versions) < request.rounds:
        best = _best(versions)
        changed = makers.improved(versions)
        if changed is None:
            notes.append("Nothing of what was found can be mended by changing the plan.")
            break
        versions.append(makers.make(len(versions) + 1, changed, _changes(best.plan, changed)))
    best = _best(versions)
    if not _good(versions, request):
        notes.append(f"The score of {best.score:.2f} is below {request.threshold:.2f}; its issues say why.")
    film = makers.rendered(best.plan, preview=False)
    if best.n == 1 and _good(versions, request):
        score = f"the score of {best.score:.2f} is not below {request.threshold:.2f}"
        notes.append(f"Nothing had to be changed: {score}.{' The film was there already.' if film else ''}")
    if film is None:
        job.progress(_FINAL, f"Rendering the film of round {best.n} in full")
        film = child(job, "film", "video.edit", _render(best.plan, request, preview=False))
    job.progress(1.0, "Done")
    return AutoEdited(
        best=best.n, score=best.score, reached=_good(versions, request), versions=versions, artifact_id=film["artifact_id"],
        frames=film["frames"], seconds=film["seconds"], notes=notes, took_s=round(time.monotonic() - began, 3),
    )  # fmt: skip


def _good(versions: list[Version], request: AutoEdit) -> bool:
    return _best(versions).score >= request.threshold


def _best(versions: list[Version]) -> Version:
    """The best version, of equal ones the earliest."""
    return max(versions, key=lambda version: (version.score, -version.n))


def _planned(request: AutoEdit, job: JobContext, key: str, goal: str) -> EditPlan:
    asked = {
        "video": request.video, "goal": goal, "style": request.style, "duration_s": request.duration_s, "seed": request.seed,
        "planner": request.planner, "music": request.music, "aspect": request.aspect or "auto", "cast": cast_json(request.cast),
    }  # fmt: skip
    return EditPlan.model_validate(child(job, key, "video.plan", asked)["plan"])


def _known(plan: EditPlan, job: JobContext) -> tuple[dict[str, SourceFacts], dict[str, VideoAnalysis]]:
    """Facts of the plan's sources and, of its videos, their analyses."""
    facts = {source.id: facts_of(source.id, job.made(source.media)) for source in plan.sources}
    used = {segment.source for segment in plan.approved}
    videos = {source.id: source.media for source in plan.sources if source.id in used and facts[source.id].kind == "video"}
    analyses = {name: child(job, f"analysis-{name}", "video.analyze", {"video": video}) for name, video in videos.items()}
    return facts, {name: VideoAnalysis.model_validate(found) for name, found in analyses.items()}


def _render(plan: EditPlan, request: AutoEdit, *, preview: bool) -> dict[str, Json]:
    return {"plan": plan.model_dump(mode="json"), "preview": preview, "edit": request.edit}


@dataclass
class _Makers:
    """Makes versions and better plans."""

    request: AutoEdit
    job: JobContext
    facts: Mapping[str, SourceFacts]
    analyses: Mapping[str, VideoAnalysis]
    told: bool = False

    def make(self, n: int, plan: EditPlan, changes: list[str]) -> Version:
        """Renders a preview of a plan, judges it, and keeps both."""
        job, request, rounds = self.job, self.request, self.request.rounds
        start = _PLANNED + (_FINAL - _PLANNED) * (n - 1) / rounds
        preview = self.rendered(plan, preview=True) or self.rendered(plan, preview=False)
        if preview is None:
            job.progress(start, f"Rendering, round {n}")
            preview = child(job, f"preview-{n}", "video.edit", _render(plan, request, preview=True))
        job.progress(start + 0.5 * (_FINAL - _PLANNED) / rounds, f"Judging, round {n}")
        found = Evaluation.model_validate(child(job, f"judge-{n}", "video.evaluate", self._question(plan, preview["artifact_id"])))
        kept = {
            name: self._keep(f"versions/{n}/{name}", text, preview["artifact_id"])
            for name, text in (("plan.json", plan.model_dump_json(indent=1)), ("evaluation.json", found.model_dump_json(indent=1)))
        }
        version = Version(
            n=n, plan=plan, score=found.score, technical=found.technical, goal_score=found.goal_score, artifact_id=preview["artifact_id"],
            plan_artifact_id=kept["plan.json"], evaluation_artifact_id=kept["evaluation.json"], issues=found.issues, changes=changes,
        )  # fmt: skip
        job.publish(f"version-{n}", version.model_dump(mode="json", exclude={"plan"}))
        return version

    def rendered(self, plan: EditPlan, *, preview: bool) -> Json | None:
        """What was rendered of this very plan before, for the draft; None where there is nothing."""
        if self.request.edit is None:
            return None
        try:
            renders: Any = self.job.part("renders")
        except (KeyError, StudioError):
            return None
        return renders.find(self.request.edit, plan, preview=preview)

    def improved(self, versions: list[Version]) -> EditPlan | None:
        """The best version's plan improved, unlike every version so far; None where nothing else can be changed."""
        best = _best(versions)
        if not self.told and self.request.video is not None and self._by_model(best.plan):
            self.told = True
            plan = self._asked_again(best)
            if plan is not None:
                return plan
        found = _evaluation(best)
        plans = (revise(best.plan, found, self.facts, self.analyses, again) for again in range(len(best.issues) + 2))
        return next((plan for plan in plans if all(_differs(plan, version.plan) for version in versions)), None)

    def _question(self, plan: EditPlan, video: str) -> dict[str, Json]:
        request = self.request
        return {
            "video": video, "plan": plan.model_dump(mode="json"), "goal": request.goal or plan.goal, "style": request.style or plan.style,
            "duration_s": request.duration_s, "aspect": request.aspect, "model": request.model, "cast": cast_json(request.cast),
        }  # fmt: skip

    def _by_model(self, plan: EditPlan) -> bool:
        return self.request.plan is None and plan.planner not in ("", _BUILT_IN)

    def _asked_again(self, best: Version) -> EditPlan | None:
        """What the model that planned makes of the issues; None where it fails or changes nothing."""
        try:
            plan = _planned(self.request, self.job, "plan-again", f"{self.request.goal}\n\n{_in_words(best.issues)}"[:4000])
        except StudioError as error:
            self.job.log(f"The model was asked to improve its plan, but failed: {error.message}")
            return None
        same = {source.id: source.media for source in plan.sources} == {source.id: source.media for source in best.plan.sources}
        return plan.model_copy(update={"goal": best.plan.goal}) if same and _differs(plan, best.plan) else None

    def _keep(self, name: str, text: str, preview: str) -> str:
        path = self.job.work_dir / name.replace("/", "-")
        path.write_text(text, encoding="utf-8")
        return self.job.save(name, path, kind="data", role=SUPPORT, media_type="application/json", inputs=[preview]).id


def _in_words(issues: list[Issue]) -> str:
    """The gravest issues as sentences for a model."""
    lines = [f"- {f'at {one.at_s:.1f} s: ' if one.at_s is not None else ''}{one.message} {one.suggestion}" for one in issues[:_TOLD_ISSUES]]
    return "An earlier version of this film had these faults; avoid them:\n" + "\n".join(lines)


def _differs(plan: EditPlan, other: EditPlan) -> bool:
    """Whether they make different films."""
    return (plan.segments, plan.film, plan.output) != (other.segments, other.film, other.output)


def _evaluation(version: Version) -> Evaluation:
    return Evaluation(
        score=version.score, technical=version.technical, goal_score=version.goal_score, parts={}, issues=version.issues, took_s=0.0
    )


def _changes(before: EditPlan, after: EditPlan) -> list[str]:
    """What a revision did: the notes and reasons that are new."""
    known = {segment.id: segment.reason for segment in before.segments}
    rows = [
        f"{one.id}: {one.reason.removeprefix(known.get(one.id, '')).strip()}" for one in after.segments if one.reason != known.get(one.id)
    ]
    return [*(note for note in after.notes if note not in before.notes), *rows][:30]
