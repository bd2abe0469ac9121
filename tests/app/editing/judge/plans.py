"""Plans and facts for tests of the judge: one clip of ten seconds at 24 frames a second, with sound."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

from app.editing.check import compile_plan
from app.editing.facts import SourceFacts
from app.editing.plan import EditPlan
from app.editing.timeline import Timeline

FACTS = {
    "clip": SourceFacts(
        id="clip", artifact_id="a-clip", kind="video", path=Path("clip.mp4"), name="clip.mp4", content_hash="0" * 64, duration_s=10.0,
        rate=Fraction(24), frame_count=240, width=320, height=180, audio_tracks=1, audio_channels=2,
    ),
    "still": SourceFacts(
        id="still", artifact_id="a-still", kind="image", path=Path("still.png"), name="still.png", content_hash="1" * 64, duration_s=0.0,
        frame_count=1, width=320, height=180,
    ),
    "music": SourceFacts(
        id="music", artifact_id="a-music", kind="audio", path=Path("music.wav"), name="music.wav", content_hash="2" * 64, duration_s=30.0,
        audio_tracks=1, audio_channels=2,
    ),
}  # fmt: skip


def plan_of(*spans: tuple[Any, ...], film: list[dict[str, Any]] | None = None, **output: Any) -> EditPlan:
    """A plan of (start_s, end_s, *operations) of the clip, in order."""
    segments = [
        {"id": f"s{n}", "source": "clip", "start_s": span[0], "end_s": span[1], "operations": list(span[2:])}
        for n, span in enumerate(spans)
    ]
    sources = [{"id": name, "media": facts.artifact_id} for name, facts in FACTS.items()]
    return EditPlan.model_validate({"sources": sources, "segments": segments, "film": film or [], "output": output})


def timeline_of(*spans: tuple[Any, ...], film: list[dict[str, Any]] | None = None, **output: Any) -> Timeline:
    """The same as a timeline."""
    return compile_plan(plan_of(*spans, film=film, **output), FACTS)
