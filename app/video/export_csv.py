"""The list of scenes as CSV (RFC 4180), one row per scene."""

from __future__ import annotations

import csv
import io

from app.video.document import VideoAnalysis
from app.video.models import Scene

COLUMNS = (
    "scene", "start_frame", "end_frame", "frames", "start_timecode", "end_timecode", "start_s", "end_s", "duration_s",
    "sharpness", "brightness", "contrast", "noise", "shadows_clipped", "highlights_clipped", "remarks", "keyframes",
)  # fmt: skip


def to_csv(analysis: VideoAnalysis) -> str:
    """``scene`` counts from 1; ``end_frame`` and ``end_timecode`` are exclusive; units as in `Quality`."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    writer.writerows(_row(scene) for scene in analysis.scenes)
    return text.getvalue()


def _row(scene: Scene) -> list[object]:
    quality = scene.quality
    return [
        scene.index + 1, scene.start_frame, scene.end_frame, scene.frame_count, scene.start_timecode, scene.end_timecode,
        f"{scene.start_s:.6f}", f"{scene.end_s:.6f}", f"{scene.end_s - scene.start_s:.6f}",
        quality.sharpness, quality.brightness, quality.contrast, quality.noise, quality.shadows_clipped,
        quality.highlights_clipped, "; ".join(quality.remarks), " ".join(k.name for k in scene.keyframes),
    ]  # fmt: skip
