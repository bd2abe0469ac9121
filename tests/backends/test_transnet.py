"""The shot detector as an engine: loading, its promises, and windows that join without a seam."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("safetensors")

from backends.base import Cancelled, Device, Engine, Installed, OutOfMemory  # noqa: E402
from backends.registry import engine_of  # noqa: E402
from backends.transnet import TransNetShots, windows  # noqa: E402
from configs.errors import BadInput, BadMedia, Conflict  # noqa: E402
from tests.backends.tiny.models import installed  # noqa: E402
from tests.backends.tiny.transnet import save_transnet  # noqa: E402


def silent(fraction: float, message: str) -> None:
    """Hears and says nothing."""


def film(count: int) -> list[Any]:
    return list(np.random.default_rng(3).integers(0, 256, (count, 27, 48, 3), np.uint8))


def model_in(folder: Path) -> Installed:
    return installed(folder, "detection", "transnet", name="tiny", title="Tiny")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_transnet(tmp_path_factory.mktemp("models") / "tiny" / "transnetv2.safetensors").parent


@pytest.fixture
def engine(folder: Path) -> Iterator[TransNetShots]:
    model = model_in(folder)
    made = engine_of(model.card).make(model, Device())
    assert isinstance(made, Engine)
    assert isinstance(made, TransNetShots)
    assert made.load(silent).host_bytes > 0
    made.activate()
    yield made
    made.close()


@pytest.mark.parametrize("count", [1, 2, 49, 50, 51, 75, 76, 100, 101, 160])
def test_every_frame_has_one_answer_from_within_the_margins(count: int) -> None:
    frames = [np.full(1, number) for number in range(count)]
    answered: list[int] = []
    for window, answers in windows(frames):
        assert len(window) == 100
        answered += [int(frame[0]) for frame in window[25 : 25 + answers]]
    assert answered == list(range(count))


def test_no_frames_have_no_answers(engine: TransNetShots) -> None:
    assert list(engine.detect([])) == []


def test_windows_join_as_if_the_film_were_one(engine: TransNetShots) -> None:
    frames = film(180)
    with torch.inference_mode():
        whole = engine._model(torch.from_numpy(np.stack(frames))[None])[0][0].sigmoid().numpy()
    found = np.array(list(engine.detect(frames)))
    assert found.shape == (180,)
    assert np.ptp(found) > 0.01, "frames differ"
    assert np.abs(found - whole)[25:-25].max() < 1e-5


def test_it_answers_the_same_again_and_after_leaving_its_device(engine: TransNetShots) -> None:
    frames = film(60)
    before = list(engine.detect(frames))
    assert list(engine.detect(iter(frames))) == before
    engine.deactivate()
    with pytest.raises(Conflict, match="not on its device"):
        engine.detect(frames)
    engine.activate()
    assert list(engine.detect(frames)) == before


def test_giving_up_comes_before_the_next_window(engine: TransNetShots) -> None:
    asked = iter([False, True])
    answers = engine.detect(film(180), lambda: next(asked))
    with pytest.raises(Cancelled):
        list(answers)


def test_frames_are_taken_as_they_are_needed(engine: TransNetShots) -> None:
    frames = iter(film(180))
    next(engine.detect(frames))
    assert len(list(frames)) == 180 - 75


def test_frames_of_another_form_are_refused(engine: TransNetShots) -> None:
    with pytest.raises(BadInput, match=r"Frame 1 is uint8 \[48, 27, 3\]"):
        list(engine.detect([film(1)[0], film(1)[0].transpose(1, 0, 2)]))


def test_memory_that_ran_out_is_told(engine: TransNetShots, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(window: list[Any]) -> None:
        raise torch.OutOfMemoryError("CUDA out of memory")

    monkeypatch.setattr(engine, "_look", full)
    with pytest.raises(OutOfMemory):
        list(engine.detect(film(1)))


def test_loading_can_be_stopped_and_tried_again(folder: Path) -> None:
    def stop(fraction: float, message: str) -> None:
        raise Cancelled(message)

    other = TransNetShots(model_in(folder), Device())
    with pytest.raises(Cancelled, match="reading Tiny"):
        other.load(stop)
    assert other.state == "installed"
    other.load(silent)
    assert other.working_bytes("detect", {}) > 0
    assert not other.relieve(1)
    other.close()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"fc1.bias": None}, r"fc1\.bias is missing\."),
        ({"extra.weight": (2,)}, r"extra\.weight does not belong to it\."),
        ({"cls_layer2.weight": (1, 9)}, r"cls_layer2\.weight is \[1, 9\] and should be \[1, 8\]\."),
        ({"cls_layer1.weight": None, "cls_layer1.bias": None}, r"cls_layer1\.weight is missing \(and 1 more of the kind\)\."),
    ],
)
def test_other_tensors_are_refused_in_one_sentence(folder: Path, tmp_path: Path, change: dict[str, Any], said: str) -> None:
    from safetensors.torch import load_file, save_file

    weights = load_file(folder / "transnetv2.safetensors")
    for name, shape in change.items():
        weights.pop(name, None)
        if shape is not None:
            weights[name] = torch.zeros(shape)
    save_file(weights, tmp_path / "wrong.safetensors")
    engine = TransNetShots(model_in(tmp_path), Device())
    with pytest.raises(BadMedia) as caught:
        engine.load(silent)
    assert re.fullmatch(f"wrong.safetensors does not hold the weights of TransNetV2: {said}", caught.value.message)
    assert engine.state == "installed"


def test_an_empty_folder_is_told(tmp_path: Path) -> None:
    with pytest.raises(BadMedia, match=r"one \.safetensors file, and"):
        TransNetShots(model_in(tmp_path), Device()).load(silent)
