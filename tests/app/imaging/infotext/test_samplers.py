"""Samplers and schedules by the names of other programs."""

from __future__ import annotations

import pytest

from app.imaging.infotext.samplers import A1111_SCHEDULES, parted, sampler_named, sampler_title, schedule_named
from backends.diffusion.samplers import SAMPLERS, SPACINGS


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        ("Euler a", "euler_a"), ("euler_ancestral", "euler_a"), ("k_euler_a", "euler_a"), ("DPM++ 2M", "dpmpp_2m"),
        ("dpmpp_2m", "dpmpp_2m"),
        ("dpmpp_2m_sde_gpu", "dpmpp_2m_sde"), ("DDIM", "ddim"), ("uni_pc", "unipc"), ("UniPC", "unipc"), ("LCM", "lcm"), ("k_lms", "lms"),
        ("PLMS", "plms"), ("heun", "heun"), ("uni_pc_bh2", "unipc"),
    ],
)  # fmt: skip
def test_the_same_by_another_name(theirs: str, ours: str) -> None:
    assert sampler_named(theirs) == (ours, True)


def test_what_comes_closest_is_told_apart() -> None:
    assert sampler_named("dpmpp_3m_sde") == ("dpmpp_3m", False)
    assert sampler_named("DPM++ 2S a") == ("dpmpp_2s", False)
    assert sampler_named("Wobble++") == (None, False)
    assert sampler_named("Automatic") == ("", True)


def test_every_sampler_and_schedule_of_ours_is_found_again() -> None:
    for name, sampler in SAMPLERS.items():
        assert sampler_named(name) == sampler_named(sampler.title) == (name, True)
        assert sampler_title(name) == sampler.title
    assert set(A1111_SCHEDULES) == set(SPACINGS)
    for name, title in A1111_SCHEDULES.items():
        assert schedule_named(name) == schedule_named(title) == name


def test_schedules_of_others() -> None:
    assert schedule_named("SGM Uniform") == "sgm_uniform"
    assert schedule_named("normal") == schedule_named("") == schedule_named("Automatic") == ""
    assert schedule_named("align_your_steps") is None


def test_names_that_hold_both_are_parted() -> None:
    assert parted("DPM++ 2M Karras") == ("DPM++ 2M", "Karras")
    assert parted("DPM++ 2M SDE Exponential") == ("DPM++ 2M SDE", "Exponential")
    assert parted("dpmpp_2m_k") == ("dpmpp_2m", "k")
    assert parted("Euler a") == ("Euler a", "")
    assert parted("") == ("", "")
