"""The contact sheet: one row a take, whatever the number and the shape of the takes."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from app.video.rank_models import Ranking
from app.video.rank_sheet import contact_sheet, small_jpeg
from tests.app.video.test_rank_outputs import a_ranking, a_take


def pictures(folder: Path, count: int, size: tuple[int, int] = (640, 360)) -> dict[str, Path]:
    found = {}
    for place in range(1, count + 1):
        for kind, colour in (("p", (200, 30, 30)), ("b", (30, 30, 200))):
            path = folder / f"{kind}{place}.jpg"
            Image.new("RGB", size, colour).save(path)
            found[f"{kind}{place}"] = path
    return found


def share(image: Image.Image, near: tuple[int, int, int]) -> float:
    small = image.convert("RGB").resize((200, 200))
    found = sum(all(abs(a - b) < 30 for a, b in zip(small.getpixel((x, y)), near, strict=True)) for x in range(200) for y in range(200))  # type: ignore[arg-type]
    return found / 40_000


def test_a_sheet_shows_the_worst_frames_and_what_failed(tmp_path: Path) -> None:
    target = tmp_path / "sheet.jpg"
    contact_sheet(a_ranking(), pictures(tmp_path, 2), target)
    with Image.open(target) as sheet:
        assert sheet.width > 1000
        assert share(sheet, (200, 30, 30)) == pytest.approx(share(sheet, (30, 30, 200)), abs=0.02)
        assert share(sheet, (200, 30, 30)) > 0.08


@pytest.mark.parametrize(("count", "size"), [(64, (90, 160)), (40, (640, 270)), (2, (1280, 12))])
def test_many_takes_and_odd_shapes_fit(tmp_path: Path, count: int, size: tuple[int, int]) -> None:
    target = tmp_path / "sheet.jpg"
    takes = [a_take(place, "a long name " * 30 + "ünïcödé 中文") for place in range(1, count + 1)]
    contact_sheet(Ranking(method="How.", takes=takes), pictures(tmp_path, count, size), target)
    with Image.open(target) as sheet:
        assert sheet.height < 65_536
        sheet.load()


def test_without_any_picture_there_is_still_a_sheet(tmp_path: Path) -> None:
    contact_sheet(a_ranking(), {}, tmp_path / "sheet.jpg")
    assert (tmp_path / "sheet.jpg").stat().st_size > 1000


def test_a_small_copy_is_no_wider_than_asked(tmp_path: Path) -> None:
    path = pictures(tmp_path, 1)["p1"]
    (tmp_path / "small.jpg").write_bytes(small_jpeg(path, 100))
    with Image.open(tmp_path / "small.jpg") as image:
        assert image.size == (100, 56)
