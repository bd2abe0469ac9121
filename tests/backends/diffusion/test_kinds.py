"""The table of families: whatever it names exists in the library, and the cards' families are in it."""

from __future__ import annotations

import pytest

from backends.diffusion.kinds import KINDS
from backends.diffusion.samplers import FLOW
from backends.registry import load_cards


def test_every_class_that_the_table_names_exists() -> None:
    diffusers, transformers = pytest.importorskip("diffusers"), pytest.importorskip("transformers")
    libraries = {"diffusers": diffusers, "transformers": transformers}
    for kind in KINDS.values():
        for library, name in kind.parts.values():
            assert not name or hasattr(libraries[library], name)
        for name in (*kind.pipelines.values(), *kind.index):
            assert hasattr(diffusers, name)


def test_the_table_holds_together() -> None:
    for family, kind in KINDS.items():
        assert kind.family == family
        assert kind.denoiser in kind.parts
        assert set(kind.quantised) <= set(kind.parts) - set(kind.weightless) - {"vae"}
        assert {("", "text"), ("", "image")} <= kind.pipelines.keys()
    assert {family for family, kind in KINDS.items() if kind.reads == "sentences"} == set(FLOW)


def test_every_card_for_pictures_is_of_a_family_in_it() -> None:
    families = {card.family for card in load_cards().values() if card.engine == "diffusers-image"}
    assert families
    assert families <= KINDS.keys()
