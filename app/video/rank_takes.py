"""The capability `video.rank_takes`: several takes of one shot in, the steadiest first out, each with its worst frame."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from app.capability import capability
from app.video.document import VideoAnalysis
from app.video.rank_models import RankedTake, Ranking, RankTakes
from app.video.rank_order import Take, rank
from app.video.rank_outputs import write_outputs
from app.video.rank_score import faults, neighbours, score
from app.video.stills import Stills
from configs.errors import BadMedia, StudioError
from jobs.context import JobContext
from storage.records import SUPPORT, Json

_ANALYSED, _PICTURED = 0.85, 0.95  # shares of the work


@capability("video.rank_takes", lane="io", title="Rank takes", version=1)
def rank_takes(request: RankTakes, job: JobContext) -> Ranking:
    """Sorts several takes of one shot by how well their pictures hold together over time, each with its worst frame.

    Every take is analysed (stored analyses are used again). The score, 0 to 1, is the mean coherence of the frames marked
    down by the worst one. Flicker, jumps, frozen and repeated frames are counted; differences of size, frame rate, length and
    sound are remarks and do not change the score. A take that cannot be analysed is listed last with its reason. Kept as
    ranking.html, ranking.csv and a contact sheet. Runs on the processor; no model is needed.
    """
    takes = list(_analysed(request, job))
    if all(take.analysis is None for take in takes):
        raise BadMedia(f"None of the {len(takes)} takes could be analysed. {takes[0].name}: {takes[0].failed}", "Export them again.")
    ranking = rank(takes, request.refused)
    ranking = ranking.model_copy(update={"takes": _pictured(ranking.takes, job)})
    job.progress(_PICTURED, "Writing the report")
    write_outputs(job, ranking)
    job.progress(1.0, "Done")
    return ranking


def _analysed(request: RankTakes, job: JobContext) -> Iterator[Take]:
    """Starts all analyses, then waits for one after the other; a row is shown as soon as its take is known."""
    names = unique(request.names or [job.artifact(take).name for take in request.takes])
    failed: dict[int, str] = {}
    for index, video in enumerate(request.takes):
        job.publish(f"take-{index}", {"take": index, "name": names[index], "artifact_id": video, "state": "waiting"})
        try:
            job.start(_key("take", index + 1, job), "video.analyze", {"video": video})
        except StudioError as error:
            failed[index] = _reason(error, _key("take", index + 1, job))
    for index, video in enumerate(request.takes):
        job.progress(_ANALYSED * index / len(request.takes), f"Analyzing {names[index]}")
        analysis: VideoAnalysis | None = None
        if index not in failed:
            try:
                analysis = VideoAnalysis.model_validate(job.run(_key("take", index + 1, job), "video.analyze", {"video": video}))
            except StudioError as error:
                failed[index] = _reason(error, _key("take", index + 1, job))
        take = Take(index, names[index], video, analysis, failed.get(index))
        job.publish(f"take-{index}", _row(take))
        yield take


def _key(what: str, number: int, job: JobContext) -> str:
    """A child's key. Each attempt has its own, so that a child that failed or was cancelled is tried again; what is done serves."""
    return f"{what}-{number}-{job.attempt}"


def _row(take: Take) -> dict[str, Json]:
    """What is shown of a take before all are known; an extra cut counts against it only then."""
    row: dict[str, Json] = {"take": take.index, "name": take.name, "artifact_id": take.artifact_id}
    if take.analysis is None:
        return {**row, "state": "failed", "failed": take.failed}
    found = score(take.analysis, [scene.start_s for scene in take.analysis.scenes])
    return {**row, "state": "done", "score": found.score, "faults": faults(found.parts), "worst": found.worst.model_dump(mode="json")}


def _reason(error: StudioError, key: str) -> str:
    """A child's error without the name of the child before it."""
    if error.code == "cancelled":
        return "Its analysis was cancelled."
    words = error.message.removeprefix(f"{key}: ")
    return f"{words} {error.remedy}".strip()


def _pictured(takes: Sequence[RankedTake], job: JobContext) -> list[RankedTake]:
    """The takes with pictures of their worst frames and those before and behind."""
    asked = {
        _key("worst", take.place, job): {"video": take.artifact_id, "frames": neighbours(take.worst.frame, take.frame_count or 1)}
        for take in takes
        if take.worst is not None
    }
    for key, request in asked.items():
        job.start(key, "video.stills", request)
    found = []
    for done, take in enumerate(takes):
        job.progress(_ANALYSED + (_PICTURED - _ANALYSED) * done / len(takes), "Taking pictures of the worst frames")
        key = _key("worst", take.place, job)
        found.append(_with_pictures(take, job, Stills.model_validate(job.run(key, "video.stills", asked[key]))) if key in asked else take)
    return found


def _with_pictures(take: RankedTake, job: JobContext, stills: Stills) -> RankedTake:
    """Keeps the pictures as the ranking's own, so that they stay when the stills are deleted."""
    assert take.worst is not None
    ids = {}
    for still in stills.stills:
        kept = job.save(
            f"worst/{take.place:02d}-frame-{still.frame:06d}.jpg", job.made(still.artifact_id).path, kind="image", role=SUPPORT,
            media_type="image/jpeg", inputs=[str(take.artifact_id)], meta={"frame": still.frame, "place": take.place},
            thumbnail=take.place == 1 and still.frame == take.worst.frame,
        )  # fmt: skip
        ids[still.frame] = kept.id
    frame = take.worst.frame
    pictures = {"picture_id": ids.get(frame), "before_id": ids.get(frame - 1), "after_id": ids.get(frame + 1)}
    return take.model_copy(update={"worst": take.worst.model_copy(update=pictures)})


def unique(names: Sequence[str]) -> list[str]:
    """The names, later ones of the same name numbered: "a.mp4", "a.mp4 (2)"."""
    found: list[str] = []
    for name in names:
        same, number = name, 1
        while same in found:
            number += 1
            same = f"{name} ({number})"
        found.append(same)
    return found
