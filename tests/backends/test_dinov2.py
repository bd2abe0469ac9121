"""Pictures become unit vectors: one each, in order, whatever batch they were in."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("torch")
pytest.importorskip("transformers")

from backends.base import Cancelled, Vectors
from backends.dinov2 import _batches
from backends.images import FeatureEngine
from configs.errors import BadInput, BadMedia, Conflict
from tests.backends.lent import blotches, never, resident, silent
from tests.backends.tiny.vision import save_dinov2


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_dinov2(tmp_path_factory.mktemp("models") / "tiny")


@pytest.fixture(scope="module")
def engine(folder: Path) -> Iterator[Any]:
    made = resident(folder, "image-features", "dinov2")
    assert isinstance(made, FeatureEngine)
    yield made
    made.close()


def table(found: Vectors) -> np.ndarray:
    return np.frombuffer(found.data, "<f4").reshape(found.count, found.dimensions)


def test_vectors_are_of_length_one_and_alike_for_alike_pictures(engine: Any) -> None:
    one = blotches()
    found = table(engine.features([one, blotches(seed=2), one], never))
    assert found.shape == (3, 32)
    assert np.allclose(np.linalg.norm(found, axis=1), 1, atol=1e-5)
    assert np.array_equal(found[0], found[2])
    assert found[0] @ found[1] < 0.999


def test_neither_order_nor_batch_matters(engine: Any) -> None:
    pictures = [blotches(90, 60), blotches(60, 90, 2), blotches(120, 80, 3), blotches(64, 64, 4), blotches(90, 60, 5), blotches(90, 60, 6)]
    together = table(engine.features(pictures, never))
    for index, picture in enumerate(pictures):
        assert np.abs(table(engine.features([picture], never))[0] - together[index]).max() < 1e-5


def test_a_picture_looks_the_same_at_another_size(engine: Any) -> None:
    large = blotches(360, 240)
    found = table(engine.features([large, large.resize((180, 120))], never))
    assert found[0] @ found[1] > 0.99


def test_transparency_is_laid_over_grey(engine: Any) -> None:
    clear = blotches()
    clear.putalpha(0)
    other = blotches(seed=7)
    other.putalpha(0)
    found = table(engine.features([clear, other], never))
    assert np.allclose(found[0], found[1], atol=1e-5)


def test_batches_are_of_one_size_and_no_longer_than_allowed() -> None:
    sizes = [(1, 1), (2, 2), (1, 1), (1, 1)]
    assert _batches([0, 2, 3, 1], sizes, 2) == [[0, 2], [3], [1]]


def test_giving_up_comes_between_batches(engine: Any) -> None:
    answers = iter([False, True])
    with pytest.raises(Cancelled):
        engine.features([blotches(seed=number) for number in range(6)], lambda: next(answers))


def test_nothing_to_describe_is_said(engine: Any) -> None:
    with pytest.raises(BadInput, match="no picture to describe"):
        engine.features([], never)


def test_it_keeps_its_promises_to_the_scheduler(folder: Path) -> None:
    made = resident(folder, "image-features", "dinov2")
    assert made.working_bytes("features", {"images": 4}) >= made.working_bytes("features", {"images": 1}) > 0
    before = table(made.features([blotches()], never))
    assert made.relieve(1)
    assert not made.relieve(1)
    made.deactivate()
    with pytest.raises(Conflict, match="not on its device"):
        made.features([blotches()], never)
    made.activate()
    assert np.allclose(table(made.features([blotches()], never)), before, atol=1e-6)
    made.close()
    assert made.state == "installed"


def test_a_folder_without_weights_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "half").mkdir()
    (tmp_path / "half" / "config.json").write_text("{}")
    with pytest.raises(BadMedia, match=r"has no \.safetensors file"):
        resident(tmp_path / "half", "image-features", "dinov2")
    assert silent(0, "") is None  # type: ignore[func-returns-value]
