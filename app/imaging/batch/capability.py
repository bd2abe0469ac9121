"""The capability `image.batch`: many pictures, each a job of its own, so that an interruption loses and repeats nothing."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from app.capability import capability
from app.imaging.batch.axes import read_axis
from app.imaging.batch.grid import Sheet, draw_grid
from app.imaging.batch.planning import to_request
from app.imaging.batch.preparing import check_batch, prepare_batch
from app.imaging.batch.requests import Axis, BatchedImages, BatchImages, BatchPicture, Cell
from app.imaging.batch.sorting import CAPABILITY as EVALUATE
from app.imaging.batch.sorting import evaluation_of, sorted_out
from app.imaging.prompting import worded
from app.imaging.requests import GeneratedImages
from app.imaging.saving import slug
from app.video.probe_other import probe_image
from configs.errors import StudioError
from jobs.context import JobContext
from storage.records import Artifact

GENERATE = "image.generate"
AHEAD = 2  # pictures that wait in the queue while one is made: the device is never idle, and others may still get in between
MOST_GRIDS = 24
_MADE, _SORTED = 0.92, 0.96
SHARED = ("model", "style", "width", "height", "steps", "guidance", "sampler", "schedule", "negative", "seed")


@capability("image.batch", lane="io", title="Generate a batch", engine="an installed image model, or the built-in storyboard",
            prepares=prepare_batch, checks=check_batch)  # fmt: skip
def batch_images(request: BatchImages, job: JobContext) -> BatchedImages:
    """Makes many pictures: from a list of prompts, a CSV table, prompts that choose ({red|blue}, __colours__), and grids over up to three
    axes (seed, steps, guidance, sampler, model, style, LoRA weight, words replaced in the prompt ...), labelled and drawn as one picture.

    Every picture is a job of its own: an interrupted batch goes on with the next one. Pictures that are blurred, badly lit, repeated or
    unlike their character can be set aside, each with its reasons. With dry_run it only tells which pictures it would be.
    """
    began = time.monotonic()
    planned = [_planned(request, cell, index) for index, cell in enumerate(request.cells)]
    if request.dry_run:
        return _result(request, planned, [], [], "", began)
    pictures, engine, notes = _make_all(request, planned, job)
    pictures, more = _sort(request, pictures, job)
    grids = _draw_grids(request, pictures, job)
    job.progress(1.0, "Done")
    return _result(request, pictures, grids, [*notes, *more], engine, began)


def _planned(request: BatchImages, cell: Cell, index: int) -> BatchPicture:
    asked = to_request(request, cell, index, len(request.cells))
    return BatchPicture(index=index, labels=cell.labels, prompt=worded(asked).said, seed=cell.seed or 0, kept=False)


def _make_all(request: BatchImages, planned: Sequence[BatchPicture], job: JobContext) -> tuple[list[BatchPicture], str, list[str]]:
    """The pictures in order, who made them, and what should be known. Raises the first reason when none can be made."""
    of = len(request.cells)
    asked = [to_request(request, cell, index, of).model_dump(mode="json") for index, cell in enumerate(request.cells)]
    pictures: list[BatchPicture] = []
    engines: dict[str, None] = {}
    notes: dict[str, None] = {}
    first_error: StudioError | None = None
    started = 0
    for index, values in enumerate(asked):
        job.progress(_MADE * index / of, f"Picture {index + 1} of {of}")
        for ahead in range(started, min(of, index + AHEAD)):
            with contextlib.suppress(StudioError):  # told when its turn comes
                job.start(_key(ahead), GENERATE, asked[ahead])
            started = ahead + 1
        try:
            made = GeneratedImages.model_validate(job.run(_key(index), GENERATE, values))
        except StudioError as error:
            told = StudioError(error.message.removeprefix(f"{_key(index)}: "), error.remedy, error.code)
            first_error = first_error or told
            pictures.append(planned[index].model_copy(update={"error": told.message, "kept": False}))
        else:
            engines[made.engine] = None
            notes |= dict.fromkeys(made.notes)
            pictures.append(_of(planned[index], made))
        job.publish(_key(index), pictures[-1].model_dump(mode="json"))
    if first_error is not None and not engines:
        raise first_error
    failed = sum(one.artifact_id is None for one in pictures)
    said = [f"{failed} of {of} pictures could not be made; the first: {first_error.message}"] if first_error is not None else []
    return pictures, ", ".join(engines), [*notes, *said]


def _key(index: int) -> str:
    return f"picture-{index}"


def _of(planned: BatchPicture, made: GeneratedImages) -> BatchPicture:
    image = made.images[0]
    values = {"artifact_id": image.artifact_id, "width": image.width, "height": image.height, "likeness": image.likeness, "kept": True}
    return planned.model_copy(update={**values, "seed": image.seed})


def _sort(request: BatchImages, pictures: list[BatchPicture], job: JobContext) -> tuple[list[BatchPicture], list[str]]:
    """Sets pictures with faults aside, where that was asked for; what cannot be judged is kept."""
    if request.filter is None or not any(one.artifact_id for one in pictures):
        return pictures, []
    job.progress(_MADE, "Looking for faults")
    try:
        found: Mapping[str, Any] = job.run("evaluate", EVALUATE, evaluation_of(pictures, request.filter))
    except StudioError as error:
        if error.code == "cancelled":
            raise
        return pictures, [f"The pictures could not be judged, so all were kept: {error.message}"]
    judged = sorted_out(pictures, found, request.filter)
    for one in judged:
        job.publish(_key(one.index), one.model_dump(mode="json"))
    return judged, []


def _draw_grids(request: BatchImages, pictures: Sequence[BatchPicture], job: JobContext) -> list[str]:
    """One labelled grid for each prompt and value of z, where there are axes."""
    if request.x is None and request.y is None:
        return []
    grids = sorted({(cell.row, cell.z) for cell in request.cells})[:MOST_GRIDS]
    found = []
    for number, (row, z) in enumerate(grids):
        job.progress(_SORTED + (1 - _SORTED) * number / len(grids), f"Drawing grid {number + 1} of {len(grids)}")
        found.append(_draw_one(request, pictures, job, (row, z), number))
    return found


def _said_by(pictures: Iterable[Artifact], key: str) -> list[str]:
    """What the pictures of a grid say of who made them, each thing once, in their order."""
    said = (one.meta.get("picture", {}).get(key) for one in pictures)
    return list(dict.fromkeys(str(value) for value in said if value))


def _draw_one(request: BatchImages, pictures: Sequence[BatchPicture], job: JobContext, which: tuple[int, int], number: int) -> str:
    here = [index for index, cell in enumerate(request.cells) if (cell.row, cell.z) == which]
    there = {index: job.made(str(pictures[index].artifact_id)) for index in here if pictures[index].artifact_id}
    paths = {(request.cells[index].x, request.cells[index].y): one.path for index, one in there.items()}
    first = request.cells[here[0]]
    sheet = sheet_of(request, first)
    path = job.work_dir / "grid.png"
    draw_grid(sheet, paths).save(path, "PNG")
    picture = {
        "batch": {"grid": True, "title": sheet.title, "columns": list(sheet.columns), "rows": list(sheet.rows)},
        "request": request.model_dump(mode="json", exclude={"cells", "cast"}), "prompt": sheet.title,
        **{key: ", ".join(_said_by(there.values(), key)) for key in ("model", "engine")},
    }  # fmt: skip
    meta = {"probe": probe_image(path).model_dump(mode="json"), "picture": picture}
    name = f"{slug(sheet.title)}-grid-{number + 1}.png"
    inputs = [str(pictures[index].artifact_id) for index in there]
    kept = job.save(name, path, kind="image", media_type="image/png", meta=meta, inputs=inputs, thumbnail=not number)
    job.publish(f"grid-{number}", {"artifact_id": kept.id})
    path.unlink(missing_ok=True)
    return kept.id


def sheet_of(request: BatchImages, first: Cell) -> Sheet:
    """What stands around the grid that begins with a cell."""
    (column_title, columns), (row_title, rows), (plane_title, planes) = (_axis(axis) for axis in (request.x, request.y, request.z))
    moving = {column_title, row_title, plane_title}
    apart = [f"{name} {value}" for name, value in first.labels.items() if name not in moving]
    plane = [f"{plane_title} {planes[first.z]}"] if request.z is not None else []
    prompt = " ".join((first.prompt or request.prompt).split())
    return Sheet(" · ".join([prompt, *plane, *apart]), columns, rows, column_title, row_title)


def _axis(axis: Axis | None) -> tuple[str, tuple[str, ...]]:
    if axis is None:
        return "", ("",)
    ready = read_axis(axis)
    return ready.title, ready.labels


def _result(
    request: BatchImages, pictures: Sequence[BatchPicture], grids: list[str], notes: list[str], engine: str, began: float
) -> BatchedImages:
    made = sum(one.artifact_id is not None for one in pictures)
    return BatchedImages(
        planned=len(request.cells), pictures=list(pictures), made=made, kept=sum(one.kept for one in pictures),
        failed=0 if request.dry_run else len(pictures) - made, grids=grids, engine=engine, notes=notes,
        settings={name: value for name in SHARED if (value := getattr(request, name)) not in (None, "")},
        took_s=round(time.monotonic() - began, 3),
    )  # fmt: skip
