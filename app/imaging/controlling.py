"""The capability `image.control`: the control map of a picture, to be seen before it guides anything."""

from __future__ import annotations

from pydantic import Field

from app.capability import capability
from app.cast import Strict
from app.imaging.control.base import MapSettings
from app.imaging.control.depth import MISSING, REMEDY
from app.imaging.control.pose import MISSING as NO_POSE
from app.imaging.control.pose import REMEDY as POSE_REMEDY
from app.imaging.control.table import draw_map, preprocessor
from app.imaging.derived import Derivation, keep_derived
from app.imaging.opening import has_alpha, open_picture
from app.imaging.requests import ControlKind, Side
from app.imaging.resampling import covering
from app.media_fields import ImageRef
from app.surroundings import Surroundings
from configs.errors import BadInput
from jobs.context import JobContext


class MakeControl(Strict):
    """Which picture, which kind of map."""

    image: ImageRef = Field(description="The picture.")
    kind: ControlKind = Field(description="What the map shows.")
    width: Side | None = Field(default=None, description="px; with height: the picture is scaled to cover it and cropped.")
    height: Side | None = Field(default=None, description="px.")
    detail: float = Field(default=0.5, ge=0, le=1, description="How much of the picture's detail is kept: more lines, more regions.")
    low: float | None = Field(default=None, ge=0, le=1000, description="canny: the lower threshold; left out: from the picture.")
    high: float | None = Field(default=None, ge=0, le=1000, description="canny: the upper threshold; left out: from the picture.")
    model: str | None = Field(
        default=None, min_length=1, max_length=200, description="depth, normal: an installed depth model; left out: any."
    )


class ControlMap(Strict):
    """The map and who drew it."""

    artifact_id: str
    kind: ControlKind
    width: int
    height: int
    engine: str = Field(description="What drew it, in words.")
    notes: list[str] = Field(default=[])


def _prepare(request: MakeControl, around: Surroundings) -> MakeControl:
    """Names the depth model; a kind that needs what is not there is refused before there is a job."""
    if (request.width is None) != (request.height is None):
        raise BadInput("A map has both a width and a height, or neither.", "Give the other as well.")
    if request.kind == "pose":
        raise BadInput(NO_POSE, POSE_REMEDY, "no_pose")
    if not preprocessor(request.kind).measures_depth:
        return request
    if request.model is not None:
        card = around.model(request.model).card
        if card.task != "depth":
            raise BadInput(f"{card.title} is for {card.task} and measures no depth.", "`models list` shows what each is for.", "wrong_task")
        return request
    found = around.models("depth")
    if request.kind == "depth" and not found:
        raise BadInput(MISSING, REMEDY, "no_depth")
    return request.model_copy(update={"model": found[0].card.name}) if found else request


@capability("image.control", lane="gpu", title="Make a control map", engine="built in, or an installed depth model", prepares=_prepare,
            reusable=True)  # fmt: skip
def make_control(request: MakeControl, job: JobContext) -> ControlMap:
    """Draws the control map of a picture: outlines, ink lines, strokes, depth, normals, regions, or the picture without fine detail.

    Everything but depth is built in; the result says what drew it. Transparency stays.
    """
    source = job.artifact(request.image)
    job.progress(0.0, "Reading the picture")
    image = open_picture(source.path)
    if request.width is not None and request.height is not None:
        image = covering(image, request.width, request.height)
    job.progress(0.1, "Drawing the map")
    settings = MapSettings(request.detail, request.low, request.high, request.model)
    made, drawn = draw_map(request.kind, image, job, settings)
    if has_alpha(image):
        made.putalpha(image.getchannel("A"))
    job.progress(0.95, "Saving")
    options = {name: getattr(settings, name) for name in preprocessor(request.kind).options}
    done = Derivation("control", request.kind, drawn.engine, {"kind": request.kind, **options}, keeps_settings=False, notes=drawn.notes)
    kept = keep_derived(job, source, made, done)
    return ControlMap(
        artifact_id=kept.id, kind=request.kind, width=made.width, height=made.height, engine=drawn.engine, notes=list(drawn.notes)
    )
