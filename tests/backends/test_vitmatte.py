"""A first matte's edge is mended, and what is sure stays."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from PIL import Image

pytest.importorskip("torch")
pytest.importorskip("transformers")

from backends.images import MatteEngine
from backends.vitmatte import trimap
from configs.errors import BadInput, Conflict
from tests.backends.lent import blotches, resident
from tests.backends.tiny.vision import save_vitmatte


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    made = resident(save_vitmatte(tmp_path_factory.mktemp("models") / "tiny"), "matting", "vitmatte")
    assert isinstance(made, MatteEngine)
    yield made
    made.close()


def box(width: int = 130, height: int = 90) -> Image.Image:
    made = Image.new("L", (width, height), 0)
    made.paste(255, (30, 20, 100, 70))
    return made


def test_only_the_edge_is_decided_by_the_model(engine: Any) -> None:
    found = np.asarray(engine.matte(blotches(130, 90), box()))
    assert found.shape == (90, 130)
    assert found[45, 65] == 255
    assert found[5, 5] == 0
    assert 0 < found[20:23, 40:90].mean() < 255
    assert np.array_equal(found, np.asarray(engine.matte(blotches(130, 90), box())))


def test_it_needs_a_first_matte(engine: Any) -> None:
    with pytest.raises(BadInput, match="finds no subject itself"):
        engine.matte(blotches())


def test_large_pictures_are_looked_at_smaller(engine: Any) -> None:
    assert engine.working_bytes("matte", {"width": 100, "height": 100}) < engine.working_bytes("matte", {"width": 4000, "height": 4000})
    before = engine.working_bytes("matte", {"width": 4000, "height": 4000})
    assert engine.relieve(1)
    assert engine.working_bytes("matte", {"width": 4000, "height": 4000}) < before
    assert not engine.relieve(1)
    assert engine.matte(blotches(700, 500), box(700, 500)).size == (700, 500)


def test_off_its_device_it_says_so(engine: Any) -> None:
    engine.deactivate()
    with pytest.raises(Conflict, match="not on its device"):
        engine.matte(blotches(), box())
    engine.activate()


def test_the_band_follows_edge_and_softness() -> None:
    soft = box()
    soft.paste(128, (30, 20, 40, 70))
    found = trimap(soft)[0].numpy()
    assert set(np.unique(found)) == {0.0, 0.5, 1.0}
    assert found[45, 65] == 1
    assert found[45, 35] == 0.5
    assert found[5, 5] == 0
    assert found[45, 100] == 0.5
