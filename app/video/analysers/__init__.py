"""THE table of analysers. To add one: write its file beside this, name it here, and give its result a field in `VideoAnalysis`."""

from __future__ import annotations

from app.video.analysers import camera, coherence, composition, holds, quality, scenes, subjects, technical
from app.video.analysers.base import Analyser

ANALYSERS: tuple[Analyser, ...] = (
    scenes.ANALYSER,
    quality.ANALYSER,
    composition.ANALYSER,
    camera.ANALYSER,
    coherence.ANALYSER,
    holds.ANALYSER,
    technical.ANALYSER,
    subjects.ANALYSER,
)
