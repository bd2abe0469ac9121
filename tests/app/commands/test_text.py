"""Numbers in words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.commands import text


@pytest.mark.parametrize(
    ("size_bytes", "words"),
    [
        (0, "0 B"),
        (1, "1 B"),
        (1023, "1023 B"),
        (1024, "1.0 KiB"),
        (1536, "1.5 KiB"),
        (150 * 1024, "150 KiB"),
        (2**30, "1.0 GiB"),
        (2**60, "1048576 TiB"),
    ],
)
def test_sizes(size_bytes: int, words: str) -> None:
    assert text.size(size_bytes) == words


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (None, ""),
        (0.0, "0.0 s"),
        (9.94, "9.9 s"),
        (10, "10 s"),
        (59.4, "59 s"),
        (59.6, "1 min 0 s"),
        (75, "1 min 15 s"),
        (3600, "1 h 0 min"),
        (7322, "2 h 2 min"),
    ],
)
def test_spans(seconds: float | None, words: str) -> None:
    assert text.span(seconds) == words


def test_moments() -> None:
    assert text.moment(None) == "-"
    assert len(text.moment(1_700_000_000.9)) == len("2023-11-14 22:13:20")


@given(st.text(max_size=60), st.integers(3, 40))
def test_shortening_keeps_both_ends(whole: str, width: int) -> None:
    short = text.shorten(whole, width)
    assert len(short) <= width
    if len(whole) > width:
        left, _, right = short.partition("…")
        assert whole.startswith(left)
        assert whole.endswith(right)
    else:
        assert short == whole


@given(st.floats(0, 1e15))
def test_every_size_has_words(size_bytes: float) -> None:
    assert text.size(size_bytes).split()[1] in ("B", "KiB", "MiB", "GiB", "TiB")
