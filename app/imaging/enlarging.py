"""Enlarging one picture: by the built-in engine, or by a model and then to the wanted size."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.imaging.opening import has_alpha
from app.imaging.resampling import denoised, resized, sharpened
from backends.images import UpscaleEngine
from configs.errors import BadInput
from jobs.context import OnStep

if TYPE_CHECKING:
    from collections.abc import Callable

    from PIL.Image import Image

BUILT_IN = "Lanczos and sharpening, built in"
MOST_PASSES = 3  # of a model, one after another
MOST_MADE = 160_000_000  # px of one pass: half a gigabyte


@dataclass(frozen=True)
class Wish:
    """``width`` x ``height`` px wanted; ``sharpen`` and ``denoise`` 0 to 1."""

    width: int
    height: int
    sharpen: float = 0.3
    denoise: float = 0.0


def enlarge(image: Image, wish: Wish, on_step: OnStep) -> Image:
    """Denoised, enlarged with Lanczos, sharpened: RGBA where the picture lets something through, else RGB."""
    image = image if has_alpha(image) else image.convert("RGB")
    on_step(0.0, "Denoising" if wish.denoise else "Enlarging")
    clean = denoised(image, wish.denoise)
    on_step(0.4, "Enlarging")
    large = resized(clean, wish.width, wish.height)
    on_step(0.8, "Sharpening")
    made = sharpened(large, wish.sharpen, 0.6 * wish.width / image.width)
    on_step(1.0, "Done")
    return made


def enlarge_by_model(image: Image, wish: Wish, engine: UpscaleEngine, on_step: OnStep, is_cancelled: Callable[[], bool]) -> Image:
    """By a model, as often as its own scale asks for, then to the wanted size; only what is sharper than wanted is averaged.

    A wish within the model's own scale is one pass and a reduction in linear light; before each further pass the picture is brought
    to the size from which that pass ends at the wanted one. A model that does not enlarge (scale 1: it cleans) runs once.

    Raises:
        BadInput: a pass would make more than `MOST_MADE` pixels.
    """
    image = image if has_alpha(image) else image.convert("RGB")
    made = denoised(image, wish.denoise)
    passes = passes_for(engine.scale, max(wish.width / image.width, wish.height / image.height))
    for number in range(passes):
        start = number / passes
        if number:
            left = engine.scale ** (passes - number)
            made = resized(made, min(made.width, -(-wish.width // left)), min(made.height, -(-wish.height // left)))
        _require_room(made, engine.scale)
        made = engine.upscale(made, lambda share, said, start=start: on_step(start + share / passes, said), is_cancelled)  # type: ignore[misc]
    made = resized(made, wish.width, wish.height) if made.size != (wish.width, wish.height) else made
    return sharpened(made, wish.sharpen, 1.0)


def _require_room(image: Image, scale: int) -> None:
    width, height = image.width * scale, image.height * scale
    if width * height > MOST_MADE:
        raise BadInput(
            f"{image.width}x{image.height} enlarged {scale} times is {width}x{height}, more than {MOST_MADE // 10**6} megapixels.",
            "Use the built-in upscaler, or a smaller picture.", "too_large_result",
        )  # fmt: skip


def passes_for(scale: int, wanted: float) -> int:
    """How often a model of a scale is run; what is still missing after the last pass is Lanczos'."""
    if scale <= 1:
        return 1
    count = 1
    while scale**count < wanted - 0.01 and count < MOST_PASSES:
        count += 1
    return count
