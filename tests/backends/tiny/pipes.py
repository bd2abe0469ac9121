"""Loaded pipelines of the tiny picture models, and pictures of them as numbers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

SIDE = 64


def sdxl(folder: Path) -> Any:
    """What `tests.backends.tiny.pictures.save_sdxl` saved."""
    import torch
    from diffusers import StableDiffusionXLPipeline

    torch.set_num_threads(1)
    pipe = StableDiffusionXLPipeline.from_pretrained(folder, local_files_only=True)
    pipe.set_progress_bar_config(disable=True)
    return pipe


def paint(pipe: Any, steps: int = 2, **arguments: Any) -> Any:
    """[SIDE, SIDE, 3] float; the same arguments give the same bits."""
    import torch

    given = {"prompt": "luca boy", "width": SIDE, "height": SIDE, "output_type": "np", **arguments}
    return pipe(**given, num_inference_steps=steps, generator=torch.Generator().manual_seed(7)).images[0]


def guided(pipe: Any, plan: Any, name: str = "", **arguments: Any) -> Any:
    """A picture by the pipeline that a control plan asks for."""
    import diffusers

    kinds = {
        "": "StableDiffusionXL{}Pipeline", "controlnet": "StableDiffusionXLControlNet{}Pipeline",
        "controlnet_union": "StableDiffusionXLControlNetUnion{}Pipeline",
    }  # fmt: skip
    nets = {"controlnet": plan.nets} if plan.pipeline else {}
    made = getattr(diffusers, kinds[plan.pipeline].format(name))(**{**pipe.components, **nets})
    made.set_progress_bar_config(disable=True)
    return paint(made, **plan.arguments, **arguments)


def weights(pipe: Any) -> dict[str, Any]:
    """A copy of every weight of model and text encoders."""
    parts = ("unet", "transformer", "text_encoder", "text_encoder_2")
    found = {part: getattr(pipe, part, None) for part in parts}
    return {
        f"{part}.{name}": value.clone()
        for part, module in found.items()
        if module is not None
        for name, value in module.state_dict().items()
    }


def changed(before: dict[str, Any], after: dict[str, Any]) -> set[str]:
    """Names of weights that are not bit for bit the same."""
    assert before.keys() == after.keys()
    return {name for name, value in before.items() if not bool((value == after[name]).all())}
