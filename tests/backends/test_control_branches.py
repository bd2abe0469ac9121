"""Kinds of control maps by tensors and names."""

from __future__ import annotations

import pytest

from backends.control_branches import BRANCHES, branches_of, named_kinds, union_types


def union(types: int) -> dict[str, tuple[int, ...]]:
    return {"task_embedding": (types, 320), "control_add_embedding.linear_1.weight": (1,)}


def test_a_union_model_knows_what_it_has_branches_for() -> None:
    assert union_types(union(6)) == 6
    assert set(BRANCHES) - set(branches_of("anything", union(6))) == {"tile"}
    assert set(branches_of("anything", union(8))) == set(BRANCHES)
    assert union_types({"task_embedding": (6, 320)}) == 0
    assert union_types({}) == 0


@pytest.mark.parametrize(
    ("name", "kinds"),
    [
        ("diffusers_xl_canny_full", ("canny",)), ("controlnet-openpose-sdxl-1.0", ("pose",)), ("sargezt_xl_softedge", ("softedge",)),
        ("TTPLANET_Controlnet_Tile", ("tile",)), ("controlnet-depth-zoe", ("depth",)), ("control_anime_lineart", ("lineart",)),
        ("xinsir-scribble", ("scribble",)), ("bdsqlsz_segment", ("segmentation",)), ("mystery", ()),
    ],
)  # fmt: skip
def test_names_tell(name: str, kinds: tuple[str, ...]) -> None:
    assert named_kinds(name) == kinds
