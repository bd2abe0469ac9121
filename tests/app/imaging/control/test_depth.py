"""Depth comes from a model or not at all."""

from __future__ import annotations

import numpy as np
import pytest

from app.imaging.control.base import MapSettings, Material
from app.imaging.control.depth import draw
from configs.errors import BadInput

RGB = np.zeros((8, 8, 3), np.uint8)


def test_without_a_model_one_sentence_says_what_to_install() -> None:
    with pytest.raises(BadInput, match="none is installed") as refused:
        draw(Material(RGB, MapSettings()))
    assert "on the Models page (`models install depth-anything-v2-small`)" in refused.value.remedy
    assert "say that it is the map already (`--control depth:map=FILE`, preprocess off)" in refused.value.remedy
    assert refused.value.code == "no_depth"


def test_measured_depth_is_drawn_near_bright() -> None:
    measured = np.linspace(0, 1, 64, dtype=np.float32).reshape(8, 8)
    drawn = draw(Material(RGB, MapSettings(), measured, "Depth Anything"))
    assert drawn.pixels[0, 0] == 0
    assert drawn.pixels[-1, -1] == 255
    assert drawn.engine == "Depth Anything"
