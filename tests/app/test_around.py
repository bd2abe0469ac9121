"""What the studio has, as requests see it: characters, adapters, models, looks; nothing is loaded."""

from __future__ import annotations

import pytest

from app.characters.pack import Pack
from app.imaging.requests import STORYBOARD
from app.studio import Studio
from configs.errors import NotFound


def test_characters_are_found_by_their_handles(studio: Studio) -> None:
    studio.characters.create("luca", Pack(description="a boy"))
    assert studio.surroundings.character("luca").description == "a boy"
    with pytest.raises(NotFound, match="no character @lucia") as wrong:
        studio.surroundings.character("lucia")
    assert "@luca" in wrong.value.remedy


def test_a_fresh_studio_has_no_models_and_no_adapters(studio: Studio) -> None:
    around = studio.surroundings
    assert list(around.models("image")) == []
    assert list(around.adapters("lora")) == []
    with pytest.raises(NotFound):
        around.adapter("lora", "luca")
    with pytest.raises(NotFound):
        around.model("sdxl")


def test_the_built_in_engine_is_no_model(studio: Studio) -> None:
    with pytest.raises(NotFound):
        studio.surroundings.model(STORYBOARD)


def test_looks_come_with_the_studio(studio: Studio) -> None:
    styles = studio.surroundings.styles()
    assert styles
    assert all("{prompt}" in style.prompt for style in styles.values())
