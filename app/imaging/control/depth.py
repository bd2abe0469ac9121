"""How far away things are. One picture alone does not tell: only a model that has learned it can guess, so nothing is built in."""

from __future__ import annotations

from app.imaging.control.base import Drawn, Material
from configs.errors import BadInput

MISSING = "Depth cannot be told from one picture without a model that has learned it, and none is installed."
REMEDY = (
    "Install Depth Anything V2 on the Models page (`models install depth-anything-v2-small`), "
    "or give a finished depth map and say that it is the map already (`--control depth:map=FILE`, preprocess off)."
)


def draw(material: Material) -> Drawn:
    """Near is bright.

    Raises:
        BadInput: no depth model is installed.
    """
    import numpy as np

    if material.depth is None:
        raise BadInput(MISSING, REMEDY, "no_depth")
    return Drawn((material.depth * 255 + 0.5).astype(np.uint8), material.depth_engine)
