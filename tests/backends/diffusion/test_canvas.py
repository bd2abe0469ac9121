"""Pictures to latents and back, and previews."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

torch = pytest.importorskip("torch")
diffusers = pytest.importorskip("diffusers")

from backends.diffusion.canvas import PALETTE_PX, SDXL_GREY, Canvas, _tensor  # noqa: E402
from tests.backends.tiny.painting import SIDE, ramp  # noqa: E402

if TYPE_CHECKING:
    from backends.diffusion.engine import DiffusersImage

FAMILIES = ("sdxl", "flux2", "z-image")


def canvas_of(engine: DiffusersImage) -> tuple[Canvas, Any]:
    return Canvas(engine.parts["vae"], engine.kind.family, "cpu"), engine.parts["vae"]


@pytest.mark.parametrize(("family", "shape"), [("sdxl", (1, 4, 8, 8)), ("flux2", (1, 16, 4, 4)), ("z-image", (1, 4, 8, 8))])
def test_latents_are_of_the_form_that_the_pipelines_take(engines: dict[str, DiffusersImage], family: str, shape: tuple[int, ...]) -> None:
    canvas, _ = canvas_of(engines[family])
    assert tuple(canvas.encode(ramp()).shape) == shape
    assert canvas.step == 8


def test_it_is_encoded_and_decoded_as_the_library_does(sdxl: DiffusersImage) -> None:
    canvas, vae = canvas_of(sdxl)
    processor = diffusers.image_processor.VaeImageProcessor(vae_scale_factor=8)
    with torch.no_grad():
        theirs = vae.encode(processor.preprocess(ramp())).latent_dist.mode() * vae.config.scaling_factor
        decoded = processor.postprocess(vae.decode(theirs / vae.config.scaling_factor).sample)[0]
    assert torch.allclose(canvas.encode(ramp()), theirs, atol=1e-6)
    assert canvas.decode(theirs).tobytes() == decoded.tobytes()


def test_z_image_shifts_its_latents(engines: dict[str, DiffusersImage]) -> None:
    canvas, vae = canvas_of(engines["z-image"])
    with torch.no_grad():
        theirs = (vae.encode(_tensor(ramp())).latent_dist.mode() - vae.config.shift_factor) * vae.config.scaling_factor
    assert torch.allclose(canvas.encode(ramp()), theirs, atol=1e-6)


def test_a_vae_with_means_and_widths_of_its_own() -> None:
    vae = diffusers.AutoencoderKL(
        block_out_channels=[8, 8], down_block_types=["DownEncoderBlock2D"] * 2, up_block_types=["UpDecoderBlock2D"] * 2, norm_num_groups=4,
        latent_channels=4, latents_mean=[0.1, 0.2, 0.3, 0.4], latents_std=[1.0, 2.0, 3.0, 4.0], scaling_factor=0.5,
    )  # fmt: skip
    canvas = Canvas(vae, "sdxl", "cpu")
    with torch.no_grad():
        z = vae.encode(_tensor(ramp())).latent_dist.mode()
    told = canvas.encode(ramp())
    means, widths = torch.tensor([0.1, 0.2, 0.3, 0.4]).view(1, 4, 1, 1), torch.tensor([1.0, 2.0, 3.0, 4.0]).view(1, 4, 1, 1)
    assert torch.allclose(told, (z - means) * 0.5 / widths, atol=1e-6)


def test_sdxls_previews_have_published_colours(sdxl: DiffusersImage) -> None:
    canvas, _ = canvas_of(sdxl)
    shown = canvas.preview(torch.zeros(1, 4, 8, 8), SIDE, SIDE)
    assert shown.size == (8, 8)
    assert shown.getpixel((3, 3)) == tuple(int(value) for value in SDXL_GREY)


class Averager:
    """A stand-in VAE whose latents are the mean colours of 8 x 8 pixels, mixed: what a projection can learn exactly."""

    dtype = torch.float32
    mixed = torch.tensor([[0.5, 0.2, 0.1], [-0.3, 0.6, 0.0], [0.2, -0.1, 0.7], [0.3, 0.3, 0.3]])

    class config:  # noqa: N801  # as the library names it
        block_out_channels = (1, 1, 1, 1)
        latent_channels = 4
        scaling_factor, shift_factor, latents_mean, latents_std = 1.0, 0.0, None, None

    def encode(self, picture: Any) -> Any:
        small = torch.nn.functional.avg_pool2d(picture, 8)
        latents = torch.einsum("bchw,lc->blhw", small, self.mixed)
        return type("Encoded", (), {"latent_dist": type("Middle", (), {"mode": lambda _: latents})()})()


def test_other_previews_are_learned_from_the_models_own_vae() -> None:
    canvas = Canvas(Averager(), "z-image", "cpu")
    shown = canvas.preview(canvas.encode(ramp()), SIDE, SIDE)
    wanted = ramp().resize((8, 8), 4)
    differences = [abs(a - b) for a, b in zip(shown.tobytes(), wanted.tobytes(), strict=True)]
    assert sum(differences) / len(differences) < 4
    assert PALETTE_PX % 8 == 0


@pytest.mark.parametrize("family", FAMILIES)
def test_latents_of_a_run_are_shown_as_a_small_picture(engines: dict[str, DiffusersImage], family: str) -> None:
    canvas, _ = canvas_of(engines[family])
    seen = canvas.normalised(canvas.encode(ramp().resize((64, 32))))
    if family == "flux2":
        seen = seen.flatten(2).transpose(1, 2)  # as its pipeline carries them
    shown = canvas.preview(seen, 64, 32)
    assert shown.size == ((4, 2) if family == "flux2" else (8, 4))
