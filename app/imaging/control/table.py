"""THE table of preprocessors, and the port through which maps are made. To add one: write its file, name it here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from app.imaging.control.base import Drawn, MapSettings, Material, Preprocessor
from app.imaging.control.canny import draw as canny
from app.imaging.control.depth import draw as depth
from app.imaging.control.lineart import draw as lineart
from app.imaging.control.normal import draw as normal
from app.imaging.control.pose import draw as pose
from app.imaging.control.scribble import draw as scribble
from app.imaging.control.segmentation import draw as segmentation
from app.imaging.control.softedge import draw as softedge
from app.imaging.control.tile import draw as tile
from app.imaging.opening import has_alpha
from configs.errors import BadInput, NotFound, StudioError
from jobs.context import JobContext

if TYPE_CHECKING:
    from PIL.Image import Image

DEPTH_MODELS = ("depth-anything-v2-small",)  # asked in this order where no model is named
EVEN = (128, 128, 255)  # the normal of a wall that faces the viewer
PREPROCESSORS: tuple[Preprocessor, ...] = (
    Preprocessor("canny", "Thin outlines", canny, options=("detail", "low", "high")),
    Preprocessor("softedge", "Soft outlines", softedge),
    Preprocessor("lineart", "Ink lines", lineart),
    Preprocessor("scribble", "Broad strokes", scribble),
    Preprocessor("depth", "Depth", depth, measures_depth=True, options=("model",)),
    Preprocessor("normal", "Surface normals", normal, measures_depth=True, blank=EVEN, options=("detail", "model")),
    Preprocessor("segmentation", "Regions", segmentation),
    Preprocessor("pose", "Pose", pose, options=()),
    Preprocessor("tile", "Without fine detail", tile),
)


def preprocessor(kind: str) -> Preprocessor:
    """The row of a kind; raises BadInput naming those there are."""
    found = {row.kind: row for row in PREPROCESSORS}.get(kind)
    if found is None:
        raise BadInput(f"There is no control map of kind {kind!r}.", f"Kinds: {', '.join(row.kind for row in PREPROCESSORS)}.")
    return found


def make_map(kind: str, image: Image, job: JobContext | None, settings: MapSettings | None = None) -> tuple[Image, str]:
    """The control map of a picture, RGB and of its size, and what made it in words.

    Args:
        job: lends the depth model where the kind wants one; None: only what is built in.

    Raises:
        BadInput: the kind needs a model that is not installed, or there is no such kind.
    """
    made, drawn = draw_map(kind, image, job, settings or MapSettings())
    return made, drawn.engine


def draw_map(kind: str, image: Image, job: JobContext | None, settings: MapSettings) -> tuple[Image, Drawn]:
    """The same with notes."""
    import numpy as np
    from PIL import Image as Images

    row = preprocessor(kind)
    shown = over_contrast(image)
    measured, engine = measure_depth(shown, job, settings.model) if row.measures_depth and job is not None else (None, "")
    drawn = row.draw(Material(np.ascontiguousarray(np.asarray(shown)), settings, measured, engine))
    pixels = drawn.pixels if drawn.pixels.ndim == 3 else np.repeat(drawn.pixels[..., None], 3, 2)
    if has_alpha(image):
        seen = np.asarray(image.getchannel("A"), np.float32)[..., None] / 255
        outline = 1.0 if row.kind in ("canny", "softedge", "lineart", "scribble") else seen
        pixels = np.where(seen > 0, pixels * outline + np.array(row.blank) * (1 - outline), row.blank)
    return Images.fromarray(np.clip(pixels, 0, 255).astype(np.uint8)), drawn


def over_contrast(image: Image) -> Image:
    """RGB: what is transparent is laid over the grey that differs most from the subject, so that its outline is an edge."""
    import numpy as np
    from PIL import Image as Images

    if not has_alpha(image):
        return image.convert("RGB")
    pixels = np.asarray(image.convert("RGBA"), np.float32)
    weight = pixels[..., 3]
    mean = float((pixels[..., :3].mean(2) * weight).sum() / max(weight.sum(), 1e-6))
    ground = Images.new("RGBA", image.size, (0, 0, 0, 255) if mean > 127 else (255, 255, 255, 255))
    return Images.alpha_composite(ground, image.convert("RGBA")).convert("RGB")


def measure_depth(image: Image, job: JobContext, model: str | None) -> tuple[Any, str]:
    """(float32 [H, W] 0..1, words) of an installed depth model; (None, "") when there is none and none was named."""
    import numpy as np

    name, card = installed_depth(job, model)
    if name is None:
        return None, ""
    found = job.with_model(
        name, "depth", {"width": image.width, "height": image.height}, lambda engine: engine.depth(image), on_step=job.span(0.05, 0.4)
    )
    return np.asarray(found, np.float32), str(card.title)


def installed_depth(job: JobContext, model: str | None) -> tuple[str | None, Any]:
    """The name and card of the depth model to be used; raises what the studio says of one that was named and is not there."""
    for name in (model,) if model else DEPTH_MODELS:
        try:
            return name, job.installed(name).card
        except NotFound:
            if model:
                raise
        except StudioError:  # a lane without models has no depth either
            return None, None
    return None, None
