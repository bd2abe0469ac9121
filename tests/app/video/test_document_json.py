"""The document in pieces is the document."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from app.video.document_json import document_json


class Leaf(BaseModel):
    name: str
    numbers: list[float] = []


class Branch(BaseModel):
    leaves: list[Leaf]
    more: Leaf | None = None
    shares: dict[str, float] = {}


class Tree(BaseModel):
    title: str
    branch: Branch
    leaves: list[Leaf] = []
    spans: list[tuple[float, int]] = []
    nothing: None = None


LEAF = Leaf(name='two\nlines, "quoted" \\ \u2028 \u00e9', numbers=[1.5, float("nan"), float("inf"), 1e-9])
TREES = {
    "bare": Tree(title="", branch=Branch(leaves=[])),
    "full": Tree(
        title="a\nb\t{", branch=Branch(leaves=[LEAF, Leaf(name="x")], more=LEAF, shares={"a\n": 0.5}), leaves=[LEAF] * 3, spans=[(1.0, 2)]
    ),
}


@pytest.mark.parametrize("tree", TREES.values(), ids=TREES)
def test_the_pieces_are_the_whole(tree: Tree) -> None:
    assert "".join(document_json(tree)) == tree.model_dump_json(indent=2)


def test_a_model_without_fields_is_an_empty_object() -> None:
    class Empty(BaseModel):
        pass

    assert "".join(document_json(Empty())) == "{}"


def test_a_list_comes_item_by_item() -> None:
    pieces = list(document_json(Tree(title="", branch=Branch(leaves=[]), leaves=[LEAF] * 50)))
    assert len(pieces) > 50
    assert max(map(len, pieces)) < 3 * len(LEAF.model_dump_json(indent=2))


def test_an_analysis_comes_shot_by_shot(clips: Callable[..., Path], analyse: Callable[..., Any]) -> None:
    analysis, studio = analyse(clips("document.mp4", "-pix_fmt", "yuv420p", sound=True))
    whole = analysis.model_dump_json(indent=2)
    assert "".join(document_json(analysis)) == studio.read("analysis.json") == whole
    assert sum(len(piece) for piece in document_json(analysis) if '"sharpness_320px_min"' in piece) < len(whole) / 4
