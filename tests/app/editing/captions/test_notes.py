"""What a person is told of captions."""

from __future__ import annotations

from app.editing.caption import Caption
from app.editing.captions.notes import notes_of


def test_letters_of_no_font_are_named_once():
    captions = [Caption("ok \U000131fa\U000131fb", 0, 1, "caption"), Caption("\U000131fa", 1, 2, "title")]
    (note,) = notes_of(captions)
    assert note.count("\U000131fa") == 1
    assert "\U000131fb" in note


def test_nothing_is_said_where_everything_can_be_seen():
    assert notes_of([Caption("Hello 😂 שלום", 0, 1, "meme_top")]) == ()
    assert notes_of([]) == ()
