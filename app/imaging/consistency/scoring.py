"""A picture's description, and the similarity of two of them: one way for a model's features, one for the built-in descriptor."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from app.imaging.consistency.signature import Signature, alike, signature_of
from app.imaging.consistency.subject import crops, find_subject

if TYPE_CHECKING:
    from PIL.Image import Image

_STEEP, _EVEN = 16.0, 0.72  # of the built-in map
_LOGIT_065 = math.log(0.65 / 0.35)


def described(image: Image, features: Callable[[Sequence[Any]], Any] | None) -> Any:
    """Unit vectors of the picture's crops by ``features``, or what the built-in descriptor keeps of it."""
    if features is not None:
        return features(crops(image))
    return signature_of(find_subject(image))


def similarity(one: Any, other: Any) -> float:
    """0 to 1; symmetric."""
    if isinstance(one, Signature):
        return 1 / (1 + math.exp(-(_STEEP * (alike(one, other) - _EVEN) + _LOGIT_065)))
    return max(0.0, float((one @ other.T).max()))
