"""Which kinds of control maps a ControlNet understands: Union models by their branches, others by their names."""

from __future__ import annotations

import re
from collections.abc import Mapping

# Kind of map -> branch of a Union model, as xinsir trained them (ControlNet++, table of control types).
BRANCHES: Mapping[str, int] = {
    "pose": 0, "depth": 1, "softedge": 2, "scribble": 2, "canny": 3, "lineart": 3, "normal": 4, "segmentation": 5, "tile": 6,
}  # fmt: skip
# What names of files say; a word may stand for several kinds.
NAMED: tuple[tuple[str, tuple[str, ...]], ...] = (
    (r"canny", ("canny",)),
    (r"depth|zoe|midas", ("depth",)),
    (r"pose|dwpose", ("pose",)),
    (r"normal", ("normal",)),
    (r"softedge|hed|pidi|teed", ("softedge",)),
    (r"scribble|sketch", ("scribble",)),
    (r"line[-_ ]?art|anime[-_ ]?line|mlsd|manga", ("lineart",)),
    (r"seg(?![a-z]*ment.*anything)|segment", ("segmentation",)),
    (r"tile|blur|upscal", ("tile",)),
)


def branches_of(name: str, shapes: Mapping[str, tuple[int, ...]]) -> tuple[str, ...]:
    """The kinds of maps it understands; empty where neither tensors nor name tell."""
    types = union_types(shapes)
    if types:
        return tuple(kind for kind, branch in BRANCHES.items() if branch < types)
    return named_kinds(name)


def named_kinds(name: str) -> tuple[str, ...]:
    """What a name speaks of."""
    lower = name.lower()
    return tuple(dict.fromkeys(kind for pattern, kinds in NAMED if re.search(pattern, lower) for kind in kinds))


def union_types(shapes: Mapping[str, tuple[int, ...]]) -> int:
    """How many branches a Union model has; 0 for one that is none."""
    table = shapes.get("task_embedding")
    return table[0] if table and any(name.startswith("control_add_embedding.") for name in shapes) else 0
