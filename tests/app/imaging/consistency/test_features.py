"""Cosines of a model's features, by hand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageDraw

from app.imaging.consistency.features import Seen, best_cosine, feature_similarity, seen_by


def unit(*rows: tuple[float, ...]) -> Seen:
    vectors = np.array(rows, np.float32)
    return Seen(vectors / np.linalg.norm(vectors, axis=1, keepdims=True))


@pytest.mark.parametrize(
    ("one", "other", "wanted"), [((1, 0), (1, 0), 1.0), ((1, 0), (0, 1), 0.0), ((1, 0), (-1, 0), -1.0), ((3, 4), (4, 3), 0.96)]
)
def test_the_cosine(one: tuple[float, ...], other: tuple[float, ...], wanted: float) -> None:
    assert best_cosine(unit(one), unit(other)) == pytest.approx(wanted, abs=1e-6)


def test_the_best_pair_of_crops_counts() -> None:
    assert best_cosine(unit((1, 0), (0, 1)), unit((-1, 0), (3, 4))) == pytest.approx(0.8)


@pytest.mark.parametrize(("angle", "wanted"), [(0, 1.0), (60, 0.5), (90, 0.0), (150, 0.0)])
def test_the_similarity_is_the_cosine_and_never_negative(angle: float, wanted: float) -> None:
    turned = (float(np.cos(np.deg2rad(angle))), float(np.sin(np.deg2rad(angle))))
    assert feature_similarity(unit((1, 0)), unit(turned)) == pytest.approx(wanted, abs=1e-6)


def test_all_crops_are_described_in_one_call() -> None:
    calls: list[int] = []

    def features(images: Sequence[Any]) -> Any:
        calls.append(len(images))
        return np.eye(8, dtype=np.float32)[: len(images)]

    figure = Image.new("RGB", (96, 96), "white")
    ImageDraw.Draw(figure).rectangle((36, 12, 60, 84), fill="red")
    empty = Image.new("RGB", (96, 96), "white")
    one, other = seen_by([figure, empty], features)
    assert calls == [4]
    assert one.vectors.shape == (3, 8)
    assert other.vectors.shape == (1, 8)
    assert other.vectors[0, 3] == 1
