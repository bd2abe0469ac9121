"""A review as it stands in an analysis: which boundaries were detected, what a person made of them, and the markers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import Field

from app.video.clock import FilmClock
from app.video.models import Index, Seconds, Strict
from app.video.review import Review, ReviewMarker
from app.video.review_operations import Colour


class AppliedMarker(Strict):
    """A note on a frame or a range."""

    id: str
    frame: Index
    end_frame: int | None = Field(default=None, description="First frame behind the range; None for a single frame.")
    time_s: Seconds
    end_s: Seconds | None = None
    timecode: str
    colour: Colour
    note: str
    author: str
    created_at: float = Field(description="Unix seconds.")


class AppliedReview(Strict):
    """The clip's review as it was when the document was written."""

    revision: Index
    detected: list[int] = Field(description="First frames of shots as detection alone has them.")
    added: list[int] = Field(description="First frames of shots that a person made.")
    removed: list[int] = Field(description="Boundaries that a person removed.")
    markers: list[AppliedMarker] = Field(default=[], description="By frame.")


def to_state(review: Review) -> dict[str, Any]:
    """A review as it travels to a worker; `from_state` is the reverse."""
    return {
        "revision": review.revision,
        "added": sorted(review.added),
        "removed": sorted(review.removed),
        "markers": [dict(marker.__dict__) for marker in review.in_order()],
    }


def from_state(state: Mapping[str, Any] | None) -> Review:
    """An empty review for None."""
    if state is None:
        return Review()
    markers = {marker["id"]: ReviewMarker(**marker) for marker in state["markers"]}
    return Review(revision=state["revision"], added=frozenset(state["added"]), removed=frozenset(state["removed"]), markers=markers)


def applied(review: Review, detected: Sequence[int], times_s: Sequence[float], duration_s: float, clock: FilmClock) -> AppliedReview:
    """The review as the document has it. ``times_s``: when each frame is shown."""

    def shown_s(frame: int) -> float:
        return float(times_s[frame]) if frame < len(times_s) else duration_s

    markers = [
        AppliedMarker(
            **marker.__dict__,
            time_s=shown_s(marker.frame),
            end_s=None if marker.end_frame is None else shown_s(marker.end_frame),
            timecode=clock.timecode(marker.frame, shown_s(marker.frame)),
        )
        for marker in review.in_order()
        if marker.frame < len(times_s)
    ]
    return AppliedReview(
        revision=review.revision, detected=list(detected), added=sorted(review.added), removed=sorted(review.removed), markers=markers
    )
