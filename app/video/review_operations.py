"""What a person may do to a clip's review: one small model per operation, as it comes over HTTP and stands in the log."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from pydantic import Field

from app.video.models import Strict
from configs.errors import BadInput

NOTE_LIMIT, AUTHOR_LIMIT = 2000, 80  # characters
# DaVinci Resolve's sixteen, and OpenTimelineIO's that Resolve does not have.
COLOURS = (
    "blue", "cyan", "green", "yellow", "red", "pink", "purple", "fuchsia", "rose", "lavender", "sky", "mint", "lemon", "sand",
    "cocoa", "cream", "orange", "magenta", "black", "white",
)  # fmt: skip
Colour = Literal[
    "blue", "cyan", "green", "yellow", "red", "pink", "purple", "fuchsia", "rose", "lavender", "sky", "mint", "lemon", "sand",
    "cocoa", "cream", "orange", "magenta", "black", "white",
]  # fmt: skip
# What no text file may hold: control characters other than tab and line feed, and the two code points that are no characters.
_UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f\ufffe\uffff]")

# Wider than any clip; a number out of all measure is refused before it is spoken of.
Frame = Annotated[int, Field(ge=-(2**31), lt=2**31)]
_Note = Field(description="What to say there; line breaks are kept.", json_schema_extra={"maxLength": NOTE_LIMIT})
_Author = Field(default="", description="Who did it.", json_schema_extra={"maxLength": AUTHOR_LIMIT})


class _Operation(Strict):
    author: str = _Author


class Split(_Operation):
    """A new shot begins at ``frame``."""

    op: Literal["split"]
    frame: Frame = Field(description="First frame of the later shot, counted from 0.")


class Merge(_Operation):
    """The shot that begins at ``frame`` joins the one before it."""

    op: Literal["merge"]
    frame: Frame = Field(description="First frame of the later shot.")


class Move(_Operation):
    """The boundary at ``frame`` goes to another frame between its neighbours."""

    op: Literal["move"]
    frame: Frame = Field(description="First frame of the later shot, as it is.")
    to: Frame = Field(description="First frame of the later shot, as it shall be.")


class AddMarker(_Operation):
    """A note on a frame or a range."""

    op: Literal["add_marker"]
    frame: Frame
    end_frame: Frame | None = Field(default=None, description="First frame behind the range; null for a single frame.")
    colour: Colour = "blue"
    note: Annotated[str, _Note] = ""


class ChangeMarker(_Operation):
    """What is left out stays as it is."""

    op: Literal["change_marker"]
    marker: str = Field(description="The marker's id.")
    frame: Frame = 0
    end_frame: Frame | None = None
    colour: Colour = "blue"
    note: Annotated[str, _Note] = ""


class RemoveMarker(_Operation):
    """Takes a marker away."""

    op: Literal["remove_marker"]
    marker: str = Field(description="The marker's id.")


AnyOperation = Split | Merge | Move | AddMarker | ChangeMarker | RemoveMarker
Operation = Annotated[AnyOperation, Field(discriminator="op")]


def plain_text(text: str, what: str, limit: int) -> str:
    """``text`` as it is kept: line ends as line feeds, no control characters, no spaces around it.

    Raises:
        BadInput: it is longer than ``limit`` characters, or holds half a character.
    """
    try:
        text.encode()
    except UnicodeEncodeError:
        raise BadInput(f"The {what} {ascii(text)[:60]} holds half a character and is no text.", "Write it anew.") from None
    kept = _UNPRINTABLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).strip()
    if len(kept) > limit:
        raise BadInput(f"The {what} has {len(kept):,} characters; at most {limit:,} are kept.", f"Shorten it by {len(kept) - limit:,}.")
    return kept


def label(operation: dict[str, Any]) -> str:
    """What a button that undoes it says."""
    frame = operation.get("frame")
    words = {
        "split": f"Split at frame {frame}",
        "merge": f"Merge at frame {frame}",
        "move": f"Move boundary {frame} to {operation.get('to')}",
        "add_marker": f"Marker at frame {frame}",
        "change_marker": "Change of marker",
        "remove_marker": "Removal of marker",
    }
    return words[operation["op"]]
