"""A request as a storyboard card."""

from __future__ import annotations

from app.cast import CastMember
from app.imaging.board import card_of
from tests.app.imaging.easel import asked


def test_a_card_holds_words_style_and_characters() -> None:
    luca = CastMember(name="luca", title="Luca", palette=["#ff0000"])
    card = card_of(asked(prompt="@luca runs", cast=[luca], style="ink"), "Luca runs", 7, 0)
    assert (card.prompt, card.seed, card.style, card.number, card.width, card.height) == ("Luca runs", 7, "ink", None, 64, 64)
    assert [(one.name, one.palette) for one in card.cast] == [("Luca", ("#ff0000",))]


def test_panels_of_a_series_are_numbered() -> None:
    assert [card_of(asked(count=2), "a fox", 1, index).number for index in (0, 1)] == [1, 2]
