"""The capability `image.generate`: pictures from words, from pictures, of characters; each its own resumable step."""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from app.capability import capability
from app.imaging.likeness import Judge
from app.imaging.opening import open_picture
from app.imaging.painters import Painter, painter_of
from app.imaging.prepare import check, prepare
from app.imaging.requests import GeneratedImages, GenerateImage, Likeness, MadeImage
from app.imaging.saving import likeness_json, picture_json, save_picture, slug
from app.imaging.watch import Watch
from jobs.context import JobContext
from storage.records import RESULT, SUPPORT

if TYPE_CHECKING:
    from PIL.Image import Image

SEEDS = 2**32


@dataclass(frozen=True)
class Easel:
    """What all pictures of one job share."""

    request: GenerateImage
    job: JobContext
    painter: Painter
    judge: Judge


@capability("image.generate", lane="gpu", title="Generate image", engine="an installed image model, or the built-in storyboard",
            prepares=prepare, checks=check)  # fmt: skip
def generate_images(request: GenerateImage, job: JobContext) -> GeneratedImages:
    """Makes pictures from a prompt: from nothing, from a picture, within a painted mask, or carried on beyond a picture's edges.

    Characters are named as @luca and bring their description, LoRA and references. Every picture is kept as soon as it is there, and a
    job that is interrupted goes on where it was. Without an installed model the built-in storyboard draws a card instead, labelled as
    no AI image.
    """
    began = time.monotonic()
    seed = request.seed if request.seed is not None else int(job.step("seed", lambda: secrets.randbelow(SEEDS)))
    easel = Easel(request, job, painter_of(request, job), Judge(request, job))
    images, notes = [], list(easel.painter.facts.notes)
    for index in range(request.count):
        kept: dict[str, Any] = job.step(f"image-{index}", lambda index=index: _make(easel, index, seed))  # type: ignore[misc]
        made = MadeImage.model_validate(kept["image"])
        job.publish(f"image-{index}", kept["image"])
        images.append(made)
        notes += [note for note in kept["notes"] if note not in notes]
    job.progress(1.0, "Done")
    facts = easel.painter.facts
    return GeneratedImages(
        images=images, model=facts.model, engine=facts.engine, revision=facts.revision, licence=facts.licence, prompt=facts.prompt,
        negative=facts.negative, notes=notes, took_s=round(time.monotonic() - began, 3),
    )  # fmt: skip


def _make(easel: Easel, index: int, first_seed: int) -> dict[str, Any]:
    """One picture, made again while it is too unlike its characters and tries are left; the one that resembles them most is kept."""
    request, job = easel.request, easel.job
    tries: list[dict[str, Any]] = []
    for number in range(1 + (request.rerolls if easel.judge.needed else 0)):
        seed = (first_seed + index + number * request.count) % SEEDS
        tried = job.step(f"image-{index}-try-{number}", lambda number=number, seed=seed: _try(easel, index, number, seed))  # type: ignore[misc]
        tries.append(tried)
        if tried["passed"]:
            break
    best = max(tries, key=lambda tried: float(tried["worst"]))
    notes = [note for tried in tries for note in tried["notes"]]
    if not best["final"]:
        best = {**best, **_keep_best(easel, index, best, len(tries))}
    made = MadeImage(
        artifact_id=best["artifact_id"], seed=best["seed"], width=best["width"], height=best["height"], likeness=best["likeness"],
        rerolls=len(tries) - 1, steps_run=sum(tried["steps_run"] for tried in tries),
    )  # fmt: skip
    return {"image": made.model_dump(mode="json"), "notes": list(dict.fromkeys([*notes, *_drift(made)]))}


def _try(easel: Easel, index: int, number: int, seed: int) -> dict[str, Any]:
    """Paints once and keeps it: as the result where nothing better can follow, else in support of it."""
    request, job = easel.request, easel.job
    watch = Watch(job, index, request.count, number, request.preview_every, request.steps or 0)
    made = easel.painter.paint(seed, watch)
    watch.at(0.97, f"{watch.title}: saving")
    likeness = easel.judge.judge(made.image)
    passed = all(one.passed for one in likeness)
    final = not number and (passed or not request.rerolls or not easel.judge.needed)
    picture = picture_json(
        request, easel.painter.facts, made.image, seed, likeness=likeness_json(likeness), rerolls=number, notes=list(made.notes)
    )  # fmt: skip
    name = f"{slug(easel.request.prompt)}-{seed}.png"
    kept = save_picture(
        job, made.image, name if final else f"tries/{name}", picture, role=RESULT if final else SUPPORT, first=final and not index
    )  # fmt: skip
    return {
        "artifact_id": kept.id, "seed": seed, "width": made.image.width, "height": made.image.height, "likeness": likeness_json(likeness),
        "worst": _worst(likeness), "passed": passed, "final": final, "steps_run": made.steps_run, "notes": list(made.notes),
    }  # fmt: skip


def _keep_best(easel: Easel, index: int, best: dict[str, Any], tries: int) -> dict[str, Any]:
    """The best try becomes the result, with what it took."""
    job = easel.job
    tried = job.made(best["artifact_id"])
    picture = {**tried.meta["picture"], "rerolls": tries - 1}
    image: Image = open_picture(tried.path)
    kept = save_picture(job, image, tried.name.removeprefix("tries/"), picture, first=not index)
    return {"artifact_id": kept.id}


def _worst(likeness: list[Likeness]) -> float:
    """By how much the least resembling character is above its threshold; below 0: it is not."""
    return min((one.similarity - one.threshold for one in likeness), default=0.0)


def _drift(made: MadeImage) -> list[str]:
    """A sentence for every character that a picture resembles too little."""
    return [
        f"The picture with seed {made.seed} resembles @{one.character} only {one.similarity:.2f}, and {one.threshold:.2f} is wanted."
        for one in made.likeness
        if not one.passed
    ]
