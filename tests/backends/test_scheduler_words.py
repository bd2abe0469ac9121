"""Reasons in words."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from backends.scheduler_words import REMEDIES, SENTENCES, Why, seconds, size

GIB = 2**30
SOURCES = (Path(__file__).parents[2] / "backends" / "scheduler.py").read_text(encoding="utf-8")


@pytest.mark.parametrize(("count", "shown"), [(0, "0 MiB"), (320 * 2**20, "320 MiB"), (GIB, "1.0 GiB"), (int(6.94 * GIB), "6.9 GiB")])
def test_sizes(count: int, shown: str) -> None:
    assert size(count) == shown


@pytest.mark.parametrize(("value", "shown"), [(0.347, "0.35 s"), (4.0, "4 s"), (12.4, "12 s")])
def test_times(value: float, shown: str) -> None:
    assert seconds(value) == shown


def test_a_reason_with_its_remedy() -> None:
    fields = {"model": "big", "need_bytes": 2 * GIB, "memory": "RAM", "pinned_bytes": GIB, "budget_bytes": 2 * GIB, "names": "a, b"}
    why = Why("pinned", fields)
    assert str(why) == "big needs 2.0 GiB of RAM, and pinned models hold 1.0 GiB of the 2.0 GiB that may be had."
    assert why.remedy == "Unpin a, b, or choose a smaller model."
    assert Why("keep_alive", {"idle_s": 900.0}).remedy == ""


def test_every_code_of_the_policy_has_a_sentence() -> None:
    named = set(re.findall(r'"(wait_[a-z]+)"', SOURCES)) | set(re.findall(r'Why\("([a-z_]+)"', SOURCES))
    assert named <= set(SENTENCES)
    assert set(REMEDIES) <= set(SENTENCES)
