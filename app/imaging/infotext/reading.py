"""Reads the settings of any picture. THE table of readers is `READERS`: to add one, write its function and name it there."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from app.imaging.infotext.a1111 import read_a1111
from app.imaging.infotext.comfyui import read_comfyui
from app.imaging.infotext.found import Found
from app.imaging.infotext.invokeai import read_invokeai
from app.imaging.infotext.others import read_fooocus, read_novelai, read_plain
from app.imaging.infotext.ours import read_ours
from app.imaging.infotext.texts import texts_of

Reader = Callable[[Mapping[str, str]], Found | None]
READERS: tuple[tuple[str, Reader], ...] = (  # the most certain first
    ("the studio's own", read_ours),
    ("InvokeAI", read_invokeai),
    ("Fooocus", read_fooocus),
    ("A1111, Forge, SD.Next", read_a1111),
    ("ComfyUI", read_comfyui),
    ("NovelAI", read_novelai),
    ("A1111's form in another place", read_plain),
)


def read_settings(path: Path) -> Found | None:
    """What a picture's file says of how it was made; None where it says nothing. Never runs anything that stands in it.

    Raises:
        BadMedia: it is no picture, or too large a file.
    """
    texts = texts_of(path)
    found = read_texts(texts.found)
    if found is None:
        if not texts.notes:
            return None
        found = Found("")
    found.notes += texts.notes
    if texts.size is not None and not found.exact and found.source:
        found.settings.setdefault("width", texts.size[0])
        found.settings.setdefault("height", texts.size[1])
    return found


def read_texts(texts: Mapping[str, str]) -> Found | None:
    """The same of texts by keyword. A reader that fails on something unheard-of is passed over with a note."""
    notes: list[str] = []
    for name, reader in READERS:
        try:
            found = reader(texts)
        except (ValueError, TypeError, KeyError, IndexError, AttributeError, RecursionError, OverflowError) as error:
            notes.append(f"The settings look like those of {name}, but are of no form that is known ({type(error).__name__}).")
            continue
        if found is not None:
            found.notes += notes
            return found
    return Found("", notes=notes) if notes else None
