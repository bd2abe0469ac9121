"""Small pictures for lists: of the right size, transparent where the picture is, made once."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from PIL import Image
from starlette.testclient import TestClient

from app.studio import Studio


@pytest.fixture
def picture(studio: Studio, tmp_path: Path) -> str:
    path = tmp_path / "half.png"
    image = Image.new("RGBA", (800, 400), (200, 30, 30, 255))
    image.paste((0, 0, 0, 0), (0, 0, 400, 400))
    image.save(path)
    return studio.add_path(path, "image").id


def test_it_is_small_and_keeps_shape_and_transparency(owner: TestClient, picture: str) -> None:
    answer = owner.get(f"/api/artifacts/{picture}/thumbnail")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "image/webp")
    assert "immutable" in answer.headers["cache-control"]
    image = Image.open(io.BytesIO(answer.content))
    assert image.size == (192, 96)
    assert (image.convert("RGBA").getpixel((20, 48))[3], image.convert("RGBA").getpixel((170, 48))[3]) == (0, 255)  # type: ignore[index]
    large = Image.open(io.BytesIO(owner.get(f"/api/artifacts/{picture}/thumbnail", params={"px": "384"}).content))
    assert large.size == (384, 192)


def test_it_is_made_once(owner: TestClient, studio: Studio, picture: str) -> None:
    first = owner.get(f"/api/artifacts/{picture}/thumbnail").content
    (kept,) = (studio.settings.data_dir / "cache" / "thumbnails").rglob("*.webp")
    before = kept.stat().st_mtime_ns
    assert owner.get(f"/api/artifacts/{picture}/thumbnail").content == first
    assert kept.stat().st_mtime_ns == before
    assert list(kept.parent.glob("*.part")) == []


def test_other_sizes_and_other_files_are_refused(owner: TestClient, studio: Studio, picture: str, tmp_path: Path) -> None:
    assert owner.get(f"/api/artifacts/{picture}/thumbnail", params={"px": "5000"}).status_code == 422
    words = tmp_path / "words.srt"
    words.write_text("1\n00:00:00,000 --> 00:00:01,000\nHello\n")
    answer = owner.get(f"/api/artifacts/{studio.add_path(words, 'subtitles').id}/thumbnail")
    assert answer.status_code == 422
    assert "only pictures are made small" in answer.json()["error"]["message"]


def test_it_goes_with_its_picture(owner: TestClient, studio: Studio, picture: str) -> None:
    for px in ("192", "384"):
        assert owner.get(f"/api/artifacts/{picture}/thumbnail", params={"px": px}).status_code == 200
    assert owner.delete(f"/api/artifacts/{picture}").status_code == 200
    assert list((studio.settings.data_dir / "cache" / "thumbnails").rglob("*.webp")) == []
