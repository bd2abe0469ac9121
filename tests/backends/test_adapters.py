"""The shelf of adapters: found, named, told apart, kept."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from backends.adapters import AdapterFile, AdapterShelf, usable
from backends.base import Installed
from backends.checkpoint import read_header
from backends.registry import load_cards
from configs.errors import BadInput, BadMedia, NotFound
from tests.backends.weights import BYTES, encode, header_of, safetensors

LORA = {"lora_te1_x.lora_down.weight": (4, 8), "lora_te1_x.lora_up.weight": (8, 4), "lora_te1_x.alpha": ()}
UNION = {
    "controlnet_cond_embedding.conv_in.weight": (1,), "task_embedding": (6, 320), "control_add_embedding.linear_1.weight": (1,),
    "down_blocks.1.attentions.0.transformer_blocks.0.attn2.to_k.weight": (1, 2048),
}  # fmt: skip
PLAIN_NET = {"controlnet_cond_embedding.conv_in.weight": (1,), "x.attn2.to_k.weight": (1, 2048)}
IP = {"ip_adapter.1.to_k_ip.weight": (8, 2048), "image_proj.proj.weight": (4, 4)}


def with_metadata(path: Path, shapes: dict[str, tuple[int, ...]], **metadata: str) -> Path:
    """A whole file with words in its header."""
    header: dict[str, Any] = header_of(shapes)
    sizes = sum(entry["data_offsets"][1] - entry["data_offsets"][0] for entry in header.values())
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(encode({"__metadata__": metadata, **header}, sizes))
    return path


@pytest.fixture
def own(tmp_path: Path) -> Path:
    folder = tmp_path / "models" / "adapters"
    folder.mkdir(parents=True)
    return folder


def names(shelf: AdapterShelf, kind: str | None = None) -> list[str]:
    return [one.name for one in shelf.all(kind)]


def test_each_kind_is_told_by_its_tensors(own: Path) -> None:
    safetensors(own / "luca.safetensors", LORA)
    safetensors(own / "deep/inside/union.safetensors", UNION)
    safetensors(own / "faces.safetensors", IP)
    safetensors(own / "badhands.safetensors", {"emb_params": (4, 768)})
    safetensors(own / "sharp.safetensors", {"decoder.conv_in.weight": (8, 4, 3, 3), "decoder.conv_out.weight": (3, 8)})
    safetensors(own / "x4.safetensors", {"conv_first.weight": (8, 3)})
    found = {one.kind: one for one in AdapterShelf(own).all()}
    assert {kind: one.name for kind, one in found.items()} == {
        "lora": "luca", "controlnet": "union", "ip-adapter": "faces", "embedding": "badhands", "vae": "sharp", "upscaler": "x4",
    }  # fmt: skip
    assert found["lora"].family == found["controlnet"].family == found["ip-adapter"].family == "sdxl"
    assert found["lora"].metadata == {"format": "LoRA", "text encoders": "yes", "rank": "4"}
    assert found["lora"].program == "", "the studio's own"
    assert found["controlnet"].controls == (
        "pose", "depth", "softedge", "scribble", "canny", "lineart", "normal", "segmentation",
    ), "six branches: no tile"  # fmt: skip


def test_words_inside_and_beside(own: Path) -> None:
    frequency = json.dumps({"10_luca": {"boy": 30, "luca": 20}, "5_more": {"luca": 20}})
    file = with_metadata(own / "luca.safetensors", LORA, ss_tag_frequency=frequency, ss_base_model_version="sdxl_base_v1-0")
    (own / "luca.preview.png").write_bytes(b"png")
    shelf = AdapterShelf(own)
    found = shelf.find("lora", "luca")
    assert found.triggers == ("luca", "boy")
    assert found.metadata["base"] == "sdxl_base_v1-0"
    assert found.preview == own / "luca.preview.png"
    note = file.with_suffix(".civitai.info")
    note.write_text(json.dumps({"trainedWords": ["lucaXL, smiling"], "model": {"name": "Luca the boy"}}), encoding="utf-8")
    found = shelf.find("lora", "luca")
    assert found.triggers == ("lucaXL", "smiling", "luca", "boy"), "a note that came later is read"
    assert found.title == "Luca the boy"


def test_damaged_files_are_listed_with_their_trouble_and_never_found_usable(own: Path) -> None:
    safetensors(own / "good.safetensors", LORA)
    whole = (own / "good.safetensors").read_bytes()
    (own / "short.safetensors").write_bytes(whole[:-4])
    (own / "empty.safetensors").write_bytes(b"")
    (own / "old.pt").write_bytes(b"\x80\x02.")
    (own / "hidden.safetensors").write_bytes(b"PK\x03\x04" + bytes(600))
    safetensors(own / "language.safetensors", {"model.layers.0.self_attn.q_proj.weight": (4, 4)})
    troubles = {one.name: one.trouble for one in AdapterShelf(own).all("lora")}
    assert troubles.pop("good") == ""
    assert "cut short" in troubles["short"]
    assert "pickle" in troubles["old"]
    assert "pickle" in troubles["hidden"]
    assert "language model" in troubles["language"]
    assert all(text.endswith(".") and text.count(".") <= 3 for text in troubles.values())
    for name in troubles:
        with pytest.raises(BadMedia) as caught:
            AdapterShelf(own).find("lora", name)
        assert caught.value.remedy


@pytest.mark.parametrize(
    ("tensor", "format_", "works"),
    [
        ("lora_te1_x.hada_w1_a", "LoHa", True),
        ("lora_te1_x.lokr_w1", "LoKr", True),
        ("lora_te1_x.oft_blocks", "OFT", False),
        ("lora_te1_x.on_input", "IA3", False),
    ],
)
def test_formats_that_cannot_be_mixed_in_are_refused(own: Path, tensor: str, format_: str, works: bool) -> None:
    safetensors(own / "odd.safetensors", {tensor: (4, 4), "lora_te1_y.lora_down.weight": (4, 4)})
    [found] = AdapterShelf(own).all("lora")
    assert (found.metadata["format"], not found.trouble) == (format_, works)
    if not works:
        with pytest.raises(BadMedia, match=format_):
            AdapterShelf(own).find("lora", "odd")


def test_two_of_one_name_are_told_by_their_folders(own: Path, tmp_path: Path) -> None:
    comfy = tmp_path / "ComfyUI"
    (comfy / "comfy").mkdir(parents=True)
    for path in (
        own / "a/style.safetensors",
        own / "b/style.safetensors",
        own / "only.safetensors",
        comfy / "models/loras/style.safetensors",
    ):
        safetensors(path, LORA)
    shelf = AdapterShelf(own, [comfy])
    assert names(shelf) == ["a/style", "b/style", "models/loras/style", "only"]
    assert shelf.find("lora", "b/style").path == own / "b/style.safetensors"
    assert shelf.find("lora", "ONLY.safetensors").name == "only"
    with pytest.raises(BadInput, match="3 LoRAs are called 'style'"):
        shelf.find("lora", "style")
    (own / "b/style.safetensors").unlink()
    assert shelf.find("lora", "style").path == own / "a/style.safetensors", "the studio's own goes first"
    assert shelf.find("lora", "models/loras/style").program == "ComfyUI"


def test_what_is_not_there_names_the_nearest(own: Path) -> None:
    with pytest.raises(NotFound, match="models import") as caught:
        AdapterShelf(own).find("lora", "luca")
    assert str(own) in caught.value.remedy
    safetensors(own / "luca_v2.safetensors", LORA)
    with pytest.raises(NotFound, match=r"There is no LoRA named 'luka_v2'\. Did you mean 'luca_v2'\?"):
        AdapterShelf(own).find("lora", "luka_v2")
    with pytest.raises(NotFound, match="There is no ControlNet named"):
        AdapterShelf(own).find("controlnet", "luca_v2")


def test_folders_as_the_hub_has_them_count_by_the_folders_name(own: Path) -> None:
    safetensors(own / "controlnet/my-canny-net/diffusion_pytorch_model.safetensors", PLAIN_NET)
    (own / "controlnet/my-canny-net/config.json").write_text("{}", encoding="utf-8")
    safetensors(own / "loras/luca/pytorch_lora_weights.safetensors", LORA)
    shelf = AdapterShelf(own)
    net = shelf.find("controlnet", "my-canny-net")
    assert net.path == own / "controlnet/my-canny-net", "with its config"
    assert net.controls == ("canny",)
    assert shelf.find("lora", "luca").path.name == "pytorch_lora_weights.safetensors"


def test_nothing_is_read_twice_not_even_by_the_next_process(own: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(20):
        safetensors(own / f"l{number}.safetensors", LORA)
    cache = tmp_path / "cache" / "adapters.json"
    read: list[Path] = []

    def counted(path: Path) -> Any:
        read.append(path)
        return read_header(path)

    monkeypatch.setattr("backends.adapter_files.read_header", counted)
    shelf = AdapterShelf(own, cache=cache)
    first = shelf.all()
    assert len(read) == 20
    assert shelf.all() == first
    assert AdapterShelf(own, cache=cache).all() == first
    assert len(read) == 20
    safetensors(own / "l3.safetensors", {**LORA, "lora_te2_x.lora_down.weight": (4, 8)})
    (own / "l4.safetensors").unlink()
    assert len(shelf.all()) == 19
    assert read[20:] == [own / "l3.safetensors"]
    assert "l4.safetensors" not in cache.read_text(encoding="utf-8"), "what is gone is forgotten"
    cache.write_text("{", encoding="utf-8")
    assert len(AdapterShelf(own, cache=cache).all()) == 19, "a damaged cache is as good as none"


def installed(name: str, folder: Path) -> Installed:
    card = load_cards()[name]
    return Installed(card, card.variant(), folder)


def test_installed_cards_stand_on_the_shelf(own: Path, tmp_path: Path) -> None:
    entries = [
        installed("controlnet-union-sdxl", tmp_path / "u"),
        installed("ip-adapter-plus-sdxl", tmp_path / "i"),
        installed("sdxl-base", tmp_path),
    ]
    shelf = AdapterShelf(own, cards=lambda: entries)
    assert [(one.kind, one.name, one.card) for one in shelf.all()] == [
        ("controlnet", "controlnet-union-sdxl", "controlnet-union-sdxl"),
        ("ip-adapter", "ip-adapter-plus-sdxl", "ip-adapter-plus-sdxl"),
    ]
    net = shelf.find("controlnet", "controlnet-union-sdxl")
    assert net.path == tmp_path / "u"
    assert "segmentation" in net.controls
    assert net.metadata["licence"] == "Apache-2.0"
    safetensors(own / "controlnet-union-sdxl.safetensors", UNION)
    assert names(shelf, "controlnet") == ["controlnet-union-sdxl", "controlnet-union-sdxl (installed)"], "a file of that name goes first"


def test_what_fits_a_model_and_a_kind_of_map(own: Path) -> None:
    def net(name: str, family: str = "sdxl", controls: tuple[str, ...] = (), trouble: str = "") -> AdapterFile:
        return AdapterFile(name, "controlnet", own / name, 1, family, controls=controls, trouble=trouble)

    files = [
        net("unknown"), net("union", controls=("canny", "depth", "pose")), net("canny", controls=("canny",)), net("flux", "flux"),
        net("damaged", controls=("canny",), trouble="It is short."), net("depth", controls=("depth",)), net("silent", "", ("canny",)),
    ]  # fmt: skip
    assert [one.name for one in usable(files, "sdxl", "canny")] == ["canny", "silent", "union", "unknown"]
    assert [one.name for one in usable(files, "sdxl")] == ["unknown", "union", "canny", "depth", "silent"]
    assert usable(files, "") == []


def test_sizes_are_bytes(own: Path) -> None:
    file = safetensors(own / "x.safetensors", {"lora_te1_x.lora_down.weight": (100, 10)}, "F16")
    assert AdapterShelf(own).all()[0].size_bytes == file.stat().st_size > 1000 * BYTES["F16"]
