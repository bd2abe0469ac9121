"""Where models compute."""

from __future__ import annotations

import pytest

from backends import devices
from backends.devices import find_device
from configs.errors import Unavailable


@pytest.mark.parametrize(
    ("count", "wanted", "found"), [(0, "auto", "cpu"), (2, "auto", "cuda:0"), (2, "cpu", "cpu"), (2, "cuda:1", "cuda:1")]
)
def test_a_setting_names_a_device(monkeypatch: pytest.MonkeyPatch, count: int, wanted: str, found: str) -> None:
    monkeypatch.setattr(devices, "_gpus", lambda: count)
    assert find_device(wanted).name == found
    assert find_device(wanted).is_cpu == (found == "cpu")


@pytest.mark.parametrize(("count", "words"), [(0, "sees no GPU"), (1, "sees 1 GPU")])
def test_a_gpu_that_is_not_there_is_said_to_be(monkeypatch: pytest.MonkeyPatch, count: int, words: str) -> None:
    monkeypatch.setattr(devices, "_gpus", lambda: count)
    with pytest.raises(Unavailable, match=words):
        find_device("cuda:1")
