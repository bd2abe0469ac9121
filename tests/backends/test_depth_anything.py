"""Depth maps: of the picture's size, over the whole range, the same again."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("transformers")

from backends.base import OutOfMemory  # noqa: E402
from backends.images import DepthEngine  # noqa: E402
from configs.errors import Conflict  # noqa: E402
from tests.backends.lent import blotches, resident  # noqa: E402
from tests.backends.tiny.vision import save_depth_anything  # noqa: E402


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    made = resident(save_depth_anything(tmp_path_factory.mktemp("models") / "tiny"), "depth", "depth-anything")
    assert isinstance(made, DepthEngine)
    assert made.relieve(1), "the tests look at small pictures"
    assert not made.relieve(1)
    yield made
    made.close()


@pytest.mark.parametrize("size", [(90, 60), (61, 130)])
def test_maps_fit_the_picture_and_use_the_whole_range(engine: Any, size: tuple[int, int]) -> None:
    found = engine.depth(blotches(*size))
    assert (found.mode, found.size) == ("F", size)
    values = np.asarray(found)
    assert values.min() == pytest.approx(0, abs=1e-6)
    assert values.max() == pytest.approx(1, abs=1e-6)
    assert np.array_equal(values, np.asarray(engine.depth(blotches(*size))))


def test_the_shorter_side_decides_and_strips_are_squeezed(engine: Any) -> None:
    assert engine._size(1000, 1000) == (308, 308)
    assert engine._size(2000, 1000) == (616, 308)
    assert engine._size(10_000, 100) == (924, 308)


def test_one_value_everywhere_is_no_error(engine: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    class Flat:
        predicted_depth = torch.full((1, 10, 10), 3.0)

    class Model:
        config = engine._model.config

        def parameters(self) -> Any:
            return iter([torch.zeros(1)])

        def __call__(self, **_: Any) -> Flat:
            return Flat()

    monkeypatch.setattr(engine, "_model", Model())
    assert np.asarray(engine.depth(blotches())).max() < 0.01


def test_memory_that_ran_out_is_told(engine: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(image: Any) -> None:
        raise torch.OutOfMemoryError("CUDA out of memory")

    monkeypatch.setattr(engine, "_look", full)
    with pytest.raises(OutOfMemory):
        engine.depth(blotches())


def test_off_its_device_it_says_so(engine: Any) -> None:
    assert engine.working_bytes("depth", {"width": 640, "height": 480}) > 0
    engine.deactivate()
    with pytest.raises(Conflict, match="not on its device"):
        engine.depth(blotches())
    engine.activate()
