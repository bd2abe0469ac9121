"""The capability `image.upscale`: larger and clearer, transparency and settings kept."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import Field

from app.capability import capability
from app.cast import Strict
from app.imaging.derived import Derivation, keep_derived
from app.imaging.enlarging import BUILT_IN, Wish, enlarge, enlarge_by_model
from app.imaging.opening import open_picture
from app.media_fields import ImageRef
from app.surroundings import Surroundings
from configs.errors import BadInput, NotFound
from jobs.context import JobContext
from storage.records import Artifact

LARGEST_SIDE, MOST_PIXELS = 16384, 96_000_000


class UpscaleImage(Strict):
    """Which picture, how much larger, by what."""

    image: ImageRef = Field(description="The picture.")
    scale: float = Field(default=2.0, ge=1.5, le=8, description="How many times larger.")
    model: str | None = Field(
        default=None,
        min_length=1,
        max_length=200,
        description="An upscaler: an installed one, or a file in the folder of adapters; left out: built in.",
    )
    sharpen: float = Field(default=0.3, ge=0, le=1, description="0 leaves it as the engine made it.")
    denoise: float = Field(default=0.0, ge=0, le=1, description="Takes noise away before enlarging; fine texture goes with it.")


class UpscaledImage(Strict):
    """The larger picture."""

    artifact_id: str
    width: int
    height: int
    engine: str = Field(description="What made it, in words.")


def _prepare(request: UpscaleImage, around: Surroundings) -> UpscaleImage:
    if request.model is None:
        return request
    try:
        found = around.adapter("upscaler", request.model)
    except NotFound as unknown:
        try:
            card = around.model(request.model).card
        except NotFound:
            raise unknown from None
        raise BadInput(
            f"{card.title} is for {card.task} and does not enlarge pictures.", "`adapters upscaler` lists what does.", "wrong_task"
        ) from None
    return request.model_copy(update={"model": found.card or found.name})


def _check(request: UpscaleImage, media: Mapping[str, Artifact]) -> None:
    info = media["image"].meta["probe"]
    width, height = wanted_size(info["width"], info["height"], request.scale)
    if max(width, height) > LARGEST_SIDE or width * height > MOST_PIXELS:
        raise BadInput(
            f"{info['width']}x{info['height']} times {request.scale:g} is {width}x{height}, more than {MOST_PIXELS / 1e6:.0f} megapixels "
            f"or {LARGEST_SIDE} px on a side.",
            "Ask for a smaller scale.", "too_large_result",
        )  # fmt: skip


@capability("image.upscale", lane="gpu", title="Upscale a picture", engine="built in, or an installed upscaler", checks=_check,
            prepares=_prepare, reusable=True)  # fmt: skip
def upscale_image(request: UpscaleImage, job: JobContext) -> UpscaledImage:
    """Enlarges a picture 1.5 to 8 times, by an installed upscaler or by the built-in engine (Lanczos with sharpening).

    Transparency stays, and so do the settings the picture was made with. The result says what made it.
    """
    source = job.artifact(request.image)
    job.progress(0.0, "Reading the picture")
    image = open_picture(source.path)
    width, height = wanted_size(image.width, image.height, request.scale)
    wish = Wish(width, height, request.sharpen, request.denoise)
    name, words = request.model, BUILT_IN
    if name is None:
        made = enlarge(image, wish, job.span(0.0, 0.9))
    else:
        words = job.installed(name).card.title
        on_step = job.span(0.05, 0.9)
        made = job.with_model(
            name, "upscale", {"width": image.width, "height": image.height},
            lambda engine: enlarge_by_model(image, wish, engine, on_step, lambda: _stops(job)),
        )  # fmt: skip
    job.progress(0.95, "Saving")
    settings = {"scale": request.scale, "model": name, "sharpen": request.sharpen, "denoise": request.denoise}
    kept = keep_derived(job, source, made, Derivation("upscale", f"{request.scale:g}x", words, settings))
    return UpscaledImage(artifact_id=kept.id, width=made.width, height=made.height, engine=words)


def _stops(job: JobContext) -> bool:
    """Never says yes: it raises, so that the job ends as cancelled."""
    job.raise_if_cancelled()
    return False


def wanted_size(width: int, height: int, scale: float) -> tuple[int, int]:
    """Rounded to whole px, never below one."""
    return max(1, round(width * scale)), max(1, round(height * scale))
