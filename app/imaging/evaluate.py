"""The capability `image.evaluate`: do pictures show who they should, sharply, well lit and each only once; and does a series drift?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from app.capability import capability
from app.imaging.consistency.drift import drift_of
from app.imaging.consistency.engines import features_of
from app.imaging.consistency.features import Features
from app.imaging.consistency.likeness import BUILT_IN, Sheet
from app.imaging.consistency.models import (
    BUILT_IN_MODEL,
    DEFAULT_THRESHOLD,
    REFERENCES,
    Checks,
    Evaluated,
    EvaluateImages,
    ImageVerdict,
    PictureFigures,
    Repeated,
    SeriesDrift,
)
from app.imaging.duplicates import Prints, Twin, prints_of, twin_of
from app.imaging.opening import open_picture
from app.imaging.quality import faults_of, measure
from app.imaging.requests import Likeness
from app.surroundings import Surroundings
from configs.errors import BadInput
from jobs.context import JobContext

if TYPE_CHECKING:
    from PIL.Image import Image

TASK = "image-features"
NOBODY = "nothing was compared: no character and no references were named"


def prepare(request: EvaluateImages, around: Surroundings) -> EvaluateImages:
    """Fills in the model; raises BadInput where a character has no pictures, or a model is for something else."""
    for member in request.cast:
        if not member.references:
            raise BadInput(f"@{member.name} has no reference pictures to compare with.", "Add some to the character.", "no_references")
    if request.model not in (None, BUILT_IN_MODEL):
        card = around.model(str(request.model)).card
        if card.task != TASK:
            raise BadInput(
                f"{card.title} is for {card.task} and compares no pictures.", "`models list` shows what each is for.", "wrong_task"
            )
        return request
    if request.model is None and (request.cast or request.references):
        found = sorted(around.models(TASK), key=lambda one: one.variant.weights_bytes)
        return request.model_copy(update={"model": found[-1].card.name if found else BUILT_IN_MODEL})
    return request


@capability("image.evaluate", lane="gpu", title="Evaluate pictures", engine="built in, CPU, or an installed model for image features",
            prepares=prepare, reusable=True, version=1)  # fmt: skip
def evaluate_images(request: EvaluateImages, job: JobContext) -> Evaluated:
    """Judges pictures: how much each resembles a character's reference pictures (0 to 1; 0.65 is asked for unless another threshold is
    given), whether it is blurred, badly lit, empty or noise, and which ones repeat another, mirrored ones too. Every fault is a
    sentence with its figure. Over a series it tells whether the character drifts. Without an installed model a built-in descriptor
    compares, and the result says so.
    """
    features, engine = features_of(request.model, job)
    watched = _watched(request, job, features, engine)
    verdicts: list[ImageVerdict] = []
    prints: list[Prints] = []
    first: Sheet | None = None
    to_first: list[float] = []
    for number, reference in enumerate(request.images):
        job.progress(0.05 + 0.95 * number / len(request.images), f"Looking at picture {number + 1} of {len(request.images)}")
        artifact = job.artifact(reference)
        image = open_picture(artifact.path)
        likeness: list[Likeness] = []
        if watched:
            first = first or Sheet([image], features, engine)
            seen = first.seen(image)
            likeness = [_compared(name, sheet, threshold, seen) for name, threshold, sheet in watched]
            to_first.append(first.resemblance(seen).similarity)
        own = prints_of(image)
        twin = twin_of(own, prints)
        prints.append(own)
        verdict = _verdict(artifact.id, image, likeness, _named(twin, verdicts), request.checks)
        verdicts.append(verdict)
        job.publish(f"image-{number}", verdict.model_dump(mode="json"))
    drift = [_drift(name, threshold, sheet, verdicts, to_first) for name, threshold, sheet in watched]
    return Evaluated(
        images=verdicts, passed=sum(one.passed for one in verdicts), drift=drift,
        engine=(engine or BUILT_IN) if watched else NOBODY, notes=_notes(drift, request.threshold),
    )  # fmt: skip


Watched = tuple[str, float, Sheet]


def _watched(request: EvaluateImages, job: JobContext, features: Features | None, engine: str) -> list[Watched]:
    """(Name, threshold, described references) of everybody who must be seen."""
    wanted: list[tuple[str, float, Sequence[str]]] = [(one.name, one.threshold, one.references) for one in request.cast]
    if request.references:
        wanted.append((REFERENCES, DEFAULT_THRESHOLD, request.references))
    found = []
    for name, own, references in wanted:
        job.progress(0.02, f"Describing the references of {name}")
        pictures = [open_picture(job.artifact(reference).path) for reference in references]
        found.append((name, own if request.threshold is None else request.threshold, Sheet(pictures, features, engine)))
    return found


def _compared(name: str, sheet: Sheet, threshold: float, picture: Any) -> Likeness:
    seen = sheet.resemblance(picture)
    return Likeness(
        character=name, similarity=seen.similarity, threshold=threshold, passed=seen.similarity >= threshold, engine=seen.engine
    )


def _named(twin: Twin | None, earlier: Sequence[ImageVerdict]) -> Repeated | None:
    return None if twin is None else Repeated(artifact_id=earlier[twin.index].artifact_id, mirrored=twin.mirrored, bits=twin.bits)


def _verdict(artifact_id: str, image: Image, likeness: list[Likeness], twin: Repeated | None, checks: Checks) -> ImageVerdict:
    figures = measure(image)
    wanted: Mapping[str, Any] = checks.model_dump()
    faults = faults_of(figures)
    reasons = [fault.reason for fault in faults if wanted[fault.kind]]
    empty = any(fault.kind == "emptiness" for fault in faults)
    if twin is not None and checks.duplicates and not empty:
        how = "Mirrors" if twin.mirrored else "Repeats"
        reasons.append(f"{how} {twin.artifact_id}: their hashes differ in {twin.bits} of 64 bits.")
    if checks.likeness:
        reasons += [
            f"Unlike {_whom(one.character)}: similarity {one.similarity:.2f}, at least {one.threshold:.2f} is wanted."
            for one in likeness
            if not one.passed
        ]
    measured = {name: value for name, value in asdict(figures).items() if name in PictureFigures.model_fields}
    return ImageVerdict(
        artifact_id=artifact_id, passed=not reasons, reasons=reasons, likeness=likeness, quality=PictureFigures(**measured),
        duplicate_of=twin,
    )  # fmt: skip


def _whom(character: str) -> str:
    return f"the {REFERENCES}" if character == REFERENCES else character


def _drift(name: str, threshold: float, sheet: Sheet, verdicts: Sequence[ImageVerdict], to_first: list[float]) -> SeriesDrift:
    values = [one.similarity for verdict in verdicts for one in verdict.likeness if one.character == name]
    found = drift_of(values, threshold, to_first)
    return SeriesDrift(
        character=name, to_references=values, to_first=to_first, change=found.change, worst=verdicts[found.worst].artifact_id,
        references_agree=sheet.agreement(), words=found.words,
    )  # fmt: skip


def _notes(drift: Sequence[SeriesDrift], threshold: float | None) -> list[str]:
    asked = DEFAULT_THRESHOLD if threshold is None else threshold
    return [
        f"The references{'' if one.character == REFERENCES else f' of {one.character}'} are only {one.references_agree:.2f} alike among "
        "themselves: leave out those that show it otherwise, or ask for a lower threshold."
        for one in drift
        if one.references_agree is not None and one.references_agree < asked
    ]
