"""What is written: everything that is there, once, and the same bytes for the same pack."""

from __future__ import annotations

import hashlib
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

from app.cast import LoraUse
from app.characters.exporting import sha256_of, write_bundle
from app.characters.pack import Character, Pack
from tests.app.characters.packs import BLUE, Desk, lora, picture


@pytest.fixture
def luca(desk: Desk) -> Character:
    one, two = desk.add("one.png"), desk.add("two.png", picture(BLUE))
    desk.add_lora("luca-v2")
    pack = Pack(title="Łuca", references=[one, two], sheet=one, loras=[LoraUse(name="luca-v2", weight=0.8), LoraUse(name="gone")])
    return desk.characters.create("luca", pack)


def read(path: Path) -> tuple[dict[str, Any], dict[str, bytes]]:
    with zipfile.ZipFile(path) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    return json.loads(files.pop("manifest.json")), files


def test_everything_that_is_there_is_in_the_file_once(desk: Desk, luca: Character, tmp_path: Path) -> None:
    write_bundle(luca, desk.artifacts, desk.shelf, tmp_path / "luca.character", loras=True)
    said, files = read(tmp_path / "luca.character")
    assert (said["handle"], said["schema_version"], said["pack"]["title"]) == ("luca", 1, "Łuca")
    assert sorted(path.partition("/")[0] for path in files) == ["loras", "pictures", "pictures"], "the sheet is one of the references"
    assert said["pack"]["sheet"] == said["pack"]["references"][0]
    for entry in [*said["pictures"], *(one for one in said["loras"] if one["path"])]:
        assert hashlib.sha256(files[entry["path"]]).hexdigest() == entry["sha256"]
        assert len(files[entry["path"]]) == entry["size_bytes"]
    assert {one["name"] for one in said["pictures"]} == {"one.png", "two.png"}
    assert said["pack"]["loras"][0]["weight"] == 0.8


def test_loras_may_be_left_out_and_are_named_all_the_same(desk: Desk, luca: Character, tmp_path: Path) -> None:
    write_bundle(luca, desk.artifacts, desk.shelf, tmp_path / "luca.character", loras=False)
    said, files = read(tmp_path / "luca.character")
    assert not any(path.startswith("loras/") for path in files)
    known, gone = said["loras"]
    assert (known["name"], known["path"], known["sha256"]) == ("luca-v2", None, hashlib.sha256(lora()).hexdigest())
    assert gone == {"name": "gone", "sha256": None, "size_bytes": None, "path": None}


def test_what_the_pack_has_lost_is_left_out(desk: Desk, luca: Character, tmp_path: Path) -> None:
    desk.artifacts.delete(luca.references[0])
    write_bundle(desk.characters.get("luca"), desk.artifacts, None, tmp_path / "luca.character", loras=True)
    said, files = read(tmp_path / "luca.character")
    assert (len(files), len(said["pack"]["references"]), said["pack"]["sheet"]) == (1, 1, None)


def test_the_same_pack_gives_the_same_bytes(desk: Desk, luca: Character, tmp_path: Path) -> None:
    for name in ("a", "b"):
        write_bundle(luca, desk.artifacts, desk.shelf, tmp_path / name, loras=True)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_a_hash_is_that_of_the_whole_file(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(bytes(3 << 20))
    assert sha256_of(tmp_path / "file") == hashlib.sha256(bytes(3 << 20)).hexdigest()
