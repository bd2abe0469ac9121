"""The analysis a plan goes by: the one that was given, a child's, with its table while that is kept; and the music's beats."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from app.editing.facts import SourceFacts
from app.editing.planner.materials import analysed, material_of, music_bed, sources_named
from app.video.curves import Curves
from configs.errors import BadInput
from tests.app.editing.planner.analyses import analysis
from tests.app.editing.planner.footages import facts, footage
from tests.app.editing.planner.jobs import Link, artifact, context

CLIP = "a-0000000000000000"


def probe() -> dict[str, Any]:
    return analysis().media.info.model_dump(mode="json")


def table(folder: Path, frames: int = 25) -> Path:
    path = folder / "curves.npz"
    values = np.ones(frames, dtype=np.float32)
    path.write_bytes(Curves(25.0, np.arange(frames) / 25, {"hold_rest": values, "coh_rest": values}).pack())
    return path


def with_keyframe(job_id: str) -> tuple[Link, dict[str, Any]]:
    """A link whose child's analysis has a picture made by ``job_id``."""
    document = analysis().model_dump(mode="json")
    document["scenes"][0]["keyframes"] = [
        {"frame": 3, "time_s": 0.12, "timecode": "00:00:00:03", "name": "keyframes/scene-0001-1.jpg", "artifact_id": "a-k", "width": 320,
         "height": 180, "sharpness": 10.0}
    ]  # fmt: skip
    link = Link(results={"video.analyze": document})
    link.artifacts["a-k"] = artifact("a-k", kind="image", job_id=job_id)
    return link, document


def test_a_child_analyses_and_its_table_is_found_by_its_job(tmp_path: Path) -> None:
    link, _ = with_keyframe("j-7")
    link.named["j-7", "curves.npz"] = artifact("a-c", kind="data", path=table(tmp_path))
    found = analysed(context(link, tmp_path, {}), CLIP, None)
    assert found.job_id == "j-7"
    assert found.curves is not None
    assert link.ran == [("analysis-1", "video.analyze", {"video": CLIP})]


def test_a_table_that_has_gone_or_does_not_fit_is_done_without(tmp_path: Path) -> None:
    link, _ = with_keyframe("j-7")
    assert analysed(context(link, tmp_path, {}), CLIP, None).curves is None
    link.named["j-7", "curves.npz"] = artifact("a-c", kind="data", path=table(tmp_path, frames=12))
    assert analysed(context(link, tmp_path, {}), CLIP, None).curves is None
    (tmp_path / "curves.npz").write_bytes(b"torn")
    assert analysed(context(link, tmp_path, {}), CLIP, None).curves is None


def test_an_analysis_without_pictures_is_of_an_unknown_job(tmp_path: Path) -> None:
    link = Link(results={"video.analyze": analysis().model_dump(mode="json")})
    assert analysed(context(link, tmp_path, {}), CLIP, None).job_id is None


def test_the_analysis_that_was_given_is_read(tmp_path: Path) -> None:
    path = tmp_path / "analysis.json"
    path.write_text(analysis().model_dump_json(), encoding="utf-8")
    given = artifact("a-d", kind="data", path=path, job_id="j-8")
    found = analysed(context(Link(), tmp_path, {"a-d": given, CLIP: artifact(CLIP)}), CLIP, "a-d")
    assert (found.job_id, found.document.media.name) == ("j-8", "walk.mp4")


def test_an_analysis_of_another_clip_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "analysis.json"
    path.write_text(analysis().model_dump_json(), encoding="utf-8")
    media = {"a-d": artifact("a-d", kind="data", path=path, job_id="j-8"), "a-other": artifact("a-other")}
    with pytest.raises(BadInput, match=r"walk\.mp4, which is not the clip"):
        analysed(context(Link(), tmp_path, media), "a-other", "a-d")


def test_an_analysis_of_an_older_form_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "analysis.json"
    path.write_text("{}", encoding="utf-8")
    with pytest.raises(BadInput, match="earlier version"):
        analysed(context(Link(), tmp_path, {"a-d": artifact("a-d", kind="data", path=path)}), CLIP, "a-d")


def test_material_and_facts(tmp_path: Path) -> None:
    link = Link(results={"video.analyze": analysis().model_dump(mode="json")})
    job = context(link, tmp_path, {CLIP: artifact(CLIP, meta={"probe": probe()})})
    material, known = material_of(job, CLIP, analysed(job, CLIP, None), None)
    assert (material.rate, material.frames, material.music) == (25, 25, None)
    assert known["clip"].width == 320
    assert sources_named(known) == "walk.mp4"


def sound(folder: Path, seconds: float = 6.0) -> SourceFacts:
    """A click every half second."""
    import wave

    path = folder / "clicks.wav"
    rate = 16_000
    at = np.arange(int(seconds * rate)) / rate
    wave_form = 0.8 * np.sin(2 * np.pi * 900 * at) * np.exp(-40 * (at % 0.5))
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes((wave_form * 32_000).astype("<i2").tobytes())
    return SourceFacts(
        id="music", artifact_id="a-m", kind="audio", path=path, name="clicks.wav", content_hash="x", duration_s=seconds, audio_tracks=1
    )


def test_the_musics_beats_are_heard(tmp_path: Path) -> None:
    bed = music_bed(sound(tmp_path, 8.0), context(Link(), tmp_path, {}))
    assert bed.tempo_bpm == pytest.approx(120, abs=2)
    assert all(abs(beat - 0.5 * round(beat / 0.5)) < 0.06 for beat in bed.beats)


def test_music_without_sound_is_refused(tmp_path: Path) -> None:
    from dataclasses import replace

    with pytest.raises(BadInput, match="no sound"):
        music_bed(replace(facts(footage()), audio_tracks=0), context(Link(), tmp_path, {}))
