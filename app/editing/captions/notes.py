"""What a person should know of the captions of a film before wondering about a picture."""

from __future__ import annotations

from collections.abc import Iterable

from app.editing.caption import Caption
from app.editing.captions.fonts import face_of
from app.editing.captions.layout import styled
from app.editing.captions.wording import missing

_SHOWN = 12


def notes_of(captions: Iterable[Caption]) -> tuple[str, ...]:
    """One sentence when letters are in no font of this machine; they are shown as empty squares."""
    lacking: dict[str, None] = {}
    for caption in captions:
        style = styled(caption)
        lacking |= dict.fromkeys(missing(caption.text, face_of(style.font, style.bold)))
    if not lacking:
        return ()
    letters = " ".join(list(lacking)[:_SHOWN]) + (" ..." if len(lacking) > _SHOWN else "")
    return (f"No font on this machine has {letters}: a square stands for each. Install a font that has them to see them.",)
