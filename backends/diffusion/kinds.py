"""THE table of families of picture models: which parts they have, and which pipeline of the library paints in which way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

Part = tuple[str, str]  # (library, class)
FLOW_SCHEDULER: Part = ("diffusers", "FlowMatchEulerDiscreteScheduler")


@dataclass(frozen=True)
class Kind:
    """What is common to the models of a family.

    Attributes:
        parts: name -> class, in the order in which they are loaded; those of ``torch`` hold weights.
        pipelines: (what guides, what it starts from) -> class; what guides is "", controlnet or controlnet_union. Where there is none for a
            mask, what the mask keeps is put back after every pass, see `backends.diffusion.watch.Blend`.
        denoiser: the part that runs at every step.
        quantised: parts worth quantising.
        multiple: sides are multiples of so many px; other sizes are made larger and cut.
        reads: clip (chunks and weights) or sentences.
    """

    family: str
    title: str
    index: tuple[str, ...]
    parts: Mapping[str, Part]
    pipelines: Mapping[tuple[str, str], str]
    denoiser: str
    quantised: tuple[str, ...]
    multiple: int = 8
    reads: str = "clip"
    weightless: tuple[str, ...] = field(default=("tokenizer", "tokenizer_2", "scheduler"))


KINDS: Mapping[str, Kind] = {
    "sdxl": Kind(
        "sdxl", "Stable Diffusion XL",
        ("StableDiffusionXLPipeline", "StableDiffusionXLImg2ImgPipeline", "StableDiffusionXLInpaintPipeline"),
        {
            "scheduler": ("diffusers", ""), "tokenizer": ("transformers", "CLIPTokenizer"),
            "tokenizer_2": ("transformers", "CLIPTokenizer"),
            "text_encoder": ("transformers", "CLIPTextModel"), "text_encoder_2": ("transformers", "CLIPTextModelWithProjection"),
            "unet": ("diffusers", "UNet2DConditionModel"), "vae": ("diffusers", "AutoencoderKL"),
        },
        {
            ("", "text"): "StableDiffusionXLPipeline",
            ("", "image"): "StableDiffusionXLImg2ImgPipeline",
            ("", "mask"): "StableDiffusionXLInpaintPipeline",  # for checkpoints trained to see the mask
            ("controlnet", "text"): "StableDiffusionXLControlNetPipeline",
            ("controlnet", "image"): "StableDiffusionXLControlNetImg2ImgPipeline",
            ("controlnet_union", "text"): "StableDiffusionXLControlNetUnionPipeline",
            ("controlnet_union", "image"): "StableDiffusionXLControlNetUnionImg2ImgPipeline",
        },
        "unet", ("unet",),
    ),
    "flux2": Kind(
        "flux2", "FLUX.2 klein", ("Flux2KleinPipeline",),
        {
            "scheduler": FLOW_SCHEDULER, "tokenizer": ("transformers", "AutoTokenizer"),
            "text_encoder": ("transformers", "Qwen3ForCausalLM"),
            "transformer": ("diffusers", "Flux2Transformer2DModel"), "vae": ("diffusers", "AutoencoderKLFlux2"),
        },
        {("", "text"): "Flux2KleinPipeline", ("", "image"): "Flux2KleinInpaintPipeline", ("", "mask"): "Flux2KleinInpaintPipeline"},
        "transformer", ("transformer", "text_encoder"), 16, "sentences",
    ),
    "z-image": Kind(
        "z-image", "Z-Image", ("ZImagePipeline",),
        {
            "scheduler": FLOW_SCHEDULER, "tokenizer": ("transformers", "AutoTokenizer"), "text_encoder": ("transformers", "Qwen3Model"),
            "transformer": ("diffusers", "ZImageTransformer2DModel"), "vae": ("diffusers", "AutoencoderKL"),
        },
        {("", "text"): "ZImagePipeline", ("", "image"): "ZImageImg2ImgPipeline"},
        "transformer", ("transformer", "text_encoder"), 16, "sentences",
    ),
}  # fmt: skip
