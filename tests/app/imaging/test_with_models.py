"""A studio with its model process: tiny models are brought in as a person does, and enlarge, cut out and measure as jobs."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

pytest.importorskip("torch")
pytest.importorskip("transformers")

from app.studio import Studio
from configs.errors import BadInput, NotFound, StudioError
from configs.settings import load_settings
from tests.app.imaging.made import disc
from tests.backends.tiny.vision import save_birefnet, save_compact, save_depth_anything, save_vitmatte

pytestmark = pytest.mark.slow
spandrel = pytest.mark.skipif(find_spec("spandrel") is None, reason="spandrel is not installed")


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    folder = tmp_path_factory.mktemp("studio")
    settings = load_settings({"data_dir": folder / "data", "headless": True, "device": "cpu", "cpu_workers": 1})
    with Studio.open(settings, keep_spare=False) as made:
        brought = [save_birefnet(folder / "tiny-birefnet.safetensors"), save_depth_anything(folder / "tiny-depth")]
        brought.append(save_vitmatte(folder / "tiny-matte"))
        if find_spec("spandrel") is not None:
            brought.append(save_compact(folder / "Tiny Sharp x4.safetensors", 4))
        for path in brought:
            job = made.submit("model.import", {"path": str(path)}, allow_paths=True).job
            assert made.wait(job.id, 120).job.state == "succeeded", path
        disc(clear=False).save(folder / "disc.png")
        disc(clear=True).save(folder / "clear.png")
        yield made


def done(studio: Studio, name: str, **request: Any) -> tuple[dict[str, Any], Image.Image, Any]:
    """(result, picture, job) of a capability on a picture of the studio's folder."""
    path = studio.settings.data_dir.parent / request.pop("picture", "disc.png")
    job = studio.submit(name, {"image": str(path), **request}, allow_paths=True).job
    detail = studio.wait(job.id, 120)
    assert detail.job.state == "succeeded", detail.job.error
    found: dict[str, Any] = dict(detail.result)  # type: ignore[arg-type]
    with Image.open(studio.artifact(found["artifact_id"]).path) as opened:
        opened.load()
        return found, opened.copy(), detail.job


@spandrel
def test_a_file_in_the_folder_of_adapters_enlarges(studio: Studio) -> None:
    listed = [one.name for one in studio.adapters.all("upscaler")]
    assert len(listed) == 1
    found, made, _ = done(studio, "image.upscale", model=listed[0].upper(), scale=3)
    assert (found["width"], found["height"]) == made.size == (288, 192)
    assert "x4" in found["engine"].lower()
    _, clear, _ = done(studio, "image.upscale", model=listed[0], scale=1.5, picture="clear.png")
    assert (clear.size, clear.mode) == ((144, 96), "RGBA")
    assert clear.getchannel("A").getextrema() == (0, 255)


@spandrel
def test_the_same_request_gives_the_same_bytes(studio: Studio) -> None:
    model = studio.adapters.all("upscaler")[0].name
    one, two = (
        studio.wait(studio.submit("image.upscale", {"image": str(path), "model": model}, allow_paths=True, reuse=False).job.id, 120)
        for path in [studio.settings.data_dir.parent / "disc.png"] * 2
    )
    assert one.artifacts[0].content_hash == two.artifacts[0].content_hash


def test_a_matting_network_cuts_out(studio: Studio) -> None:
    found, made, _ = done(studio, "image.cutout", model="tiny-birefnet")
    assert made.mode == "RGBA"
    assert made.size == (96, 64)
    assert found["engine"] == "tiny-birefnet"
    assert 0 < found["covered"] < 1, "random weights find something, nobody knows what"


def test_a_model_that_mends_edges_keeps_the_sure_parts(studio: Studio) -> None:
    _, plain, _ = done(studio, "image.cutout")
    _, mended, _ = done(studio, "image.cutout", model="tiny-matte")
    sure = np.asarray(plain)[..., 3]
    found = np.asarray(mended)[..., 3]
    assert found[32, 48] == sure[32, 48] == 255
    assert found[3, 3] == sure[3, 3] == 0


def test_depth_is_measured_by_the_model_that_is_there(studio: Studio) -> None:
    found, made, job = done(studio, "image.control", kind="depth")
    assert found["engine"] == "tiny-depth"
    assert job.request["model"] == "tiny-depth", "named before there was a job"
    assert np.ptp(np.asarray(made)) == 255
    normal, _, _ = done(studio, "image.control", kind="normal")
    assert normal["engine"] == "slopes of tiny-depth"
    assert normal["notes"] == []


@pytest.mark.parametrize(
    ("name", "request_", "error", "said"),
    [
        ("image.upscale", {"model": "tiny-birefnet"}, BadInput, "does not enlarge pictures"),
        ("image.cutout", {"model": "tiny-depth"}, BadInput, "cuts nothing out"),
        ("image.control", {"kind": "depth", "model": "tiny-matte"}, BadInput, "measures no depth"),
        ("image.control", {"kind": "pose"}, StudioError, "knows bodies"),
        ("image.upscale", {"model": "nobody"}, NotFound, "no upscaler named 'nobody'"),
        ("image.upscale", {"scale": 9}, BadInput, "scale is 9"),
        ("image.cutout", {"background": "blue"}, BadInput, "background is 'blue'"),
    ],
)
def test_bad_requests_are_one_sentence_and_never_a_job(
    studio: Studio, name: str, request_: dict[str, Any], error: type[Exception], said: str
) -> None:
    before = studio.jobs().items
    path: Path = studio.settings.data_dir.parent / "disc.png"
    with pytest.raises(error, match=said):
        studio.submit(name, {"image": str(path), **request_}, allow_paths=True)
    assert studio.jobs().items == before


def test_settings_and_history_go_along(studio: Studio) -> None:
    first, _, job = done(studio, "image.cutout", crop=True)
    detail = studio.wait(studio.submit("image.upscale", {"image": first["artifact_id"]}).job.id, 60)
    picture = studio.artifact(detail.result["artifact_id"]).meta["picture"]  # type: ignore[index, call-overload]
    assert [step["operation"] for step in picture["derived"]] == ["cutout", "upscale"]  # type: ignore[index]
    parents = studio.lineage(detail.result["artifact_id"])["parents"]  # type: ignore[index, call-overload, arg-type]
    assert [parent.id for parent in parents] == [first["artifact_id"]]
    assert job.capability == "image.cutout"
