"""Text made fit for a picture."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from app.editing.captions.fonts import face_of
from app.editing.captions.wording import cleaned, colour, escaped, missing, right_to_left, runs, width

INTER = face_of("Inter", bold=True)


def test_line_breaks_and_blanks_are_made_alike():
    assert cleaned("a\r\nb\rc\u2028d\x85e") == "a\nb\nc\nd\ne"
    assert cleaned("\n  a\u00a0b\tc \x00\x07\u200f \n") == "a b c"
    assert cleaned("e\u0301") == "é"
    assert cleaned("\ud800x\U000f0000") == "x"


def test_marks_that_are_not_drawn_go_and_joiners_stay():
    assert cleaned("❤\ufe0f") == "❤"
    assert cleaned("👨\u200d👩") == "👨\u200d👩"


@given(st.text(max_size=80))
def test_what_is_cleaned_is_clean(text):
    once = cleaned(text)
    assert cleaned(once) == once
    assert all(ord(one) >= 32 or one == "\n" for one in once)


def test_escaping_leaves_no_command():
    assert escaped(r"\N{\b1}") == "\\\u2060N\\{\\\u2060b1\\}"
    assert escaped("plain, text") == "plain, text"


def test_runs_change_the_font_and_keep_every_letter():
    parts = runs("Hi שלום 😂 ok", INTER)
    assert "".join(run.text for run in parts) == "Hi שלום 😂 ok"
    assert [run.face.family for run in parts] == ["Inter", "Noto Sans Hebrew", "Noto Emoji", "Inter"]
    assert parts[-1].text == " ok"
    family = runs("👨\u200d👩\u200d👧", INTER)
    assert len(family) == 1


def test_a_letter_of_no_font_is_shown_as_a_square_and_said():
    assert missing("ok \U000131ff\U000131ff", INTER) == "\U000131ff" * 1
    assert "".join(run.text for run in runs("a\U000131ff", INTER)) == "a□"
    assert missing("Grüße, 😂 שלום!", INTER) == ""


def test_widths_add_up_and_grow():
    assert width("", INTER) == 0
    assert 1.3 < width("mm", INTER) / width("m", INTER) < 2.1
    assert width("W", INTER) > width("i", INTER)
    assert width("😂", INTER) > 0.5


def test_direction_is_that_of_the_first_letter():
    assert right_to_left("123 שלום abc")
    assert not right_to_left("abc שלום")
    assert right_to_left("abc שלום", anywhere=True)
    assert not right_to_left("abc 123", anywhere=True)
    assert not right_to_left("123 !")


def test_colours_are_written_backwards():
    assert colour("#1a2B3c") == "&H3C2B1A&"
