"""Emphasis, breaks and chunks as A1111 has them."""

from __future__ import annotations

import random
import time

import pytest

from backends.diffusion.prompts import COMMA_REACH, LESS, MORE, Piece, chunks, is_weighed, parse, plain

COMMA = ord(",")


def letters(words: str) -> list[int]:
    return [ord(letter) for letter in words]


@pytest.mark.parametrize(
    ("prompt", "pieces"),
    [
        ("a fox", [("a fox", 1.0)]),
        ("a (red:1.3) fox", [("a ", 1.0), ("red", 1.3), (" fox", 1.0)]),
        ("a (red) fox", [("a ", 1.0), ("red", MORE), (" fox", 1.0)]),
        ("((x)) [y]", [("x", MORE * MORE), (" ", 1.0), ("y", LESS)]),
        ("(a (b:1.5) c)", [("a ", MORE), ("b", 1.5 * MORE), (" c", MORE)]),
        (r"\(literal\) \[too\] \\", [(r"(literal) [too] " + "\\", 1.0)]),
        ("(open", [("open", MORE)]),
        ("[open", [("open", LESS)]),
        ("close) this]", [("close) this]", 1.0)]),
        ("(a:b:1.2)", [("a:b", 1.2)]),
        ("(x: .5 )", [("x", 0.5)]),
        ("at 10:30", [("at 10:30", 1.0)]),
        ("a BREAK b", [("a ", 1.0), (None, 1.0), (" b", 1.0)]),
        ("BREAKfast aBREAK", [("BREAKfast aBREAK", 1.0)]),
        ("(x:1000)", [("x", 10.0)]),
        ("", []),
    ],
)
def test_a_prompt_is_read_as_a1111_reads_it(prompt: str, pieces: list[tuple[str | None, float]]) -> None:
    found = parse(prompt)
    assert [piece.text for piece in found] == [text for text, _ in pieces]
    assert [piece.weight for piece in found] == pytest.approx([weight for _, weight in pieces])


def test_the_words_alone() -> None:
    assert plain("a (red:1.3)  fox BREAK [on] a \\(small\\) hill") == "a red fox on a (small) hill"
    assert (is_weighed("a (red) fox"), is_weighed("a red fox, 10:30")) == (True, False)


def test_whatever_is_written_is_read_and_no_letter_of_it_lost() -> None:
    chance = random.Random(7)
    for _ in range(500):
        prompt = "".join(chance.choice("ab ()[]:1.2\\B,REAK\n") for _ in range(chance.randrange(60)))
        told = "".join(piece.text or "" for piece in parse(prompt))
        assert set(told) - set(prompt) == set()
        assert told.count("a") == prompt.count("a")


def test_a_very_long_prompt_of_brackets_is_read_in_no_time() -> None:
    began = time.process_time()
    parse("(a" * 4000)
    assert time.process_time() - began < 20


def test_a_short_prompt_is_one_chunk() -> None:
    (only,) = chunks(parse("a (b:1.5)"), letters)
    assert only.tokens == tuple(letters("a b"))
    assert only.weights == (1.0, 1.0, 1.5)
    assert chunks([], letters)[0].tokens == ()


def test_a_long_one_is_cut_at_75_tokens() -> None:
    found = chunks([Piece("x" * 200)], letters)
    assert [len(chunk.tokens) for chunk in found] == [75, 75, 50]


def test_rather_after_a_comma_near_the_end() -> None:
    near, far = "x" * 65 + "," + "y" * 20, "x" * (75 - COMMA_REACH - 5) + "," + "y" * 40
    assert [len(chunk.tokens) for chunk in chunks([Piece(near)], letters, COMMA)] == [66, 20]
    assert len(chunks([Piece(far)], letters, COMMA)[0].tokens) == 75


def test_a_break_begins_a_new_chunk() -> None:
    found = chunks(parse("ab BREAK cd"), letters)
    assert [len(chunk.tokens) for chunk in found] == [3, 3]
    assert len(chunks(parse("ab BREAK"), letters)) == 1
