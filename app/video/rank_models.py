"""What ranking takes is asked and what it answers."""

from __future__ import annotations

from pydantic import Field, model_validator

from app.media_fields import VideoRef
from app.video.models import Index, Seconds, Share, Strict

FEWEST_TAKES, MOST_TAKES = 2, 64


class RefusedTake(Strict):
    """A take that could not be opened at all; it is listed last."""

    name: str = Field(min_length=1, max_length=300)
    reason: str = Field(min_length=1, max_length=600)


class RankTakes(Strict):
    """Sort takes of one shot by how well their pictures hold together."""

    takes: list[VideoRef] = Field(min_length=FEWEST_TAKES, max_length=MOST_TAKES, description="The clips, 2 to 64.")
    names: list[str] = Field(default=[], description="What to call them, in the same order; left out: their file names.")
    refused: list[RefusedTake] = Field(
        default=[], max_length=MOST_TAKES, description="Takes that could not be opened, to be listed last with the reason."
    )

    @model_validator(mode="after")
    def _as_many_names(self) -> RankTakes:
        if self.names and len(self.names) != len(self.takes):
            raise ValueError(f"{len(self.names)} names for {len(self.takes)} takes: give one for each take, or none")
        return self


class TakeParts(Strict):
    """What the score is made of, and what stands beside it. Means are over frames; cuts are left out."""

    mean_coherence: Share = Field(description="Mean coherence of the frames, marked down for shimmer; extra cuts count as 0.")
    worst_coherence: Share = Field(description="Coherence of the worst frame.")
    flicker_levels: float = Field(ge=0, description="Amplitude of the strongest second of flicker, luma levels.")
    flicker_hz: float | None = Field(default=None, description="Its frequency; None when there is none or it is irregular.")
    flicker_share: Share = Field(description="Share of the frames in which the light flickers.")
    colour_swing_levels: float = Field(default=0.0, ge=0, description="Amplitude of the strongest second of colour that comes and goes.")
    jumps: int = Field(ge=0, description="Frames that do not follow from the frame before.")
    extra_cuts: int = Field(ge=0, description="Cuts inside the take that the take with the fewest cuts lacks.")
    frozen_frames: int = Field(ge=0, description="Frames that stand still for five frames or longer in the midst of motion.")
    repeated_frames: int = Field(ge=0, description="Frames repeated against the rhythm of the shot.")
    motion_smoothness: Share
    ssim: float = Field(ge=-1, le=1, description="Mean structural similarity of consecutive frames.")
    temporal_flickering: Share = Field(description="As in VBench, see analysis-schema.")
    hsv_stability: Share


class WorstFrame(Strict):
    """Where a take holds together least; the pictures are of exactly that frame and its neighbours."""

    frame: Index
    time_s: Seconds
    timecode: str
    coherence: Share
    why: str = Field(description="What is wrong, in words.")
    picture_id: str | None = None
    before_id: str | None = Field(default=None, description="The frame before; None at the first frame.")
    after_id: str | None = Field(default=None, description="The frame behind; None at the last frame.")


class RankedTake(Strict):
    """One take in its place."""

    place: int = Field(ge=1, description="1 is best.")
    take: int | None = Field(description="Which of the takes given, from 0; None for one that could not be opened.")
    name: str
    artifact_id: str | None
    score: Share | None = Field(description="0 to 1, 1 is best; None for a take that could not be analysed.")
    parts: TakeParts | None = None
    worst: WorstFrame | None = None
    tie: str | None = Field(default=None, description="Why it stands here although it is level with the take above.")
    remarks: list[str] = Field(default=[], description="How it differs from most of the takes, and what to know about its figures.")
    failed: str | None = Field(default=None, description="Why it could not be analysed.")
    width: int | None = None
    height: int | None = None
    fps: float | None = None
    frame_count: int | None = None
    duration_s: float | None = None
    has_sound: bool | None = None


class Ranking(Strict):
    """Takes of one shot, best first; those that could not be analysed last."""

    schema_version: int = 1
    generator: str = "Animation AI Studio"
    engine: str = "built in, CPU"
    method: str = Field(description="How the score is formed, in one sentence.")
    takes: list[RankedTake]
    remarks: list[str] = Field(default=[], description="What holds for the comparison as a whole.")
