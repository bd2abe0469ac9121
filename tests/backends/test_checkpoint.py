"""Safetensors headers are read or refused in one sentence; pickles are refused whatever their name."""

from __future__ import annotations

import io
import json
import pickle
import random
import struct
import tarfile
import zipfile
from pathlib import Path
from typing import Any

import pytest

from backends.checkpoint import is_pickle, read_header, refuse_unsafe
from configs.errors import BadMedia
from tests.backends.weights import encode, header_of, safetensors

SHAPES = {"a.weight": (3, 4), "a.bias": (4,), "b.weight": (2, 2, 2)}


def said(path: Path) -> str:
    with pytest.raises(BadMedia) as refused:
        read_header(path)
    text = refused.value.message
    assert path.name in text
    assert "\n" not in text
    return text


def test_a_whole_file_is_read(tmp_path: Path) -> None:
    header = read_header(safetensors(tmp_path / "m.safetensors", SHAPES))
    assert {name: tensor.shape for name, tensor in header.tensors.items()} == SHAPES
    assert header.data_bytes == (12 + 4 + 8) * 4
    assert header.tensors["a.bias"].dtype == "F32"


def test_metadata_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "m.safetensors"
    path.write_bytes(encode({"__metadata__": {"format": "pt"}, **header_of({"x": (2,)})}, 8))
    assert read_header(path).metadata == {"format": "pt"}


def test_a_file_without_tensors_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "m.safetensors"
    path.write_bytes(encode({}, 0))
    assert read_header(path).tensors == {}


def test_a_file_cut_short_says_so(tmp_path: Path) -> None:
    path = safetensors(tmp_path / "m.safetensors", SHAPES)
    path.write_bytes(path.read_bytes()[:-10])
    assert "was cut short: 86 bytes of weights are there and its header speaks of 96" in said(path)


def changed(**changes: Any) -> dict[str, Any]:
    header = header_of(SHAPES)
    header["a.bias"] = {**header["a.bias"], **changes}
    return header


@pytest.mark.parametrize(
    ("header", "why"),
    [
        ([], "no table of tensors"),
        ({"x": 3}, "has no description"),
        ({"__metadata__": {"a": 1}}, "metadata is not text"),
        (changed(dtype="Q4"), "of an unknown kind 'Q4'"),
        (changed(dtype=["F32"]), "unknown kind"),
        (changed(shape=[4, -1]), "no proper shape"),
        (changed(shape="4"), "no proper shape"),
        (changed(shape=[True, 4]), "no proper shape"),
        (changed(shape=[5]), "another size than its shape"),
        (changed(shape=[10**18, 10**18]), "another size"),
        (changed(data_offsets=[48]), "no proper shape or place"),
        (changed(data_offsets=[64, 48]), "another size"),
        (changed(data_offsets=[44, 60]), "overlaps another or leaves a gap"),
        (changed(data_offsets=[None, 64]), "no proper shape or place"),
    ],
)
def test_a_damaged_header_is_refused_with_the_reason(tmp_path: Path, header: Any, why: str) -> None:
    path = tmp_path / "m.safetensors"
    path.write_bytes(encode(header, 96))
    assert why in said(path)


@pytest.mark.parametrize(
    "content",
    [b"", b"abc", struct.pack("<Q", 10), struct.pack("<Q", 2**63) + b"{}", struct.pack("<Q", 0), struct.pack("<Q", 4) + b"\xff\xfe{}"],
)
def test_what_is_no_such_file_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "m.safetensors"
    path.write_bytes(content)
    assert "no whole safetensors file" in said(path)


def test_deeply_nested_nonsense_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "m.safetensors"
    text = b"[" * 200_000
    path.write_bytes(struct.pack("<Q", len(text)) + text)
    assert "not JSON" in said(path)


def test_bytes_after_the_end_are_refused(tmp_path: Path) -> None:
    path = safetensors(tmp_path / "m.safetensors")
    path.write_bytes(path.read_bytes() + b"surprise")
    assert "8 bytes follow" in said(path)


def test_an_absent_file_is_named(tmp_path: Path) -> None:
    assert "cannot be read: No such file" in said(tmp_path / "gone.safetensors")


def test_a_thousand_random_damages_never_crash(tmp_path: Path) -> None:
    """Every one is either read as a whole file or refused in a sentence; never another exception."""
    dice = random.Random(20260)
    whole = encode({"__metadata__": {"format": "pt"}, **header_of(SHAPES)}, 96)
    path = tmp_path / "m.safetensors"
    sentences = []
    for _ in range(1000):
        data = bytearray(whole)
        for _ in range(dice.randint(1, 6)):
            place, kind = dice.randrange(len(data)), dice.randrange(4)
            if kind == 0:
                data[place] ^= 1 << dice.randrange(8)
            elif kind == 1:
                del data[place : place + dice.randint(1, 40)]
            elif kind == 2:
                data[place:place] = bytes(dice.randrange(256) for _ in range(dice.randint(1, 20)))
            else:
                data[place] = dice.choice(b'{}[]",:0-9eE\\')
            data = data or bytearray(b"\0")
        path.write_bytes(data)
        try:
            header = read_header(path)
            assert header.data_bytes == sum(tensor.end - tensor.start for tensor in header.tensors.values())
        except BadMedia as error:
            sentences.append(str(error))
    assert len(sentences) > 700
    assert not any("\n" in sentence for sentence in sentences)


def pickled() -> bytes:
    return pickle.dumps({"state_dict": [1.0]}, protocol=2)


def zipped() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("archive/data.pkl", pickled())
    return out.getvalue()


def tarred() -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        entry = tarfile.TarInfo("pickle")
        entry.size = len(pickled())
        archive.addfile(entry, io.BytesIO(pickled()))
    return out.getvalue()


@pytest.mark.parametrize("name", ["model.bin", "model.ckpt", "model.safetensors", "model", "config.json"])
@pytest.mark.parametrize("make", [pickled, zipped, tarred], ids=["pickle", "zip", "tar"])
def test_a_pickle_is_refused_whatever_its_name(tmp_path: Path, name: str, make: Any) -> None:
    path = tmp_path / name
    path.write_bytes(make())
    assert is_pickle(path)
    with pytest.raises(BadMedia, match="is a pickle, which can run any program while it is being loaded") as refused:
        refuse_unsafe(path)
    assert "safetensors" in refused.value.remedy
    assert refused.value.code == "pickle"


@pytest.mark.parametrize("name", ["a.pt", "a.PTH", "a.ckpt", "a.pkl", "pytorch_model.bin", "pytorch_model-00001-of-00002.bin"])
def test_a_name_that_pickles_have_is_enough(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(b"anything")
    with pytest.raises(BadMedia, match="pickle"):
        refuse_unsafe(path)


def test_other_files_pass(tmp_path: Path) -> None:
    (tmp_path / "voice.bin").write_bytes(struct.pack("<4f", 0.1, 0.2, 0.3, 0.4))
    (tmp_path / "config.json").write_text(json.dumps({}))
    (tmp_path / "empty.txt").write_bytes(b"")
    for name in ("voice.bin", "config.json", "empty.txt"):
        refuse_unsafe(tmp_path / name)
    refuse_unsafe(safetensors(tmp_path / "m.safetensors"))


def test_a_header_whose_length_begins_like_a_pickle_passes(tmp_path: Path) -> None:
    """0x0280 = 640 bytes of header: the same two first bytes as a pickle of protocol 2."""
    header = header_of({"x": (2,)})
    header["__metadata__"] = {"pad": ""}
    header["__metadata__"]["pad"] = " " * (640 - len(json.dumps(header)))
    path = tmp_path / "m.safetensors"
    path.write_bytes(encode(header, 8))
    assert path.read_bytes()[:2] == b"\x80\x02"
    refuse_unsafe(path)
