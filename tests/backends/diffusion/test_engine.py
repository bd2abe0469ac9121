"""The picture engine from loading to closing, by the path of any installed model."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("diffusers")

from PIL import Image, ImageChops  # noqa: E402

from backends.base import Cancelled, Device, OutOfMemory  # noqa: E402
from backends.images import ImageEngine, ImageHooks  # noqa: E402
from backends.registry import engine_of  # noqa: E402
from configs.errors import BadInput, Conflict, Unavailable  # noqa: E402
from tests.backends.tiny.models import installed  # noqa: E402
from tests.backends.tiny.painting import HALF, SIDE, a_call, bits, kept_states, left_half, loaded, ramp  # noqa: E402

if TYPE_CHECKING:
    from backends.diffusion.engine import DiffusersImage

FAMILIES = ("sdxl", "flux2", "z-image")
Engines = dict[str, "DiffusersImage"]


def starts() -> list[dict[str, Any]]:
    return [{}, {"image": ramp()}, {"image": ramp(), "mask": left_half()}]


@pytest.mark.parametrize("family", FAMILIES)
def test_a_picture_of_words_a_picture_of_a_picture_and_a_part_made_anew(engines: Engines, family: str) -> None:
    made = [engines[family].generate(a_call(family, steps=5, strength=0.6, **start), ImageHooks()) for start in starts()]
    assert {picture.image.size for picture in made} == {(SIDE, SIDE)}
    assert {picture.image.mode for picture in made} == {"RGB"}
    assert [picture.steps_run for picture in made] == [5, 3, 3]
    assert len({picture.image.tobytes() for picture in made}) == 3


@pytest.mark.parametrize("family", FAMILIES)
def test_what_a_mask_leaves_stays_exactly(engines: Engines, family: str) -> None:
    made = engines[family].generate(a_call(family, image=ramp(), mask=left_half()), ImageHooks()).image
    right = (HALF, 0, SIDE, SIDE)
    assert ImageChops.difference(made.crop(right), ramp().crop(right)).getbbox() is None
    assert ImageChops.difference(made.crop((0, 0, HALF, SIDE)), ramp().crop((0, 0, HALF, SIDE))).getbbox() is not None


@pytest.mark.parametrize("family", FAMILIES)
def test_same_seed_same_bits_and_another_seed_another_picture(engines: Engines, family: str) -> None:
    call = a_call(family)
    assert bits(engines[family], call) == bits(engines[family], call)
    assert bits(engines[family], a_call(family, seed=4)) != bits(engines[family], call)
    assert bits(engines[family], a_call(family, prompt="a dog in the rain")) != bits(engines[family], call)


@pytest.mark.parametrize("family", FAMILIES)
def test_sizes_that_are_no_multiples_of_the_models_own(engines: Engines, family: str) -> None:
    image = engines[family].generate(a_call(family, width=72, height=88, image=ramp(), mask=left_half()), ImageHooks()).image
    assert image.size == (72, 88)


def test_a_prompt_in_words_that_count_differently(sdxl: DiffusersImage) -> None:
    plain, told = bits(sdxl, a_call(prompt="a red fox")), bits(sdxl, a_call(prompt="a (red:1.4) fox"))
    assert plain != told
    made = sdxl.generate(a_call(prompt="x" * 100), ImageHooks())
    assert made.notes == ("The prompt was read in 2 parts of 75 tokens.",)
    assert bits(sdxl, a_call(clip_skip=3)) != bits(sdxl, a_call())


def test_a_model_that_reads_sentences_says_what_it_left_out(engines: Engines) -> None:
    notes = engines["flux2"].generate(a_call("flux2", prompt="a (red:1.4) fox", negative="rain"), ImageHooks()).notes
    assert notes == (
        "FLUX.2 klein reads sentences: the weights of words were left out.",
        "FLUX.2 klein takes no negative prompt; it was left out.",
    )


def test_flux2_takes_reference_pictures_itself(engines: Engines) -> None:
    from backends.images import ReferenceInput

    one = a_call("flux2", references=(ReferenceInput(ramp()),))
    assert bits(engines["flux2"], one) != bits(engines["flux2"], a_call("flux2"))
    with pytest.raises(BadInput, match="takes no reference pictures by itself"):
        engines["z-image"].generate(a_call("z-image", references=(ReferenceInput(ramp()),)), ImageHooks())


def test_every_step_is_told_and_shown(sdxl: DiffusersImage) -> None:
    steps: list[tuple[int, int]] = []
    shown: list[tuple[Image.Image, int]] = []
    sdxl.generate(
        a_call(steps=6),
        ImageHooks(on_step=lambda *at: steps.append(at), on_preview=lambda *at: shown.append(at), preview_every=2),
    )
    assert steps == [(done, 6) for done in range(1, 7)]
    assert [(image.size, image.mode, at) for image, at in shown] == [((8, 8), "RGB", at) for at in (2, 4, 6)]


def test_cancelling_takes_one_step_at_most(sdxl: DiffusersImage) -> None:
    seen: list[int] = []
    stop = threading.Event()

    def on_step(done: int, steps: int) -> None:
        seen.append(done)
        if done == 2:
            stop.set()

    with pytest.raises(Cancelled):
        sdxl.generate(a_call(steps=50), ImageHooks(on_step=on_step, is_cancelled=stop.is_set))
    assert seen == [1, 2]
    with pytest.raises(Cancelled):
        sdxl.generate(a_call(steps=50), ImageHooks(on_step=on_step, is_cancelled=lambda: True))
    assert seen == [1, 2], "not even begun"


def test_what_a_listener_raises_comes_out_and_leaves_no_trace(sdxl: DiffusersImage) -> None:
    before = bits(sdxl, a_call())

    def give_up(done: int, steps: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        sdxl.generate(a_call(), ImageHooks(on_step=give_up))
    assert bits(sdxl, a_call()) == before


def test_memory_running_out_is_told_as_such(sdxl: DiffusersImage, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 9 GiB\nmore")

    monkeypatch.setattr(sdxl.parts["unet"], "forward", full)
    with pytest.raises(OutOfMemory, match=r"^CUDA out of memory\. Tried to allocate 9 GiB$") as caught:
        sdxl.generate(a_call(), ImageHooks())
    assert caught.value.__context__ is None, "no frames that hold tensors"


@pytest.mark.parametrize("family", FAMILIES)
def test_a_kept_state_of_another_picture_begins_anew(engines: Engines, family: str) -> None:
    whole, _ = kept_states(engines[family], a_call(family, steps=6))
    _, others = kept_states(engines[family], a_call(family, steps=6, seed=9))
    made = engines[family].generate(a_call(family, steps=6), ImageHooks(resume=others[0]))
    assert made.image.tobytes() == whole
    assert made.steps_run == 6
    assert any("begun anew" in note for note in made.notes)


def test_less_than_a_step_leaves_the_picture(sdxl: DiffusersImage) -> None:
    made = sdxl.generate(a_call(image=ramp(), strength=0.1), ImageHooks())
    assert (made.steps_run, made.image.tobytes()) == (0, ramp().tobytes())
    assert "less than one step" in made.notes[0]


def test_the_cards_sampler_and_schedule_are_the_models_own(tiny_pictures: dict[str, Path]) -> None:
    lightning = loaded(tiny_pictures["sdxl"], defaults={"sampler": "euler", "timestep_spacing": "trailing"})
    assert bits(lightning, a_call()) == bits(lightning, a_call(sampler="euler", schedule="trailing"))
    assert bits(lightning, a_call()) != bits(lightning, a_call(schedule="karras"))
    assert bits(lightning, a_call(sampler="DPM++ 2M")) == bits(lightning, a_call(sampler="dpmpp_2m", schedule="trailing"))
    lightning.close()


def test_an_unknown_sampler_is_refused(sdxl: DiffusersImage) -> None:
    with pytest.raises(BadInput, match="no sampler 'wobble'"):
        sdxl.generate(a_call(sampler="wobble"), ImageHooks())


def test_it_lives_as_every_engine_does(tiny_pictures: dict[str, Path]) -> None:
    said: list[tuple[float, str]] = []
    model = installed(tiny_pictures["sdxl"], "image", "diffusers-image", family="sdxl")
    engine: Any = engine_of(model.card).make(model, Device())
    assert isinstance(engine, ImageEngine)
    with pytest.raises(Conflict, match="not on its device"):
        engine.generate(a_call(), ImageHooks())
    footprint = engine.load(lambda *at: said.append(at))
    assert footprint.host_bytes > 1_000_000
    assert said[0] == (0.0, "Loading Sdxl: scheduler")
    assert said[-1] == (1.0, "Loading Sdxl")
    assert engine.state == "parked"
    engine.activate()
    assert engine.state == "resident"
    before = bits(engine, a_call())
    engine.deactivate()
    engine.activate()
    assert bits(engine, a_call()) == before
    engine.close()
    assert (engine.state, engine.parts) == ("installed", {})
    engine.close()


def test_loading_can_be_given_up(tiny_pictures: dict[str, Path]) -> None:
    from backends.diffusion.engine import DiffusersImage

    def stop(fraction: float, message: str) -> None:
        if fraction > 0.5:
            raise Cancelled("enough")

    engine = DiffusersImage(installed(tiny_pictures["sdxl"], "image", "diffusers-image", family="sdxl"), Device())
    with pytest.raises(Cancelled):
        engine.load(stop)
    assert (engine.state, engine.parts) == ("installed", {})


def test_a_family_it_does_not_know(tiny_pictures: dict[str, Path]) -> None:
    with pytest.raises(Unavailable, match="family sd3"):
        loaded(tiny_pictures["sdxl"], "sd3")


def test_tiles_when_memory_is_short(tiny_pictures: dict[str, Path]) -> None:
    engine = loaded(tiny_pictures["sdxl"])
    wide = a_call(width=256, steps=1)
    whole = bits(engine, wide)
    assert bits(engine, a_call(width=256, steps=1, tiling=True)) != whole, "seams are blended, so it is not bit for bit the same"
    assert bits(engine, wide) == whole
    large = {"width": 2048, "height": 2048}
    before = engine.working_bytes("generate", large)
    assert (engine.relieve(1), engine.relieve(1), engine.relieve(2)) == (True, False, False)
    assert engine.working_bytes("generate", large) < before
    assert bits(engine, wide) != whole
    engine.close()


def test_the_first_guess_at_memory_grows_with_what_is_asked(sdxl: DiffusersImage) -> None:
    small = sdxl.working_bytes("generate", {"width": 512, "height": 512})
    usual = sdxl.working_bytes("generate", {"width": 1024, "height": 1024})
    guided = sdxl.working_bytes("generate", {"width": 1024, "height": 1024, "controls": 1})
    assert small < usual < guided
    assert 2e9 < usual < 4e9
