"""Who makes a picture: an installed model, or the built-in storyboard."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Protocol

from app.cast import CastMember, spoken
from app.imaging.board import card_of
from app.imaging.canvas import Canvas, lay_out
from app.imaging.opening import has_alpha, open_picture
from app.imaging.prompting import Worded, cast_of, worded
from app.imaging.requests import STORYBOARD, GenerateImage
from app.imaging.storyboard.card import ENGINE, draw
from app.imaging.watch import Watch
from backends.base import Installed
from backends.images import ControlInput, ImageCall, ImageMade, LoraInput, ReferenceInput
from jobs.context import JobContext

if TYPE_CHECKING:
    from PIL.Image import Image

NATIVE_PIXELS = 1024 * 1024


@dataclass(frozen=True)
class Facts:
    """Who makes it, for the result and the file."""

    model: str
    title: str
    engine: str
    revision: str = ""
    licence: str = ""
    prompt: str = ""
    negative: str = ""
    notes: tuple[str, ...] = ()
    loras: tuple[dict[str, Any], ...] = ()


class Painter(Protocol):
    """Makes the pictures of one request."""

    facts: Facts

    def paint(self, seed: int, watch: Watch) -> ImageMade:
        """One finished picture, RGB or RGBA; raises what engines raise, and `JobCancelled`."""


def painter_of(request: GenerateImage, job: JobContext) -> Painter:
    """The one that the prepared request names; opens its pictures."""
    return BoardPainter(request, job) if request.model == STORYBOARD else ModelPainter(request, job)


class BoardPainter:
    """Draws cards: a staged frame, a slate, the words."""

    def __init__(self, request: GenerateImage, job: JobContext) -> None:
        self._request = request
        self._picture = None if request.image is None else opened(job, request.image)
        said = spoken(request.prompt, request.cast, lambda member: member.title or member.name)
        self.facts = Facts(STORYBOARD, "Storyboard", ENGINE, prompt=said, notes=("A storyboard card is drawn by rule: it is no AI image.",))

    def paint(self, seed: int, watch: Watch) -> ImageMade:
        """One card."""
        watch.at(0.1, f"{watch.title}: drawing the card")
        return ImageMade(draw(card_of(self._request, self.facts.prompt, seed, watch.index, self._picture)), 0)


def opened(job: JobContext, artifact_id: str) -> Image:
    """Upright RGB; what is transparent is laid over white."""
    from PIL import Image as Images

    image = open_picture(job.artifact(artifact_id).path)
    if image.mode != "RGBA":
        return image.convert("RGB")
    return Images.alpha_composite(Images.new("RGBA", image.size, "white"), image).convert("RGB")


class ModelPainter:
    """Lends the model's engine for each picture.

    Args:
        request: as it was prepared; the job lends its media.
    """

    def __init__(self, request: GenerateImage, job: JobContext) -> None:
        self._request, self._job = request, job
        self._model: Installed = job.installed(str(request.model))
        wording = worded(request)
        card = self._model.card
        self._canvas = self._lay_out(card.max_pixels or NATIVE_PIXELS)
        self._notes: list[str] = [*self._size_notes(card.max_pixels or NATIVE_PIXELS), *_left_out(request, wording)]
        self._call = self._call_of(wording)
        licences = dict.fromkeys(licence.name for licence in card.licences)
        self.facts = Facts(
            card.name, card.title, f"{card.title} ({self._model.variant.name})", card.source.revision if card.source.repo else "",
            ", ".join(licences) + ("" if card.commercial else " (not for commercial use)"), wording.prompt, wording.negative,
            tuple(self._notes), tuple(lora.model_dump(mode="json") for lora in request.loras),
        )  # fmt: skip

    def paint(self, seed: int, watch: Watch) -> ImageMade:
        """One picture, with what the mask protects put back and, where asked for, the background taken away."""
        runs = 0

        def work(engine: Any) -> ImageMade:
            nonlocal runs
            runs += 1
            made: ImageMade = engine.generate(replace(self._call, seed=seed), watch.hooks())
            return made

        width, height = self._canvas.work
        shape = {"width": width, "height": height, "batch": 1}
        made = self._job.with_model(self._model.card.name, "generate", shape, work, on_step=watch.loading)
        notes = [*made.notes, *([_fell(runs - 1)] if runs > 1 else [])]
        image = self._canvas.finished(made.image, self._request.mask_blur_px)
        if self._request.transparent:
            watch.at(0.96, f"{watch.title}: taking the background away")
            image, said = _cut_out(image, self._job)
            notes += said
        return ImageMade(image, made.steps_run, tuple(notes))

    def _lay_out(self, most_pixels: int) -> Canvas:
        request = self._request
        image = None if request.image is None else opened(self._job, request.image)
        mask = None if request.mask is None else self._open_mask(request.mask)
        return lay_out(request, image, mask, most_pixels)

    def _open_mask(self, artifact_id: str) -> Image:
        """Mode L; a picture that is partly transparent says by its alpha what is to be made anew."""
        image = open_picture(self._job.artifact(artifact_id).path)
        return image.getchannel("A") if has_alpha(image) else image.convert("L")

    def _call_of(self, wording: Worded) -> ImageCall:
        request, canvas = self._request, self._canvas
        image, mask = canvas.for_engine()
        return ImageCall(
            prompt=wording.prompt, negative=wording.negative, width=canvas.work[0], height=canvas.work[1], steps=request.steps or 30,
            guidance=6.0 if request.guidance is None else request.guidance, seed=0, sampler=request.sampler, schedule=request.schedule,
            clip_skip=request.clip_skip, image=image, mask=mask, strength=request.strength,
            loras=tuple(
                LoraInput(lora.name, self._job.adapter("lora", lora.name).path, lora.weight, lora.text_weight) for lora in request.loras
            ),
            controls=tuple(self._control(number) for number in range(len(request.controls))),
            references=tuple(self._reference(number) for number in range(len(request.references))),
            tiling=request.tiling, compiled=request.compiled,
        )  # fmt: skip

    def _control(self, number: int) -> ControlInput:
        from app.imaging.control.base import MapSettings
        from app.imaging.control.table import draw_map
        from app.imaging.resampling import covering

        use = self._request.controls[number]
        image = covering(opened(self._job, use.image), *self._canvas.work)
        if use.preprocess:
            self._job.progress(0.0, f"Drawing the {use.kind} map")
            image, drawn = draw_map(use.kind, image, self._job, MapSettings())
            self._notes += drawn.notes
        path = self._job.adapter("controlnet", use.model or "").path
        return ControlInput(use.kind, image, path, use.weight, use.start, use.end)

    def _reference(self, number: int) -> ReferenceInput:
        use = self._request.references[number]
        path = None if use.model is None else self._job.adapter("ip-adapter", use.model).path
        return ReferenceInput(opened(self._job, use.image), path, use.weight)

    def _size_notes(self, most_pixels: int) -> list[str]:
        (width, height), seen = self._canvas.work, self._canvas.seen
        if self._canvas.mask is not None and width * height < 0.9 * seen[0] * seen[1]:
            return [f"The model works at {width}x{height}; what it made was enlarged to {seen[0]}x{seen[1]}."]
        if width * height > 1.3 * most_pixels:
            return [
                f"{width}x{height} is more than the model was made for ({most_pixels:,} pixels): things may repeat. Upscaling does better."
            ]
        return []


def _left_out(request: GenerateImage, wording: Worded) -> list[str]:
    """What characters bring that this model cannot use."""
    used = {lora.name for lora in request.loras}
    seen = {reference.image for reference in request.references}
    notes = []
    for member in cast_of(request):
        lost = [lora.name for lora in member.loras if lora.name not in used]
        if lost:
            notes.append(f"{_name(member)}'s LoRA {', '.join(lost)} is not here or is for another family: the words alone describe it.")
        if member.references and not seen.intersection(member.references):
            notes.append(f"No IP-Adapter fits the model, so {_name(member)}'s reference pictures could not guide it.")
    return notes


def _name(member: CastMember) -> str:
    return member.title or f"@{member.name}"


def _fell(times: int) -> str:
    """What the ladder did; the engine's own notes say how it works now."""
    return f"The device ran out of memory {'once' if times == 1 else f'{times} times'}; the picture was made with less memory, more slowly."


def _cut_out(image: Image, job: JobContext) -> tuple[Image, list[str]]:
    """RGBA without its background; who took it away, and what may be wrong."""
    from app.imaging.cutting_out import best_cut

    cut = best_cut(image, job)
    return cut.image, [f"The background was taken away by {cut.engine}.", *cut.doubts]
