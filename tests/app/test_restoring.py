"""Settings by a picture's id or path; a picture of ours made again from them is the same picture."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from app.imaging.generate import generate_images
from app.imaging.infotext.saving import save_png
from app.imaging.requests import GenerateImage
from app.restoring import NOTHING, restore
from app.studio import Studio
from configs.errors import BadInput, BadMedia, NotFound
from configs.settings import Settings
from tests.app.imaging.infotext.files import A1111, png


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    settings = Settings(data_dir=tmp_path_factory.mktemp("data"), cpu_workers=1, cancel_grace_s=0.5, headless=True)
    with Studio.open(settings, capabilities=(generate_images,), keep_spare=False) as studio:
        yield studio


def made(studio: Studio, request: dict[str, Any]) -> list[dict[str, Any]]:
    job = studio.submit("image.generate", request, reuse=False).job
    detail = studio.wait(job.id, 60)
    assert detail.job.state == "succeeded", detail.job.error
    found: list[dict[str, Any]] = detail.result["images"]
    return found


def test_made_again_from_its_settings_it_is_the_same(studio: Studio) -> None:
    images = made(studio, {"prompt": "a “fox”: in,\nthe snow 🦊", "width": 128, "height": 64, "count": 2, "seed": 40, "style": "noir"})
    found = restore(studio, images[1]["artifact_id"])
    assert (found.source, found.notes) == ("Animation AI Studio", [])
    assert (found.settings["seed"], found.settings["count"]) == (41, 1)
    again = made(studio, found.settings)
    first, second = (studio.artifact(one["artifact_id"]) for one in (images[1], again[0]))
    with Image.open(first.path) as one, Image.open(second.path) as other:
        assert one.tobytes() == other.tobytes()
    assert restore(studio, second.id).settings == found.settings


def test_a_file_that_was_taken_in_tells_the_same_as_the_picture_it_was(studio: Studio, tmp_path: Path) -> None:
    image = made(studio, {"prompt": "a boat", "width": 64, "height": 64, "seed": 3})[0]
    artifact = studio.artifact(image["artifact_id"])
    copy = tmp_path / "copy.png"
    copy.write_bytes(artifact.path.read_bytes())
    assert restore(studio, str(copy), allow_paths=True) == restore(studio, artifact.id)
    taken = studio.add_path(copy, "image")
    assert restore(studio, taken.id) == restore(studio, artifact.id)


def test_of_another_program(studio: Studio, tmp_path: Path) -> None:
    found = restore(studio, studio.add_path(png(tmp_path / "a.png", parameters=A1111), "image").id)
    assert found.source == "A1111"
    assert found.settings["steps"] == 28
    GenerateImage.model_validate(found.settings)


def test_a_picture_that_says_nothing(studio: Studio, tmp_path: Path) -> None:
    found = restore(studio, str(png(tmp_path / "a.png")), allow_paths=True)
    assert (found.source, found.notes) == ("", [NOTHING])


def test_a_picture_it_started_from_must_be_here(studio: Studio, tmp_path: Path) -> None:
    source = studio.add_path(png(tmp_path / "s.png"), "image")
    request = GenerateImage(prompt="x", image=source.id, model="storyboard").model_dump(mode="json")
    save_png(Image.new("RGB", (64, 64)), tmp_path / "a.png", {"request": request, "seed": 1})
    assert restore(studio, str(tmp_path / "a.png"), allow_paths=True).settings["image"] == source.id
    studio.delete_artifact(source.id)
    found = restore(studio, str(tmp_path / "a.png"), allow_paths=True)
    assert "image" not in found.settings
    assert "not in this studio any more" in found.notes[0]


def test_what_is_refused(studio: Studio, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("no picture")
    with pytest.raises(BadInput, match="not an artifact id"):
        restore(studio, str(tmp_path / "a.txt"))
    with pytest.raises(BadMedia, match=r"a\.txt"):
        restore(studio, str(tmp_path / "a.txt"), allow_paths=True)
    with pytest.raises(NotFound, match="There is no file"):
        restore(studio, str(tmp_path / "b.png"), allow_paths=True)
    with pytest.raises(NotFound):
        restore(studio, "a-0123456789abcdef", allow_paths=True)
    with pytest.raises(BadInput):
        restore(studio, "x" * 5000, allow_paths=True)
    with pytest.raises(BadInput):
        restore(studio, "a\0b", allow_paths=True)
