"""What engines for pictures are asked and what they answer. Pictures are PIL images, upright; colours are sRGB."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from backends.base import Engine, IsCancelled, OnStep, Vectors

if TYPE_CHECKING:
    from PIL.Image import Image

KEEP_EVERY = 5  # steps between two kept states: what a killed job has to do again at most


@dataclass(frozen=True)
class LoraInput:
    """A LoRA to be mixed in. ``text_weight``: for the text encoders, where it has parts for them; None: as ``weight``."""

    name: str
    path: Path
    weight: float = 1.0
    text_weight: float | None = None


@dataclass(frozen=True)
class ControlInput:
    """A picture that guides the composition.

    Attributes:
        kind: canny, softedge, depth, normal, pose, segmentation, tile ...; decides the branch of a Union model.
        image: the control map itself, already made from a picture.
        path: the ControlNet: a folder as the hub has it, or one .safetensors file.
        start, end: the part of the sampling, 0 to 1, in which it guides.
    """

    kind: str
    image: Image
    path: Path
    weight: float = 1.0
    start: float = 0.0
    end: float = 1.0


@dataclass(frozen=True)
class ReferenceInput:
    """A picture to resemble, by an IP-Adapter (a file or folder), or by the model itself where it takes references (``path`` None)."""

    image: Image
    path: Path | None = None
    weight: float = 0.6


@dataclass(frozen=True, kw_only=True)
class ImageCall:
    """One picture to make.

    Attributes:
        width, height: of the result, px; multiples of 8.
        sampler: a name of `backends.diffusion.samplers.SAMPLERS`; "": the model's own.
        schedule: how noise levels are spaced: "", karras, exponential, beta, sgm_uniform, trailing.
        clip_skip: layers left out at the end of CLIP, 1 = none, as A1111 counts.
        image: what to start from; with ``mask`` (mode L, white is made anew) only a part of it.
        strength: how much of ``image`` is made anew, 0 to 1.
        tiling: decode in tiles; None: when the memory asks for it.
        compiled: compile the model once; pays off from a few pictures on.
    """

    prompt: str
    negative: str = ""
    width: int
    height: int
    steps: int
    guidance: float
    seed: int
    sampler: str = ""
    schedule: str = ""
    clip_skip: int = 1
    image: Image | None = None
    mask: Image | None = None
    strength: float = 0.6
    loras: tuple[LoraInput, ...] = ()
    controls: tuple[ControlInput, ...] = ()
    references: tuple[ReferenceInput, ...] = ()
    tiling: bool | None = None
    compiled: bool = False


def _nothing(*_: object) -> None:
    return None


@dataclass(frozen=True, kw_only=True)
class ImageHooks:
    """How a picture in the making is watched, kept and stopped.

    Attributes:
        on_step: ``(step, steps)`` after each step; may raise to cancel.
        on_preview: ``(small RGB picture, step)``, every ``preview_every`` steps; None: none are made.
        on_keep: ``(state, step)`` every `KEEP_EVERY` steps: latents, random numbers and the sampler's history, as bytes that ``resume``
            takes in a later process to end with the same bits.
        resume: such a state.
        is_cancelled: asked within a step wherever the library allows.
    """

    on_step: Callable[[int, int], None] = _nothing
    on_preview: Callable[[Image, int], None] | None = None
    preview_every: int = 1
    on_keep: Callable[[bytes, int], None] | None = None
    resume: bytes | None = None
    is_cancelled: IsCancelled = lambda: False


@dataclass(frozen=True)
class ImageMade:
    """A picture (RGB), the sampling steps that were really run, and what the caller should be told."""

    image: Image
    steps_run: int
    notes: tuple[str, ...] = ()


@runtime_checkable
class ImageEngine(Engine, Protocol):
    """Makes pictures (task ``image``)."""

    def generate(self, call: ImageCall, hooks: ImageHooks) -> ImageMade:
        """One picture; the same call on the same machine gives the same bits.

        Raises BadInput (an adapter of another family, an unknown sampler), BadMedia (damaged weights), `OutOfMemory`, `Cancelled`,
        and what the hooks raise; adapters are taken out again then.
        """


@runtime_checkable
class FeatureEngine(Engine, Protocol):
    """Describes pictures by vectors (task ``image-features``)."""

    def features(self, images: Sequence[Image], is_cancelled: IsCancelled) -> Vectors:
        """One unit vector per picture."""


@runtime_checkable
class DepthEngine(Engine, Protocol):
    """Tells how far away things are (task ``depth``)."""

    def depth(self, image: Image) -> Image:
        """Mode F, 0 to 1, of the same size; near is 1."""


@runtime_checkable
class UpscaleEngine(Engine, Protocol):
    """Enlarges pictures (task ``upscale``)."""

    scale: int

    def upscale(self, image: Image, on_step: OnStep, is_cancelled: IsCancelled) -> Image:
        """``scale`` times as wide and high, in tiles."""


@runtime_checkable
class MatteEngine(Engine, Protocol):
    """Tells subject from background (task ``matting``)."""

    def matte(self, image: Image, first: Image | None = None) -> Image:
        """Mode L, of the same size; white is subject, grey is its soft edge.

        ``first`` is a matte by other means, for models that mend edges and do not look for the subject themselves.
        """
