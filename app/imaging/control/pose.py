"""The skeleton of a body. Nothing classical finds it honestly, so nothing is built in."""

from __future__ import annotations

from app.imaging.control.base import Drawn, Material
from configs.errors import BadInput

MISSING = "A pose cannot be read from a picture here: it takes a model that knows bodies, and the studio runs none."
REMEDY = (
    "Give a finished OpenPose picture (a skeleton on black) and say that it is the map already (`--control pose:map=FILE`, preprocess off)."
)


def draw(material: Material) -> Drawn:
    """Raises BadInput with what to do instead."""
    raise BadInput(MISSING, REMEDY, "no_pose")
