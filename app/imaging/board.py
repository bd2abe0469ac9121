"""A storyboard card of a request: its words, its characters and, where it starts from one, its picture."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.imaging.prompting import cast_of
from app.imaging.requests import GenerateImage
from app.imaging.storyboard.card import CardCharacter, StoryCard

if TYPE_CHECKING:
    from PIL.Image import Image


def card_of(request: GenerateImage, prompt: str, seed: int, index: int, picture: Image | None = None) -> StoryCard:
    """The card of the picture ``index`` (from 0); panels of a series are numbered."""
    cast = tuple(CardCharacter(member.title or member.name, tuple(member.palette)) for member in cast_of(request))
    return StoryCard(
        prompt=prompt, width=request.width or 1280, height=request.height or 720, seed=seed, style=request.style or "", cast=cast,
        number=index + 1 if request.count > 1 else None, picture=picture,
    )  # fmt: skip
