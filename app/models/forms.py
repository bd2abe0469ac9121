"""What is asked when models are installed, imported and removed, and what every face shows of one."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from backends.cards import ComponentLicence, State, Task


class Form(BaseModel):
    """A form that refuses what it does not know."""

    model_config = ConfigDict(extra="forbid")


class InstallModel(Form):
    """Which model, in which form."""

    model: str = Field(min_length=1, description="Name of the card; `models list` shows them.")
    variant: str | None = Field(default=None, description="Form of the weights; left out: the one that fits this machine.")
    accept_licence: bool = Field(
        default=False, description="You have read the licence and your use is allowed: needed where it is not commercial."
    )
    libraries: bool = Field(default=True, description="Also install torch and what else its engine needs, if absent.")
    cuda_without_gpu: bool = Field(default=False, description="Take a CUDA build of torch although this machine has no NVIDIA GPU.")
    again: bool = Field(default=False, description="Download anew even if it is installed.")


class InstalledModel(Form):
    """What lies on the disk now."""

    model: str
    variant: str
    folder: str
    size_bytes: int
    downloaded_bytes: int = Field(description="0: it was there already.")
    revision: str = Field(description="The commit the files are of; empty where there is none.")
    source: str
    licences: list[ComponentLicence]
    libraries: str | None = Field(default=None, description="The build of torch that was installed on the way.")


class ImportModel(Form):
    """Weights that are on this machine already."""

    path: str = Field(min_length=1, description="A folder as the model hub has it, or one .safetensors file.")
    name: str | None = Field(default=None, pattern=r"^[a-z0-9][a-z0-9.\-]*$", description="What to call it; default: from the file's name.")
    card: str | None = Field(default=None, description="The card whose files these are, if there is one.")
    accept_licence: bool = Field(default=False, description="As for installing.")


class RemoveModel(Form):
    """Which model, or which form of it."""

    model: str = Field(min_length=1, description="Name of the card.")
    variant: str | None = Field(default=None, description="Left out: every form.")


class RemovedModel(Form):
    """What that gave back."""

    model: str
    freed_bytes: int


class CheckModel(Form):
    """Which installed model to read again."""

    model: str = Field(min_length=1, description="Name of the card.")
    variant: str | None = Field(default=None, description="Which form; left out: the first that is installed.")


class CheckedModel(Form):
    """Whether the files are still as they were installed."""

    model: str
    whole: bool
    wrong: list[str] = Field(description="One sentence per file that is not.")


class FitView(Form):
    """Whether it will run here, predicted."""

    verdict: str = Field(description="fits, when_others_leave, quantised or too_large.")
    variant: str
    needs_bytes: int
    budget_bytes: int
    sentence: str


class VariantView(Form):
    """One form of the weights."""

    name: str
    download_bytes: int
    weights_bytes: int
    working_bytes: int
    quantise: str | None
    installed: bool
    fit: FitView


class ModelEntry(Form):
    """A model with everything a person decides by."""

    name: str
    title: str
    summary: str
    task: Task
    engine: str
    family: str
    state: State
    usable: bool = Field(description="Whether this studio has its engine.")
    obstacle: str = Field(description="Why it cannot be installed or used here; empty when it can.")
    variants: list[VariantView]
    fit: FitView
    licences: list[ComponentLicence]
    commercial: bool
    context_tokens: int | None
    max_pixels: int | None
    dimensions: int | None
    defaults: dict[str, float | int | str | bool] = Field(description="Its own settings: steps, guidance, width, height ...")
    link: str | None
    installed_variant: str | None = Field(description="The form that is used.")
    disk_bytes: int = Field(description="What its files take; 0 when absent.")
    partial_bytes: int = Field(description="What was downloaded of it before an interruption.")
    folder: str | None
    in_place: bool = Field(description="Its files belong to another program.")
    source: str
    revision: str
    pinned: bool


class ForeignEntry(Form):
    """A file of weights in another program's folder."""

    path: str
    program: str
    kind: str = Field(description="checkpoint, lora, vae, controlnet, text-encoder ...")
    family: str
    dtype: str
    size_bytes: int
    model: str | None = Field(description="The model it can be used as.")
    trouble: str
