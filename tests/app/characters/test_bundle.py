"""Files that are no characters, damaged ones and hostile ones: one sentence each, and nothing is unpacked."""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import random
import struct
import zipfile
from pathlib import Path
from typing import Any

import pytest

from app.characters import bundle as module
from app.characters.bundle import Manifest, open_bundle
from configs.errors import BadMedia
from tests.app.characters.packs import manifest, picture, written

LIMIT = 8 << 20
PICTURE = "pictures/0123456789abcdef.png"


def entry(data: bytes, path: str = PICTURE, **more: Any) -> dict[str, Any]:
    return {"path": path, "name": "one.png", "sha256": hashlib.sha256(data).hexdigest(), "size_bytes": len(data), **more}


def copied(path: Path, limit: int = LIMIT) -> None:
    with open_bundle(path, "luca.character", limit) as found:
        for one in found.manifest.pictures:
            found.copy(one.path, one.sha256, io.BytesIO())


def refused(path: Path, limit: int = LIMIT) -> str:
    with pytest.raises(BadMedia) as caught:
        copied(path, limit)
    assert "\n" not in str(caught.value)
    assert caught.value.remedy
    return caught.value.message


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "luca.character"


def test_a_right_file_is_read(target: Path) -> None:
    data = picture()
    written(target, manifest(pack={"title": "Luca", "references": [PICTURE]}, pictures=[entry(data)]), {PICTURE: data})
    with open_bundle(target, "luca.character", LIMIT) as found:
        assert found.manifest.pack.title == "Luca"
        copy = io.BytesIO()
        found.copy(PICTURE, found.manifest.pictures[0].sha256, copy)
    assert copy.getvalue() == data


@pytest.mark.parametrize("data", [b"", b"hello", b"PK\x05\x06" + bytes(18) + b"x", picture()], ids=["empty", "text", "stub", "png"])
def test_what_is_no_zip(target: Path, data: bytes) -> None:
    target.write_bytes(data)
    assert refused(target) in (
        "luca.character is no .character file, or it is damaged.",
        "luca.character has no manifest.json, so it is no character.",
    )


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        (None, "has no manifest.json"),
        (b"{", "cannot be read"),
        (b"\xff\xfe", "cannot be read"),
        (b"[" * 100_000, "cannot be read"),
        (b"[]", "does not describe a character"),
        (b'{"format": "docx"}', "does not describe a character"),
        (json.dumps(manifest(schema_version=2)).encode(), "is of version 2; this studio reads version 1"),
        (json.dumps(manifest(schema_version="1")).encode(), "is of version 1"),
        (json.dumps(manifest(handle="../x")).encode(), "Field 'handle' is '../x'"),
        (json.dumps(manifest(pack={"threshold": 7})).encode(), "Field 'pack.threshold' is 7"),
        (json.dumps(manifest(pack={"run": "rm"})).encode(), "Field 'pack.run' is not known"),
        (json.dumps(manifest(pictures=[{"path": PICTURE}])).encode(), "is missing"),
    ],
)
def test_manifests_that_are_wrong(target: Path, said: bytes | None, sentence: str) -> None:
    assert sentence in refused(written(target, said))


@pytest.mark.parametrize(
    "name",
    ["../../evil.png", "/etc/passwd", "pictures/../../x.png", "pictures/one.png", "run.sh", "pictures/0123456789abcdef.py/x",
     "loras/0123456789abcdef.pt", "pictures\\0123456789abcdef.png", "pictures/", "pictures/0123456789abcdef.png\n"],
)  # fmt: skip
def test_names_that_have_no_place_in_a_character(target: Path, name: str) -> None:
    assert "which has no place in a character" in refused(written(target, manifest(), {name: b"x"}))


def test_a_file_that_the_manifest_does_not_name(target: Path) -> None:
    assert "does not speak of" in refused(written(target, manifest(), {PICTURE: b"x"}))


def test_a_file_that_is_not_there(target: Path) -> None:
    assert f"lacks {PICTURE!r}" in refused(written(target, manifest(pictures=[entry(b"x")])))


def test_a_file_of_another_size_or_content(target: Path) -> None:
    assert "another in its place" in refused(written(target, manifest(pictures=[entry(b"xy")]), {PICTURE: b"x"}))
    written(target, manifest(pictures=[entry(b"y")]), {PICTURE: b"x"})
    with (
        open_bundle(target, "luca.character", LIMIT) as found,
        pytest.raises(BadMedia, match="is not the file that its manifest speaks of"),
    ):
        found.copy(PICTURE, found.manifest.pictures[0].sha256, io.BytesIO())


def test_a_picture_that_is_said_to_be_a_lora_and_one_said_twice(target: Path) -> None:
    as_lora = {"name": "x", "sha256": "0" * 64, "size_bytes": 1, "path": PICTURE}
    assert "as what it is" in refused(written(target, manifest(loras=[as_lora]), {PICTURE: b"x"}))
    assert "as what it is" in refused(written(target, manifest(pictures=[entry(b"x"), entry(b"x")]), {PICTURE: b"x"}))
    assert "lacks 'manifest.json'" in refused(written(target, manifest(pictures=[entry(b"x", "manifest.json")])))


def test_a_pack_that_uses_what_is_no_picture_of_the_file(target: Path) -> None:
    for pack in ({"references": ["/etc/passwd"]}, {"sheet": "a-0000000000000000"}):
        assert "is no picture of it" in refused(written(target, manifest(pack=pack)))


def test_the_same_name_twice(target: Path) -> None:
    written(target, manifest())
    with zipfile.ZipFile(target, "a") as archive, pytest.warns(UserWarning, match="Duplicate name"):
        archive.writestr("manifest.json", json.dumps(manifest()))
    assert "twice" in refused(target)


def test_encrypted_and_strangely_packed_files(target: Path) -> None:
    written(target, manifest(), compression=zipfile.ZIP_LZMA)
    assert "packed in a way that characters are not" in refused(target)
    data = bytearray(written(target, manifest()).read_bytes())
    data[data.index(b"PK\x01\x02") + 8] |= 1
    target.write_bytes(data)
    assert "encrypted" in refused(target)


def test_bombs(target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    zeros = bytes(4 << 20)
    written(target, manifest(pictures=[entry(zeros)]), {PICTURE: zeros})
    assert target.stat().st_size < 20_000
    assert f"unpacks to {len(zeros):,}" in refused(target, 1 << 20) or "this studio takes" in refused(target, 1 << 20)
    monkeypatch.setattr(module, "LARGEST_PICTURE", 1 << 20)
    assert "1,048,576 are the most" in refused(target)


def test_a_bomb_that_lies_about_its_size(target: Path) -> None:
    zeros = bytes(4 << 20)
    data = bytearray(written(target, manifest(pictures=[entry(b"x" * 9)]), {PICTURE: zeros}).read_bytes())
    for mark, place in ((b"PK\x01\x02", 24), (b"PK\x03\x04", 22)):
        spot = data.rindex(mark)
        data[spot + place : spot + place + 4] = struct.pack("<I", 9)
    target.write_bytes(data)
    copy = io.BytesIO()
    with open_bundle(target, "luca.character", LIMIT) as found, pytest.raises(BadMedia, match=r"is damaged at|is not the file"):
        found.copy(PICTURE, None, copy)
    assert len(copy.getvalue()) <= 9


def test_too_many_files(target: Path) -> None:
    many = {f"pictures/{number:016x}.png": b"x" for number in range(70)}
    assert "holds 71 files" in refused(written(target, manifest(), many))


def test_a_table_of_contents_that_would_fill_the_memory(target: Path) -> None:
    many = {f"pictures/{number:016x}.png": b"" for number in range(16_000)}
    written(target, manifest(), many, compression=zipfile.ZIP_STORED)
    assert refused(target) == "luca.character is no .character file, or it is damaged."


def test_bytes_that_were_changed_on_the_way(target: Path) -> None:
    data = picture()
    whole = written(target, manifest(pictures=[entry(data)]), {PICTURE: data}, compression=zipfile.ZIP_STORED).read_bytes()
    for at in (whole.index(data) + 40, whole.index(b'"format"')):
        damaged = bytearray(whole)
        damaged[at] ^= 0xFF
        target.write_bytes(damaged)
        assert refused(target)


def test_five_hundred_damaged_files_never_end_in_anything_but_a_sentence(target: Path) -> None:
    data, chance = picture(), random.Random(7)
    whole = written(target, manifest(pack={"references": [PICTURE]}, pictures=[entry(data)]), {PICTURE: data}).read_bytes()
    for _ in range(500):
        damaged = bytearray(whole)
        for _ in range(chance.randint(1, 6)):
            damaged[chance.randrange(len(damaged))] = chance.randrange(256)
        target.write_bytes(bytes(damaged[: chance.randint(len(damaged) // 2, len(damaged))]))
        with contextlib.suppress(BadMedia):
            copied(target)


def test_a_manifest_names_its_files() -> None:
    said = Manifest.model_validate(
        manifest(pictures=[entry(b"x")], loras=[{"name": "here", "path": "loras/0123456789abcdef.safetensors"}, {"name": "elsewhere"}])
    )
    assert said.paths() == [PICTURE, "loras/0123456789abcdef.safetensors"]
