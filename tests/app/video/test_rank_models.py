"""The request of a ranking: how many takes, how many names."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from app.capabilities import CAPABILITIES
from app.video.rank_models import RankedTake, RankTakes


@pytest.mark.parametrize("takes", [["a"], [], ["a"] * 65])
def test_two_to_sixty_four_takes(takes: list[str]) -> None:
    with pytest.raises(ValidationError):
        RankTakes(takes=takes)


def test_names_are_as_many_as_takes_or_none() -> None:
    assert RankTakes(takes=["a", "b"]).names == []
    assert RankTakes(takes=["a", "b"], names=["one", "two"]).names == ["one", "two"]
    with pytest.raises(ValidationError, match="3 names for 2 takes"):
        RankTakes(takes=["a", "b"], names=["one", "two", "three"])


@pytest.mark.parametrize("refused", [{"name": "", "reason": "r"}, {"name": "n", "reason": ""}, {"name": "n"}])
def test_a_refused_take_has_a_name_and_a_reason(refused: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        RankTakes.model_validate({"takes": ["a", "b"], "refused": [refused]})


def test_the_table_knows_the_takes_as_media() -> None:
    row = next(c for c in CAPABILITIES if c.name == "video.rank_takes")
    assert {name: mark.kind for name, mark in row.media_fields().items()} == {"takes": "video"}
    assert row.lane == "io"


def test_a_failed_take_needs_no_figures() -> None:
    assert RankedTake(place=3, take=None, name="x", artifact_id=None, score=None, failed="No.").parts is None
