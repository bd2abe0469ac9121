"""Model cards: what a model is for, where it comes from, what it needs, and under which licences."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

Task = Literal[
    "chat", "vision-chat", "embedding", "image", "speech-to-text", "text-to-speech", "segmentation", "image-features", "depth", "detection",
    "controlnet", "ip-adapter", "upscale", "matting",
]  # fmt: skip
State = Literal["absent", "installing", "installed", "parked", "resident", "busy"]


class Strict(BaseModel):
    """A frozen model that refuses what it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Source(Strict):
    """Where the files come from: a repository of a model hub, a Python package that carries the same files, or this machine."""

    repo: str | None = Field(default=None, pattern=r"^[\w.\-]+/[\w.\-]+$", description="owner/name on the model hub.")
    revision: str = Field(default="main", description="Branch, tag or commit; a commit never changes.")
    package: str | None = Field(
        default=None, pattern=r"^[A-Za-z0-9._\-]+==[A-Za-z0-9._+!\-]+$", description="name==version; asked first where both are given."
    )
    package_folder: str = Field(default="", description="The folder inside the package where the files lie.")
    sha256: dict[str, str] = Field(default={}, description="File -> hash that it must have, wherever it comes from.")
    path: str | None = Field(default=None, description="A folder or file that was imported.")

    @model_validator(mode="after")
    def _some_place(self) -> Source:
        if self.repo is None and self.package is None and self.path is None:
            raise ValueError("give a repo, a package or a path")
        return self


class ComponentLicence(Strict):
    """The licence of one part (weights, text encoder, code); the strictest part decides for the whole."""

    component: str
    name: str = Field(description="SPDX name where there is one.")
    commercial: bool = Field(description="Whether its results and itself may be used commercially.")
    url: str | None = None
    note: str | None = None


class Variant(Strict):
    """One form of the weights."""

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9_\-]*$", description="bf16, fp16, fp32, fp8, nf4 ...")
    files: tuple[str, ...] = Field(default=("*",), description="Patterns of the files it needs.")
    download_bytes: int = Field(ge=0)
    weights_bytes: int = Field(gt=0, description="Memory of the loaded weights.")
    working_bytes: int = Field(ge=0, description="Device memory of a usual call beyond the weights.")
    quantise: Literal["nf4", "int8"] | None = Field(default=None, description="Quantised while loading, from the files of a wider form.")


class ModelCard(Strict):
    """One model the studio can install and run."""

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9.\-]*$")
    title: str
    summary: str = ""
    task: Task
    engine: str
    family: str = Field(default="", description="Which shipped configs and tokenizers fit a single-file checkpoint, e.g. sdxl.")
    source: Source
    variants: tuple[Variant, ...] = Field(min_length=1, description="The first is the default.")
    licences: tuple[ComponentLicence, ...] = Field(min_length=1)
    context_tokens: int | None = Field(default=None, gt=0)
    max_pixels: int | None = Field(default=None, gt=0)
    dimensions: int | None = Field(default=None, gt=0, description="Length of an embedding.")
    link: str | None = None
    obstacle: str = Field(default="", description="Why it cannot be installed, in one sentence; empty when it can.")
    defaults: dict[str, float | int | str | bool] = Field(default={}, description="Settings of the engine: steps, guidance ...")

    @property
    def commercial(self) -> bool:
        """Whether every part allows commercial use."""
        return all(licence.commercial for licence in self.licences)

    def stored(self, variant: Variant) -> Variant:
        """The variant under whose name the files lie: one that is quantised while loading shares those of the wider form."""
        if variant.quantise is None:
            return variant
        return next((other for other in self.variants if other.quantise is None and other.files == variant.files), variant)

    def variant(self, name: str | None = None) -> Variant:
        """The variant of that name, or the default; raises KeyError."""
        if name is None:
            return self.variants[0]
        return {variant.name: variant for variant in self.variants}[name]
