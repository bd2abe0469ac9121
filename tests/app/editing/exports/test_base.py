"""Small things that every writer uses."""

from __future__ import annotations

from fractions import Fraction

import pytest

from app.editing.exports.base import decimal, fraction_text, numbered, one_line, path_of, plain_xml, url_of, whole
from tests.app.editing.exports import films


@pytest.mark.parametrize(
    ("folder", "path", "url"),
    [
        ("/films/ä b", "/films/ä b/a#1.mp4", "file:///films/%C3%A4%20b/a%231.mp4"),
        ("C:\\Films", "C:\\Films\\a#1.mp4", "file:///C:/Films/a%231.mp4"),
        ("\\\\nas\\films", "\\\\nas\\films\\a#1.mp4", "file://nas/films/a%231.mp4"),
        (None, "a#1.mp4", "a%231.mp4"),
    ],
)
def test_originals_are_named_by_path_or_by_name(folder: str | None, path: str, url: str) -> None:
    source = films.video("a", name="a#1.mp4", folder=folder)
    assert (path_of(source), url_of(source)) == (path, url)


def test_numbers() -> None:
    assert [fraction_text(Fraction(value)) for value in ("5", "1001/30000", "0")] == ["5s", "1001/30000s", "0s"]
    assert [decimal(value) for value in (1.0, 0.1234567, -0.0, Fraction(1, 3), 12)] == ["1", "0.123457", "0", "0.333333", "12"]
    assert [whole(Fraction(value)) for value in ("1/2", "3/2", "-1/2", "7/3")] == [1, 2, 0, 2]
    assert list(numbered(1)) == [""]
    assert list(numbered(3)) == ["-1", "-2", "-3"]


def test_text() -> None:
    assert one_line("a\r\n\x00b\u2028c ") == "a b c"
    assert plain_xml("a\nb\x0b\ud800c\U0001f600") == "a\nb  c\U0001f600"
