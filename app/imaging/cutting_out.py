"""The capability `image.cutout`: a picture's subject without its background."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import Field

from app.capability import capability
from app.cast import Strict
from app.imaging.cutout.cutting import Cut, bounds, cut_out
from app.imaging.derived import Derivation, keep_derived
from app.imaging.opening import has_alpha, open_picture
from app.media_fields import ImageRef
from app.surroundings import Surroundings
from configs.errors import BadInput, StudioError
from jobs.context import JobContext

if TYPE_CHECKING:
    from PIL.Image import Image

FINDERS = ("birefnet", "birefnet-lite")  # cards, the best first


class CutOut(Strict):
    """Which picture, by what, and what comes in place of the background."""

    image: ImageRef = Field(description="The picture.")
    model: str | None = Field(default=None, min_length=1, max_length=200, description="An installed matting model; left out: built in.")
    holes: bool | None = Field(
        default=None,
        description="Built in: background colour that the subject encloses goes too; left out: unless it is white, grey or black.",
    )
    background: str | None = Field(
        default=None, pattern=r"^#[0-9a-fA-F]{6}$", description="A colour behind the subject, #rrggbb; left out: transparent."
    )
    crop: bool = Field(default=False, description="Crop to the subject.")
    margin_px: int = Field(default=8, ge=0, le=1024, description="With crop: how much stays around it.")


class CutOutImage(Strict):
    """The subject, and how sure it is."""

    artifact_id: str
    width: int
    height: int
    engine: str = Field(description="What found the subject, in words.")
    covered: float = Field(ge=0, le=1, description="Share of the picture that is subject.")
    sure: bool = Field(description="False: look at it; the notes say why.")
    notes: list[str] = Field(default=[])


def _prepare(request: CutOut, around: Surroundings) -> CutOut:
    if request.model is not None:
        card = around.model(request.model).card
        if card.task != "matting":
            raise BadInput(f"{card.title} is for {card.task} and cuts nothing out.", "`models list` shows what each is for.", "wrong_task")
    return request


@capability("image.cutout", lane="gpu", title="Take the background away", engine="built in, or an installed matting model",
            prepares=_prepare, reusable=True)  # fmt: skip
def cut_out_image(request: CutOut, job: JobContext) -> CutOutImage:
    """Takes a picture's background away: a transparent PNG with soft, anti-aliased edges in the subject's own colours.

    Built in, the background is told from the picture's border: exact on plain and shaded grounds, a guess on textured ones; the
    result says whether it is sure. An installed matting model knows subjects. A picture that is transparent already stays so.
    """
    source = job.artifact(request.image)
    job.progress(0.0, "Reading the picture")
    image = open_picture(source.path)
    done = find_cut(image, job, request.model, holes=request.holes)
    covered = share_covered(done.image)
    made = done.image.crop(bounds(done.image, request.margin_px)) if request.crop else done.image
    made = over(made, request.background) if request.background else made
    job.progress(0.95, "Saving")
    settings = request.model_dump(mode="json", exclude={"image"})
    kept = keep_derived(job, source, made, Derivation("cutout", "cutout", done.engine, settings, notes=done.doubts))
    return CutOutImage(
        artifact_id=kept.id, width=made.width, height=made.height, engine=done.engine, covered=covered, sure=not done.doubts,
        notes=list(done.doubts),
    )  # fmt: skip


def find_cut(image: Image, job: JobContext, model: str | None, *, holes: bool | None = None) -> Cut:
    """The subject by a model, or built in where none is named."""
    if model is None or has_alpha(image):
        job.progress(0.1, "Looking for the subject")
        return cut_out(image, holes=holes)
    title = job.installed(model).card.title
    shown = image.convert("RGB")
    first = cut_out(shown, holes=holes).image.getchannel("A")
    shape = {"width": image.width, "height": image.height}
    matte = job.with_model(model, "matte", shape, lambda engine: engine.matte(shown, first), on_step=job.span(0.1, 0.7))
    return cut_out(shown, matte=matte, engine=title)


def best_cut(image: Image, job: JobContext) -> Cut:
    """Built in where that is sure of itself, since on plain grounds it is exact; else by an installed model that finds subjects."""
    done = cut_out(image)
    for name in FINDERS if done.doubts else ():
        try:
            job.installed(name)
        except StudioError:  # not installed, or a lane without models
            continue
        return find_cut(image, job, name)
    return done


def over(image: Image, colour: str) -> Image:
    """RGB: the cut-out subject on a colour."""
    from PIL import Image as Images

    return Images.alpha_composite(Images.new("RGBA", image.size, colour), image.convert("RGBA")).convert("RGB")


def share_covered(image: Image) -> float:
    """Of the picture, by opacity."""
    import numpy as np

    return round(float(np.asarray(image.getchannel("A"), np.float32).mean() / 255), 4) if image.mode == "RGBA" else 1.0
