"""What planning needs, taken from a job: the analysis with its table, the facts of the sources, the beats of the music."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from app.editing.facts import SourceFacts
from app.editing.planner.beats import Bed
from app.editing.planner.film import CLIP, MUSIC, Material
from app.editing.planner.reading_footage import footage_of
from app.editing.sources import facts_of
from app.video.curves import Curves
from app.video.document import VideoAnalysis
from app.video.stored import CURVES, read_curves, too_old
from configs.errors import BadInput, StudioError
from jobs.context import JobContext
from storage.records import Artifact


@dataclass(frozen=True)
class Analysed:
    """An analysis, the job that made it (None where that is not known), and its per-frame table while that is kept."""

    document: VideoAnalysis
    job_id: str | None
    curves: Curves | None


def analysed(job: JobContext, video: str, given: str | None) -> Analysed:
    """The analysis that was given, or that of a child job; a stored one is used again.

    Raises:
        BadInput: the analysis is of another clip, or of an older form.
    """
    if given is not None:
        stored = job.artifact(given)
        document = _document(stored)
        if document.media.artifact_id != video and document.media.content_hash != job.artifact(video).content_hash:
            raise BadInput(
                f"The analysis is of {document.media.name}, which is not the clip.", "Leave `analysis` out, or name one of this clip."
            )
        return Analysed(document, stored.job_id, _table(job, stored.job_id, document))
    answer = job.run(f"analysis-{job.attempt}", "video.analyze", {"video": video})
    document = VideoAnalysis.model_validate(answer)
    job_id = _maker(job, document)
    return Analysed(document, job_id, _table(job, job_id, document))


def _document(stored: Artifact) -> VideoAnalysis:
    try:
        return VideoAnalysis.model_validate_json(stored.path.read_bytes())
    except ValidationError:
        raise too_old() from None


def _maker(job: JobContext, document: VideoAnalysis) -> str | None:
    """The job that made an analysis: that of its pictures."""
    for keyframe in (keyframe for scene in document.scenes for keyframe in scene.keyframes):
        try:
            return job.made(keyframe.artifact_id).job_id
        except StudioError:
            continue  # deleted since
    return None


def _table(job: JobContext, job_id: str | None, document: VideoAnalysis) -> Curves | None:
    if job_id is None:
        return None
    try:
        stored = job.named(job_id, CURVES)
        table = read_curves(stored.path) if stored is not None else None
    except StudioError:
        return None  # planning goes by the document alone
    return table if table is not None and len(table) == document.frame_count else None


def material_of(job: JobContext, video: str, found: Analysed, music: str | None) -> tuple[Material, dict[str, SourceFacts]]:
    """What a film is made of, and the facts that its plan is checked against, by the sources' ids in the plan."""
    facts: dict[str, SourceFacts] = {CLIP: facts_of(CLIP, job.artifact(video))}
    bed = None
    if music is not None:
        facts[MUSIC] = facts_of(MUSIC, job.artifact(music))
        bed = music_bed(facts[MUSIC], job)
    clip = facts[CLIP]
    footage = footage_of(found.document, found.curves)
    return Material(footage, video, clip.rate, max(1, min(clip.frame_count, found.document.frame_count)), music, bed), facts


def music_bed(facts: SourceFacts, job: JobContext) -> Bed:
    """The music's beats, by listening to it once.

    Raises:
        BadInput: there is no sound in it.
    """
    from app.video.analysers.sound import hear

    if not facts.has_sound:
        raise BadInput(f"{facts.name} has no sound.", "Give a file with sound as music, or leave `music` out.")
    sound = hear(Path(facts.path), facts.duration_s, lambda fraction, message: job.raise_if_cancelled())
    rhythm = sound.rhythm if sound is not None else None
    beats = tuple(rhythm.beats_s) if rhythm is not None else ()
    return Bed(
        MUSIC, max(0.0, beats[0] - 0.02) if beats and beats[0] < 8 else 0.0, beats, facts.duration_s, rhythm.tempo_bpm if rhythm else None
    )


def sources_named(facts: Mapping[str, SourceFacts]) -> str:
    """The sources' file names, for a sentence."""
    return ", ".join(fact.name for fact in facts.values())
