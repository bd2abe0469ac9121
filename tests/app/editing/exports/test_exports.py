"""THE table of formats, and the names of files."""

from __future__ import annotations

from typing import get_args

import pytest

from app.editing.exports import FORMATS, export, file_stem
from app.editing.exports.base import FormatName
from tests.app.editing.exports import films


def test_the_table_has_every_format() -> None:
    assert set(FORMATS) == set(get_args(FormatName))


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("name", films.ALL)
def test_every_film_goes_into_every_format(name: str, format: FormatName) -> None:
    for made in export(films.ALL[name](), format):
        assert made.media_type == FORMATS[format].media_type
        assert "/data/blobs" not in made.text, "originals, never the studio's own files"
        made.text.encode("utf-8")


def test_files_are_named_after_the_film() -> None:
    assert [made.name for made in export(films.everything(), "chapters")] == ["My film part 1.ffmeta", "My film part 1.chapters.txt"]
    assert [made.name for made in export(films.plain(), "edl")] == ["a.edl"]
    assert [made.name for made in export(films.plain(), "edl", name="Final/cut")] == ["Final cut.edl"]


@pytest.mark.parametrize(
    ("title", "stem"),
    [("a/b\\c:d*?", "a b c d"), ("  ..x.. ", "x"), ("", "film"), ("***", "film"), ("é" * 200, "é" * 80), ("a\nb\x00c", "a b c")],
)
def test_stems_suit_every_system(title: str, stem: str) -> None:
    assert file_stem(title) == stem
