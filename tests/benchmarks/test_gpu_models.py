"""The table of a GPU: a sentence where there is none; the targets where there is one."""

from __future__ import annotations

from typing import Any

import pytest

from tests.benchmarks import gpu_models

gpu = pytest.mark.gpu
needs_gpu = pytest.mark.skipif(not gpu_models.has_gpu(), reason="no NVIDIA GPU here")


def unmet(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [row for row in rows if row.get("met") is False]


@pytest.mark.skipif(gpu_models.has_gpu(), reason="there is a GPU")
def test_without_a_gpu_it_says_so() -> None:
    (row,) = gpu_models.run(True)
    assert row["what"].startswith("no NVIDIA GPU here")


@gpu
@needs_gpu
def test_parking_and_coming_back() -> None:
    gpu_models.cap()
    assert unmet(gpu_models.parked_rows(5)) == []


@gpu
@needs_gpu
def test_switching_between_chat_and_pictures() -> None:
    gpu_models.cap()
    assert unmet(gpu_models.swap_rows(3)) == []


@gpu
@needs_gpu
def test_mixed_jobs_never_run_out() -> None:
    gpu_models.cap()
    assert unmet(gpu_models.mixed_rows(200)) == []


@gpu
@needs_gpu
def test_a_killed_process_leaves_nothing() -> None:
    assert unmet(gpu_models.kill_rows()) == []
