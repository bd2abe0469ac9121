"""What the video capabilities are asked and what they answer; units stand in the names."""

from __future__ import annotations

import math
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue, ValidationInfo, field_validator, model_validator

from app.media_fields import VideoRef

SCHEMA_VERSION = 2

Detector = Literal["studio", "content", "adaptive", "threshold", "histogram", "hash"]
DEFAULT_THRESHOLDS: dict[Detector, float] = {
    "studio": 1.0, "content": 27.0, "adaptive": 3.0, "threshold": 12.0, "histogram": 0.2, "hash": 0.35,
}  # fmt: skip
MOST_THRESHOLDS: dict[Detector, float] = {"histogram": 1.0, "hash": 1.0}  # where it is a share
DEFAULT_SHORTEST: dict[Detector, int] = {"studio": 3, "content": 15, "adaptive": 15, "threshold": 15, "histogram": 15, "hash": 15}
DETECTOR_TITLES: dict[Detector, str] = {
    "studio": "Studio: cuts, fades and dissolves",
    "content": "PySceneDetect content",
    "adaptive": "PySceneDetect adaptive",
    "threshold": "PySceneDetect threshold: fades",
    "histogram": "PySceneDetect histogram",
    "hash": "PySceneDetect hash",
}
DETECTOR_CHOICES: list[JsonValue] = [
    {
        "value": name,
        "title": title,
        "scene_threshold": DEFAULT_THRESHOLDS[name],
        "most": MOST_THRESHOLDS.get(name, 255.0),
        "min_scene_frames": DEFAULT_SHORTEST[name],
    }
    for name, title in DETECTOR_TITLES.items()
]  # stands in the request's JSON schema as ``choices``, so that a page can draw its options from it

Index = Annotated[int, Field(ge=0)]
Seconds = Annotated[float, Field(ge=0)]
Share = Annotated[float, Field(ge=0, le=1)]


class Strict(BaseModel):
    """A model that refuses what it does not know."""

    model_config = ConfigDict(extra="forbid")


class Rational(Strict):
    """An exact rate or ratio such as 30000/1001."""

    num: int
    den: int = Field(gt=0)


class Colour(Strict):
    """Colour description in ffmpeg's words; None where the file does not say."""

    primaries: str | None = None
    transfer: str | None = None
    matrix: str | None = None
    range: str | None = None


class VideoStream(Strict):
    """The picture track that is analysed: the file\'s first video stream, cover art left out."""

    codec: str
    profile: str | None = None
    pix_fmt: str
    width: int = Field(gt=0, description="Display width in pixels, after pixel shape and rotation.")
    height: int = Field(gt=0, description="Display height in pixels, after pixel shape and rotation.")
    coded_width: int = Field(gt=0)
    coded_height: int = Field(gt=0)
    sample_aspect_ratio: Rational
    rotation_deg: Literal[0, 90, 180, 270] = Field(description="Clockwise turn a player applies.")
    fps: float = Field(gt=0, description="Nominal frames per second.")
    fps_rational: Rational
    avg_fps: float = Field(gt=0, description="Frames divided by duration.")
    vfr: bool = Field(description="Frames are unevenly spaced in time.")
    frame_count: int = Field(gt=0)
    frame_count_estimated: bool = Field(description="True when the file was too long to count every packet.")
    keyframe_interval_s: float = Field(ge=0, description="Longest time between two keyframes.")
    start_time_s: float = Field(ge=0, description="How long after the start of the file the first frame is shown.")
    start_timecode: str | None = Field(default=None, description="SMPTE, HH:MM:SS:FF or HH:MM:SS;FF.")
    drop_frame: bool = False
    reel: str | None = None
    bit_depth: int = Field(gt=0)
    has_alpha: bool = False
    colour: Colour = Colour()


class AudioStream(Strict):
    """One audio track."""

    codec: str
    channels: int = Field(ge=0)
    layout: str
    sample_rate_hz: int = Field(ge=0)
    language: str | None = None
    title: str | None = None


class SubtitleStream(Strict):
    """One subtitle track."""

    codec: str
    language: str | None = None
    title: str | None = None


class MediaInfo(Strict):
    """What probing a video file tells."""

    container: str
    duration_s: Seconds
    size_bytes: int = Field(ge=0)
    video: VideoStream
    audio: list[AudioStream] = []
    subtitles: list[SubtitleStream] = []
    needs_proxy: bool = False
    proxy_reason: str | None = Field(default=None, description="Why browsers cannot play or scrub the original.")


class AnalyzeVideo(Strict):
    """Find the scenes of a video, pick keyframes and measure picture quality."""

    video: VideoRef = Field(description="The clip to analyse.")
    detector: Detector = Field(
        default="studio",
        description="studio: our own; hard cuts, fades and dissolves, flashes not taken for cuts. The others are PySceneDetect's, "
        "cut for cut. content: hard cuts by change of colour and light; adaptive: the same against a rolling mean, "
        "steadier on fast motion; threshold: fades to and from black; histogram: hard cuts by how light and dark are spread; "
        "hash: hard cuts by coarse shapes.",
        json_schema_extra={"choices": DETECTOR_CHOICES},
    )
    scene_threshold: float | None = Field(
        default=None,
        gt=0,
        le=255,
        description="How big a change makes a cut; for studio a sensitivity, higher finds more. "
        "For histogram and hash a share, 1 at most. "
        "Left out: 1 for studio, 27 for content, 3 for adaptive, 12 for threshold, 0.2 for histogram, 0.35 for hash.",
    )
    min_scene_frames: int | None = Field(
        default=None, ge=1, le=10_000, description="Shortest scene in frames. Left out: 3 for studio, 15 for the others."
    )
    frames_per_scene: int = Field(default=3, ge=1, le=12, description="Keyframes picked from each scene.")

    @field_validator("scene_threshold")
    @classmethod
    def _within_the_detectors_scale(cls, value: float | None, given: ValidationInfo) -> float | None:
        detector: Detector = given.data.get("detector", "studio")
        most = MOST_THRESHOLDS.get(detector, math.inf)
        if value is not None and value > most:
            raise ValueError(f"the {detector} detector compares shares, so its threshold is {most:g} at most")
        return value

    @property
    def threshold(self) -> float:
        """The threshold in force."""
        return DEFAULT_THRESHOLDS[self.detector] if self.scene_threshold is None else self.scene_threshold

    @property
    def shortest_scene(self) -> int:
        """The shortest scene in force, frames."""
        return DEFAULT_SHORTEST[self.detector] if self.min_scene_frames is None else self.min_scene_frames


class Keyframe(Strict):
    """One picture that stands for (a part of) a scene."""

    frame: Index
    time_s: Seconds
    timecode: str
    name: str = Field(description="The artifact's name, for instance keyframes/scene-0001-1.jpg.")
    artifact_id: str
    width: int = Field(gt=0)
    height: int = Field(gt=0)
    sharpness: float = Field(ge=0)


class Quality(Strict):
    """Picture quality averaged over sampled frames. Luma levels run from 0 (black) to 255 (white)."""

    sampled_frames: int = Field(ge=1)
    sharpness: float = Field(ge=0, description="Variance of the Laplacian of luma at 640 px, levels squared; low is blurred.")
    sharpness_min: float = Field(ge=0, description="The most blurred sampled frame.")
    brightness: float = Field(ge=0, le=255, description="Mean luma, levels.")
    contrast: float = Field(ge=0, description="RMS contrast: standard deviation of luma, levels.")
    noise: float = Field(ge=0, description="Standard deviation of the noise, levels (Immerkaer 1996).")
    shadows_clipped: Share = Field(description="Share of pixels at or near black.")
    highlights_clipped: Share = Field(description="Share of pixels at or near white.")
    remarks: list[str] = Field(default=[], description="Plain words for what stands out: blurred, dark, noisy ...")


class Scene(Strict):
    """One shot; frames count from 0 and ``end_frame`` is the first frame of the next."""

    index: Index
    start_frame: Index
    end_frame: int = Field(ge=1)
    start_s: Seconds
    end_s: Seconds
    start_timecode: str
    end_timecode: str
    keyframes: list[Keyframe] = []
    quality: Quality

    @model_validator(mode="after")
    def _has_frames(self) -> Scene:
        if self.end_frame <= self.start_frame:
            raise ValueError(f"scene {self.index} ends at frame {self.end_frame}, before it starts at {self.start_frame}")
        return self

    @property
    def frame_count(self) -> int:
        return self.end_frame - self.start_frame

    @property
    def keyframe(self) -> Keyframe | None:
        """The sharpest of the keyframes: the picture that stands for the whole scene."""
        return max(self.keyframes, key=lambda k: k.sharpness, default=None)


class MakeProxy(Strict):
    """Make a small copy of a video that browsers can play and scrub frame by frame."""

    video: VideoRef = Field(description="The clip to copy.")
    height: int = Field(default=540, ge=144, le=2160, description="Greatest height in pixels; never enlarged.")


class ProxyResult(Strict):
    """The proxy; its frame numbers and time stamps are those of the source."""

    artifact_id: str
    width: int
    height: int
    size_bytes: int
    frame_count: int
    frames_artifact_id: str | None = Field(default=None, description="frames.json with every frame's time, for uneven frame rates.")
