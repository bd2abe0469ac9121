"""Networks that enlarge, from .safetensors files alone: recognised, run in tiles without a seam, stopped between two of them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

torch = pytest.importorskip("torch")

from importlib.util import find_spec  # noqa: E402

if find_spec("spandrel") is None:
    pytest.skip("spandrel is not installed", allow_module_level=True)

from backends import upscaler  # noqa: E402
from backends.base import Cancelled, OutOfMemory  # noqa: E402
from backends.images import UpscaleEngine  # noqa: E402
from backends.picture_tensors import picture_of, pixels_of  # noqa: E402
from configs.errors import BadMedia, Conflict  # noqa: E402
from tests.backends.lent import blotches, never, resident, silent  # noqa: E402
from tests.backends.tiny.vision import save_compact, save_upscaler  # noqa: E402


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    path = save_compact(tmp_path_factory.mktemp("models") / "compact" / "model.safetensors", 2)
    made = resident(path.parent, "upscale", "upscaler")
    assert isinstance(made, UpscaleEngine)
    yield made
    made.close()


def whole(engine: Any, image: Image.Image) -> np.ndarray:
    """What the network makes of the picture in one piece."""
    with torch.inference_mode():
        return np.asarray(picture_of(engine._descriptor(pixels_of(image)[None])[0])).astype(int)


@pytest.mark.parametrize(("maker", "scale"), [(save_upscaler, 2), (save_upscaler, 4), (save_compact, 4)])
def test_architectures_are_told_from_their_tensors(tmp_path: Path, maker: Any, scale: int) -> None:
    made = resident(maker(tmp_path / "a" / "any-name.safetensors", scale).parent, "upscale", "upscaler")
    assert made.scale == scale
    found = made.upscale(blotches(31, 17), silent, never)
    assert (found.size, found.mode) == ((31 * scale, 17 * scale), "RGB")
    made.close()


def test_tiles_join_without_a_seam(engine: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Against the same network on the whole picture: nowhere more than one value of 255 apart, at seams or elsewhere."""
    image = blotches(300, 200)
    monkeypatch.setattr(upscaler, "TILES", {True: (96, 64, 48), False: (96, 64, 48)})
    heard: list[tuple[float, str]] = []
    found = np.asarray(engine.upscale(image, lambda fraction, said: heard.append((fraction, said)), never)).astype(int)
    assert np.abs(found - whole(engine, image)).max() <= 1
    assert heard[0] == (1 / len({said for _, said in heard}), f"Tile 1 of {len({said for _, said in heard})}")
    assert heard[-1][0] == 1


def test_it_answers_the_same_again(engine: Any) -> None:
    image = blotches()
    assert engine.upscale(image, silent, never).tobytes() == engine.upscale(image, silent, never).tobytes()


def test_transparency_is_kept_and_draws_no_dark_rim(engine: Any) -> None:
    """A red disc on transparent black is as red at its rim as the same disc on red."""
    alpha = Image.new("L", (64, 64), 0)
    alpha.paste(255, (16, 16, 48, 48))
    clear = Image.composite(Image.new("RGB", (64, 64), (200, 40, 30)), Image.new("RGB", (64, 64)), alpha)
    clear.putalpha(alpha)
    found = engine.upscale(clear, silent, never)
    assert (found.size, found.mode) == ((128, 128), "RGBA")
    assert found.getchannel("A").getpixel((64, 64)) == 255
    assert found.getchannel("A").getpixel((4, 4)) == 0
    plain = np.asarray(engine.upscale(Image.new("RGB", (64, 64), (200, 40, 30)), silent, never)).astype(int)
    seen = np.asarray(found).astype(int)
    assert np.abs(seen[..., :3] - plain)[seen[..., 3] > 128].max() <= 12


def test_giving_up_comes_between_two_tiles(engine: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(upscaler, "TILES", {True: (64, 64, 48), False: (64, 64, 48)})
    answers = iter([False, False, True])
    with pytest.raises(Cancelled):
        engine.upscale(blotches(200, 100), silent, lambda: next(answers))


def test_memory_that_ran_out_is_told_and_smaller_tiles_help(engine: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    needed = engine.working_bytes("upscale", {"width": 2000, "height": 2000})
    assert engine.working_bytes("upscale", {"width": 50, "height": 50}) < needed

    def full(part: Any) -> None:
        raise torch.OutOfMemoryError("CUDA out of memory")

    with monkeypatch.context() as patch:
        patch.setattr(engine, "_run", full)
        with pytest.raises(OutOfMemory):
            engine.upscale(blotches(), silent, never)
    assert engine.relieve(1)
    assert engine.relieve(2)
    assert not engine.relieve(2)
    assert engine.working_bytes("upscale", {"width": 2000, "height": 2000}) < needed / 8
    assert np.abs(np.asarray(engine.upscale(blotches(), silent, never)).astype(int) - whole(engine, blotches())).max() <= 1
    engine._relief = 0


def test_off_its_device_it_says_so(engine: Any) -> None:
    engine.deactivate()
    with pytest.raises(Conflict, match="not on its device"):
        engine.upscale(blotches(), silent, never)
    engine.activate()


def test_what_is_no_upscaler_is_one_sentence(tmp_path: Path) -> None:
    from safetensors.torch import save_file

    cases: dict[str, tuple[bytes | None, str]] = {
        "strange": (None, "its architecture is not known"),
        "pickle": (b"PK\x03\x04 data.pkl", "is a pickle, which can run any program"),
        "cut": (b"\x10\0\0\0\0\0\0\0{}", "is no whole safetensors file"),
    }
    for name, (data, said) in cases.items():
        path = tmp_path / name / "x.safetensors"
        path.parent.mkdir()
        if data is None:
            save_file({"a.weight": torch.zeros(2, 2)}, path)
        else:
            path.write_bytes(data)
        with pytest.raises(BadMedia, match=said) as caught:
            resident(path.parent, "upscale", "upscaler")
        assert "\n" not in caught.value.message
    (tmp_path / "none").mkdir()
    with pytest.raises(BadMedia, match=r"has 0\."):
        resident(tmp_path / "none", "upscale", "upscaler")


def test_damaged_shapes_are_one_sentence(tmp_path: Path) -> None:
    from safetensors.torch import load_file, save_file

    path = save_upscaler(tmp_path / "a" / "x.safetensors")
    state = load_file(path)
    state["model.1.sub.0.RDB1.conv2.0.weight"] = torch.zeros(3, 3)
    save_file(state, path)
    with pytest.raises(BadMedia, match="is no upscaler that can be used: ") as caught:
        resident(path.parent, "upscale", "upscaler")
    assert "\n" not in caught.value.message


def test_loading_can_be_stopped(tmp_path: Path) -> None:
    from backends.base import Device
    from backends.upscaler import Upscaler
    from tests.backends.tiny.models import installed

    def stop(fraction: float, message: str) -> None:
        raise Cancelled(message)

    made = Upscaler(installed(save_compact(tmp_path / "c" / "x.safetensors").parent, "upscale", "upscaler"), Device())
    with pytest.raises(Cancelled, match="Loading C"):
        made.load(stop)
    assert made.state == "installed"
