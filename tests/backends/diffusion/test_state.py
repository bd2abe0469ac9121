"""A sampler's memory as bytes and back."""

from __future__ import annotations

from typing import Any

import pytest

torch = pytest.importorskip("torch")
diffusers = pytest.importorskip("diffusers")

from backends.diffusion.state import pack, remembered, restore, unpack  # noqa: E402
from configs.errors import BadMedia  # noqa: E402


def ready(steps: int = 8) -> Any:
    scheduler = diffusers.DPMSolverMultistepScheduler()
    scheduler.set_timesteps(steps)
    return scheduler


def stepped(scheduler: Any, latents: Any, until: int, start: int = 0) -> Any:
    for time in scheduler.timesteps[start:until]:
        latents = scheduler.step(torch.sin(latents * 3), time, latents, return_dict=False)[0]
    return latents


def test_it_goes_on_where_it_was() -> None:
    generator = torch.Generator().manual_seed(5)
    start = torch.randn(1, 4, 4, 4, generator=generator)
    whole = stepped(ready(), start, 8)
    half = ready()
    latents = stepped(half, start, 5)
    data = pack("a picture", 5, latents, generator, half)
    expected = torch.randn(3, generator=generator)

    kept, again, other = unpack(data), ready(), torch.Generator().manual_seed(99)
    found = restore(kept, again, other, torch.empty(0))
    assert (kept.key, kept.passes) == ("a picture", 5)
    assert torch.equal(torch.randn(3, generator=other), expected), "the random numbers go on as well"
    assert torch.equal(stepped(again, found, 8, 5), whole)


def test_what_is_remembered_is_the_history_and_no_table() -> None:
    scheduler = ready()
    stepped(scheduler, torch.ones(1, 4, 4, 4), 3)
    found = remembered(scheduler)
    assert found["lower_order_nums"] == 2
    assert [tuple(output.shape) for output in found["model_outputs"]] == [(1, 4, 4, 4)] * 2
    assert not {"sigmas", "timesteps", "betas", "alphas_cumprod"} & found.keys()


def test_numbers_keep_their_kind_and_their_layout() -> None:
    latents = torch.randn(1, 4, 6, 5).half().to(memory_format=torch.channels_last)
    scheduler = ready()
    data = pack("k", 1, latents, torch.Generator(), scheduler)
    found = restore(unpack(data), ready(), torch.Generator(), torch.empty(0))
    assert (found.dtype, found.stride()) == (latents.dtype, latents.stride())
    assert torch.equal(found, latents)


def test_it_is_small() -> None:
    scheduler = ready()
    latents = stepped(scheduler, torch.randn(1, 4, 128, 128).half(), 3)
    assert len(pack("k", 3, latents, torch.Generator(), scheduler)) < 700_000


@pytest.mark.parametrize("data", [b"", b"x" * 40, b"\x08\0\0\0\0\0\0\0{}      ", b"\x80\x04junk"])
def test_other_bytes_are_refused_in_a_sentence(data: bytes) -> None:
    with pytest.raises(BadMedia, match="cannot be read"):
        unpack(data)


def test_a_state_that_was_cut_short_or_is_of_another_version_is_refused() -> None:
    data = pack("k", 1, torch.ones(1, 4, 2, 2), torch.Generator(), ready())
    for broken in (data[:-9], data.replace(b'\\"version\\": 1', b'\\"version\\": 9')):
        assert broken != data
        with pytest.raises(BadMedia, match="cannot be read"):
            unpack(broken)


def test_a_state_of_another_sampler_is_refused() -> None:
    data = pack("k", 1, torch.ones(1, 4, 2, 2), torch.Generator(), ready())
    with pytest.raises(BadMedia, match="DPMSolverMultistepScheduler, not EulerDiscreteScheduler"):
        restore(unpack(data), diffusers.EulerDiscreteScheduler(), torch.Generator(), torch.empty(0))
