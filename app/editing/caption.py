"""Words over the picture, as operations name them and the captions track draws them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Caption:
    """Words over the picture, in seconds of the film; all captions of a film are burnt in as one ASS track.

    ``style``: a name of `configs/styles/captions.yaml`; ``position``: x and y of the anchor in shares, None for the style's own.
    """

    text: str
    start_s: float
    end_s: float
    style: str
    position: tuple[float, float] | None = None
    changes: Mapping[str, Any] = field(default_factory=dict)  # what the operation sets over its style: font, size, colour ...
    animation: str = "none"
