"""The port: a character against strangers and look-alikes, its edges, and what 0.65 means."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np
import pytest
from PIL import Image

from app.imaging.consistency.likeness import BUILT_IN, Sheet, likeness
from configs.errors import BadInput
from tests.app.imaging.consistency.trial import Trial, at, auc, equal_error_rate, tried
from tests.app.imaging.consistency.views import families, sheet, view


@lru_cache(maxsize=1)
def trial() -> Trial:
    """Four characters and their look-alikes, none of which anything was tuned on."""
    return tried(families(4, 300), 300, views=2)


def test_characters_are_told_apart() -> None:
    """Sixteen pictures of eight characters; the benchmark has twenty times as many, and a look-alike is one in 39 there, not one in 7."""
    assert auc(trial().same, trial().strangers) >= 0.93
    assert auc(trial().same, trial().different) >= 0.9


def test_the_threshold_lets_most_of_the_same_through_and_few_strangers() -> None:
    assert at(0.65, trial().same) > 0.7
    assert at(0.65, trial().strangers) < 0.15


def test_a_reference_is_like_itself_and_the_nearest_is_named() -> None:
    pictures = sheet(families(1, 300)[0].figure)
    made = Sheet(pictures)
    found = [made.likeness(picture) for picture in pictures]
    assert [one.reference for one in found] == [0, 1, 2, 3]
    assert min(one.similarity for one in found) > 0.97
    assert found[0].engine == BUILT_IN
    assert likeness(pictures[0], pictures) == found[0]


def test_a_sheet_agrees_with_itself_unless_somebody_else_is_on_it() -> None:
    family = families(1, 300)[0]
    other = families(1, 305)[0]
    own = sheet(family.figure)
    right, wrong = Sheet(own).agreement(), Sheet([*own[:2], sheet(other.figure)[0]]).agreement()
    assert right is not None
    assert wrong is not None
    assert right > 0.65 > wrong
    assert Sheet(own[:1]).agreement() is None


def test_no_references_are_refused() -> None:
    with pytest.raises(BadInput, match="no reference picture"):
        Sheet([])


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "L", "P", "LA", "1"])
def test_any_mode_and_a_blank_picture_give_a_number(mode: str) -> None:
    figure = families(1, 300)[0].figure
    found = likeness(Image.new("RGB", (40, 30), "white").convert(mode), [view(figure, 1).convert(mode)])
    assert 0 <= found.similarity < 0.65


def test_the_background_of_the_reference_does_not_matter() -> None:
    """The same figure cut out, on transparent ground, is as good a reference."""
    family = families(1, 303)[0]
    pictures = sheet(family.figure)
    cut = []
    for picture in pictures:
        layer = picture.convert("RGBA")
        pixels = np.asarray(layer).copy()
        pixels[(np.abs(pixels[:, :, :3].astype(int) - (200, 200, 202)) <= 1).all(axis=2), 3] = 0
        cut.append(Image.fromarray(pixels))
    seen = view(family.figure, 3, close=False)
    assert abs(likeness(seen, cut).similarity - likeness(seen, pictures).similarity) < 0.2


def test_features_of_a_model_take_its_place() -> None:
    def features(images: Sequence[Any]) -> Any:
        rows = np.array([[*np.asarray(image.resize((1, 1)))[0, 0], 40.0] for image in images], np.float32)
        return rows / np.linalg.norm(rows, axis=1, keepdims=True)

    red, blue = Image.new("RGB", (64, 64), "red"), Image.new("RGB", (64, 64), "blue")
    made = Sheet([blue, red], features, "DINOv2 small")
    found = made.likeness(red)
    assert (found.similarity, found.reference, found.engine) == (1.0, 1, "DINOv2 small")
    assert made.agreement() == pytest.approx(40 * 40 / (255**2 + 40**2), abs=1e-3)
    assert Sheet([red], features).engine == "features of a model"


def test_auc_and_equal_error_rate_by_hand() -> None:
    assert auc([0.9, 0.8], [0.1, 0.85]) == 0.75
    assert auc([0.5], [0.5]) == 0.5
    rate, level = equal_error_rate([0.9, 0.8, 0.7, 0.2], [0.1, 0.3, 0.4, 0.75])
    assert rate == 0.25
    assert 0.4 < level <= 0.7
