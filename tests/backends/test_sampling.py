"""One token from many."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch")

from backends.sampling import Sampler, nucleus  # noqa: E402

CPU = torch.device("cpu")
SCORES = torch.log(torch.tensor([0.5, 0.3, 0.15, 0.05]))


def drawn(temperature: float, top_p: float = 1.0, seed: int | None = 1, times: int = 400, scores: torch.Tensor = SCORES) -> list[int]:
    sampler = Sampler(temperature, top_p, seed, CPU)
    return [sampler.pick(scores) for _ in range(times)]


def test_no_temperature_takes_the_best() -> None:
    assert set(drawn(0)) == {0}


def test_the_shares_are_the_chances() -> None:
    made = drawn(1.0, times=4000)
    for token, chance in enumerate((0.5, 0.3, 0.15, 0.05)):
        assert made.count(token) / 4000 == pytest.approx(chance, abs=0.03)


def test_a_low_temperature_sharpens() -> None:
    assert drawn(0.25, times=1000).count(0) > 850


def test_a_nucleus_leaves_the_tail_out() -> None:
    assert set(drawn(1.0, top_p=0.7)) == {0, 1}
    assert set(drawn(1.0, top_p=0.01)) == {0}


def test_the_same_seed_draws_the_same() -> None:
    assert drawn(1.0) == drawn(1.0)
    assert drawn(1.0, seed=-1) == drawn(1.0, seed=-1)
    assert drawn(1.0) != drawn(1.0, seed=2)
    assert drawn(1.0, seed=None) != drawn(1.0, seed=None)


def test_the_seeds_of_the_process_are_left_alone() -> None:
    torch.manual_seed(5)
    first = torch.rand(1)
    torch.manual_seed(5)
    drawn(1.0)
    assert torch.rand(1) == first


def test_only_what_is_allowed_is_drawn() -> None:
    allowed = torch.tensor([False, False, True, True])
    sampler = Sampler(2.0, 0.95, 3, CPU)
    assert {sampler.pick(SCORES, allowed) for _ in range(100)} == {2, 3}
    assert Sampler(0, 1, None, CPU).pick(SCORES, allowed) == 2


@pytest.mark.parametrize("top_p", [0.05, 0.5, 0.9, 0.999])
def test_the_guess_equals_the_full_sort(top_p: float, monkeypatch: pytest.MonkeyPatch) -> None:
    chances = torch.softmax(torch.randn(5000, generator=torch.Generator().manual_seed(4)), 0)
    quick = nucleus(chances, top_p)
    monkeypatch.setattr("backends.sampling.NUCLEUS_GUESS", 5000)
    whole = nucleus(chances, top_p)
    assert torch.equal(quick[0], whole[0])
    kept = float(whole[0].sum())
    assert kept >= top_p - 1e-4
    assert kept - float(whole[0][-1]) < top_p
