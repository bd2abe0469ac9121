"""The matting engine: sizes told from the file, mattes of the picture's size, damage in one sentence."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("safetensors")

from backends import birefnet  # noqa: E402
from backends.base import Cancelled, Device, OutOfMemory  # noqa: E402
from backends.birefnet import BiRefNet, sizes_of  # noqa: E402
from backends.checkpoint import read_header  # noqa: E402
from backends.images import MatteEngine  # noqa: E402
from configs.errors import BadMedia, Conflict  # noqa: E402
from tests.backends.lent import blotches, resident  # noqa: E402
from tests.backends.tiny.models import installed  # noqa: E402
from tests.backends.tiny.vision import save_birefnet  # noqa: E402


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_birefnet(tmp_path_factory.mktemp("models") / "tiny" / "model.safetensors").parent


@pytest.fixture
def engine(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    monkeypatch.setattr(birefnet, "SIDES_PX", (128, 96, 64))
    made = resident(folder, "matting", "birefnet")
    assert isinstance(made, MatteEngine)
    yield made
    made.close()


def test_its_sizes_are_told_from_the_weights(folder: Path) -> None:
    shapes = {name: tensor.shape for name, tensor in read_header(folder / "model.safetensors").tensors.items()}
    found = sizes_of(shapes)
    assert (found.swin.width, found.swin.depths, found.swin.heads, found.swin.window) == (8, (2, 2, 2, 2), (1, 2, 2, 4), 4)
    assert (found.inner, found.parallel, found.kernels, found.gradient, found.first) == (8, 8, (1, 3), 4, 8)
    usual = sizes_of({})
    assert (usual.swin.width, usual.swin.window, usual.kernels) == (96, 7, (1, 3, 7))


@pytest.mark.parametrize("size", [(90, 60), (61, 130)])
def test_mattes_fit_the_picture(engine: Any, size: tuple[int, int]) -> None:
    found = engine.matte(blotches(*size))
    assert (found.mode, found.size) == ("L", size)
    assert np.ptp(np.asarray(found)) > 0
    assert found.tobytes() == engine.matte(blotches(*size), first=found).tobytes(), "it looks for the subject itself"


def test_less_memory_means_a_smaller_look(engine: Any) -> None:
    before = engine.working_bytes("matte", {})
    assert engine.relieve(1)
    assert engine.relieve(2)
    assert not engine.relieve(2)
    assert engine.working_bytes("matte", {}) == before // 4
    assert engine.matte(blotches()).size == (90, 60)


def test_memory_that_ran_out_is_told(engine: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(image: Any) -> None:
        raise torch.OutOfMemoryError("CUDA out of memory")

    monkeypatch.setattr(engine, "_look", full)
    with pytest.raises(OutOfMemory):
        engine.matte(blotches())


def test_off_its_device_it_says_so_and_comes_back_the_same(engine: Any) -> None:
    before = engine.matte(blotches()).tobytes()
    engine.deactivate()
    with pytest.raises(Conflict, match="not on its device"):
        engine.matte(blotches())
    engine.activate()
    assert engine.matte(blotches()).tobytes() == before


def test_half_precision_files_without_counters_load(folder: Path, tmp_path: Path) -> None:
    from safetensors.torch import load_file, save_file

    state = {
        name: tensor.half() if tensor.is_floating_point() else tensor for name, tensor in load_file(folder / "model.safetensors").items()
    }
    (tmp_path / "half").mkdir()
    save_file({name: tensor for name, tensor in state.items() if not name.endswith(birefnet.COUNTER)}, tmp_path / "half" / "m.safetensors")
    made = BiRefNet(installed(tmp_path / "half", "matting", "birefnet"), Device())
    made.load(lambda *_: None)
    assert next(made._model.parameters()).dtype == torch.float32
    made.close()


def test_other_tensors_are_refused_in_one_sentence(folder: Path, tmp_path: Path) -> None:
    from safetensors.torch import load_file, save_file

    state = load_file(folder / "model.safetensors")
    state["decoder.conv_out1.0.bias"] = torch.zeros(2)
    save_file(state, tmp_path / "wrong.safetensors")
    with pytest.raises(BadMedia) as caught:
        BiRefNet(installed(tmp_path, "matting", "birefnet", name="tiny"), Device()).load(lambda *_: None)
    said = r"wrong\.safetensors does not hold the weights of BiRefNet: decoder\.conv_out1\.0\.bias is \[2\] and should be \[1\]\."
    assert re.fullmatch(said, caught.value.message)
    (tmp_path / "wrong.safetensors").write_bytes(b"PK\x03\x04")
    with pytest.raises(BadMedia, match="is a pickle"):
        BiRefNet(installed(tmp_path, "matting", "birefnet", name="tiny"), Device()).load(lambda *_: None)


def test_loading_can_be_stopped(folder: Path) -> None:
    def stop(fraction: float, message: str) -> None:
        raise Cancelled(message)

    made = BiRefNet(installed(folder, "matting", "birefnet"), Device())
    with pytest.raises(Cancelled, match="Loading Tiny"):
        made.load(stop)
    assert made.state == "installed"
