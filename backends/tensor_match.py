"""Whether a file's tensors are those of a network, in one sentence about the first that is not."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import chain
from pathlib import Path

from configs.errors import BadMedia

Shapes = Mapping[str, tuple[int, ...]]


def require_tensors(path: Path, found: Shapes, wanted: Shapes, network: str, optional: str = "") -> None:
    """Compares names and shapes.

    Args:
        network: whose weights they should be. optional: how names end that may be missing.

    Raises:
        BadMedia: naming the first tensor that is missing, not expected, or of another shape.
    """
    missing = [f"{name} is missing" for name in wanted if name not in found and not (optional and name.endswith(optional))]
    strange = [f"{name} does not belong to it" for name in found if name not in wanted]
    other = [
        f"{name} is {list(found[name])} and should be {list(wanted[name])}"
        for name in wanted
        if name in found and found[name] != wanted[name]
    ]
    said = next(chain(missing, strange, other), None)
    if said is not None:
        count = len(missing) + len(strange) + len(other)
        more = f" (and {count - 1} more of the kind)" if count > 1 else ""
        raise BadMedia(
            f"{path.name} does not hold the weights of {network}: {said}{more}.", "Convert the published weights again.", "damaged"
        )
