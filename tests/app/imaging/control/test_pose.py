"""No pose is made up."""

from __future__ import annotations

import numpy as np
import pytest

from app.imaging.control.pose import draw
from configs.errors import BadInput
from tests.app.imaging.control.pictures import material


def test_the_sentence_names_the_way_around() -> None:
    with pytest.raises(BadInput, match="takes a model that knows bodies") as refused:
        draw(material(np.zeros((8, 8, 3), np.uint8)))
    assert "say that it is the map already (`--control pose:map=FILE`, preprocess off)" in refused.value.remedy
