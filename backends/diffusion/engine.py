"""Pictures by diffusion: SDXL as a folder or a single checkpoint, FLUX.2 klein, Z-Image; with LoRAs, ControlNets and reference pictures."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import TYPE_CHECKING

from backends.base import Device, Footprint, Installed, OnStep, Shape
from backends.diffusion.canvas import Canvas
from backends.diffusion.compiled import Compiled, is_compilers
from backends.diffusion.joined import Joined
from backends.diffusion.kinds import Kind
from backends.diffusion.load import Parts, kind_of, load_parts, sentence
from backends.diffusion.memory import Groups, working_bytes
from backends.diffusion.paint import Painting
from backends.diffusion.samplers import Choice, choose
from backends.images import ImageCall, ImageHooks, ImageMade
from backends.slab_engine import SlabEngine
from backends.token_loop import within_memory
from configs.errors import Conflict

if TYPE_CHECKING:
    from torch import nn


class DiffusersImage(SlabEngine):
    """One picture model.

    Attributes:
        state: "installed", "parked" or "resident".
        parts: what it was loaded from, by name.
        notes: what had to be loaded otherwise than wanted.
    """

    def __init__(self, installed: Installed, device: Device) -> None:
        super().__init__(installed, device)
        self.parts = Parts()
        self.notes: list[str] = []
        self._groups: Groups | None = None
        self._joined: Joined | None = None
        self._canvas: Canvas | None = None
        self._tiled = False
        self._compiled: Compiled | None = None

    @property
    def kind(self) -> Kind:
        """Its family."""
        return kind_of(self.installed)

    def load(self, on_step: OnStep) -> Footprint:
        """Disk to host memory; see `backends.base.Engine.load`."""
        self.notes = []
        self.parts = load_parts(self.installed, self.device, on_step, self.notes)
        self._canvas = Canvas(self.parts["vae"], self.kind.family, self.device.name)
        self._compiled = Compiled(self.parts[self.kind.denoiser])
        self._groups = Groups(self.modules(), self.device, streamed=(self.kind.denoiser, "vae"))
        self._slabs, self.state = self._groups, "parked"  # type: ignore[assignment]  # what is asked of it is the same
        self._joined = Joined(self.device, self._groups.original)
        return self._groups.footprint

    def modules(self) -> Mapping[str, nn.Module]:
        """The parts with weights, in the order in which they compute."""
        return {name: part for name, part in self.parts.items() if name not in self.kind.weightless}

    def deactivate(self) -> None:
        """Drops the device copy, and the adapters with it."""
        self._let_go()
        super().deactivate()

    def close(self) -> None:
        """Frees everything."""
        self._let_go()
        super().close()

    def forget(self) -> None:
        """Its parts and adapters."""
        self.parts, self._groups, self._canvas, self._joined = Parts(), None, None, None
        self._tiled, self._compiled = False, None

    def working_bytes(self, operation: str, shape: Shape) -> int:
        """From the picture's size; see `backends.diffusion.memory.working_bytes`."""
        return working_bytes(self.kind.family, shape, self._tiled)

    def relieve(self, level: int) -> bool:
        """1: pictures are decoded in tiles. 2: weights come to the device block by block."""
        if level == 1:
            changed, self._tiled = not self._tiled, True
            return changed
        if level == 2 and self._groups is not None and not self._groups.streaming:
            self._let_go()
            return self._groups.stream()
        return False

    def generate(self, call: ImageCall, hooks: ImageHooks) -> ImageMade:
        """One picture; see `backends.images.ImageEngine.generate`."""
        if self.state != "resident" or self._canvas is None or self._joined is None or self._groups is None:
            raise Conflict(f"{self.installed.card.title} is not on its device.", "Lease it from the room of models before calling it.")
        choice = self._choice(call)
        painting = Painting(self.parts, self.kind, self.device.name, self._canvas, self._joined, choice, self._key(call))
        self._canvas.tile(self._tiled if call.tiling is None else call.tiling)
        try:
            made = self._painted(painting, call, hooks)
        except BaseException:
            self._let_go()
            raise
        return ImageMade(made.image, made.steps_run, (*self.notes, *made.notes))

    def _painted(self, painting: Painting, call: ImageCall, hooks: ImageHooks) -> ImageMade:
        """Compiled if asked for; where the compiler fails, as usual."""
        assert self._compiled is not None, "it was loaded"
        said = ""
        try:
            self._compiled.use(call.compiled)
            return within_memory(lambda: painting.paint(call, hooks))
        except Exception as error:
            if not call.compiled or not is_compilers(error):
                raise
            said = sentence(error)
        self._compiled.use(False)
        painting.notes = [f"The model could not be compiled ({said}), so it was used as it is."]
        return within_memory(lambda: painting.paint(call, hooks))

    def _let_go(self) -> None:
        if self._joined is not None:
            self._joined.clear()

    def _choice(self, call: ImageCall) -> Choice:
        """The sampler and schedule asked for; what is left out is as its card has it."""
        defaults, family = self.installed.card.defaults, self.kind.family
        own = choose(str(defaults.get("sampler", "")), str(defaults.get("schedule", defaults.get("timestep_spacing", ""))), family)
        if not call.sampler:
            return choose(own.sampler.name if own.sampler else "", call.schedule or own.schedule, family)
        asked = choose(call.sampler, call.schedule, family)
        takes = asked.sampler is None or own.schedule in asked.sampler.spaced
        return asked if asked.schedule or not takes else Choice(asked.sampler, own.schedule)

    def _key(self, call: ImageCall) -> str:
        """Tells one picture from another: a kept state goes on only with the call it is of."""
        given = (call.image, call.mask, *(control.image for control in call.controls), *(one.image for one in call.references))
        said = [
            self.installed.card.name, self.installed.variant.name, call.prompt, call.negative, call.width, call.height, call.steps,
            call.guidance, call.seed, call.sampler, call.schedule, call.clip_skip, call.strength, call.compiled,
            [(lora.name, lora.weight, lora.text_weight) for lora in call.loras],
            [(control.kind, str(control.path), control.weight, control.start, control.end) for control in call.controls],
            [(str(reference.path), reference.weight) for reference in call.references],
            [None if image is None else hashlib.sha256(image.tobytes()).hexdigest() for image in given],
        ]  # fmt: skip
        return hashlib.sha256(json.dumps(said).encode()).hexdigest()
