"""Families of single-file checkpoints: the configs and tokenizers that such a file lacks are shipped, so that it loads offline."""

from __future__ import annotations

import gzip
import json
import os
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from backends.cards import Task
from configs.settings import CONFIG_DIR

SHIPPED = CONFIG_DIR / "families"
CLIP_MERGES = "clip-merges.txt.gz"
START, END = "<|startoftext|>", "<|endoftext|>"


@dataclass(frozen=True)
class Family:
    """What is common to all checkpoints of a family.

    Attributes:
        tokenizers: folders that get CLIP's vocabulary.
    """

    name: str
    title: str
    task: Task
    engine: str
    max_pixels: int
    working_bytes: int
    defaults: Mapping[str, float | int | str | bool]
    tokenizers: tuple[str, ...] = ()


FAMILIES: dict[str, Family] = {
    "sdxl": Family(
        "sdxl", "Stable Diffusion XL", "image", "diffusers-image", 1024 * 1024, 2_800_000_000,
        {"steps": 30, "guidance": 6.0, "width": 1024, "height": 1024}, ("tokenizer", "tokenizer_2"),
    ),
}  # fmt: skip


def config_folder(family: str, cache: Path) -> Path:
    """A folder laid out as the family's repository, without weights, to be given to a single-file loader as its ``config``.

    Made once below ``cache`` from what is shipped; safe to call from several processes.

    Raises:
        KeyError: nothing is shipped for the family.
    """
    entry = FAMILIES[family]
    target = cache / "families" / family
    if (target / "model_index.json").exists():
        return target
    target.parent.mkdir(parents=True, exist_ok=True)
    half = Path(tempfile.mkdtemp(dir=target.parent, prefix=f".{family}-"))
    shutil.copytree(SHIPPED / family, half, dirs_exist_ok=True)
    for folder in entry.tokenizers:
        write_clip_tokenizer(half / folder)
    try:
        os.rename(half, target)
    except OSError:  # another process was quicker
        shutil.rmtree(half, ignore_errors=True)
        if not (target / "model_index.json").exists():
            raise
    return target


@lru_cache(maxsize=1)
def clip_merges() -> tuple[str, ...]:
    """The 48,894 merges of CLIP's byte-pair encoding, most frequent first (OpenAI CLIP, MIT licence)."""
    return tuple(gzip.decompress((SHIPPED / CLIP_MERGES).read_bytes()).decode("utf-8").splitlines())


def byte_letters() -> list[str]:
    """The letter that stands for each of the 256 bytes, in the order of CLIP's vocabulary (Radford et al. 2019, section 2.2)."""
    printable = [*range(ord("!"), ord("~") + 1), *range(ord("¡"), ord("¬") + 1), *range(ord("®"), ord("ÿ") + 1)]
    rest = [byte for byte in range(256) if byte not in printable]
    return [chr(byte) for byte in printable] + [chr(256 + place) for place in range(len(rest))]


def clip_vocabulary() -> dict[str, int]:
    """Token -> number: the bytes, the bytes at a word's end, the merges, start and end."""
    letters = byte_letters()
    tokens = [*letters, *(letter + "</w>" for letter in letters), *("".join(merge.split()) for merge in clip_merges()), START, END]
    return {token: number for number, token in enumerate(tokens)}


def write_clip_tokenizer(folder: Path) -> None:
    """Adds ``vocab.json`` and ``merges.txt`` to a folder that holds a tokenizer's settings."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "vocab.json").write_text(json.dumps(clip_vocabulary(), ensure_ascii=False), encoding="utf-8")
    (folder / "merges.txt").write_text("\n".join(["#version: 0.2", *clip_merges(), ""]), encoding="utf-8")
