"""Samplers by every name they go by, and what they are in the library."""

from __future__ import annotations

import pytest

from backends.diffusion.samplers import FLOW, LINEAR, SAMPLERS, SPACINGS, TABLE, Choice, choose, make
from configs.errors import BadInput


@pytest.mark.parametrize(
    ("said", "schedule", "name", "spacing"),
    [
        ("Euler a", "", "euler_a", ""),
        ("Euler", "Automatic", "euler", ""),
        ("DPM++ 2M Karras", "", "dpmpp_2m", "karras"),
        ("DPM++ 2M SDE Exponential", "", "dpmpp_2m_sde", "exponential"),
        ("dpmpp_2m", "Karras", "dpmpp_2m", "karras"),
        ("Heun", "SGM Uniform", "heun", "sgm_uniform"),
        ("  uni_pc ", "beta", "unipc", "beta"),
        ("PNDM", "", "plms", ""),
    ],
)
def test_names_of_other_programs_mean_ours(said: str, schedule: str, name: str, spacing: str) -> None:
    found = choose(said, schedule)
    assert found.sampler is not None
    assert (found.sampler.name, found.schedule) == (name, spacing)


@pytest.mark.parametrize("sampler", TABLE, ids=lambda sampler: sampler.name)
def test_each_is_found_by_its_name_and_its_title(sampler: object) -> None:
    assert choose(sampler.name).sampler is choose(sampler.title).sampler is sampler  # type: ignore[attr-defined]


def test_left_out_it_is_the_models_own() -> None:
    assert choose("") == choose("Automatic") == Choice(None, "")
    assert choose("", "karras") == Choice(None, "karras")


@pytest.mark.parametrize(
    ("sampler", "schedule", "family", "words"),
    [
        ("Eulr", "", "", ("no sampler 'Eulr'", "did you mean 'euler'", "dpmpp_2m")),
        ("zzz", "", "", ("no sampler 'zzz'", "euler_a")),
        ("euler", "wavy", "", ("no schedule 'wavy'", "karras")),
        ("LCM", "karras", "sdxl", ("LCM does not take", "Leave the schedule out")),
        ("DDIM", "karras", "sdxl", ("DDIM does not take", "trailing")),
        ("DDIM", "", "flux2", ("DDIM does not work with flux2", "euler, lcm")),
        ("euler", "trailing", "z-image", ("z-image spaces", "Leave the schedule out")),
    ],
)
def test_what_does_not_exist_or_fit_is_one_sentence(sampler: str, schedule: str, family: str, words: tuple[str, ...]) -> None:
    with pytest.raises(BadInput) as caught:
        choose(sampler, schedule, family)
    for word in words:
        assert word in f"{caught.value.message} {caught.value.remedy}"


def test_the_table_holds_together() -> None:
    assert len(SAMPLERS) == len(TABLE) == len({sampler.title for sampler in TABLE})
    assert set(LINEAR) <= set(SPACINGS)
    assert all(set(sampler.spaced) <= set(SPACINGS) for sampler in TABLE)
    assert "euler" in [sampler.name for sampler in TABLE if sampler.flow]
    assert FLOW == ("flux2", "z-image")


@pytest.mark.parametrize("sampler", TABLE, ids=lambda sampler: sampler.name)
def test_each_is_built_with_every_spacing_it_takes(sampler: object) -> None:
    diffusers = pytest.importorskip("diffusers")
    base = diffusers.EulerDiscreteScheduler(
        beta_start=0.00085, beta_end=0.012, beta_schedule="scaled_linear", prediction_type="v_prediction"
    )
    for schedule in ("", *sampler.spaced):  # type: ignore[attr-defined]
        made = make(choose(sampler.name, schedule), base)  # type: ignore[attr-defined]
        assert type(made).__name__ == sampler.scheduler  # type: ignore[attr-defined]
        assert (made.config.beta_end, made.config.prediction_type) == (0.012, "v_prediction"), "what the model was trained with stays"
        for option, value in SPACINGS.get(schedule, {}).items():
            assert made.config[option] == value


def test_families_of_straight_paths_have_their_own_classes() -> None:
    diffusers = pytest.importorskip("diffusers")
    base = diffusers.FlowMatchEulerDiscreteScheduler(shift=3.0)
    assert type(make(choose("lcm", "", "z-image"), base, "z-image")).__name__ == "FlowMatchLCMScheduler"
    euler = make(choose("euler", "beta", "flux2"), base, "flux2")
    assert (euler.config.use_beta_sigmas, euler.config.shift) == (True, 3.0)
    assert type(make(choose("", "", "flux2"), base, "flux2")) is type(base)
