"""The capability `character.sheet`: a character from all sides and in several moods, as pictures and on one page."""

from __future__ import annotations

import secrets
import time
from collections.abc import Mapping, Sequence
from typing import Any

from app.capability import capability
from app.cast import CastMember, cast_json
from app.imaging.opening import open_picture
from app.imaging.palette import palette_of
from app.imaging.prepare import prepare
from app.imaging.requests import STEP_PX, STORYBOARD, GeneratedImages, GenerateImage
from app.imaging.saving import save_picture
from app.imaging.sheet.compose import Cell, Page, compose
from app.imaging.sheet.poses import NOT_ON_A_SHEET, Pose
from app.imaging.sheet.requests import MadeSheet, MakeSheet, SheetCell
from app.surroundings import Surroundings
from configs.errors import StudioError
from jobs.context import JobContext
from storage.records import Artifact, Json

SEEDS = 2**32
TALL, NARROW = 1.1875, 0.8125  # a figure's picture, of the side of a face's: 832x1216 where that is 1024
COARSE_FROM, COARSE_PX = 512, 64  # large pictures have sides that models were trained on
SWATCHES = 6
CARD_PX = 512  # side of a storyboard card
NO_PICTURES = "Storyboard: no AI image"
NOT_TURNED = "The cards show framing and colours; figures on them do not turn, and faces hardly change."
_MADE = 0.95


def prepare_sheet(request: MakeSheet, around: Surroundings) -> MakeSheet:
    """With the character's pack, the model and the size of a face's picture; raises what `image.generate` would refuse."""
    given = next((member for member in request.cast if member.name == request.character), None)
    member = given or around.character(request.character)
    first = prepare(GenerateImage.model_validate(_question(request, request.poses()[0], member, request.seed or 0)), around)
    usual = CARD_PX if first.model == STORYBOARD else max(64, min(first.width or 1024, first.height or 1024) // STEP_PX * STEP_PX)
    side = request.cell_px or usual
    return request.model_copy(update={"cast": [member], "model": first.model, "cell_px": side})


@capability("character.sheet", lane="io", title="Make a reference sheet", engine="an installed image model, or the built-in storyboard",
            prepares=prepare_sheet)  # fmt: skip
def make_sheet(request: MakeSheet, job: JobContext) -> MadeSheet:
    """Makes a character's reference sheet: the figure from several sides, the face in several moods, its palette, on one labelled page.

    Every picture is a job of its own, with one seed; what is finished stays when the studio is stopped. Where the pack has no pictures
    yet, the first one guides the others and they are compared with it. Asked to, it puts sheet and pictures into the pack. Without an
    installed model the built-in storyboard draws cards instead, labelled as no AI images.
    """
    began = time.monotonic()
    seed = request.seed if request.seed is not None else int(job.step("seed", lambda: secrets.randbelow(SEEDS)))
    answers = _pictures(request, seed, job)
    poses = request.poses()
    cells = [_cell(pose, answer) for pose, answer in zip(poses, answers, strict=True)]
    job.progress(_MADE, "Setting the sheet")
    palette = _palette(request, cells, job)
    sheet = _page(request, cells, answers[0], palette, seed, job)
    notes = list(dict.fromkeys(note for answer in answers for note in answer.notes if "resembles @" not in note))
    if request.model == STORYBOARD:
        notes.append(NOT_TURNED)
    kept = request.keep and _keep(request, sheet, cells, palette, notes, job)
    job.progress(1.0, "Done")
    return MadeSheet(
        artifact_id=sheet.id, character=request.character, cells=cells, palette=palette, model=answers[0].model, engine=answers[0].engine,
        kept=kept, notes=notes, took_s=round(time.monotonic() - began, 3),
    )  # fmt: skip


def _pictures(request: MakeSheet, seed: int, job: JobContext) -> list[GeneratedImages]:
    """All pictures, the first before the others where it is to guide them; each is shown as soon as it is there."""
    poses, member = request.poses(), request.cast[0]
    found: list[GeneratedImages] = []
    for number, pose in enumerate(poses):
        job.progress(_MADE * number / len(poses), f"{pose.label} ({number + 1} of {len(poses)})")
        found.append(_made(job, pose.key, _question(request, pose, member, seed)))
        job.publish(pose.key, _cell(pose, found[-1]).model_dump(mode="json"))
        if number == 0:
            member = _guided(member, found[0])
            for later in poses[1:]:
                job.start(later.key, "image.generate", _question(request, later, member, seed))
    return found


def _made(job: JobContext, key: str, asked: Mapping[str, Json]) -> GeneratedImages:
    """A child's answer; what failed in an earlier attempt is tried once more."""
    try:
        return GeneratedImages.model_validate(job.run(key, "image.generate", asked))
    except StudioError:
        if job.attempt == 1:
            raise
        return GeneratedImages.model_validate(job.run(f"{key}-{job.attempt}", "image.generate", asked))


def _question(request: MakeSheet, pose: Pose, member: CastMember, seed: int) -> dict[str, Json]:
    prompt = ", ".join(part for part in (f"@{request.character}", request.details.strip().strip(",."), pose.words) if part)
    width, height = cell_size(request.cell_px, pose.whole)
    negative = ", ".join(part for part in (request.negative.strip(), NOT_ON_A_SHEET) if part)
    return {
        "prompt": prompt, "negative": negative, "style": request.style,
        "model": request.model, "width": width, "height": height, "steps": request.steps, "guidance": request.guidance, "seed": seed,
        "cast": cast_json([member]),
    }  # fmt: skip


def cell_size(side: int | None, whole: bool) -> tuple[int | None, int | None]:
    """Width and height of one picture, px; nothing where the side is left to the model."""
    if side is None:
        return None, None
    if not whole:
        return side, side
    step = COARSE_PX if side >= COARSE_FROM else STEP_PX
    return max(64, round(side * NARROW / step) * step), max(64, round(side * TALL / step) * step)


def _guided(member: CastMember, first: GeneratedImages) -> CastMember:
    """A character without pictures resembles the first one from now on; a storyboard card is nobody's picture."""
    if member.references or first.model == STORYBOARD:
        return member
    return member.model_copy(update={"references": [first.images[0].artifact_id]})


def _cell(pose: Pose, answer: GeneratedImages) -> SheetCell:
    made = answer.images[0]
    return SheetCell(
        name=pose.name, label=pose.label, whole=pose.whole, artifact_id=made.artifact_id, seed=made.seed, likeness=made.likeness
    )  # fmt: skip


def _palette(request: MakeSheet, cells: Sequence[SheetCell], job: JobContext) -> list[str]:
    """The pack's own colours, else those of the first picture; a card's colours are not the character's."""
    if request.cast[0].palette or request.model == STORYBOARD:
        return list(request.cast[0].palette)
    return [one.hex for one in palette_of(open_picture(job.made(cells[0].artifact_id).path), SWATCHES).colours]


def _page(
    request: MakeSheet, cells: Sequence[SheetCell], first: GeneratedImages, palette: Sequence[str], seed: int, job: JobContext
) -> Artifact:  # fmt: skip
    member, drawn = request.cast[0], first.model == STORYBOARD
    footer = " · ".join(part for part in (first.engine, f"seed {seed}", first.licence) if part)
    parts = [job.made(cell.artifact_id) for cell in cells]
    set_out = [Cell(cell.label, open_picture(part.path), cell.whole) for cell, part in zip(cells, parts, strict=True)]
    image = compose(set_out, Page(member.title or member.name.title(), member.name, tuple(palette), footer, NO_PICTURES if drawn else ""))
    about: dict[str, Any] = {**parts[0].meta["picture"], "width": image.width, "height": image.height, "likeness": [], "rerolls": 0}
    about["sheet"] = {"character": member.name, "cells": [cell.model_dump(mode="json", exclude={"likeness"}) for cell in cells]}
    return save_picture(job, image, f"{member.name}-sheet-{seed}.png", about, first=True)


def _keep(
    request: MakeSheet, sheet: Artifact, cells: Sequence[SheetCell], palette: Sequence[str], notes: list[str], job: JobContext
) -> bool:  # fmt: skip
    """Puts it into the pack; False, with a note, where the character is gone. Cards are no references."""
    drawn = request.model == STORYBOARD
    seen = [cell for cell in cells if cell.name != "back"] + [cell for cell in cells if cell.name == "back"]
    if drawn:
        notes.append("The cards are no pictures of the character: the pack got the sheet, and no references.")
    try:
        job.part("characters").add_pictures(
            request.character, sheet=sheet.id, references=[] if drawn else [cell.artifact_id for cell in seen], palette=list(palette)
        )
    except StudioError as error:
        notes.append(f"It could not be put into the pack: {error.message}")
        return False
    return True
