"""Right-to-left lines stand in the order and the shapes in which they are read."""

from __future__ import annotations

import pytest

from app.imaging.storyboard.letters import cleaned, from_right, shaped, visual

HEBREW, ARABIC = "שלום", "سلام"


def test_plain_text_is_left_alone() -> None:
    assert visual("A fox, 123 (abc)!") == "A fox, 123 (abc)!"
    assert visual("") == ""


def test_hebrew_is_turned_and_numbers_are_not() -> None:
    assert visual(HEBREW) == HEBREW[::-1]
    assert visual(f"{HEBREW} 1,234 {HEBREW}") == f"{HEBREW[::-1]} 1,234 {HEBREW[::-1]}"
    assert visual(f"{HEBREW} (12)") == f"(12) {HEBREW[::-1]}"


def test_words_of_the_other_direction_keep_their_own_order() -> None:
    assert visual(f"see {HEBREW} now") == f"see {HEBREW[::-1]} now"
    assert visual(f"{HEBREW} Luca waves {HEBREW}") == f"{HEBREW[::-1]} Luca waves {HEBREW[::-1]}"


def test_brackets_are_mirrored() -> None:
    assert visual(f"({HEBREW})") == f"({HEBREW[::-1]})"


def test_arabic_letters_join() -> None:
    # seen (initial), lam with alef (final), meem (isolated, since alef does not join onwards)
    assert shaped(ARABIC) == "\ufeb3\ufefc\ufee1"
    assert shaped("ب") == "\ufe8f"
    assert shaped("ببب") == "\ufe91\ufe92\ufe90"
    assert shaped("دار") == "\ufea9\ufe8d\ufead"
    assert shaped("لا") == "\ufefb"
    assert shaped("abc") == "abc"


def test_the_direction_is_that_of_the_first_letter() -> None:
    assert from_right(f"12 {HEBREW} abc")
    assert not from_right(f"abc {HEBREW}")
    assert not from_right("123")


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("a\tb\r\n c", "a b c"),
        ("a\0b\x07", "ab"),
        ("half \ud83d x", "half x"),
        ("zero\u200bwidth\u202e", "zerowidth"),
        ("  ", ""),
        ("e\u0301", "é"),
    ],
)
def test_what_cannot_be_drawn_is_taken_out(text: str, clean: str) -> None:
    assert cleaned(text) == clean
