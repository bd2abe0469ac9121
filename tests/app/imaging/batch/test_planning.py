"""Which pictures a batch makes."""

from __future__ import annotations

from typing import Any

import pytest

from app.cast import LoraUse
from app.imaging.batch.planning import called, cells_of, to_request
from app.imaging.batch.requests import MOST_PICTURES, Axis, BatchImages, Cell
from app.imaging.generate import SEEDS
from app.imaging.requests import Styling
from configs.errors import BadInput

LISTS = {"animals": ("fox", "owl", "bear")}


def batch(**fields: Any) -> BatchImages:
    return BatchImages(**{"seed": 10, **fields})


def cells(**fields: Any) -> list[Cell]:
    return cells_of(batch(**fields), LISTS)


def axis(by: str, values: str) -> Axis:
    return Axis(by=by, values=values)


def test_prompts_by_seeds_follow_each_other() -> None:
    found = cells(prompts=["a fox", "", "an owl"], count=2)
    assert [(cell.prompt, cell.seed) for cell in found] == [("a fox", 10), ("a fox", 11), ("an owl", 12), ("an owl", 13)]
    assert [cell.labels for cell in found][:2] == [{"Seed": "10"}, {"Seed": "11"}]
    assert cells(prompt="a fox", seed=SEEDS - 1, count=2)[1].seed == 0


def test_a_rows_own_seed_counts() -> None:
    found = cells(table="prompt,seed\na,100\nb,\n", count=2)
    assert [cell.seed for cell in found] == [100, 101, 12, 13]


def test_axes_go_round_the_last_the_quickest_with_the_same_seed_and_words() -> None:
    found = cells(
        prompt="a {red|blue} __animals__", x=axis("steps", "10, 20"), y=axis("guidance", "3, 5"), z=axis("sampler", "euler, heun")
    )
    assert len(found) == 8
    assert [(cell.z, cell.y, cell.x) for cell in found] == [(z, y, x) for z in (0, 1) for y in (0, 1) for x in (0, 1)]
    assert len({(cell.prompt, cell.seed) for cell in found}) == 1
    assert found[0].labels == {"Sampler": "euler", "Guidance": "3", "Steps": "10"}
    assert (found[-1].steps, found[-1].guidance, found[-1].sampler) == (20, 5.0, "heun")


def test_replacing_words_works_within_what_another_axis_sets() -> None:
    found = cells(x=axis("replace", "fox, owl"), y=axis("prompt", "a fox, two foxes"))
    assert [cell.prompt for cell in found] == ["a fox", "a owl", "two foxes", "two owles"]


def test_a_loras_weight_differs() -> None:
    found = cells(prompt="a", loras=[LoraUse(name="ink")], x=axis("lora:ink", "0-1 (+0.5)"))
    assert [cell.loras[0].weight for cell in found if cell.loras] == [0.0, 0.5, 1.0]


def test_choices_are_made_by_seed_or_all_of_them() -> None:
    first, again = cells(prompt="__animals__", count=20), cells(prompt="__animals__", count=20)
    assert [cell.prompt for cell in first] == [cell.prompt for cell in again]
    assert len({cell.prompt for cell in first}) == 3
    every = cells(prompt="a {red|blue} __animals__", combine=True)
    assert len({cell.prompt for cell in every}) == len(every) == 6


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"prompt": "a", "count": 100, "x": axis("seed", "1-10")}, "That would be 1,000 pictures"),
        ({"prompt": "{a|b}" * 10, "combine": True}, "That would be at least 501 pictures"),
        ({"prompt": "{a|b}" * 14, "combine": True}, "more than 10,000 prompts"),
        ({"prompt": "a", "x": axis("seed", "1"), "y": axis("seed", "2")}, "Two axes are 'seed'"),
        ({"prompt": "a", "x": axis("steps", "500")}, "Field 'steps' is 500"),
        ({"prompt": "__gone__"}, "no list __gone__"),
    ],
)
def test_what_cannot_be_planned_is_one_sentence(fields: dict[str, Any], said: str) -> None:
    with pytest.raises(BadInput, match=said) as caught:
        cells(**fields)
    assert caught.value.remedy


def test_five_hundred_are_allowed() -> None:
    assert len(cells(prompt="a", count=100, x=axis("seed", "1-5"))) == MOST_PICTURES


def test_a_cell_becomes_a_request_of_its_own() -> None:
    request = batch(prompt="a fox", negative="fog", width=64, height=64, style="ink", styling=Styling(prompt="ink {prompt}"), rerolls=2)
    cell = Cell(prompt="an owl", seed=3, steps=5, labels={"Steps": "5"})
    found = to_request(request, cell, 4, 9)
    assert (found.prompt, found.seed, found.steps, found.negative, found.width, found.count, found.rerolls) == (
        "an owl",
        3,
        5,
        "fog",
        64,
        1,
        2,
    )
    assert found.batch is not None
    assert (found.batch.index, found.batch.of, found.batch.labels) == (4, 9, {"Steps": "5"})
    assert found.styling == request.styling
    assert to_request(request, Cell(style="oil"), 0, 1).styling is None


def test_a_picture_is_called_by_what_sets_it_apart() -> None:
    assert called(Cell(labels={"Steps": "5", "Seed": "1"}), 2) == "Picture 3 (Steps 5, Seed 1)"
    assert called(Cell(), 0) == "Picture 1"
    with pytest.raises(BadInput, match="Picture 1: The picture"):
        to_request(batch(width=4096, height=2304, prompt="a"), Cell(width=4096, height=4096), 0, 1)
