"""The whole analysis as one document: what stands in analysis.json."""

from __future__ import annotations

from pydantic import Field

from app.video.analysers.camera import FilmCamera
from app.video.analysers.coherence import FilmCoherence
from app.video.analysers.composition import FilmComposition
from app.video.analysers.holds import FilmHolds
from app.video.analysers.quality import FilmQuality
from app.video.analysers.scenes import Transitions
from app.video.analysers.sound import Sound
from app.video.analysers.subjects import FilmSubjects
from app.video.analysers.technical import Technical
from app.video.models import SCHEMA_VERSION, Detector, MediaInfo, Quality, Scene, Seconds, Strict
from app.video.review_document import AppliedReview


class AnalysedMedia(Strict):
    """Which file was analysed and what it holds."""

    artifact_id: str
    name: str = Field(description="The original file name.")
    path: str | None = Field(default=None, description="Where the original lies, when it was given by path.")
    content_hash: str
    info: MediaInfo


class AnalysisSettings(Strict):
    """The settings in force, defaults filled in."""

    detector: Detector
    scene_threshold: float
    min_scene_frames: int
    frames_per_scene: int


class CutsOnBeat(Strict):
    """How cuts and beats meet."""

    cuts: int = Field(ge=1, description="Cuts within the stretch that has beats.")
    share_on_beat: float = Field(ge=0, le=1, description="Cuts within 1.5 frames of a beat.")
    share_by_chance: float = Field(ge=0, le=1, description="The share that cuts at random would reach.")
    mean_offset_s: float = Field(description="Positive when cuts come late.")
    mean_distance_s: float = Field(ge=0)


class VideoAnalysis(Strict):
    """The whole analysis, as kept in analysis.json; every analyser adds one key."""

    schema_version: int = SCHEMA_VERSION
    generator: str
    engine: str
    media: AnalysedMedia
    settings: AnalysisSettings
    frame_count: int = Field(ge=1, description="Frames decoded.")
    duration_s: Seconds
    scenes: list[Scene]
    quality: Quality
    warnings: list[str] = Field(default=[])
    transitions: Transitions
    picture: FilmQuality
    composition: FilmComposition
    subjects: FilmSubjects = Field(default=FilmSubjects(), description="Empty in analyses made before subjects were followed.")
    camera: FilmCamera
    coherence: FilmCoherence
    holds: FilmHolds
    technical: Technical
    sound: Sound | None = None
    cuts_on_beat: CutsOnBeat | None = Field(default=None, description="None without beats or cuts.")
    sound_absent: str | None = Field(default=None, description="Why there is nothing about sound.")
    review: AppliedReview | None = Field(
        default=None, description="The clip's review that the scenes are made with; None where a person has said nothing."
    )
