"""Who holds nobody back, and when a turn is over."""

from __future__ import annotations

import pytest

from backends.scheduler_state import Budget, Lease, Model, Waiting, World
from backends.scheduler_turns import BYPASS_LIMIT, quiet_models, turn_is_over


def world(shared: bool = False, **sizes: int) -> World:
    made = World(Budget(160, 160, shared))
    for name, size in sizes.items():
        made.models[name] = Model(name, size, 0 if shared else size)
    return made


@pytest.mark.parametrize("shared", [False, True])
def test_the_small_ones_that_fit_beside_the_largest_are_quiet(shared: bool) -> None:
    made = world(shared, chat=95, image=70, voice=12, embed=2)
    asked = [Waiting(1, "chat", 20), Waiting(2, "image", 35), Waiting(3, "voice", 3), Waiting(4, "embed", 1)]
    assert quiet_models(made, asked) == {"voice", "embed"}
    assert quiet_models(made, asked[:1]) == {"chat"}, "alone there is nobody to hold back"


def test_all_calls_count_and_what_is_in_use_too() -> None:
    made = world(chat=95, voice=12)
    made.models["voice"].concurrency = 8
    asked = [Waiting(1, "chat", 20), Waiting(2, "voice", 5)]
    assert quiet_models(made, asked) == set()
    made.models["voice"].concurrency = 1
    assert quiet_models(made, asked) == {"chat", "voice"}
    made.leases[9] = Lease(9, "image", 30)
    made.models["image"] = Model("image", 70, 70, leases=1, place="resident")
    assert quiet_models(made, asked) == {"voice"}


def test_pinned_models_and_lonely_calls_take_room() -> None:
    made = world(chat=95, voice=12)
    made.models["kept"] = Model("kept", 50, 50, place="resident", pinned=True)
    asked = [Waiting(1, "chat", 20), Waiting(2, "voice", 3)]
    assert quiet_models(made, asked) == set()
    made.models["kept"].pinned = False
    assert quiet_models(made, asked) == {"chat", "voice"}
    assert quiet_models(made, [asked[0], Waiting(2, "voice", 3, alone=True)]) == set()


@pytest.mark.parametrize(
    ("heads", "over"),
    [
        ([("a", 31)], False),
        ([("a", 11), ("b", 11)], True),
        ([("a", 31), ("b", 10)], False),
        ([("a", 31), ("a", 31)], False),
        ([("a", 6), ("b", 6), ("c", 6)], True),
    ],
)
def test_turns_between_three_are_shorter_than_between_two(heads: list[tuple[str, int]], over: bool) -> None:
    assert turn_is_over(heads) is over
    assert BYPASS_LIMIT == 32
