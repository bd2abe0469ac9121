"""Going on from a kept state ends with the same bits, for every sampler, start and guide; and what a listener is shown."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

torch = pytest.importorskip("torch")
diffusers = pytest.importorskip("diffusers")

from backends.base import Cancelled  # noqa: E402
from backends.diffusion.samplers import SAMPLERS  # noqa: E402
from backends.diffusion.watch import Blend, Watch, blocks_of, clean  # noqa: E402
from backends.images import KEEP_EVERY, ControlInput, ImageHooks, LoraInput, ReferenceInput  # noqa: E402
from tests.backends.tiny import pictures  # noqa: E402
from tests.backends.tiny.painting import a_call, bits, kept_states, left_half, ramp  # noqa: E402

if TYPE_CHECKING:
    from backends.diffusion.engine import DiffusersImage

STARTS: dict[str, tuple[str, ...]] = {"words": (), "mask": ("image", "mask")}  # a mask is a picture to start from as well


def call(family: str = "sdxl", start: str = "words", **values: Any) -> Any:
    given = {"image": ramp(), "mask": left_half()}
    return a_call(family, steps=7, **{name: given[name] for name in STARTS[start]}, **values)


@pytest.mark.parametrize("family", ["sdxl", "flux2", "z-image"])
def test_from_a_picture_it_goes_on_with_the_same_bits(engines: dict[str, DiffusersImage], family: str) -> None:
    goes_on(engines[family], a_call(family, steps=7, image=ramp()))


def goes_on(engine: DiffusersImage, asked: Any) -> None:
    whole, states = kept_states(engine, asked)
    assert states
    made = [engine.generate(asked, ImageHooks(resume=state)) for state in states]
    assert [picture.image.tobytes() == whole for picture in made] == [True] * len(states)
    assert all(picture.steps_run <= 2 * KEEP_EVERY for picture in made)


@pytest.mark.parametrize("start", STARTS)
@pytest.mark.parametrize("sampler", SAMPLERS)
def test_every_sampler_goes_on_with_the_same_bits(sdxl: DiffusersImage, sampler: str, start: str) -> None:
    goes_on(sdxl, call(sampler=sampler, start=start))


@pytest.mark.parametrize("start", STARTS)
@pytest.mark.parametrize("family", ["flux2", "z-image"])
@pytest.mark.parametrize("sampler", [name for name, sampler in SAMPLERS.items() if sampler.flow])
def test_so_do_the_families_of_straight_paths(engines: dict[str, DiffusersImage], family: str, sampler: str, start: str) -> None:
    goes_on(engines[family], call(family, sampler=sampler, start=start))


@pytest.fixture(scope="module")
def joined(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """What can join the tiny SDXL."""
    folder = tmp_path_factory.mktemp("joined")
    net, union = pictures.save_controlnet(folder / "net"), pictures.save_controlnet(folder / "union", union=True)
    eye, lora = pictures.save_ip_adapter(folder / "eye"), pictures.save_lora(folder / "luca.safetensors", text=True)

    def control(path: Path, **values: Any) -> ControlInput:
        return ControlInput("canny", ramp(), path, 0.8, **values)

    found: dict[str, dict[str, Any]] = {
        "controlnet": {"controls": (control(net, start=0.1, end=0.8),)},
        "two controlnets": {"controls": (control(net), control(net, end=0.5))},
        "union": {"controls": (control(union),)},
        "reference": {"references": (ReferenceInput(ramp(), eye),)},
        "lora": {"loras": (LoraInput("luca", lora, 0.8),)},
    }
    return {**found, "all": {**found["controlnet"], **found["reference"], **found["lora"]}}


@pytest.mark.parametrize("start", STARTS)
@pytest.mark.parametrize("what", ["controlnet", "two controlnets", "union", "reference", "lora", "all"])
def test_so_does_whatever_joins(sdxl: DiffusersImage, joined: dict[str, dict[str, Any]], what: str, start: str) -> None:
    plain = bits(sdxl, call(start=start))
    asked = call(start=start, **joined[what])
    goes_on(sdxl, asked)
    assert bits(sdxl, asked) != plain
    assert bits(sdxl, call(start=start)) == plain, "nothing of it is left"


def test_keeping_and_looking_change_nothing(sdxl: DiffusersImage) -> None:
    asked = call(sampler="dpmpp_2m_sde")
    watched = bits(sdxl, asked, on_keep=lambda *_: None, on_preview=lambda *_: None)
    assert watched == bits(sdxl, asked)


def test_a_state_is_kept_every_five_steps_and_not_at_the_end(sdxl: DiffusersImage) -> None:
    at: list[int] = []
    sdxl.generate(a_call(steps=15), ImageHooks(on_keep=lambda state, step: at.append(step)))
    assert at == [5, 10]


def test_steps_gone_by_are_not_told_again(sdxl: DiffusersImage) -> None:
    _, states = kept_states(sdxl, call())
    told: list[int] = []
    sdxl.generate(call(), ImageHooks(resume=states[0], on_step=lambda done, steps: told.append(done)))
    assert told == [6, 7]


def test_it_stops_within_a_step(sdxl: DiffusersImage) -> None:
    asked = 0

    def is_cancelled() -> bool:
        nonlocal asked
        asked += 1
        return asked > 12

    told: list[int] = []
    with pytest.raises(Cancelled, match="within a step"):
        sdxl.generate(a_call(), ImageHooks(is_cancelled=is_cancelled, on_step=lambda done, steps: told.append(done)))
    assert len(told) <= 1
    assert not any(block._forward_pre_hooks for block in blocks_of(sdxl.parts["unet"]))


@pytest.mark.parametrize("prediction", ["epsilon", "v_prediction", "sample"])
@pytest.mark.parametrize("name", ["EulerDiscreteScheduler", "DDIMScheduler"])
def test_the_clean_picture_is_what_the_sampler_foresees(name: str, prediction: str) -> None:
    scheduler = getattr(diffusers, name)(beta_schedule="scaled_linear", prediction_type=prediction)
    if (name, prediction) == ("EulerDiscreteScheduler", "sample"):
        pytest.skip("the library has no such")
    scheduler.set_timesteps(10)
    time, sample = scheduler.timesteps[4], torch.randn(1, 4, 4, 4)
    scheduler.scale_model_input(sample, time)
    output = torch.randn(1, 4, 4, 4)
    foreseen = clean(scheduler, output, time, sample)
    theirs = scheduler.step(output, time, sample).pred_original_sample
    if name == "DDIMScheduler":
        theirs = theirs if not scheduler.config.clip_sample else foreseen.clamp(-1, 1) - foreseen.clamp(-1, 1) + theirs
        foreseen = foreseen.clamp(-scheduler.config.clip_sample_range, scheduler.config.clip_sample_range)
    assert torch.allclose(foreseen, theirs, atol=1e-4)


def test_on_straight_paths_noise_and_picture_add_up() -> None:
    scheduler = diffusers.FlowMatchEulerDiscreteScheduler()
    scheduler.set_timesteps(4)
    picture, noise, time = torch.randn(1, 4, 2, 2), torch.randn(1, 4, 2, 2), scheduler.timesteps[1]
    share = float(time) / 1000
    assert torch.allclose(clean(scheduler, noise - picture, time, (1 - share) * picture + share * noise), picture, atol=1e-4)


def test_what_a_mask_keeps_is_put_back_at_the_noise_of_the_next_step() -> None:
    scheduler = diffusers.FlowMatchEulerDiscreteScheduler()
    scheduler.set_timesteps(4)
    mask = torch.tensor([1.0, 0.0]).reshape(1, 1, 1, 2)
    original, noise, latents = torch.full((1, 4, 1, 2), 2.0), torch.full((1, 4, 1, 2), 6.0), torch.full((1, 4, 1, 2), 9.0)
    last = Blend(mask, original, noise).apply(latents, scheduler, None)
    assert last[0, 0].tolist() == [[9.0, 2.0]]
    share = float(scheduler.sigmas[2])
    between = Blend(mask, original, noise).apply(latents, scheduler, scheduler.timesteps[2])
    assert between[0, 0, 0].tolist() == pytest.approx([9.0, (1 - share) * 2 + share * 6])


def test_a_compiled_model_whose_blocks_ask_nobody_stops_between_two_steps() -> None:
    told: list[int] = []
    hooks = ImageHooks(is_cancelled=lambda: bool(told), on_step=lambda done, steps: told.append(done))
    pipe, latents = SimpleNamespace(num_timesteps=8), torch.zeros(1, 4, 2, 2)
    scheduler = diffusers.FlowMatchEulerDiscreteScheduler()
    watch = Watch(hooks, "key", scheduler, torch.Generator())
    with watch.attached([torch.nn.Identity()], within=False), pytest.raises(Cancelled, match="between two steps"):
        watch.callback(pipe, 0, 0, {"latents": latents})
    assert told == [1]
