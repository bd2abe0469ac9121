"""The configs and the tokenizer that a single-file checkpoint lacks."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path

import pytest

from backends.families import END, FAMILIES, SHIPPED, START, byte_letters, clip_merges, clip_vocabulary, config_folder


def encode(word: str) -> list[int]:
    """One word by the rule of byte-pair encoding, written out plainly."""
    ranks = {tuple(merge.split()): rank for rank, merge in enumerate(clip_merges())}
    parts = [*word[:-1], word[-1] + "</w>"]
    while True:
        pairs = [(ranks[pair], place) for place, pair in enumerate(pairwise(parts)) if pair in ranks]
        if not pairs:
            return [clip_vocabulary()[part] for part in parts]
        _, place = min(pairs)
        parts[place : place + 2] = [parts[place] + parts[place + 1]]


def test_the_vocabulary_is_clips() -> None:
    vocabulary = clip_vocabulary()
    assert len(vocabulary) == 49408
    assert (vocabulary["!"], vocabulary["!</w>"], vocabulary[START], vocabulary[END]) == (0, 256, 49406, 49407)
    assert len(set(byte_letters())) == 256


@pytest.mark.parametrize(("word", "numbers"), [("a", [320]), ("photo", [1125]), ("of", [539]), ("cat", [2368]), ("astronaut", [18376])])
def test_known_words_have_their_known_numbers(word: str, numbers: list[int]) -> None:
    assert encode(word) == numbers


@pytest.mark.parametrize("family", FAMILIES)
def test_a_family_is_laid_out_as_its_repository(tmp_path: Path, family: str) -> None:
    folder = config_folder(family, tmp_path)
    index = json.loads((folder / "model_index.json").read_text())
    parts = [name for name, value in index.items() if isinstance(value, list)]
    assert sorted(parts) == sorted(path.name for path in folder.iterdir() if path.is_dir())
    assert not list(folder.rglob("*.safetensors"))
    for part in FAMILIES[family].tokenizers:
        assert len(json.loads((folder / part / "vocab.json").read_text())) == 49408
        assert len((folder / part / "merges.txt").read_text().splitlines()) == 48895


def test_the_two_tokenizers_fill_up_differently(tmp_path: Path) -> None:
    folder = config_folder("sdxl", tmp_path)
    fills = [json.loads((folder / part / "tokenizer_config.json").read_text())["pad_token"] for part in ("tokenizer", "tokenizer_2")]
    assert fills == [END, "!"]


def test_it_is_made_once(tmp_path: Path) -> None:
    first = config_folder("sdxl", tmp_path)
    (first / "marker").write_text("kept")
    assert (config_folder("sdxl", tmp_path) / "marker").exists()
    assert [path.name for path in first.parent.iterdir()] == ["sdxl"]


def test_of_two_makers_at_once_one_wins_and_none_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import backends.families as families

    really = families.os.rename

    def late(source: Path, target: Path) -> None:
        families.shutil.copytree(source, target)  # the other process was here first
        really(source, target)

    monkeypatch.setattr(families.os, "rename", late)
    folder = config_folder("sdxl", tmp_path)
    assert (folder / "model_index.json").exists()
    assert [path.name for path in folder.parent.iterdir()] == ["sdxl"]


def test_an_unknown_family_is_a_key_error(tmp_path: Path) -> None:
    with pytest.raises(KeyError):
        config_folder("nothing", tmp_path)


def test_the_licence_of_what_is_shipped_is_there() -> None:
    assert "MIT License" in (SHIPPED / "LICENSE-CLIP.txt").read_text()


def test_the_models_of_the_family_have_their_known_sizes(tmp_path: Path) -> None:
    torch = pytest.importorskip("torch")
    from diffusers import AutoencoderKL, UNet2DConditionModel
    from transformers import CLIPTextConfig, CLIPTextModelWithProjection, CLIPTokenizer

    folder = config_folder("sdxl", tmp_path)
    with torch.device("meta"):
        unet = UNet2DConditionModel.from_config(UNet2DConditionModel.load_config(folder / "unet"))
        vae = AutoencoderKL.from_config(AutoencoderKL.load_config(folder / "vae"))
        text = CLIPTextModelWithProjection(CLIPTextConfig.from_pretrained(folder / "text_encoder_2"))
    counts = [sum(parameter.numel() for parameter in model.parameters()) for model in (unet, vae, text)]
    assert counts == [2_567_463_684, 83_653_863, 694_659_840]
    words = CLIPTokenizer.from_pretrained(folder / "tokenizer")("a photo of a cat").input_ids
    assert words == [49406, 320, 1125, 539, 320, 2368, 49407]
