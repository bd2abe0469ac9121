"""A form with a file, read back by the reader of uploads."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.api.multipart import UploadReader
from app.file_form import PIECE, FileForm


class Sink:
    def __init__(self, name: str) -> None:
        self.name, self.data = name, b""

    def write(self, data: bytes) -> None:
        self.data += data


def read(form: FileForm) -> tuple[Sink, dict[str, str], int]:
    sinks: list[Sink] = []

    def opened(name: str) -> Sink:
        sinks.append(Sink(name))
        return sinks[0]

    reader, length = UploadReader(form.headers()["content-type"], opened), 0
    for piece in form.pieces():
        reader.feed(piece)
        length += len(piece)
    reader.finish()
    return sinks[0], reader.fields, length


@pytest.mark.parametrize("size", [0, 1, PIECE, PIECE + 7])
def test_it_comes_out_as_it_went_in(tmp_path: Path, size: int) -> None:
    path = tmp_path / "luca.character"
    path.write_bytes(b"\r\n--x" * (size // 5) + b"." * (size % 5))
    form = FileForm(path, {"handle": "luca-2", "replace": "true"})
    sink, fields, length = read(form)
    assert (sink.name, sink.data, fields) == ("luca.character", path.read_bytes(), {"handle": "luca-2", "replace": "true"})
    assert form.headers()["content-length"] == str(length)


def test_odd_names_break_nothing(tmp_path: Path) -> None:
    path = tmp_path / 'a"b\\c é.character'
    path.write_bytes(b"x")
    assert read(FileForm(path))[0].name == "a_b_c é.character"


def test_no_two_forms_have_the_same_boundary(tmp_path: Path) -> None:
    assert FileForm(tmp_path).boundary != FileForm(tmp_path).boundary
