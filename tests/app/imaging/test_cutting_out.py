"""The capability: built in or by a model, transparent or on a colour, cropped or whole, sure or not."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from PIL import Image
from pydantic import ValidationError

from app.imaging.cutting_out import CutOut, best_cut, cut_out_image, over, share_covered
from configs.errors import BadInput
from tests.app.imaging.around import Around
from tests.app.imaging.cutout.scenes import scene
from tests.app.imaging.made import FakeRoom, disc, job_for, source


class Matter:
    """A model that finds the left half."""

    def __init__(self) -> None:
        self.first: Image.Image | None = None

    def matte(self, image: Image.Image, first: Image.Image | None = None) -> Image.Image:
        self.first = first
        made = Image.new("L", image.size, 0)
        made.paste(255, (0, 0, image.width // 2, image.height))
        return made


def run(folder: Path, image: Image.Image, lending: Any = None, **request: Any) -> tuple[Any, Image.Image, dict[str, Any]]:
    job, link = job_for(folder, source(folder / "fox.png", image), lending)
    made = cut_out_image(CutOut(image="a-1", **request), job)
    with Image.open(link.saved[0]["staged"]) as kept:
        kept.load()
        return made, kept.copy(), link.saved[0]


def test_the_subject_stands_on_nothing(tmp_path: Path) -> None:
    made, kept, saved = run(tmp_path, disc())
    assert made.sure
    assert made.notes == []
    assert made.covered == pytest.approx(np.pi * (64 * 0.35) ** 2 / (96 * 64), rel=0.02)
    assert kept.mode == "RGBA"
    assert kept.getpixel((0, 0))[3] == 0  # type: ignore[index]
    assert kept.getpixel((48, 32)) == (190, 40, 30, 255)
    assert saved["name"] == "fox-cutout.png"
    assert saved["meta"]["picture"]["derived"][0]["engine"] == made.engine
    assert "notes" not in saved["meta"]["picture"]


def test_edges_are_as_soft_as_they_were_drawn(tmp_path: Path) -> None:
    """A partly covered pixel stays partly transparent, in the subject's own colour."""
    _, kept, _ = run(tmp_path, disc(384, 256))
    found = np.asarray(kept).astype(int)
    truth = np.asarray(disc(384, 256, clear=True))[..., 3].astype(int)
    soft = (truth > 20) & (truth < 235)
    assert soft.sum() > 200
    assert np.abs(found[..., 3] - truth)[soft].mean() < 0.15 * 255 * 0.1
    assert np.abs(found[soft & (truth > 60)][:, :3] - [190, 40, 30]).mean() < 3


def test_a_colour_behind_it(tmp_path: Path) -> None:
    _, kept, _ = run(tmp_path, disc(), background="#00FF7f")
    assert kept.mode == "RGB"
    assert kept.getpixel((0, 0)) == (0, 255, 127)
    with pytest.raises(ValidationError):
        CutOut(image="a", background="green")


def test_cropped_to_the_subject(tmp_path: Path) -> None:
    made, kept, _ = run(tmp_path, disc(), crop=True, margin_px=3)
    assert (made.width, made.height) == kept.size
    assert abs(kept.width - (2 * 64 * 0.35 + 6)) <= 2


def test_what_is_transparent_stays_even_when_a_model_is_named(tmp_path: Path) -> None:
    lending = FakeRoom({"birefnet": (None, Matter())})
    made, kept, _ = run(tmp_path, disc(clear=True), lending, model="birefnet")
    assert made.engine == "its own transparency"
    assert kept.tobytes() == disc(clear=True).tobytes()
    assert lending.calls == []


def test_a_model_finds_the_subject_and_is_told_the_first_guess(tmp_path: Path) -> None:
    engine = Matter()
    lending = FakeRoom({"birefnet": (SimpleNamespace(card=SimpleNamespace(title="BiRefNet")), engine)})
    made, kept, _ = run(tmp_path, disc(), lending, model="birefnet")
    assert (made.engine, made.sure, made.covered) == ("BiRefNet", True, 0.5)
    assert kept.getchannel("A").getpixel((10, 32)) == 255
    assert kept.getchannel("A").getpixel((90, 32)) == 0
    assert engine.first is not None
    assert engine.first.getpixel((48, 32)) == 255
    assert engine.first.getpixel((2, 2)) == 0


def test_doubts_are_told(tmp_path: Path) -> None:
    made, _, saved = run(tmp_path, scene("leaves", 128)[0])
    assert not made.sure
    assert "look at the edges" in made.notes[0]
    assert saved["meta"]["picture"]["notes"] == made.notes


def test_a_doubtful_cut_is_left_to_a_model_that_is_installed(tmp_path: Path) -> None:
    leaves, plain = scene("leaves", 128)[0], disc()
    lending = FakeRoom({"birefnet-lite": (SimpleNamespace(card=SimpleNamespace(title="BiRefNet lite")), Matter())})
    job, _ = job_for(tmp_path, source(tmp_path / "a.png", leaves), lending)
    assert best_cut(leaves, job).engine == "BiRefNet lite"
    assert best_cut(plain, job).engine.endswith("built in")
    without, _ = job_for(tmp_path, source(tmp_path / "a.png", leaves))
    assert best_cut(leaves, without).engine.endswith("built in")
    assert best_cut(leaves, without).doubts


def test_only_matting_models_will_do() -> None:
    assert cut_out_image.prepares is not None
    around = Around({"birefnet": "matting", "sdxl": "image"})
    assert cut_out_image.prepares(CutOut(image="a", model="birefnet"), around).model == "birefnet"
    with pytest.raises(BadInput, match="Sdxl is for image and cuts nothing out"):
        cut_out_image.prepares(CutOut(image="a", model="sdxl"), around)


def test_shares_and_grounds() -> None:
    half = Image.new("RGBA", (10, 10), (255, 0, 0, 0))
    half.paste((255, 0, 0, 255), (0, 0, 10, 5))
    assert share_covered(half) == 0.5
    assert share_covered(half.convert("RGB")) == 1.0
    assert over(half, "#0000ff").getpixel((0, 9)) == (0, 0, 255)
