"""Models that join others are never loaded by themselves."""

from __future__ import annotations

from pathlib import Path

import pytest

from backends.base import Device, Installed
from backends.registry import ENGINES, engine_of, load_cards
from backends.room import Room
from configs.errors import BadInput

CARDS = {name: card for name, card in load_cards().items() if card.task in ("controlnet", "ip-adapter")}


def test_their_cards_have_an_engine_and_free_licences() -> None:
    assert {"controlnet-union-sdxl", "ip-adapter-plus-sdxl"} <= set(CARDS)
    for card in CARDS.values():
        assert engine_of(card).name == "diffusers-adapter"
        assert card.commercial
        assert card.family == "sdxl"


@pytest.mark.parametrize("name", CARDS)
def test_asking_for_one_is_answered_in_a_sentence(name: str, tmp_path: Path) -> None:
    card = CARDS[name]
    room = Room({kind.name: kind for kind in ENGINES}, lambda _: Installed(card, card.variant(), tmp_path), device=Device())
    try:
        with (
            pytest.raises(BadInput, match=f"{card.title} joins a model for pictures and is not loaded by itself"),
            room.lease(name, "load"),
        ):
            pass
    finally:
        room.close()
