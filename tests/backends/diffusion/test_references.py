"""Reference pictures count, by IP-Adapters or by the model itself, and leave no trace."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("diffusers")

from PIL import Image  # noqa: E402

from backends.base import Device  # noqa: E402
from backends.diffusion.references import References  # noqa: E402
from backends.images import ReferenceInput  # noqa: E402
from configs.errors import BadInput, BadMedia  # noqa: E402
from tests.backends.tiny import pictures, pipes  # noqa: E402

RED, BLUE = Image.new("RGB", (40, 30), "red"), Image.new("RGB", (30, 40), "blue")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("references")
    pictures.save_sdxl(made / "sdxl")
    pictures.save_ip_adapter(made / "ip")
    return made


@pytest.fixture(scope="module")
def pipe(folder: Path) -> Any:
    return pipes.sdxl(folder / "sdxl")


@pytest.fixture
def references(pipe: Any) -> Any:
    made = References(pipe, Device())
    yield made
    made.clear()


@pytest.fixture
def adapter(folder: Path) -> Path:
    return folder / "ip"


def differ(one: Any, other: Any) -> bool:
    return float(abs(one - other).max()) > 0.005


def test_they_count_and_leave_no_trace(pipe: Any, references: References, adapter: Path) -> None:
    before, weights = pipes.paint(pipe), pipes.weights(pipe)
    red = pipes.paint(pipe, **references.use([ReferenceInput(RED, adapter, 0.8)]))
    blue = pipes.paint(pipe, **references.use([ReferenceInput(BLUE, adapter, 0.8)]))
    weak = pipes.paint(pipe, **references.use([ReferenceInput(BLUE, adapter, 0.2)]))
    both = pipes.paint(pipe, **references.use([ReferenceInput(RED, adapter, 0.8), ReferenceInput(BLUE, adapter, 0.8)]))
    made = [before, red, blue, weak, both]
    assert all(differ(one, other) for place, one in enumerate(made) for other in made[place + 1 :])
    references.clear()
    assert pipe.image_encoder is None
    assert pipes.changed(weights, pipes.weights(pipe)) == set()
    assert bool((pipes.paint(pipe) == before).all())


def test_pictures_of_different_weights(pipe: Any, references: References, adapter: Path) -> None:
    one = [ReferenceInput(RED, adapter, 0.9), ReferenceInput(BLUE, adapter, 0.1)]
    other = [ReferenceInput(RED, adapter, 0.1), ReferenceInput(BLUE, adapter, 0.9)]
    first = references.use(one)
    assert len(first["ip_adapter_image_embeds"]) == 2, "a copy of the adapter for each weight"
    assert differ(pipes.paint(pipe, **first), pipes.paint(pipe, **references.use(other)))


def test_weight_0_is_none(references: References, adapter: Path) -> None:
    assert references.use([ReferenceInput(RED, adapter, 0.0)]) == {}
    assert references.use([]) == {}


def test_without_guidance_half_is_needed(pipe: Any, references: References, adapter: Path) -> None:
    free = pipes.paint(pipe, guidance_scale=0.0)
    arguments = references.use([ReferenceInput(RED, adapter)], guided=False)
    assert differ(pipes.paint(pipe, guidance_scale=0.0, **arguments), free)


def test_what_was_read_is_kept(pipe: Any, references: References, adapter: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[int] = []
    real = type(pipe).prepare_ip_adapter_image_embeds
    monkeypatch.setattr(type(pipe), "prepare_ip_adapter_image_embeds", lambda self, *a: (read.append(1), real(self, *a))[1])
    references.use([ReferenceInput(RED, adapter, 0.8)])
    encoder = pipe.image_encoder
    references.use([ReferenceInput(RED.copy(), adapter, 0.3)])
    assert (len(read), pipe.image_encoder is encoder) == (1, True)
    references.use([ReferenceInput(BLUE, adapter, 0.3)])
    assert (len(read), pipe.image_encoder is encoder) == (2, True)


def test_what_fails_leaves_the_pipeline_as_it_was(pipe: Any, references: References, folder: Path, tmp_path: Path) -> None:
    before = pipes.paint(pipe)
    with pytest.raises(BadMedia, match="has no weights"):
        references.use([ReferenceInput(RED, tmp_path / "gone")])
    from safetensors.torch import load_file, save_file

    broken = tmp_path / "ip"
    (broken / "image_encoder").mkdir(parents=True)
    for name in ("config.json", "model.safetensors"):
        (broken / "image_encoder" / name).write_bytes((folder / "ip" / "image_encoder" / name).read_bytes())
    tensors = load_file(folder / "ip" / "ip-adapter_sdxl.safetensors")
    save_file({name: tensor[:3] if "to_v_ip" in name else tensor for name, tensor in tensors.items()}, broken / "ip-adapter.safetensors")
    with pytest.raises(BadInput, match="does not fit this model"):
        references.use([ReferenceInput(RED, broken)])
    assert bool((pipes.paint(pipe) == before).all())


def test_models_that_read_pictures_themselves() -> None:
    flux = References(type("Flux2KleinPipeline", (SimpleNamespace,), {})(), Device())
    given = flux.use([ReferenceInput(RED), ReferenceInput(BLUE)])
    assert [picture.size for picture in given["image"]] == [RED.size, BLUE.size]
    with pytest.raises(BadInput, match="9 reference pictures are more than the 8"):
        flux.use([ReferenceInput(RED)] * 9)
    with pytest.raises(BadInput, match=r"IP-Adapters join SDXL models here, and this one is of FLUX\.2"):
        flux.use([ReferenceInput(RED, Path("ip"))])


def test_models_that_do_not(references: References) -> None:
    with pytest.raises(BadInput, match="Models of SDXL take no reference pictures by themselves"):
        references.use([ReferenceInput(RED)])
    assert references.use([]) == {}
