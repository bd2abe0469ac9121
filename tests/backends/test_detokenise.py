"""Text while it comes."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backends.detokenise import Detokeniser, StopStrings, held_back


def bytes_to_text(tokens: Sequence[int]) -> str:
    """The decoder of byte-level tokenizers: one token, one byte."""
    return bytes(tokens).decode("utf-8", "replace")


def streamed(tokens: Sequence[int]) -> list[str]:
    words = Detokeniser(bytes_to_text)
    return [*(words.push(token) for token in tokens), words.flush()]


@pytest.mark.parametrize("text", ["plain words", "naïve café", "こんにちは", "a🦊b👩‍🚀c", "", "�"])
def test_the_pieces_are_the_text(text: str) -> None:
    assert "".join(streamed(text.encode())) == text


def test_no_piece_shows_half_a_character() -> None:
    pieces = streamed("é🦊".encode())
    assert pieces == ["", "é", "", "", "", "🦊", ""]


def test_bytes_that_never_become_a_character_are_let_go() -> None:
    broken = b"ok \xff\xfe\xff\xff\xff fine"
    pieces = streamed(broken)
    assert "".join(pieces) == broken.decode("utf-8", "replace")
    assert "".join(pieces[:-1]).endswith("fine")


@given(st.binary(max_size=60))
def test_any_bytes_come_out_once(data: bytes) -> None:
    assert "".join(streamed(data)) == data.decode("utf-8", "replace")


def test_a_decoder_that_drops_the_first_blank_keeps_the_others() -> None:
    """Sentencepiece drops the blank before the first word of whatever it decodes."""
    vocabulary = ["▁The", "▁quick", "▁fo", "x"]

    def decode(tokens: Sequence[int]) -> str:
        return "".join(vocabulary[token] for token in tokens).replace("▁", " ").removeprefix(" ")

    words = Detokeniser(decode)
    assert "".join(words.push(token) for token in range(4)) + words.flush() == "The quick fox"


def test_the_window_stays_short() -> None:
    longest = 0

    def decode(tokens: Sequence[int]) -> str:
        nonlocal longest
        longest = max(longest, len(tokens))
        return bytes_to_text(tokens)

    words = Detokeniser(decode)
    for token in b"words and more words " * 50:
        words.push(token)
    assert longest <= 3


def stopped(pieces: Sequence[str], *stops: str) -> tuple[str, str | None]:
    watch = StopStrings(stops)
    out = "".join(watch.push(piece) for piece in pieces)
    return out + watch.flush(), watch.hit


@pytest.mark.parametrize(
    ("pieces", "stops", "text", "hit"),
    [
        (["one", " two"], (), "one two", None),
        (["one E", "ND two"], ("END",), "one ", "END"),
        (["one E", "N", "D"], ("END",), "one ", "END"),
        (["one E", "N"], ("END",), "one EN", None),
        (["aab"], ("b", "a"), "", "a"),
        (["x\n", "\ny"], ("\n\n",), "x", "\n\n"),
        (["a", "a", "a", "b"], ("aab",), "a", "aab"),
        (["text"], ("",), "text", None),
    ],
)
def test_text_ends_before_a_stop_string(pieces: list[str], stops: tuple[str, ...], text: str, hit: str | None) -> None:
    assert stopped(pieces, *stops) == (text, hit)


def test_nothing_follows_a_stop_string() -> None:
    watch = StopStrings(["."])
    assert watch.push("one.two") == "one"
    assert watch.push("three") == ""


@given(st.lists(st.text(alphabet="abE", max_size=4), max_size=12), st.text(alphabet="abE", min_size=1, max_size=3))
def test_cutting_the_text_elsewhere_changes_nothing(pieces: list[str], stop: str) -> None:
    whole = "".join(pieces)
    assert stopped(pieces, stop)[0] == whole.split(stop)[0]


def test_only_what_may_become_a_mark_is_held_back() -> None:
    assert held_back("say <tool", ("<tool_call>",)) == 5
    assert held_back("say <tool_call>", ("<tool_call>",)) == 0
    assert held_back("say", ()) == 0
