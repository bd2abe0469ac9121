"""Fills a request for pictures in before it becomes a job: the model, its settings, its adapters; refuses what cannot be made."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from app.imaging.choosing import IMAGE, best_model, fitting_loras, fitting_references, likeness_model, named_model, with_net
from app.imaging.prompting import Worded, cast_of, worded
from app.imaging.requests import LARGEST_SIDE, MOST_PIXELS, SMALLEST_SIDE, STEP_PX, STORYBOARD, GenerateImage, Picture, Styling
from app.imaging.styles import style_named
from app.surroundings import Surroundings
from backends.base import Installed
from backends.diffusion.samplers import choose
from configs.errors import BadInput
from configs.image_styles_file import ImageStyle
from storage.records import Artifact

BOARD_SIZE = (1280, 720)
OUTPAINT_STRENGTH = 0.95  # what is beyond the edge is made of little more than colours
FULL_STEPS = 15  # a model that usually takes fewer is distilled: a style's steps and guidance are not for it
MOST_REFERENCES = 8
ASPECT_TOLERANCE = 0.02
P = TypeVar("P", bound=Picture)
Size = tuple[int, int]


def prepare(request: P, around: Surroundings) -> P:
    """The request with everything said: which model, at which size, in how many steps, with which adapters.

    Raises:
        BadInput, NotFound, BadMedia: it cannot be made as asked; in one sentence.
    """
    require_subject(request)
    request, style = _with_style(_with_judge(request, around), around)
    wording = worded(request)
    if request.model == STORYBOARD:
        return _as_board(request)
    model = best_model(around.models(IMAGE), around.fits) if request.model is None else named_model(request.model, around)
    if model is None:
        return _as_board(request)
    settings = {**_settings(request, style, model), **_adapters(request, wording, model, around)}
    return request.model_copy(update={"model": model.card.name, "prompt": wording.said, **settings})


def require_subject(request: Picture) -> None:
    """Raises BadInput when neither words nor a picture say what is to be made."""
    if not request.prompt.strip() and request.image is None and not request.controls and not request.references:
        raise BadInput("The prompt is empty.", "Say what is to be seen, or give a picture to start from.")


def check(request: Picture, media: Mapping[str, Artifact]) -> None:
    """Refuses pictures that do not go together; raises BadInput."""
    image, mask = size_of(media.get("image")), size_of(media.get("mask"))
    if image is None:
        return
    if mask is not None and abs(mask[0] / mask[1] - image[0] / image[1]) > ASPECT_TOLERANCE * image[0] / image[1]:
        raise BadInput(
            f"The mask is {mask[0]}x{mask[1]} and the picture {image[0]}x{image[1]}, which is another shape.",
            "Give a mask of the picture's own shape.",
        )
    beyond = request.outpaint
    width, height = image[0] + beyond.left + beyond.right, image[1] + beyond.top + beyond.bottom
    if beyond.wanted and (max(width, height) > LARGEST_SIDE or width * height > MOST_PIXELS):
        raise BadInput(
            f"Carried on beyond its edges the picture is {width}x{height}, more than {LARGEST_SIDE} px a side or {MOST_PIXELS:,} in all.",
            "Add less, or make the picture smaller first.",
        )


def size_of(artifact: Artifact | None) -> Size | None:
    """Width and height that were found when a picture was taken in."""
    said: Mapping[str, Any] = (artifact.meta.get("probe") or artifact.meta) if artifact is not None else {}
    width, height = said.get("width"), said.get("height")
    return (width, height) if isinstance(width, int) and isinstance(height, int) else None


def native_size(model: Installed) -> Size:
    """The size a model was made for, px."""
    defaults = model.card.defaults
    side = int((model.card.max_pixels or 1024 * 1024) ** 0.5) // STEP_PX * STEP_PX
    return int(defaults.get("width", side)), int(defaults.get("height", side))


def _with_style(request: P, around: Surroundings) -> tuple[P, ImageStyle | None]:
    """With the words of its style; those of a rerun are left as they were. Raises NotFound naming the nearest."""
    if not request.style:
        return request.model_copy(update={"styling": None}), None
    styles, kept = around.styles(), request.styling
    known = styles.get(request.style)
    if kept is not None and (known is None or known.title == kept.title):
        return request, known
    style = style_named(styles, request.style)
    name = next(key for key, value in styles.items() if value is style)
    words = Styling(title=style.title, prompt=style.prompt, negative=style.negative)
    return request.model_copy(update={"style": name, "styling": words}), style


def _with_judge(request: P, around: Surroundings) -> P:
    """With the name of what compares the pictures with the characters, where any has references."""
    if not isinstance(request, GenerateImage):
        return request
    needed = any(member.references for member in request.cast)
    judge = likeness_model(request.likeness_model, around) if needed or request.likeness_model else None
    return request.model_copy(update={"likeness_model": judge})


def _as_board(request: P) -> P:
    """For the built-in storyboard; raises BadInput for what only a model can do."""
    asked = {
        "make a part of a picture anew": request.mask is not None or request.outpaint.wanted,
        "be guided by a ControlNet": bool(request.controls),
        "look at reference pictures": bool(request.references),
        "use LoRAs": bool(request.loras) or "<lora:" in request.prompt.lower(),
        "be cut out": request.transparent,
    }
    cannot = next((what for what, wanted in asked.items() if wanted), None)
    if cannot is not None:
        raise BadInput(f"The storyboard is drawn, not generated: it cannot {cannot}.", "Install an image model on the Models page first.")
    choose(request.sampler, request.schedule)  # a name that means nothing is one for the storyboard too
    width, height = completed(request.width, request.height, BOARD_SIZE)
    unused = {"steps": None, "guidance": None, "sampler": "", "schedule": ""}
    return request.model_copy(update={"model": STORYBOARD, "width": width, "height": height, **unused})


def _settings(request: Picture, style: ImageStyle | None, model: Installed) -> dict[str, Any]:
    """Size, steps, guidance and sampler: the person's, else the style's, else the model's own."""
    own = model.card.defaults
    steps, guidance = int(own.get("steps", 30)), float(own.get("guidance", 6.0))
    if style is not None and steps >= FULL_STEPS:
        steps, guidance = style.steps or steps, guidance if style.guidance is None else style.guidance
    found: dict[str, Any] = {
        "steps": request.steps if request.steps is not None else steps,
        "guidance": request.guidance if request.guidance is not None else guidance,
        **_sampling(request, model),
    }
    if request.image is None:
        found["width"], found["height"] = completed(request.width, request.height, native_size(model))
    elif request.outpaint.wanted and "strength" not in request.model_fields_set:
        found["strength"] = OUTPAINT_STRENGTH
    return found


def _adapters(request: Picture, wording: Worded, model: Installed, around: Surroundings) -> dict[str, Any]:
    """LoRAs, ControlNets and IP-Adapters: what was asked for must be there and fit, what characters bring is taken where it does."""
    given = {lora.name for lora in request.loras} | {lora.name for lora in wording.tagged}
    brought = {lora.name for member in cast_of(request) for lora in member.loras} - given
    asked = [lora for lora in wording.loras if lora.name not in brought]
    wished = [lora for lora in wording.loras if lora.name in brought]
    more = wording.references[len(request.references) :]
    return {
        "loras": fitting_loras(asked, wished, model, around),
        "controls": [with_net(control, model, around) for control in request.controls],
        "references": fitting_references(request.references, more, model, around, MOST_REFERENCES),
    }


def completed(width: int | None, height: int | None, usual: Size) -> Size:
    """Both sides; the one that is left out follows the usual shape."""
    if width and height:
        return width, height
    if width:
        return width, _side(width * usual[1] / usual[0])
    return (_side(height * usual[0] / usual[1]), height) if height else usual


def _side(length: float) -> int:
    return min(LARGEST_SIDE, max(SMALLEST_SIDE, round(length / STEP_PX) * STEP_PX))


def _sampling(request: Picture, model: Installed) -> dict[str, str]:
    """Sampler and schedule by our names; the model's own schedule is for its own sampler. Raises BadInput naming those there are."""
    own = model.card.defaults
    if request.sampler or request.schedule:
        wanted = request.sampler, request.schedule
    else:
        wanted = str(own.get("sampler", "")), str(own.get("schedule", own.get("timestep_spacing", "")))
    chosen = choose(*wanted, model.card.family)
    return {"sampler": chosen.sampler.name if chosen.sampler else "", "schedule": chosen.schedule}
