"""Pictures with faults are set aside after a batch, each with its reasons."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from app.imaging.batch.requests import BatchPicture, Filter

CAPABILITY = "image.evaluate"


def evaluation_of(pictures: Sequence[BatchPicture], wanted: Filter) -> dict[str, Any]:
    """What `image.evaluate` is asked: faults and repeats of all that were made. Likeness is known from their making."""
    checks = wanted.checks.model_copy(update={"likeness": False})
    return {"images": [one.artifact_id for one in pictures if one.artifact_id], "checks": checks.model_dump(mode="json")}


def sorted_out(pictures: Sequence[BatchPicture], found: Mapping[str, Any], wanted: Filter) -> list[BatchPicture]:
    """The pictures with ``kept`` and ``reasons``; ``found``: the answer of `image.evaluate`."""
    said = {verdict["artifact_id"]: verdict["reasons"] for verdict in found["images"]}
    names = {one.artifact_id: f"picture {one.index + 1}" for one in pictures if one.artifact_id}
    made = []
    for one in pictures:
        reasons = [] if one.artifact_id is None else [_named(reason, names) for reason in said[one.artifact_id]]
        reasons += _unlike(one, wanted)
        made.append(one.model_copy(update={"kept": one.artifact_id is not None and not reasons, "reasons": reasons}))
    return made


def _unlike(picture: BatchPicture, wanted: Filter) -> list[str]:
    if not wanted.checks.likeness:
        return []
    limits = [(one, one.threshold if wanted.threshold is None else wanted.threshold) for one in picture.likeness]
    return [
        f"Unlike @{one.character}: similarity {one.similarity:.2f}, at least {limit:.2f} is wanted."
        for one, limit in limits
        if one.similarity < limit
    ]


def _named(reason: str, names: Mapping[str, str]) -> str:
    """Pictures by their number in the batch instead of their id."""
    for artifact_id, name in names.items():
        reason = reason.replace(artifact_id, name)
    return reason
