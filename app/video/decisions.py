"""What all analysers say about a film once its shots are known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from app.video.analysers import ANALYSERS
from app.video.analysers.base import Findings
from app.video.analysers.quality import BANDING, FilmQuality
from app.video.document import CutsOnBeat
from app.video.memory import Alike, lighten
from app.video.models import MediaInfo, Scene

if TYPE_CHECKING:
    from app.video.analysers.interlacing import Interlacing
    from app.video.analysers.sound import Sound


def decide_all(findings: Findings, interlacing: Interlacing | None) -> dict[str, Any]:
    """Analyser's name -> its answer. ``interlacing`` was judged on the full pictures, which are gone by now."""
    answers: dict[str, Any] = {}
    alike: Alike = {}
    for analyser in ANALYSERS:
        answers[analyser.name] = analyser.decide(findings)
        lighten(answers[analyser.name], alike)
    answers["technical"] = answers["technical"].model_copy(update={"interlacing": interlacing})
    return answers


def with_banding(scenes: Sequence[Scene], picture: FilmQuality) -> list[Scene]:
    """The scenes with the word *banding* among their remarks where the picture has it; it is measured apart from the others."""
    told = []
    for scene, shot in zip(scenes, picture.shots, strict=True):
        remarks = [word for word in scene.quality.remarks if word != BANDING] + [BANDING] * (BANDING in shot.remarks)
        same = remarks == scene.quality.remarks
        told.append(scene if same else scene.model_copy(update={"quality": scene.quality.model_copy(update={"remarks": remarks})}))
    return told


def cuts_on_beat(scenes: Sequence[Scene], sound: Sound | None, info: MediaInfo) -> CutsOnBeat | None:
    """How the cuts meet the beats; None without beats or cuts."""
    from app.video.analysers.sound_rhythm import sync

    met = None if sound is None else sync([scene.start_s for scene in scenes[1:]], sound.rhythm.beats_s, info.video.fps)
    return None if met is None else CutsOnBeat(**asdict(met))
