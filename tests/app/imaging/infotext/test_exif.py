"""Settings in JPEG and WebP are found where A1111 looks for them."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from app.imaging.infotext.exif import with_settings
from app.imaging.infotext.reading import read_settings


@pytest.mark.parametrize("ending", ["jpg", "webp"])
def test_there_and_back(tmp_path: Path, ending: str) -> None:
    picture = {"prompt": "ein Fuchs: “狐” 🦊", "negative": "fog", "seed": 7, "width": 32, "height": 16, "request": {"steps": 9}}
    Image.new("RGB", (32, 16)).save(tmp_path / f"a.{ending}", exif=with_settings(picture))
    found = read_settings(tmp_path / f"a.{ending}")
    assert found is not None
    assert found.settings == {"prompt": "ein Fuchs: “狐” 🦊", "negative": "fog", "seed": 7, "steps": 9, "width": 32, "height": 16}


def test_the_longest_prompt_fits(tmp_path: Path) -> None:
    Image.new("RGB", (8, 8)).save(tmp_path / "a.jpg", exif=with_settings({"prompt": "x" * 60_000, "seed": 1}))
    assert (tmp_path / "a.jpg").stat().st_size < 70_000
