"""One picture, from a call to pixels: words, latents, adapters and the pipeline that fits."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from backends.base import Cancelled, Device
from backends.diffusion import samplers
from backends.diffusion.canvas import Canvas
from backends.diffusion.clip_text import Reader
from backends.diffusion.kinds import Kind
from backends.diffusion.prompts import is_weighed, plain
from backends.diffusion.state import Kept, unpack
from backends.diffusion.watch import Blend, Watch
from backends.images import ImageCall, ImageHooks, ImageMade
from configs.errors import BadInput

if TYPE_CHECKING:
    from PIL.Image import Image

SENTENCE_TOKENS = 512


class Adapters:
    """LoRAs, ControlNets and reference pictures of one loaded model; what is not used is not imported."""

    def __init__(self, device: Device, original: Callable[[Any], Any] | None = None) -> None:
        self._device, self._original = device, original  # where a weight's unchanged copy lies
        self._loras: Any = None
        self._controls: Any = None
        self._references: Any = None

    def loras(self, pipe: Any, call: ImageCall) -> list[str]:
        """Exactly the call's are active afterwards; notes."""
        if self._loras is None and not call.loras:
            return []
        if self._loras is None:
            from backends.diffusion.loras import Loras

            self._loras = Loras(pipe, self._device, self._original)
        return list(self._loras.use(call.loras))

    def controls(self, pipe: Any, call: ImageCall) -> Any:
        """The plan of what guides, or None."""
        if not call.controls:
            if self._controls is not None:
                self._controls.clear()
            return None
        if self._controls is None:
            from backends.diffusion.controls import Controls

            self._controls = Controls(pipe, self._device)
        return self._controls.prepare(call.controls)

    def references(self, pipe: Any, call: ImageCall) -> dict[str, Any]:
        """Arguments of the pipeline's call."""
        wanted = tuple(reference for reference in call.references if reference.path is not None)
        if not wanted:
            if self._references is not None:
                self._references.clear()
            return {}
        if self._references is None:
            from backends.diffusion.references import References

            self._references = References(pipe, self._device)
        return dict(self._references.use(wanted, guided=call.guidance > 1))

    def clear(self) -> None:
        """The model is as if none had ever been loaded."""
        for held in (self._loras, self._controls, self._references):
            if held is not None:
                held.clear()


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

        image = image if image.size == self.wanted else image.resize(self.wanted, Images.Resampling.LANCZOS)
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
    """Paints with one loaded model."""

    def __init__(
        self, parts: dict[str, Any], kind: Kind, device: str, canvas: Canvas, adapters: Adapters, choice: samplers.Choice, key: str,
    ) -> None:  # fmt: skip
        self._parts, self._kind, self._device, self._canvas = parts, kind, device, canvas
        self._adapters, self._choice, self._key = adapters, choice, key
        self._notes: list[str] = []

    def paint(self, call: ImageCall, hooks: ImageHooks) -> ImageMade:
        """See `backends.images.ImageEngine.generate`."""
        import torch

        start = "text" if call.image is None else "mask" if call.mask is not None else "image"
        frame = Frame.of(call, self._kind.multiple)
        bare = self._pipeline("", "text", self._parts["scheduler"])
        self._notes += self._adapters.loras(bare, call)
        references = self._adapters.references(bare, call)
        plan = self._adapters.controls(bare, call)
        scheduler = samplers.make(self._choice, self._parts["scheduler"], self._kind.family)
        guide = "" if plan is None else plan.pipeline
        pipe = self._pipeline(guide, start, scheduler, {"controlnet": plan.nets} if guide else {})
        generator = torch.Generator().manual_seed(call.seed)  # of the CPU: the same numbers on every device
        arguments = {**self._words(pipe, call), **references, **self._sources(call, frame, start)}
        if plan is not None:
            self._notes += getattr(plan, "notes", ())
            arguments |= _fitting(plan.arguments, guide, start)
        if hooks.is_cancelled():
            raise Cancelled("before the first step")
        blend = self._blend(call, frame) if start == "mask" and self._kind.family == "z-image" else None
        watch = Watch(hooks, self._key, scheduler, generator, self._resumed(hooks), self._preview(frame), blend)
        with watch.attached([pipe.components[name] for name in (self._kind.denoiser, "controlnet") if name in pipe.components]):
            latents = self._run(pipe, call, frame, arguments, generator, watch)
        if hooks.is_cancelled():
            raise Cancelled("before decoding")
        image = frame.cut(self._canvas.decode(latents))
        return ImageMade(_kept_outside(image, call), watch.passes_run, tuple(self._notes))

    def compile(self) -> None:
        """The repeated blocks, once; they stay compiled as long as the model is loaded."""
        self._parts[self._kind.denoiser].compile_repeated_blocks(fullgraph=True)

    def _pipeline(self, guide: str, start: str, scheduler: Any, extra: dict[str, Any] | None = None) -> Any:
        import diffusers

        name = self._kind.pipelines.get((guide, start))
        if name is None:
            raise BadInput(f"{self._kind.title} takes no {guide.replace('_', ' ')}.", "Leave it out, or choose an SDXL model.")
        made = placed(getattr(diffusers, name), self._device)
        wanted = inspect.signature(made.__init__).parameters
        parts = {part: value for part, value in {**self._parts, **(extra or {})}.items() if part in wanted}
        settings = {key: value for key, value in self._settings().items() if key in wanted}
        pipe = made(**{**parts, "scheduler": scheduler}, **settings)
        pipe.set_progress_bar_config(disable=True)
        return pipe

    def _settings(self) -> dict[str, Any]:
        if self._kind.reads == "clip":
            return {"force_zeros_for_empty_prompt": True, "add_watermarker": False}
        return {"is_distilled": True}

    def _words(self, pipe: Any, call: ImageCall) -> dict[str, Any]:
        if self._kind.reads != "clip":
            if is_weighed(call.prompt):
                self._notes.append(f"{self._kind.title} reads sentences: the weights of words were left out.")
            found = {"prompt": plain(call.prompt)}
            takes = "negative_prompt" in inspect.signature(pipe.__call__).parameters
            if call.negative.strip() and not takes:
                self._notes.append(f"{self._kind.title} takes no negative prompt; it was left out.")
            return found | ({"negative_prompt": plain(call.negative)} if takes else {})
        wanted, unwanted = Reader(pipe, self._device).read(call.prompt, call.negative, call.clip_skip)
        if wanted.chunks > 1:
            self._notes.append(f"The prompt was read in {wanted.chunks} parts of 75 tokens.")
        return {
            "prompt_embeds": wanted.states, "pooled_prompt_embeds": wanted.pooled,
            "negative_prompt_embeds": unwanted.states, "negative_pooled_prompt_embeds": unwanted.pooled,
        }  # fmt: skip

    def _sources(self, call: ImageCall, frame: Frame, start: str) -> dict[str, Any]:
        """What a pipeline starts from and refers to."""
        own = [frame_free(reference.image) for reference in call.references if reference.path is None]
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
        if start == "mask" and self._kind.family == "sdxl":
            found["mask_image"] = _mask(call, frame)
            if self._parts["unet"].config.in_channels == 9:
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
            self._notes.append("What was kept belongs to another picture, so this one was begun anew.")
            return None
        return kept

    def _preview(self, frame: Frame) -> Any:
        return lambda latents: self._canvas.preview(latents, frame.width, frame.height)

    def _blend(self, call: ImageCall, frame: Frame) -> Blend:
        import torch

        assert call.image is not None
        original = self._canvas.encode(frame.fill(call.image.convert("RGB"))).float()
        mask = _mask(call, frame).resize((original.shape[-1], original.shape[-2]), 4)  # 4: the mean of each box
        soft = torch.frombuffer(bytearray(mask.tobytes()), dtype=torch.uint8).reshape(1, 1, mask.height, mask.width).float() / 255
        noise = torch.randn(original.shape, generator=torch.Generator().manual_seed(call.seed))
        return Blend(soft.to(self._device), original, noise.to(self._device))


def frame_free(image: Image) -> Image:
    """A reference keeps its own size."""
    return image.convert("RGB")


def _latents(answer: Any) -> Any:
    """Of a pipeline's answer, which is a tuple or, for masks, an object."""
    return answer[0] if isinstance(answer, tuple) else answer.images


def _fitting(arguments: dict[str, Any], guide: str, start: str) -> dict[str, Any]:
    """The control map's argument is called otherwise where a pipeline starts from words alone."""
    found = dict(arguments)
    name = "image" if (guide, start) == ("controlnet", "text") else "control_image"
    for other in ("image", "control_image"):
        if other in found and other != name:
            found[name] = found.pop(other)
    return found


def _mask(call: ImageCall, frame: Frame) -> Image:
    from PIL import Image as Images

    return frame.fill(call.mask.convert("L")) if call.mask is not None else Images.new("L", (frame.width, frame.height), 255)


def _blanked(image: Image, mask: Image) -> Image:
    """What is made anew becomes grey, as inpainting models are shown it."""
    from PIL import Image as Images

    return Images.composite(Images.new("RGB", image.size, (127, 127, 127)), image, mask.point(lambda value: 255 if value >= 128 else 0))


def _kept_outside(image: Image, call: ImageCall) -> Image:
    """Where the mask is black the original's pixels are, exactly; where it is grey, both."""
    from PIL import Image as Images

    if call.image is None or call.mask is None:
        return image
    original, mask = call.image.convert("RGB"), call.mask.convert("L")
    original = original if original.size == image.size else original.resize(image.size, Images.Resampling.LANCZOS)
    mask = mask if mask.size == image.size else mask.resize(image.size)
    return Images.composite(image, original, mask)
