"""Prompts that choose."""

from __future__ import annotations

from collections import Counter

import pytest

from app.imaging.batch.wildcards import every_way, expanded, has_choices
from configs.errors import BadInput

LISTS = {"animals": ("fox", "owl"), "places": ("a {red|blue} house", "__animals__ land"), "me": ("__me__",), "none": (), "a/b": ("deep",)}


def test_the_same_seed_gives_the_same_text() -> None:
    text = "a {red|green|blue} __animals__ in __places__"
    assert expanded(text, LISTS, "7/0") == expanded(text, LISTS, "7/0")
    assert len({expanded(text, LISTS, f"7/{number}") for number in range(60)}) > 8


def test_nothing_to_choose_is_left_alone() -> None:
    for text in ("a fox", "a {fox}", "x_y __ z", "{}", "a | b", "snake_case__x", ""):
        assert expanded(text, LISTS, "1") == text
        assert not has_choices(text)


def test_choices_lie_within_choices_and_lists() -> None:
    found = {expanded("{a {red|blue} fox|__places__}", LISTS, str(number)) for number in range(200)}
    assert found == {"a red fox", "a blue fox", "a red house", "a blue house", "fox land", "owl land"}
    assert expanded("__a/b__", LISTS, "1") == "deep"


def test_weights_say_how_often() -> None:
    found = Counter(expanded("{3::red|1::blue|0::green}", LISTS, str(number)) for number in range(400))
    assert set(found) == {"red", "blue"}
    assert 2.0 < found["red"] / found["blue"] < 4.5
    assert expanded("{0::red|0::blue}", LISTS, "1") in ("red", "blue")


def test_an_empty_choice_is_one() -> None:
    assert set(every_way("a{ big|} fox", LISTS)) == {"abig fox", "a fox"}


def test_every_way_in_order_each_once() -> None:
    assert every_way("{a|b} {c|d|c}", LISTS) == ["a c", "a d", "b c", "b d"]
    assert every_way("a fox", LISTS) == ["a fox"]
    with pytest.raises(BadInput, match="more than 10 prompts"):
        every_way("{a|b}{a|b}{a|b}{a|b}", LISTS, 10)


@pytest.mark.parametrize(
    ("text", "said"), [("__animal__", "no list __animal__"), ("__none__", "list __none__ is empty"), ("__me__", "never end")]
)
def test_lists_that_mean_nothing_are_one_sentence(text: str, said: str) -> None:
    with pytest.raises(BadInput, match=said):
        expanded(text, LISTS, "1")
    with pytest.raises(BadInput, match=said):
        every_way(text, LISTS)


def test_the_nearest_list_is_named() -> None:
    with pytest.raises(BadInput) as caught:
        expanded("__animal__", LISTS, "1")
    assert caught.value.remedy == "Did you mean __animals__?"


def test_a_text_that_grows_without_end_is_stopped() -> None:
    with pytest.raises(BadInput, match=r"longer than 100,000|never end"):
        expanded("__grow__", {"grow": ("__grow__ __grow__ " * 20,)}, "1")


@pytest.mark.parametrize("text", ["{a|b}" * 60, "{a|a}" * 60])
def test_ways_are_counted_no_further_than_they_may_go(text: str) -> None:
    with pytest.raises(BadInput, match="more than 10,000 prompts"):
        every_way(text, LISTS)


def test_an_open_brace_with_many_bars_is_passed_over_at_once() -> None:
    assert not has_choices("{" + "|" * 400_000)
    assert expanded("{" + "|" * 90_000, LISTS, "1").startswith("{|")
