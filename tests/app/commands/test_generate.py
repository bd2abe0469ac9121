"""`generate`: from flags to a request, from a job to numbered files."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from app.commands import generate
from app.commands.base import load
from configs.errors import BadInput


def parsed(*argv: str) -> argparse.Namespace:
    return load(generate.COMMAND, "generate", argv).parse_args(argv)


def request(*argv: str) -> dict[str, Any]:
    return generate.request_of(parsed(*argv, "--out", "x.png"))


def test_only_what_was_said_goes_into_the_request() -> None:
    assert request("a fox") == {"prompt": "a fox", "count": 1}


def test_every_flag_finds_its_field(tmp_path: Path) -> None:
    found = request(
        "a fox", "--count", "3", "--size", "640x360", "--model", "sdxl-base", "--seed", "7", "--steps", "12", "--guidance", "4.5",
        "--negative", "fog", "--style", "pixar", "--lora", "ink:0.4", "--lora", "plain", "--control", "canny:0.5=a.png",
        "--reference", "b.png", "--image", "c.png", "--mask", "d.png", "--strength", "0.3",
        "--outpaint", "left=64", "top=8", "--transparent", "--clip-skip", "2",
    )  # fmt: skip
    here = Path.cwd()
    assert found == {
        "prompt": "a fox", "count": 3, "width": 640, "height": 360, "model": "sdxl-base", "seed": 7, "steps": 12, "guidance": 4.5,
        "negative": "fog", "style": "pixar", "loras": [{"name": "ink", "weight": 0.4}, {"name": "plain"}],
        "controls": [{"kind": "canny", "image": str(here / "a.png"), "weight": 0.5}], "references": [{"image": str(here / "b.png")}],
        "image": str(here / "c.png"), "mask": str(here / "d.png"), "strength": 0.3, "outpaint": {"left": 64, "top": 8},
        "transparent": True, "clip_skip": 2,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        (("a", "--size", "big"), "--size is 'big'"),
        (("a", "--control", "canny"), "--control is 'canny'"),
        (("a", "--control", "smell=x.png"), "--control is 'smell=x.png'"),
        (("a", "--control", "canny:much=x.png"), "--control is 'canny:much=x.png'"),
        (("a", "--outpaint", "up=3"), "--outpaint is 'up=3'"),
        ((), "There is no prompt"),
    ],
)
def test_a_flag_that_cannot_be_read_is_one_sentence(argv: tuple[str, ...], said: str) -> None:
    with pytest.raises(BadInput, match=said):
        request(*argv)


def test_a_seed_below_zero_is_chance() -> None:
    assert request("a fox", "--seed", "-1") == {"prompt": "a fox", "count": 1}
    assert "seed" not in generate.request_of(parsed("a fox", "--seed", "-1", "--out", "x.png"), {"seed": 7})
    assert request("a fox", "--seed", "0")["seed"] == 0


@pytest.mark.parametrize(
    ("said", "remedy"),
    [
        ("250x250", "Give 248x248 or 256x256."), ("256x250", "Give 256x248 or 256x256."), ("30x30", "Give 64x64."),
        ("5001x512", "Give 4096x512."),
    ],
)  # fmt: skip
def test_a_size_that_cannot_be_made_names_the_nearest(said: str, remedy: str) -> None:
    with pytest.raises(BadInput, match=f"--size is '{said}', and sides are multiples of 8 px") as refused:
        request("a fox", "--size", said)
    assert refused.value.remedy == remedy


def test_a_control_picture_may_be_the_map_already() -> None:
    here = str(Path.cwd() / "a=b.png")
    assert generate.control_of("pose:map=a=b.png") == {"kind": "pose", "image": here, "preprocess": False}
    assert generate.control_of("depth:0.7:map=a=b.png") == {"kind": "depth", "image": here, "weight": 0.7, "preprocess": False}


def test_a_lora_name_may_hold_colons() -> None:
    assert generate.lora_of("style:v2") == {"name": "style:v2"}
    assert generate.lora_of("style:v2:0.5") == {"name": "style:v2", "weight": 0.5}


def test_several_files_are_numbered(tmp_path: Path) -> None:
    found = generate.targets_of(parsed("a", "--count", "3", "--out", str(tmp_path / "fox.png")))
    assert [path.name for path in found] == ["fox-1.png", "fox-2.png", "fox-3.png"]


def test_nothing_is_overwritten_without_force(tmp_path: Path) -> None:
    there = tmp_path / "fox.png"
    there.write_bytes(b"mine")
    with pytest.raises(BadInput, match="is there already"):
        generate.targets_of(parsed("a", "--out", str(there)))
    assert generate.targets_of(parsed("a", "--out", str(there), "--force")) == [there]


def test_other_endings_and_counts_are_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="does not end in"):
        generate.targets_of(parsed("a", "--out", str(tmp_path / "fox.jpg")))
    with pytest.raises(BadInput, match="--count is 99"):
        generate.targets_of(parsed("a", "--count", "99", "--out", str(tmp_path / "fox.png")))


def test_it_makes_pictures_without_a_model(cli: Callable[..., Any], tmp_path: Path) -> None:
    out = tmp_path / "fox.png"
    said = cli("generate", "a fox on a hill", "--out", str(out), "--size", "128x72", "--count", "2", "--seed", "3", "--json")
    assert said.code == 0, said.err
    files = [Path(name) for name in said.document["files"]]
    assert [path.name for path in files] == ["fox-1.png", "fox-2.png"]
    assert [image["seed"] for image in said.document["result"]["images"]] == [3, 4]
    with Image.open(files[0]) as image:
        assert image.size == (128, 72)
        assert "Seed: 3" in image.info["parameters"]
    assert "no AI image" in said.document["result"]["engine"]


def test_a_refused_request_leaves_no_file_and_says_one_sentence(cli: Callable[..., Any], tmp_path: Path) -> None:
    said = cli("generate", " ", "--out", str(tmp_path / "fox.png"))
    assert said.code == 2
    assert said.err.strip().splitlines()[-1] == "The prompt is empty. Say what is to be seen, or give a picture to start from."
    assert not (tmp_path / "fox.png").exists()


def test_the_settings_of_a_picture_make_it_again(cli: Callable[..., Any], tmp_path: Path) -> None:
    first, again, other = tmp_path / "first.png", tmp_path / "again.png", tmp_path / "other.png"
    assert cli("generate", "a “fox”: in the snow", "--out", str(first), "--size", "128x72", "--seed", "3", "--style", "noir").code == 0
    assert cli("generate", "--from", str(first), "--out", str(again)).code == 0
    assert first.read_bytes() == again.read_bytes()
    changed = cli("generate", "a boat", "--from", str(first), "--out", str(other), "--seed", "4", "--json")
    assert changed.document["job"]["title"].endswith("a boat")
    with Image.open(other) as image:
        assert image.size == (128, 72)
        assert "Seed: 4" in image.info["parameters"]


def test_a_picture_without_settings_is_one_sentence(cli: Callable[..., Any], tmp_path: Path) -> None:
    Image.new("RGB", (64, 64)).save(tmp_path / "plain.png")
    said = cli("generate", "--from", str(tmp_path / "plain.png"), "--out", str(tmp_path / "x.png"))
    assert said.code == 2
    assert "plain.png carries no settings." in said.err


def test_what_another_program_s_settings_lack_here_is_told(cli: Callable[..., Any], tmp_path: Path) -> None:
    text = "a cat <lora:gone:0.5>\nSteps: 4, Sampler: Euler a, Seed: 5, Size: 128x64, Model: nobody_v1"
    source = PngInfo()
    source.add_text("parameters", text)
    Image.new("RGB", (128, 64)).save(tmp_path / "theirs.png", pnginfo=source)
    said = cli("generate", "--from", str(tmp_path / "theirs.png"), "--out", str(tmp_path / "x.png"))
    assert said.code == 0, said.err
    assert "The model 'nobody_v1' is not installed." in said.err
    assert "The LoRA 'gone' is not here." in said.err
