"""The capability `video.stills`: exact frames of a clip as pictures."""

from __future__ import annotations

from fractions import Fraction
from typing import Annotated

from pydantic import Field

from app.capability import capability
from app.media_fields import VideoRef
from app.video.analyze import media_info
from app.video.models import MediaInfo, Strict
from app.video.timecode import to_frame, to_timecode
from configs.errors import BadInput
from jobs.context import JobContext
from storage.records import SUPPORT

MOST_STILLS = 48


class TakeStills(Strict):
    """Which frames of which clip."""

    video: VideoRef = Field(description="The clip.")
    frames: list[Annotated[int, Field(ge=0)]] = Field(min_length=1, max_length=MOST_STILLS, description="Frame numbers, counted from 0.")


class Still(Strict):
    """One frame as a picture: upright, square pixels, 1280 px at most."""

    frame: int = Field(ge=0)
    time_s: float = Field(ge=0)
    timecode: str
    artifact_id: str
    width: int = Field(gt=0)
    height: int = Field(gt=0)


class Stills(Strict):
    """The pictures, in order of time, each frame once."""

    stills: list[Still]


@capability("video.stills", lane="cpu", title="Take stills", version=1, reusable=True)
def take_stills(request: TakeStills, job: JobContext) -> Stills:
    """Saves exact frames of a video as JPEG pictures: upright, with square pixels, 1280 px on the long side at most.

    Frames count from 0 in the order they are shown, so the picture is the one that any player stands on there.
    """
    from app.video.decode import Decoder
    from app.video.keyframes import render, shrink, write_jpeg

    source = job.artifact(request.video)
    info = media_info(source)
    wanted = sorted(set(request.frames))
    sar = info.video.sample_aspect_ratio
    found: list[Still] = []
    count = 0
    for picture in Decoder(source.path, 1 / info.video.fps).pictures():
        count = picture.index + 1
        job.progress(picture.index / (wanted[-1] + 1), "Looking for the frames")
        if picture.index not in wanted:
            continue
        image = render(shrink(picture.raw), Fraction(sar.num, sar.den), info.video.rotation_deg)
        name = f"frame-{picture.index:06d}.jpg"
        path = job.work_dir / name
        write_jpeg(image, path)
        kept = job.save(
            f"stills/{name}", path, kind="image", role=SUPPORT, media_type="image/jpeg", inputs=[request.video],
            meta={"frame": picture.index}, thumbnail=not found,
        )  # fmt: skip
        path.unlink()
        found.append(
            Still(
                frame=picture.index, time_s=round(picture.time_s, 4), timecode=timecode_of(picture.index, info), artifact_id=kept.id,
                width=image.shape[1], height=image.shape[0],
            )
        )  # fmt: skip
        if picture.index == wanted[-1]:
            break
    if len(found) < len(wanted):
        missing = wanted[len(found)]
        raise BadInput(f"{source.name} has {count} frames, so there is no frame {missing}.", f"Give frames from 0 to {count - 1}.")
    return Stills(stills=found)


def timecode_of(frame: int, info: MediaInfo) -> str:
    """The frame's label, counted from the file's start timecode."""
    video = info.video
    fps = Fraction(video.fps_rational.num, video.fps_rational.den)
    start = to_frame(video.start_timecode, fps) if video.start_timecode else 0
    return to_timecode(start + frame, fps, video.drop_frame)
