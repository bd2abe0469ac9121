"""What makes a character: its pack, as people write it and as a request carries it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from app.cast import HANDLE, CastMember, LoraUse, Strict, plain_handle
from app.media_fields import ImageRef
from configs.errors import BadInput

MOST_REFERENCES = 16
MOST_COLOURS = 12


def plain_colour(given: Any) -> Any:
    """``#AABBCC`` or ``aabbcc`` as it is stored: #aabbcc."""
    return "#" + given.strip().removeprefix("#").lower() if isinstance(given, str) else given


Colour = Annotated[str, BeforeValidator(plain_colour), Field(pattern=r"^#[0-9a-f]{6}$")]


class Pack(Strict):
    """Everything that makes a character itself."""

    title: str = Field(default="", max_length=120, description="The name people read.")
    description: str = Field(default="", max_length=2000, description="Stands in the prompt where the handle is: looks, not deeds.")
    trigger: str = Field(default="", max_length=400, description="Words that wake its LoRA; they go into the prompt as well.")
    negative: str = Field(default="", max_length=2000, description="What it must never look like.")
    loras: list[LoraUse] = Field(default=[], max_length=8)
    references: list[ImageRef] = Field(default=[], max_length=MOST_REFERENCES, description="Pictures that show it, the best first.")
    sheet: ImageRef | None = Field(default=None, description="Its reference sheet: one picture with all its sides.")
    palette: list[Colour] = Field(default=[], max_length=MOST_COLOURS, description="Its colours, the most important first.")
    voice: str | None = Field(default=None, max_length=120, description="The voice it speaks with.")
    threshold: float = Field(default=0.65, ge=0, le=1, description="Least similarity of a good picture to its references.")
    notes: str = Field(default="", max_length=8000)
    credits: str = Field(default="", max_length=1000, description="Who made it.")
    licence: str = Field(default="", max_length=200, description="Under which licence the pack may be passed on.")
    rights: str = Field(default="", max_length=1000, description="Whose likeness or design it is, and who has agreed to what.")


class Missing(Strict):
    """Something that a pack names and this studio does not have."""

    what: Literal["reference", "sheet", "lora"]
    name: str = Field(description="An artifact's id, or a LoRA's name.")
    message: str
    remedy: str


class Character(Pack):
    """A character as it stands."""

    handle: str
    revision: int = Field(description="Rises by one with every change.")
    created_at: float = Field(description="Unix seconds.")
    updated_at: float
    missing: list[Missing] = Field(default=[], description="What the pack names and is not here (any more).")

    @property
    def pack(self) -> Pack:
        """What a person has said of it."""
        return Pack(**{name: getattr(self, name) for name in Pack.model_fields})

    @property
    def lost(self) -> frozenset[str]:
        """Ids of pictures that are gone."""
        return frozenset(gap.name for gap in self.missing if gap.what != "lora")


def member_of(character: Character, *, sheet_serves: bool = True) -> CastMember:
    """The character as a request carries it: without pictures that are gone. A sheet serves where there is no other picture."""
    pictures = [one for one in character.references if one not in character.lost]
    if sheet_serves and not pictures and character.sheet and character.sheet not in character.lost:
        pictures = [character.sheet]
    same = ("title", "description", "trigger", "negative", "loras", "palette", "voice", "threshold")
    return CastMember(name=character.handle, references=pictures, **{name: getattr(character, name) for name in same})


def checked_handle(given: str) -> str:
    """A handle as it is stored; raises `BadInput` when it is none."""
    name: str = plain_handle(given)
    if re.fullmatch(HANDLE, name) is None:
        raise BadInput(f"{given[:60]!r} is no handle.", "Give 1 to 40 letters a-z, digits, - and _, beginning with a letter or digit.")
    return name


def free_handle(wanted: str, taken: Iterable[str]) -> str:
    """``wanted``, or with the least number behind it that makes it free: luca-2."""
    used = set(taken)
    number, found = 1, wanted
    while found in used:
        number += 1
        found = f"{wanted[: 39 - len(str(number))]}-{number}"
    return found
