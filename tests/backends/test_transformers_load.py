"""Loading from a folder: what is refused, what is reported, what is left behind."""

from __future__ import annotations

import json
import shutil
import struct
import sys
from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch")
transformers = pytest.importorskip("transformers")

from backends.base import Device  # noqa: E402
from backends.transformers_load import check_folder, dtype_of, load_model, quantised_on  # noqa: E402
from configs.errors import BadMedia  # noqa: E402
from tests.backends.tiny.models import installed  # noqa: E402

AUTO = transformers.AutoModelForCausalLM


def silent(fraction: float, message: str) -> None:
    """Hears and says nothing."""


def copied(folder: Path, to: Path) -> Path:
    return Path(shutil.copytree(folder, to / folder.name))


def load(folder: Path, **more: Any) -> tuple[Any, list[str]]:
    notes: list[str] = []
    return load_model(AUTO, installed(folder, **more), Device(), silent, notes), notes


def test_it_tells_how_far_it_is(tiny_qwen: Path) -> None:
    steps: list[tuple[float, str]] = []
    load_model(AUTO, installed(tiny_qwen), Device(), lambda fraction, message: steps.append((fraction, message)), [])
    fractions = [fraction for fraction, _ in steps]
    assert fractions == sorted(fractions)
    assert (fractions[0], fractions[-1]) == (0.0, 1.0)
    assert len(steps) > 20, "tensor by tensor"
    assert {message for _, message in steps} == {"Loading Tiny-qwen"}


class Enough(Exception):
    """The listener has had enough."""


def test_it_can_be_cancelled_between_tensors(tiny_qwen: Path) -> None:
    def stop(fraction: float, message: str) -> None:
        if fraction > 0.4:
            raise Enough

    with pytest.raises(Enough):
        load_model(AUTO, installed(tiny_qwen), Device(), stop, [])
    from transformers.utils import logging

    assert logging.set_tqdm_hook(None) is None, "the library's progress bar is as it was"


def test_weights_are_ready_for_inference(tiny_qwen: Path) -> None:
    model, notes = load(tiny_qwen)
    assert notes == []
    assert not model.training
    assert not any(weight.requires_grad for weight in model.parameters())


@pytest.mark.parametrize(("variant", "dtype"), [("fp32", "float32"), ("bf16", "bfloat16"), ("fp16", "bfloat16"), ("nf4", "bfloat16")])
def test_the_type_on_a_cpu(tiny_qwen: Path, variant: str, dtype: str) -> None:
    assert dtype_of(installed(tiny_qwen, variant=variant), Device()) == getattr(torch, dtype)


def test_nf4_takes_a_fraction_of_the_memory(tiny_qwen: Path) -> None:
    pytest.importorskip("bitsandbytes")
    whole, _ = load(tiny_qwen, variant="bf16")
    small, notes = load(tiny_qwen, variant="nf4", quantise="nf4")
    assert notes == []
    assert "Params4bit" in {type(weight).__name__ for weight in small.parameters()}
    assert small.get_memory_footprint() < 0.75 * whole.get_memory_footprint()


@pytest.mark.parametrize(("free", "where"), [(3 << 20, "cuda:0"), (1 << 20, "cpu")])
def test_nf4_is_made_where_there_is_room(free: int, where: str, tiny_qwen: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "mem_get_info", lambda device: (free, 16 << 30))
    assert quantised_on(installed(tiny_qwen), Device("cuda:0")) == where
    assert quantised_on(installed(tiny_qwen), Device()) == "cpu"


def test_without_bitsandbytes_a_wider_form_is_loaded_and_said(tiny_qwen: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "bitsandbytes", None)
    model, (note,) = load(tiny_qwen, variant="nf4", quantise="nf4")
    assert model.dtype == torch.bfloat16
    assert note.startswith("NF4 needs bitsandbytes")


def test_where_nf4_fails_a_wider_form_is_loaded_and_said(tiny_qwen: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    original = AUTO.from_pretrained

    def fail(folder: Path, **options: Any) -> Any:
        if "quantization_config" in options:
            raise RuntimeError("no kernel image is available for execution on the device")
        return original(folder, **options)

    monkeypatch.setattr(AUTO, "from_pretrained", fail)
    model, (note,) = load(tiny_qwen, variant="nf4", quantise="nf4")
    assert model.dtype == torch.bfloat16
    assert "no kernel image" in note


def test_a_folder_without_weights_is_refused(tiny_qwen: Path, tmp_path: Path) -> None:
    folder = copied(tiny_qwen, tmp_path)
    (folder / "model.safetensors").unlink()
    with pytest.raises(BadMedia, match=r"no \.safetensors file"):
        check_folder(installed(folder))


def test_pickles_are_refused_with_the_reason(tiny_qwen: Path, tmp_path: Path) -> None:
    folder = copied(tiny_qwen, tmp_path)
    (folder / "model.safetensors").unlink()
    torch.save({"weight": torch.zeros(2)}, folder / "pytorch_model.bin")
    with pytest.raises(BadMedia, match=r"pytorch_model.bin .*pickle.*run any program") as caught:
        load(folder)
    assert caught.value.code == "pickle"


def test_a_pickle_beside_good_weights_is_never_opened(tiny_qwen: Path, tmp_path: Path) -> None:
    folder = copied(tiny_qwen, tmp_path)
    (folder / "pytorch_model.bin").write_bytes(b"\x80\x04cos\nsystem\n(S'false'\ntR.")
    load(folder)


def test_weights_that_were_cut_short_are_refused(tiny_qwen: Path, tmp_path: Path) -> None:
    folder = copied(tiny_qwen, tmp_path)
    data = (folder / "model.safetensors").read_bytes()
    (folder / "model.safetensors").write_bytes(data[:-100])
    with pytest.raises(BadMedia, match="cut short"):
        load(folder)


def test_a_missing_tensor_is_no_model(tiny_qwen: Path, tmp_path: Path) -> None:
    """The library would fill it with noise."""
    folder = copied(tiny_qwen, tmp_path)
    data = (folder / "model.safetensors").read_bytes()
    (length,) = struct.unpack("<Q", data[:8])
    header = json.loads(data[8 : 8 + length])
    entry = header.pop("model.norm.weight")
    header["model.spare.weight"] = entry
    text = json.dumps(header).encode()
    (folder / "model.safetensors").write_bytes(struct.pack("<Q", len(text)) + text + data[8 + length :])
    with pytest.raises(BadMedia, match=r"1 tensors are missing .*model\.norm\.weight"):
        load(folder)


def test_code_of_the_models_own_is_not_run(tiny_qwen: Path, tmp_path: Path) -> None:
    folder = copied(tiny_qwen, tmp_path)
    (folder / "evil.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w')\nclass Config: ...\nclass Model: ...\n")
    config = json.loads((folder / "config.json").read_text())
    config |= {"model_type": "evil", "auto_map": {"AutoConfig": "evil.Config", "AutoModelForCausalLM": "evil.Model"}}
    (folder / "config.json").write_text(json.dumps(config))
    with pytest.raises(BadMedia, match="cannot be loaded") as caught:
        load(folder)
    assert "\n" not in caught.value.message
    assert not (tmp_path / "ran").exists()


def test_an_empty_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadMedia, match=r"no config\.json"):
        check_folder(installed(tmp_path / "empty"))
