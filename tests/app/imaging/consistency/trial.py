"""How well a scorer tells characters apart: every view of every test character against every character's sheet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from app.imaging.consistency.calibration import built_in_similarity
from app.imaging.consistency.fields import fields_of
from app.imaging.consistency.scoring import Reference, compared, described
from tests.app.imaging.consistency.figures import Figure
from tests.app.imaging.consistency.views import Family, sheet, view

VIEWS = 8
WAYS = ("colours", "shapes", "colours elsewhere")  # what a look-alike shares, by its seed modulo three


@dataclass(frozen=True)
class Trial:
    """Similarities: of the character itself, of strangers, and of the look-alikes by what they share with it."""

    same: list[float]
    strangers: list[float]
    look_alikes: dict[str, list[float]]

    @property
    def different(self) -> list[float]:
        return [*self.strangers, *(value for values in self.look_alikes.values() for value in values)]

    @property
    def all_look_alikes(self) -> list[float]:
        return [value for values in self.look_alikes.values() for value in values]


@lru_cache(maxsize=256)
def _sheet(figure: Figure) -> list[Reference]:
    return [described(picture) for picture in sheet(figure)]


def tried(families: Sequence[Family], first: int, views: int = VIEWS, only: int | None = None) -> Trial:
    """Every picture is rendered by seeds that follow from ``first``, the seed of the first family; ``only`` one family's views."""
    figures = [(number, figure) for number, family in enumerate(families) for figure in (family.figure, family.decoy)]
    sheets = [_sheet(figure) for _, figure in figures]
    result = Trial([], [], {way: [] for way in WAYS})
    for place, (family, figure) in enumerate(figures):
        if only not in (None, family):
            continue
        for number in range(views):
            seen = fields_of(view(figure, ((first + family) * 2 + place % 2) * 100 + number))
            for other, (other_family, _) in enumerate(figures):
                value = built_in_similarity(compared(seen, sheets[other])[0])
                if other == place:
                    result.same.append(value)
                elif other_family == family:
                    result.look_alikes[WAYS[(first + family) % 3]].append(value)
                else:
                    result.strangers.append(value)
    return result


def auc(higher: Sequence[float], lower: Sequence[float]) -> float:
    """How often a value of the first is above one of the second; ties count half (Mann and Whitney)."""
    ordered: Any = np.sort(np.asarray(lower, float))
    values = np.asarray(higher, float)
    ranks = (np.searchsorted(ordered, values, "left") + np.searchsorted(ordered, values, "right")) / 2
    return float(ranks.mean() / len(ordered))


def equal_error_rate(same: Sequence[float], different: Sequence[float]) -> tuple[float, float]:
    """(Rate, threshold) where as large a part of ``same`` is refused as of ``different`` is let through."""
    right, wrong = np.sort(np.asarray(same, float)), np.sort(np.asarray(different, float))
    levels = np.unique(np.concatenate([right, wrong]))
    refused = np.searchsorted(right, levels, "left") / len(right)
    let_through = 1 - np.searchsorted(wrong, levels, "left") / len(wrong)
    place = int(np.argmin(np.abs(refused - let_through)))
    return float((refused[place] + let_through[place]) / 2), float(levels[place])


def at(threshold: float, values: Sequence[float]) -> float:
    """Part of the values that reach the threshold."""
    return sum(value >= threshold for value in values) / len(values)
