"""What files add to weights, against values computed by hand."""

from __future__ import annotations

from typing import Any

import pytest

torch = pytest.importorskip("torch")

from backends.diffusion.lora_deltas import add, delta, is_whole  # noqa: E402


def t(*rows: Any) -> Any:
    return torch.tensor(rows, dtype=torch.float32)


def test_lora_is_up_times_down_scaled() -> None:
    factors = {"down": t([1, 2, 3]), "up": t([1], [10]), "alpha": torch.tensor(0.5)}
    assert delta(factors, (2, 3), "cpu").tolist() == [[0.5, 1.0, 1.5], [5.0, 10.0, 15.0]]
    without = {key: value for key, value in factors.items() if key != "alpha"}
    assert delta(without, (2, 3), "cpu").tolist() == [[1, 2, 3], [10, 20, 30]], "without alpha it counts as the rank"


def test_convolutions() -> None:
    down = torch.arange(8.0).reshape(2, 1, 2, 2)
    up = t([1, 10], [0, 1]).reshape(2, 2, 1, 1)
    made = delta({"down": down, "up": up, "alpha": torch.tensor(2.0)}, (2, 1, 2, 2), "cpu")
    assert made[0].flatten().tolist() == [40, 51, 62, 73]
    assert made[1].flatten().tolist() == [4, 5, 6, 7]


def test_a_middle_factor_is_the_kernel() -> None:
    mid = torch.zeros(1, 1, 3, 3)
    mid[0, 0, 1, 2] = 5
    made = delta({"down": t([2.0]).reshape(1, 1, 1, 1), "up": t([3.0]).reshape(1, 1, 1, 1), "mid": mid}, (1, 1, 3, 3), "cpu")
    assert made.sum() == made[0, 0, 1, 2] == 30


def test_loha_multiplies_two_products() -> None:
    factors = {"w1_a": t([1], [2]), "w1_b": t([3, 4]), "w2_a": t([1], [1]), "w2_b": t([5, 6]), "alpha": torch.tensor(1.0)}
    assert delta(factors, (2, 2), "cpu").tolist() == [[15, 24], [30, 48]]


def test_loha_with_kernels() -> None:
    one = torch.ones(1, 1, 2, 2)
    ones = {name: t([2.0]) for name in ("w1_a", "w1_b", "w2_a", "w2_b")}
    assert delta({**ones, "t1": one, "t2": one * 3}, (1, 1, 2, 2), "cpu").flatten().tolist() == [48, 48, 48, 48]


def test_lokr_is_a_kronecker_product() -> None:
    factors = {"k1": t([1, 2]), "k2": t([1, 0], [0, 1]), "alpha": torch.tensor(64.0)}
    assert delta(factors, (2, 4), "cpu").tolist() == [[1, 0, 2, 0], [0, 1, 0, 2]], "two whole factors have no rank: alpha means nothing"
    low = {"k1": t([1, 2]), "k2_a": t([1], [2]), "k2_b": t([3, 4]), "alpha": torch.tensor(0.5)}
    assert delta(low, (2, 4), "cpu").tolist() == [[1.5, 2, 3, 4], [3, 4, 6, 8]]


def test_lokr_of_convolutions() -> None:
    made = delta({"k1": t([2.0]), "k2": torch.ones(3, 2, 3, 3)}, (3, 2, 3, 3), "cpu")
    assert made.shape == (3, 2, 3, 3)
    assert bool((made == 2).all())


def test_full_differences_and_biases() -> None:
    assert delta({"diff": t([1, 2])}, (1, 2), "cpu").tolist() == [[1, 2]]
    assert delta({"diff_b": t([1, 2])}, (1, 2), "cpu") is None


def test_other_sizes_are_refused() -> None:
    with pytest.raises(ValueError, match="where the model has"):
        delta({"down": t([1, 2, 3]), "up": t([1], [10])}, (2, 4), "cpu")


def test_half_precision_files_are_computed_in_full() -> None:
    factors = {"down": t([1 / 3]).half(), "up": t([1 / 3]).half()}
    made = delta(factors, (1, 1), "cpu")
    assert made.dtype == torch.float32
    assert made.item() == float(factors["down"].float() * factors["up"].float())


@pytest.mark.parametrize(
    ("parts", "whole"),
    [
        ({"down", "up"}, True), ({"down"}, False), ({"w1_a", "w1_b", "w2_a"}, False), ({"k1", "k2_a", "k2_b"}, True), ({"k1"}, False),
        ({"diff"}, True), ({"alpha"}, False),
    ],
)  # fmt: skip
def test_what_is_whole(parts: set[str], whole: bool) -> None:
    assert is_whole(dict.fromkeys(parts)) is whole


@pytest.mark.parametrize("rows", [(0, 6, 6), (2, 4, 6)])
@pytest.mark.parametrize("kind", ["lora", "loha"])
def test_adding_is_the_same_as_the_change_times_its_strength(kind: str, rows: tuple[int, int, int]) -> None:
    torch.manual_seed(2)
    names = {"lora": ("up", "down"), "loha": ("w1_a", "w1_b", "w2_a", "w2_b")}[kind]
    sizes = [(6, 2), (2, 12)] * 2
    factors = {name: torch.randn(size) for name, size in zip(names, sizes, strict=False)} | {"alpha": torch.tensor(3.0)}
    if kind == "lora":
        factors["down"] = factors["down"].reshape(2, 3, 2, 2)
    first, last, count = rows
    total = torch.randn(last - first, 3, 2, 2)
    wanted = total + 0.7 * delta(factors, (count, 3, 2, 2), "cpu")[first:last]
    add(total, factors, 0.7, rows)
    assert torch.allclose(total, wanted, atol=1e-5)
