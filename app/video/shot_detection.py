"""The capability `video.shots`: the shots of a clip, found by a neural network."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from pydantic import Field

from app.capability import capability
from app.media_fields import VideoRef
from app.video.analyze import media_info
from app.video.models import Index, MediaInfo, Seconds, Share, Strict
from configs.errors import BadInput
from jobs.context import JobContext

if TYPE_CHECKING:
    import numpy as np
    from av.video.frame import VideoFrame

    Image = np.ndarray[Any, np.dtype[np.uint8]]

WIDTH, HEIGHT = 48, 27


class FindShots(Strict):
    """Which clip, by which model."""

    video: VideoRef = Field(description="The clip.")
    model: str = Field(default="transnetv2", min_length=1, description="An installed shot detector; `models list` shows them.")
    threshold: float = Field(default=0.5, gt=0, lt=1, description="Least probability of a cut.")


class DetectedShot(Strict):
    """Frames without a cut between them."""

    start_frame: Index
    end_frame: int = Field(gt=0, description="The frame after its last.")
    start_s: Seconds
    end_s: Seconds


class Probabilities(Strict):
    """What the model said of all frames together."""

    frames: int = Field(gt=0)
    highest: Share
    mean: Share
    above_threshold: Index = Field(description="Frames whose probability reaches the threshold.")


class Shots(Strict):
    """The shots in order, without gaps."""

    model: str
    shots: list[DetectedShot]
    cuts: list[Index] = Field(description="First frame of every shot but the first.")
    probabilities: Probabilities


@capability("video.shots", lane="gpu", title="Find shots", engine="an installed shot detector", version=1)
def detect_shots(request: FindShots, job: JobContext) -> Shots:
    """Finds the shots of a video with a neural network (TransNetV2): hard cuts, and transitions at their most likely frame.

    The model has to be imported first; see the Models page.
    """
    source = job.artifact(request.video)
    info = media_info(source)
    times: list[float] = []
    with job.model(request.model, "detect", {"frames": 100}, job.span(0.0, 0.05)) as engine:
        if not hasattr(engine, "detect"):
            raise BadInput(f"The model {request.model} finds no shots.", "`models list` shows what each is for.", "wrong_task")
        found = list(engine.detect(_frames(source.path, info, times, job)))  # reading the frames raises when the job is cancelled
    cuts = cuts_of(found, request.threshold)
    starts = [0, *cuts]
    ends = [*cuts, len(found)]
    times.append(times[-1] + 1 / info.video.fps)
    return Shots(
        model=request.model,
        shots=[
            DetectedShot(start_frame=start, end_frame=end, start_s=round(times[start], 4), end_s=round(times[end], 4))
            for start, end in zip(starts, ends, strict=True)
        ],
        cuts=cuts,
        probabilities=Probabilities(
            frames=len(found), highest=round(max(found), 4), mean=round(sum(found) / len(found), 4),
            above_threshold=sum(value >= request.threshold for value in found),
        ),
    )  # fmt: skip


def cuts_of(probabilities: Sequence[float], threshold: float) -> list[int]:
    """The first frames of new shots, from the probability that a frame is the last of its shot.

    Neighbours that all reach the threshold are one transition, cut after the likeliest of them; the end of the film is no cut.
    """
    cuts = []
    for above, run in groupby(range(len(probabilities)), lambda index: probabilities[index] >= threshold):
        if above:
            cut = max(run, key=lambda index: probabilities[index]) + 1
            cuts += [cut] if cut < len(probabilities) else []
    return cuts


def _frames(path: Path, info: MediaInfo, times: list[float], job: JobContext) -> Iterator[Image]:
    """Small frames for the model; the time of each is added to ``times``. Raises `JobCancelled`."""
    from app.video.decode import Decoder, ahead

    step = job.span(0.05, 1.0)
    pictures = ahead((picture.index, picture.time_s, small(picture.raw)) for picture in Decoder(path, 1 / info.video.fps).pictures())
    try:
        for index, time_s, image in pictures:
            step(index / max(1, info.video.frame_count), "Looking for shots")
            times.append(time_s)
            yield image
    finally:
        pictures.close()


def small(raw: VideoFrame) -> Image:
    """(27, 48, 3) uint8 RGB, upright."""
    from app.video.planes import scaled, turn
    from app.video.probe import clockwise

    turned = clockwise(raw.rotation)
    width, height = (HEIGHT, WIDTH) if turned in (90, 270) else (WIDTH, HEIGHT)
    return turn(cast("Image", scaled(raw, width=width, height=height, format="rgb24", interpolation="BICUBIC").to_ndarray()), turned)
