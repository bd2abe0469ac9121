"""One picture, from a call to pixels: words, latents, adapters and the pipeline that fits."""

from __future__ import annotations

import inspect
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from backends.base import Cancelled
from backends.diffusion.canvas import Canvas
from backends.diffusion.clip_text import Reader
from backends.diffusion.joined import Joined
from backends.diffusion.kinds import Kind
from backends.diffusion.load import Parts
from backends.diffusion.prompts import is_weighed, plain
from backends.diffusion.samplers import Choice, make
from backends.diffusion.state import Kept, unpack
from backends.diffusion.watch import Blend, Watch
from backends.images import ImageCall, ImageHooks, ImageMade
from configs.errors import BadInput

if TYPE_CHECKING:
    from PIL.Image import Image

SEES_MASKS = 9  # channels: latents, mask, latents of what surrounds it
GREY = (127, 127, 127)


@lru_cache
def placed(pipeline: type[Any], device: str) -> type[Any]:
    """The pipeline's class, told where to compute: with streamed weights it would look at a weight and find it at home."""
    import torch

    where = torch.device(device)
    return type(pipeline.__name__, (pipeline,), {"_execution_device": property(lambda self: where), "__module__": pipeline.__module__})


@dataclass(frozen=True)
class Frame:
    """The size that is painted, and what of it is the picture asked for."""

    width: int
    height: int
    wanted: tuple[int, int]

    @classmethod
    def of(cls, call: ImageCall, multiple: int) -> Frame:
        """The next size that the model can paint."""
        return cls(-(-call.width // multiple) * multiple, -(-call.height // multiple) * multiple, (call.width, call.height))

    def fill(self, image: Image) -> Image:
        """A picture of the size wanted, carried on at its right and lower edge by repeating it."""
        from PIL import Image as Images

        image = _sized(image, self.wanted)
        if (self.width, self.height) == self.wanted:
            return image
        whole = Images.new(image.mode, (self.width, self.height))
        width, height = self.wanted
        right = image.crop((width - 1, 0, width, height)).resize((self.width - width or 1, height))
        whole.paste(right, (width, 0))
        whole.paste(image, (0, 0))
        lower = whole.crop((0, height - 1, self.width, height)).resize((self.width, self.height - height or 1))
        whole.paste(lower, (0, height))
        whole.paste(image, (0, 0))
        return whole

    def cut(self, image: Image) -> Image:
        """Back to the size wanted."""
        return image if image.size == self.wanted else image.crop((0, 0, *self.wanted))


class Painting:
    """Paints with one loaded model.

    Attributes:
        notes: what the caller should be told.
    """

    def __init__(
        self, parts: Parts, kind: Kind, device: str, canvas: Canvas, joined: Joined, choice: Choice, key: str,
    ) -> None:  # fmt: skip
        self._parts, self._kind, self._device, self._canvas = parts, kind, device, canvas
        self._joined, self._choice, self._key = joined, choice, key
        self.notes: list[str] = []

    def paint(self, call: ImageCall, hooks: ImageHooks) -> ImageMade:
        """See `backends.images.ImageEngine.generate`."""
        import torch

        if call.image is not None and int(call.steps * call.strength) < 1:
            note = f"A strength of {call.strength} of {call.steps} steps is less than one step: the picture stays as it is."
            return ImageMade(_sized(call.image.convert("RGB"), (call.width, call.height)), 0, (note,))
        call = self._completed(call)
        frame = Frame.of(call, self._kind.multiple)
        bare = self._pipeline("", "text", self._parts["scheduler"])
        self.notes += self._joined.loras(bare, call)
        references = self._joined.references(bare, call)
        plan = self._joined.controls(bare, call)
        guide = "" if plan is None else plan.pipeline
        start = self._start(call, guide)
        scheduler = make(self._choice, self._parts["scheduler"], self._kind.family)
        pipe = self._pipeline(guide, start, scheduler, {"controlnet": plan.nets} if guide else {})
        generator = torch.Generator().manual_seed(call.seed)  # of the CPU: the same numbers on every device
        arguments = {**self._words(pipe, call), **references, **self._sources(call, frame, start)}
        if plan is not None:
            self.notes += plan.notes
            arguments |= plan.arguments
        if hooks.is_cancelled():
            raise Cancelled("before the first step")
        blend = self._blend(call, frame) if call.mask is not None and start == "image" else None
        watch = Watch(hooks, self._key, scheduler, generator, self._resumed(hooks), self._preview(frame), blend)
        models = [pipe.components[name] for name in (self._kind.denoiser, "controlnet") if name in pipe.components]
        with watch.attached(models, within=not call.compiled):
            latents = self._run(pipe, call, frame, arguments, generator, watch)
        if hooks.is_cancelled():
            raise Cancelled("before decoding")
        image = frame.cut(self._canvas.decode(latents))
        return ImageMade(_kept_outside(image, call), watch.passes_run, tuple(self.notes))

    @property
    def _sees_masks(self) -> bool:
        """A checkpoint for inpainting: it reads the mask and what surrounds it beside the latents."""
        return int(getattr(self._parts[self._kind.denoiser].config, "in_channels", 4)) == SEES_MASKS and self._kind.family == "sdxl"

    def _completed(self, call: ImageCall) -> ImageCall:
        """A checkpoint for inpainting that is given no picture makes all of a grey one anew."""
        from PIL import Image as Images

        if not self._sees_masks or call.mask is not None:
            return call
        white = Images.new("L", (call.width, call.height), 255)
        if call.image is not None:
            return replace(call, mask=white)
        return replace(call, mask=white, image=Images.new("RGB", white.size, GREY), strength=1.0)

    def _start(self, call: ImageCall, guide: str) -> str:
        if call.image is None:
            return "text"
        if self._sees_masks and guide:
            raise BadInput("ControlNets do not guide checkpoints for inpainting.", "Use a usual SDXL checkpoint, or no ControlNet.")
        return "mask" if call.mask is not None and (self._sees_masks or self._kind.family == "flux2") else "image"

    def _pipeline(self, guide: str, start: str, scheduler: Any, extra: dict[str, Any] | None = None) -> Any:
        import diffusers

        name = self._kind.pipelines.get((guide, start))
        if name is None:
            raise BadInput(f"{self._kind.title} takes no {guide.replace('_', ' ')}.", "Leave it out, or choose an SDXL model.")
        made = placed(getattr(diffusers, name), self._device)
        wanted = inspect.signature(made.__init__).parameters
        parts = {part: value for part, value in {**self._parts, **(extra or {})}.items() if part in wanted}
        settings = {key: value for key, value in {"add_watermarker": False, **self._parts.settings}.items() if key in wanted}
        pipe = made(**{**parts, "scheduler": scheduler}, **settings)
        pipe.set_progress_bar_config(disable=True)
        return pipe

    def _words(self, pipe: Any, call: ImageCall) -> dict[str, Any]:
        if self._kind.reads != "clip":
            if is_weighed(call.prompt):
                self.notes.append(f"{self._kind.title} reads sentences: the weights of words were left out.")
            found = {"prompt": plain(call.prompt)}
            takes = "negative_prompt" in inspect.signature(pipe.__call__).parameters
            if call.negative.strip() and not takes:
                self.notes.append(f"{self._kind.title} takes no negative prompt; it was left out.")
            return found | ({"negative_prompt": plain(call.negative)} if takes else {})
        wanted, unwanted = Reader(pipe, self._device).read(call.prompt, call.negative, call.clip_skip)
        if wanted.chunks > 1:
            self.notes.append(f"The prompt was read in {wanted.chunks} parts of 75 tokens.")
        return {
            "prompt_embeds": wanted.states, "pooled_prompt_embeds": wanted.pooled,
            "negative_prompt_embeds": unwanted.states, "negative_pooled_prompt_embeds": unwanted.pooled,
        }  # fmt: skip

    def _sources(self, call: ImageCall, frame: Frame, start: str) -> dict[str, Any]:
        """What a pipeline starts from and refers to."""
        own = [reference.image.convert("RGB") for reference in call.references if reference.path is None]
        if own and self._kind.family != "flux2":
            raise BadInput(f"{self._kind.title} takes no reference pictures by itself.", "Choose an IP-Adapter for them.")
        if start == "text":
            return {"image": own} if own else {}
        assert call.image is not None
        image = frame.fill(call.image.convert("RGB"))
        found: dict[str, Any] = {"image": self._canvas.encode(image), "strength": call.strength}
        if self._kind.family == "flux2":
            found["mask_image"] = _mask(call, frame)
            return found | ({"image_reference": own[:1]} if own else {})
        if start == "mask":
            found["mask_image"] = _mask(call, frame)
            found["masked_image_latents"] = self._canvas.encode(_blanked(image, found["mask_image"]))
        return found

    def _run(self, pipe: Any, call: ImageCall, frame: Frame, arguments: dict[str, Any], generator: Any, watch: Watch) -> Any:
        takes = inspect.signature(pipe.__call__).parameters
        size = {"width": frame.width, "height": frame.height}
        shared = {
            **{name: value for name, value in size.items() if name in takes}, "num_inference_steps": call.steps, "output_type": "latent",
            "guidance_scale": call.guidance, "generator": generator, "return_dict": False, "callback_on_step_end": watch.callback,
            "callback_on_step_end_tensor_inputs": ["latents"],
        }  # fmt: skip
        return _latents(pipe(**shared, **arguments))

    def _resumed(self, hooks: ImageHooks) -> Kept | None:
        if hooks.resume is None:
            return None
        kept = unpack(hooks.resume)
        if kept.key != self._key:
            self.notes.append("What was kept belongs to another picture, so this one was begun anew.")
            return None
        return kept

    def _preview(self, frame: Frame) -> Any:
        return lambda latents: self._canvas.preview(latents, frame.width, frame.height)

    def _blend(self, call: ImageCall, frame: Frame) -> Blend:
        import torch

        assert call.image is not None
        original = self._canvas.encode(frame.fill(call.image.convert("RGB")))
        original = original.float() if self._kind.reads != "clip" else original.to(self._parts[self._kind.denoiser].dtype)
        mask = _mask(call, frame).resize((original.shape[-1], original.shape[-2]), 4)  # 4: the mean of each box
        soft = torch.frombuffer(bytearray(mask.tobytes()), dtype=torch.uint8).reshape(1, 1, mask.height, mask.width).float() / 255
        noise = torch.randn(original.shape, generator=torch.Generator().manual_seed(call.seed))
        return Blend(soft.to(original), original, noise.to(original))


def _latents(answer: Any) -> Any:
    """Of a pipeline's answer, which is a tuple or, for masks, an object."""
    return answer[0] if isinstance(answer, tuple) else answer.images


def _mask(call: ImageCall, frame: Frame) -> Image:
    from PIL import Image as Images

    return frame.fill(call.mask.convert("L")) if call.mask is not None else Images.new("L", (frame.width, frame.height), 255)


def _blanked(image: Image, mask: Image) -> Image:
    """What is made anew becomes grey, as inpainting models are shown it."""
    from PIL import Image as Images

    return Images.composite(Images.new("RGB", image.size, GREY), image, mask.point(lambda value: 255 if value >= 128 else 0))


def _kept_outside(image: Image, call: ImageCall) -> Image:
    """Where the mask is black the original's pixels are, exactly; where it is grey, both."""
    from PIL import Image as Images

    if call.image is None or call.mask is None:
        return image
    return Images.composite(image, _sized(call.image.convert("RGB"), image.size), _sized(call.mask.convert("L"), image.size))


def _sized(image: Image, size: tuple[int, int]) -> Image:
    from PIL import Image as Images

    return image if image.size == size else image.resize(size, Images.Resampling.LANCZOS)
