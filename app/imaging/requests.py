"""What making a picture is asked and what it answers."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from app.cast import MOST_CAST, CastMember, LoraUse, Prompt, Strict
from app.media_fields import ImageRef

STORYBOARD = "storyboard"  # the built-in engine: needs no model, and is no AI image
LONGEST_PROMPT = 8000
LARGEST_SIDE, SMALLEST_SIDE, STEP_PX = 4096, 64, 8
MOST_PIXELS = 4096 * 2304
MOST_IMAGES = 16
CONTROLS = ("canny", "softedge", "lineart", "depth", "normal", "pose", "segmentation", "tile", "scribble")
ControlKind = Literal["canny", "softedge", "lineart", "depth", "normal", "pose", "segmentation", "tile", "scribble"]
Side = Annotated[int, Field(ge=SMALLEST_SIDE, le=LARGEST_SIDE, multiple_of=STEP_PX)]
Margin = Annotated[int, Field(ge=0, le=2048, multiple_of=STEP_PX)]


class ControlUse(Strict):
    """A picture that guides the composition."""

    kind: ControlKind
    image: ImageRef = Field(description="The picture, or with preprocess off the control map itself.")
    model: str | None = Field(default=None, max_length=200, description="A ControlNet; left out: one that fits the model and the kind.")
    weight: float = Field(default=1.0, ge=0, le=2)
    start: float = Field(default=0.0, ge=0, le=1, description="Part of the sampling after which it guides.")
    end: float = Field(default=1.0, ge=0, le=1, description="Part of the sampling until which it guides.")
    preprocess: bool = Field(default=True, description="Make the control map from the picture.")

    @model_validator(mode="after")
    def _in_order(self) -> ControlUse:
        if self.start >= self.end:
            raise ValueError(f"it guides from {self.start} to {self.end}, which is never: start must be below end")
        return self


class ReferenceUse(Strict):
    """A picture to resemble."""

    image: ImageRef
    model: str | None = Field(default=None, max_length=200, description="An IP-Adapter; left out: one that fits the model.")
    weight: float = Field(default=0.6, ge=0, le=2)


class Outpaint(Strict):
    """How far the picture is carried on beyond its edges, px."""

    left: Margin = 0
    top: Margin = 0
    right: Margin = 0
    bottom: Margin = 0

    @property
    def wanted(self) -> bool:
        """Whether there is anything to be added."""
        return bool(self.left or self.top or self.right or self.bottom)


class Styling(Strict):
    """A style's words as they were when the job was submitted, so that a rerun makes the same picture after the style has changed."""

    title: str = Field(default="", max_length=60)
    prompt: str = Field(max_length=2000, description="{prompt} stands where the person's own words go.")
    negative: str = Field(default="", max_length=2000)


class Picture(Strict):
    """Everything that decides how a picture looks. What is left out is the model's own, or the style's."""

    prompt: Prompt = Field(max_length=LONGEST_PROMPT, description="What is to be seen; @luca names a character.")
    negative: str = Field(default="", max_length=LONGEST_PROMPT, description="What is not to be seen.")
    style: str | None = Field(default=None, max_length=60, description="A style preset; see GET /api/images/styles.")
    model: str | None = Field(
        default=None, min_length=1, max_length=200,
        description=f"An installed model for images, or {STORYBOARD!r}; left out: the best that is installed, else {STORYBOARD!r}.",
    )  # fmt: skip
    width: Side | None = Field(default=None, description="px, a multiple of 8.")
    height: Side | None = Field(default=None, description="px, a multiple of 8.")
    steps: int | None = Field(default=None, ge=1, le=150, description="Sampling steps; left out: the style's or the model's own.")
    guidance: float | None = Field(default=None, ge=0, le=30, description="How closely the prompt is followed.")
    sampler: str = Field(default="", max_length=60, description="Left out: the model's own.")
    schedule: str = Field(default="", max_length=60, description="karras, exponential, beta, sgm_uniform, trailing.")
    clip_skip: int = Field(default=1, ge=1, le=12, description="Layers left out at the end of CLIP, 1 = none, as A1111 counts.")
    seed: int | None = Field(default=None, ge=0, le=2**32 - 1, description="Left out: by chance, and told in the result.")
    image: ImageRef | None = Field(default=None, description="A picture to start from.")
    mask: ImageRef | None = Field(default=None, description="White is made anew, black stays, exactly; of the picture's shape.")
    mask_blur_px: int = Field(default=4, ge=0, le=128, description="How softly old and new go over into each other.")
    outpaint: Outpaint = Field(default=Outpaint(), description="Carry the picture on beyond its edges.")
    strength: float = Field(default=0.6, ge=0, le=1, description="How much of the picture is made anew.")
    loras: list[LoraUse] = Field(default=[], max_length=16, description="LoRAs to mix in, each with a weight.")
    controls: list[ControlUse] = Field(default=[], max_length=4, description="Pictures that guide the composition.")
    references: list[ReferenceUse] = Field(default=[], max_length=8, description="Pictures to resemble.")
    cast: list[CastMember] = Field(default=[], max_length=MOST_CAST, description="Filled in from the characters that the prompt names.")
    styling: Styling | None = Field(default=None, description="Filled in from the style.")
    transparent: bool = Field(default=False, description="Take the background away.")
    tiling: bool | None = Field(default=None, description="Decode in tiles to save memory; left out: when the memory asks for it.")
    compiled: bool = Field(default=False, description="Compile the model: a minute once, then quicker.")

    @model_validator(mode="after")
    def _fits_together(self) -> Picture:
        if self.width and self.height and self.width * self.height > MOST_PIXELS:
            raise ValueError(f"{self.width}x{self.height} has more than {MOST_PIXELS:,} pixels; make it smaller and upscale it")
        if (self.mask or self.outpaint.wanted) and self.image is None:
            raise ValueError("a mask or outpaint needs a picture to start from: give `image`")
        return self


class BatchPlace(Strict):
    """Which picture of a batch it is."""

    index: int = Field(ge=0)
    of: int = Field(ge=1)
    labels: dict[str, str] = Field(default={}, description="What sets it apart from the others: axis or column -> value.")


class GenerateImage(Picture):
    """Pictures to make."""

    count: int = Field(default=1, ge=1, le=MOST_IMAGES, description="How many, with seeds that follow each other.")
    rerolls: int = Field(default=0, ge=0, le=8, description="How often a picture that is too unlike its character is made again.")
    preview_every: int = Field(default=1, ge=0, le=50, description="Steps between two previews; 0: none.")
    likeness_model: str | None = Field(
        default=None, min_length=1, max_length=200,
        description="What compares pictures with characters: an installed model for image features, or 'built-in'; filled in.",
    )  # fmt: skip
    batch: BatchPlace | None = Field(default=None, description="Filled in by image.batch.")


class Likeness(Strict):
    """How much a picture resembles a character."""

    character: str
    similarity: float = Field(ge=0, le=1)
    threshold: float
    passed: bool
    engine: str = Field(description="What measured it: a model, or the built-in descriptor.")


class MadeImage(Strict):
    """One picture."""

    artifact_id: str
    seed: int
    width: int
    height: int
    likeness: list[Likeness] = Field(default=[])
    rerolls: int = Field(default=0, description="How often it was made again.")
    steps_run: int = Field(default=0, ge=0, description="Sampling steps of this attempt; fewer after an interruption.")


class GeneratedImages(Strict):
    """The pictures and who made them."""

    images: list[MadeImage]
    model: str
    engine: str = Field(description="What made it, in words: storyboard says that it is no AI image.")
    revision: str = ""
    licence: str = ""
    prompt: str = Field(description="The prompt as the model got it: characters and style filled in.")
    negative: str = ""
    notes: list[str] = Field(default=[])
    took_s: float = Field(ge=0)
