"""The capability `video.evaluate`: a film in, its score with every part and what to mend out."""

from __future__ import annotations

import time
from collections.abc import Mapping

from app.capability import capability
from app.cast import described, words_only
from app.editing.admission import check_plan
from app.editing.check import compile_plan
from app.editing.judge.evidence import Asked, Evidence, gather
from app.editing.judge.expected import Expected, expected
from app.editing.judge.forms import EvaluateVideo, Evaluation, Traced
from app.editing.judge.looking import look
from app.editing.judge.parts import judge
from app.editing.judge.trace import Trace, read_trace
from app.editing.plan import EditPlan
from app.editing.sources import facts_of
from app.video.document import VideoAnalysis
from configs.errors import BadInput
from jobs.context import JobContext
from storage.records import RESULT, Json

ENGINE = "built in, CPU"
_ANALYSED, _TRACED, _LOOKED = 0.6, 0.9, 0.98


@capability("video.evaluate", lane="io", title="Judge a film", version=1, checks=check_plan, prepares=words_only)
def evaluate_video(request: EvaluateVideo, job: JobContext) -> Evaluation:
    """Judges a film: technical quality, and how well it meets what was asked for, each 0 to 1, with what to mend and where.

    With the plan it was rendered from, or the clip it was made of, speed, sync, colours and lost sharpness are judged against
    that, and planned freezes and fades are no faults; without either, these parts say that they cannot be judged. What the film
    shows is judged by a model that sees, where one is installed. Kept as evaluation.json. Analyses are used again.
    """
    began = time.monotonic()
    for key, capability_name, asked in _children(request, job):
        job.start(key, capability_name, asked)
    job.progress(0.0, "Analyzing the film")
    key = f"analysis-{job.attempt}"
    analysis = VideoAnalysis.model_validate(job.run(key, "video.analyze", {"video": request.video}))
    job.progress(_ANALYSED, "Measuring the film and its sources")
    evidence = collect(request, analysis, job)
    job.progress(_TRACED, "Looking at the film")
    content, engine = look(request, evidence, job)
    evaluation = judge(evidence, content, engine=engine or ENGINE, took_s=time.monotonic() - began)
    job.progress(_LOOKED, "Writing it down")
    path = job.work_dir / "evaluation.json"
    path.write_text(evaluation.model_dump_json(indent=2), encoding="utf-8")
    job.save("evaluation.json", path, kind="data", role=RESULT, media_type="application/json", inputs=[request.video])
    job.progress(1.0, "Done")
    return evaluation


def _children(request: EvaluateVideo, job: JobContext) -> list[tuple[str, str, Json]]:
    found = [(f"analysis-{job.attempt}", "video.analyze", {"video": request.video})]
    return found + [(key, "video.trace", {"video": video}) for key, video in _traced(request, job).items()]


def _traced(request: EvaluateVideo, job: JobContext) -> dict[str, str]:
    """Child's key -> the clip it measures: the film first, then the plan's videos or the reference."""
    wanted = [request.video, *_source_videos(request, job).values()]
    return {f"trace-{number}-{job.attempt}": video for number, video in enumerate(dict.fromkeys(wanted))}


def _source_videos(request: EvaluateVideo, job: JobContext) -> dict[str, str]:
    """Source's id in the plan -> artifact, of the videos that segments use; the reference stands for itself."""
    if request.plan is None:
        return {"reference": request.reference} if request.reference else {}
    used = {segment.source for segment in request.plan.approved}
    return {s.id: s.media for s in request.plan.sources if s.id in used and job.artifact(s.media).kind == "video"}


def collect(request: EvaluateVideo, analysis: VideoAnalysis, job: JobContext) -> Evidence:
    """The traces of film and sources, and what the plan expects."""
    traces = {video: _trace(key, video, job) for key, video in _traced(request, job).items()}
    film = traces[request.video].on_grid(analysis.media.info.video.fps) if analysis.media.info.video.vfr else traces[request.video]
    asked = asked_of(request)
    videos = _source_videos(request, job)
    if request.plan is None:
        return gather(analysis, film, asked, [traces[video] for video in videos.values()])
    wanted, rates = _expected(request.plan, job)
    sources = [_at(traces[videos[name]], rates[name]) for name in wanted.names]
    return gather(analysis, film, asked, sources, wanted)


def asked_of(request: EvaluateVideo) -> Asked:
    """What the film was to be: the request's words, else those of the plan."""
    plan, goal = request.plan, described(request.goal, request.cast)
    if plan is None:
        return Asked(goal, request.style, request.duration_s, request.aspect)
    shape = None if plan.output.aspect == "source" else plan.output.aspect
    return Asked(goal or plan.goal, request.style or plan.style, request.duration_s or plan.duration_s, request.aspect or shape)


def _expected(plan: EditPlan, job: JobContext) -> tuple[Expected, Mapping[str, float]]:
    facts = {source.id: facts_of(source.id, job.artifact(source.media)) for source in plan.sources}
    timeline = compile_plan(plan, facts)
    if timeline.frames < 1:
        raise BadInput("The plan shows nothing.", "Approve at least one segment.")
    return expected(timeline), {name: float(one.rate) for name, one in facts.items()}


def _at(trace: Trace, rate: float) -> Trace:
    """Sources of uneven frame rate are counted as the plan counts them."""
    return trace if abs(trace.fps - rate) < 1e-6 * rate and _even(trace) else trace.on_grid(rate)


def _even(trace: Trace) -> bool:
    return abs(float(trace.times_s[-1]) - (len(trace) - 1) / trace.fps) < 1.0 / trace.fps


def _trace(key: str, video: str, job: JobContext) -> Trace:
    traced = Traced.model_validate(job.run(key, "video.trace", {"video": video}))
    return read_trace(job.made(traced.artifact_id).path)
