"""What is made from a picture keeps its name, its settings and a note of what was done."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from app.imaging.derived import Derivation, keep_derived
from app.imaging.opening import png_texts, settings_texts
from tests.app.imaging.made import disc, job_for, source

DONE = Derivation("upscale", "2x", "by hand", {"scale": 2})


def test_settings_go_along(tmp_path: Path) -> None:
    artifact = source(tmp_path / "fox-7.png", disc(), pnginfo=png_texts({"parameters": "a fox"}))
    artifact = replace(artifact, meta={**artifact.meta, "picture": {"seed": 7, "derived": [{"operation": "cutout"}]}})
    job, link = job_for(tmp_path, artifact)
    kept = keep_derived(job, artifact, disc(clear=True), DONE)
    assert kept.name == "fox-7-2x.png"
    assert kept.meta["probe"]["has_alpha"] is True
    assert kept.meta["probe"]["width"] == 96
    assert kept.meta["picture"]["seed"] == 7
    assert [step["operation"] for step in kept.meta["picture"]["derived"]] == ["cutout", "upscale"]
    assert kept.meta["picture"]["derived"][1] == {"operation": "upscale", "engine": "by hand", "from": "a-1", "scale": 2}
    assert kept.inputs == ("a-1",)
    assert settings_texts(Path(link.saved[0]["staged"])) == {"parameters": "a fox"}
    assert link.saved[0]["thumbnail"] is True


def test_a_map_does_not_claim_the_settings_of_its_picture(tmp_path: Path) -> None:
    artifact = source(tmp_path / "fox.png", disc(), pnginfo=png_texts({"parameters": "a fox"}))
    artifact = replace(artifact, meta={**artifact.meta, "picture": {"seed": 7}})
    job, link = job_for(tmp_path, artifact)
    kept = keep_derived(job, artifact, disc(), replace(DONE, keeps_settings=False))
    assert "seed" not in kept.meta["picture"]
    assert settings_texts(Path(link.saved[0]["staged"])) == {}


def test_what_should_be_known_is_kept_once_with_the_picture(tmp_path: Path) -> None:
    artifact = source(tmp_path / "fox.png", disc())
    artifact = replace(artifact, meta={**artifact.meta, "picture": {"notes": ["It was made again."]}})
    job, _ = job_for(tmp_path, artifact)
    kept = keep_derived(job, artifact, disc(), replace(DONE, notes=("Look at the edges.", "It was made again.")))
    assert kept.meta["picture"]["notes"] == ["It was made again.", "Look at the edges."]
    assert artifact.meta["picture"]["notes"] == ["It was made again."]


def test_nothing_stays_in_the_work_folder(tmp_path: Path) -> None:
    artifact = source(tmp_path / f"{'x' * 150}.jpg", disc())
    job, _ = job_for(tmp_path, artifact)
    assert len(keep_derived(job, artifact, disc(), DONE).name) < 100
    assert list(job.work_dir.iterdir()) == []
