"""A picture tells how it was made; its pixels are not touched; nothing half-written stays."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from PIL import Image

from app.imaging.infotext.pngs import chunks_of
from app.imaging.infotext.saving import OURS, PARAMETERS, embed, save_png
from configs.errors import BadMedia

PICTURE = {
    "request": {"prompt": "ein “Fuchs”: 狐\nzweite Zeile", "steps": 4},
    "seed": 9,
    "width": 64,
    "height": 64,
    "more": [1, {"a": None}],
}


def test_both_texts_are_in_the_file(tmp_path: Path) -> None:
    image = Image.effect_noise((64, 64), 40).convert("RGB")
    save_png(image, tmp_path / "a.png", PICTURE)
    with Image.open(tmp_path / "a.png") as found:
        found.load()
        texts = found.text  # type: ignore[attr-defined]
        assert found.tobytes() == image.tobytes()
    assert json.loads(texts[OURS]) == PICTURE
    assert texts[PARAMETERS].startswith("ein “Fuchs”: 狐\nzweite Zeile\nSteps: 4, Seed: 9, Size: 64x64")


def test_transparency_is_kept(tmp_path: Path) -> None:
    image = Image.new("RGBA", (8, 8), (1, 2, 3, 77))
    save_png(image, tmp_path / "a.png", {"seed": 1})
    with Image.open(tmp_path / "a.png") as found:
        assert (found.mode, found.getpixel((0, 0))) == ("RGBA", (1, 2, 3, 77))


def test_embedding_gives_the_same_file_and_replaces_what_was_there(tmp_path: Path) -> None:
    image = Image.effect_noise((64, 64), 40).convert("RGB")
    save_png(image, tmp_path / "a.png", PICTURE)
    image.save(tmp_path / "plain.png")
    embed(tmp_path / "plain.png", tmp_path / "b.png", PICTURE)
    assert (tmp_path / "a.png").read_bytes() == (tmp_path / "b.png").read_bytes()
    embed(tmp_path / "b.png", tmp_path / "b.png", {**PICTURE, "seed": 10})
    texts = [one.data for one in chunks_of((tmp_path / "b.png").read_bytes()) if one.kind in (b"tEXt", b"iTXt")]
    assert len(texts) == 2
    assert b"Seed: 10" in texts[0]


def test_other_chunks_stay_where_they_are(tmp_path: Path) -> None:
    Image.new("RGB", (8, 8)).save(tmp_path / "a.png", dpi=(300, 300), icc_profile=b"p" * 200)
    before = [one.kind for one in chunks_of((tmp_path / "a.png").read_bytes())]
    embed(tmp_path / "a.png", tmp_path / "b.png", PICTURE)
    after = [one.kind for one in chunks_of((tmp_path / "b.png").read_bytes()) if one.kind not in (b"tEXt", b"iTXt")]
    assert before == after


@pytest.mark.parametrize("data", [b"", b"JPEG", b"\x89PNG\r\n\x1a\n"])
def test_what_is_no_whole_png_is_refused_and_nothing_stays(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "a.png").write_bytes(data)
    with pytest.raises(BadMedia, match=r"a\.png"):
        embed(tmp_path / "a.png", tmp_path / "b.png", PICTURE)
    assert [path.name for path in tmp_path.iterdir()] == ["a.png"]


def test_a_picture_that_cannot_be_written_leaves_what_was_there(tmp_path: Path) -> None:
    save_png(Image.new("RGB", (8, 8)), tmp_path / "a.png", PICTURE)
    before = (tmp_path / "a.png").read_bytes()
    with pytest.raises(OSError, match="mode"):
        save_png(Image.new("CMYK", (8, 8)), tmp_path / "a.png", PICTURE)
    assert (tmp_path / "a.png").read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["a.png"]
