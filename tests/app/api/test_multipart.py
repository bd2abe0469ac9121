"""The streaming reader of uploads: any cut of the bytes gives the same file; damage is one sentence."""

from __future__ import annotations

import io
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.api.multipart import MAX_FIELD_BYTES, UploadReader, file_name, form_body
from configs.errors import BadInput

TYPE = "multipart/form-data; boundary=BOUND"


def part(name: str, content: bytes, filename: str | None = None) -> bytes:
    shown = f'; filename="{filename}"' if filename is not None else ""
    return (
        b"--BOUND\r\n" + f'Content-Disposition: form-data; name="{name}"{shown}\r\nContent-Type: x/y\r\n\r\n'.encode() + content + b"\r\n"
    )


END = b"--BOUND--\r\n"


class Opened:
    """Records what is opened and written."""

    def __init__(self) -> None:
        self.names: list[str] = []
        self.file = io.BytesIO()

    def __call__(self, name: str) -> io.BytesIO:
        self.names.append(name)
        return self.file


def read(body: bytes, cuts: tuple[int, ...] = ()) -> tuple[UploadReader, Opened]:
    opened = Opened()
    reader = UploadReader(TYPE, opened)
    edges = [0, *sorted(cut % (len(body) + 1) for cut in cuts), len(body)]
    for start, end in pairwise(edges):
        reader.feed(body[start:end])
    reader.finish()
    return reader, opened


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=400), st.lists(st.integers(0, 10_000), max_size=8))
def test_any_cut_of_any_bytes_gives_the_same_file(content: bytes, cuts: list[int]) -> None:
    body = part("project_id", b"p-1") + part("file", content, "clip.mp4") + part("kind", b"video") + END
    reader, opened = read(body, tuple(cuts))
    assert opened.file.getvalue() == content
    assert opened.names == ["clip.mp4"]
    assert reader.fields == {"project_id": "p-1", "kind": "video"}


def test_content_that_looks_like_a_boundary_is_content() -> None:
    content = b"\r\n--BOUN\r\n--BOUNC\r\n\r\n--BOUND-x"[:-11] + b"\r\n--BOUNX--\r\n"
    assert read(part("file", content, "a") + END)[1].file.getvalue() == content


@pytest.mark.parametrize("content_type", ["", "application/json", "multipart/form-data", "multipart/mixed; boundary=BOUND", "x" * 500])
def test_another_content_type_is_refused(content_type: str) -> None:
    with pytest.raises(BadInput, match="Content-Type"):
        UploadReader(content_type, Opened())


def test_a_body_cut_short_is_refused() -> None:
    body = part("file", b"content", "a.mp4") + END
    for length in range(len(body) - 4):
        reader = UploadReader(TYPE, Opened())
        with pytest.raises(BadInput):
            _read_all(reader, body[:length])


def _read_all(reader: UploadReader, body: bytes) -> None:
    reader.feed(body)
    reader.finish()


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (END, "not valid|broke off|no field 'file'"),
        (b"nonsense", "not valid"),
        (part("kind", b"video") + END, "no field 'file'"),
        (part("file", b"1", "a") + part("file", b"2", "b") + END, "more than one file"),
        (part("kind", b"x" * (MAX_FIELD_BYTES + 1)) + END, "'kind' is longer"),
        (b"".join(part(f"f{n}", b"") for n in range(20)) + END, "more than 16 fields"),
    ],
)
def test_what_does_not_fit_is_one_sentence(body: bytes, words: str) -> None:
    with pytest.raises(BadInput, match=words):
        _read_all(UploadReader(TYPE, Opened()), body)


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=300))
def test_no_bytes_break_it(body: bytes) -> None:
    with pytest.raises(BadInput):
        _read_all(UploadReader(TYPE, Opened()), body)


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("clip.mp4", "clip.mp4"),
        ("日本 アニメ.mov", "日本 アニメ.mov"),
        ("C:\\Users\\me\\clip.mp4", "clip.mp4"),
        ("../../etc/passwd", "passwd"),
        ("a\x00b\nc.mp4", "abc.mp4"),
        ("", "upload"),
        ("..", "upload"),
        ("folder/", "upload"),
    ],
)
def test_names(sent: str, kept: str) -> None:
    assert file_name(sent) == kept


def test_a_long_name_keeps_its_ending() -> None:
    assert file_name("x" * 500 + ".mp4") == "x" * 196 + ".mp4"
    assert len(file_name("y" * 500)) == 200


def test_a_name_in_utf8_arrives_whole() -> None:
    assert read(part("file", b"", "Zeichnung é 日本.mp4") + END)[1].names == ["Zeichnung é 日本.mp4"]


def test_a_form_is_described_by_its_fields() -> None:
    described = form_body(["file"], {"file": {"type": "string"}, "kind": {"type": "string"}})
    schema = described["content"]["multipart/form-data"]["schema"]
    assert described["required"]
    assert (schema["required"], list(schema["properties"])) == (["file"], ["file", "kind"])
