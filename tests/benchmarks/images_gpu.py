"""Pictures on a real NVIDIA GPU: a full-size SDXL with random weights, the allocator capped at 15 GiB. One sentence where there is none.

What is painted is noise; time and memory are as with real weights, since every kernel does the same work.
"""

from __future__ import annotations

import gc
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

Row = dict[str, Any]
GIB = 2**30
SIDE, STEPS = 1024, 30
USUAL_S, COMPILED_S, USUAL_GIB, JOINED_GIB, MOST_BESIDE = 3.0, 1.8, 10.0, 12.0, 1.03
SWAPS = 10


def run(quick: bool) -> list[Row]:
    """The table; with ``quick`` fewer repetitions."""
    from tests.benchmarks.gpu_models import CAP_BYTES, DEVICE, has_gpu

    if not has_gpu():
        return [{"what": "full-size SDXL on a GPU: no NVIDIA GPU here; these rows are printed wherever there is one"}]
    import torch

    from tests.benchmarks.gpu_models import cap

    cap()
    with tempfile.TemporaryDirectory() as folder:
        place = save_full(Path(folder) / "sdxl")
        rows: list[Row] = [{"what": f"on {torch.cuda.get_device_name(DEVICE)}, allocator capped at {CAP_BYTES // GIB} GiB"}]
        rows += beside_rows(place, 2 if quick else 5)
        rows += joined_rows(place, Path(folder), 2 if quick else 5)
    return rows


def save_full(folder: Path) -> Path:
    """SDXL as a folder of the hub in half precision, from the shipped configs."""
    import json
    import shutil

    import diffusers
    import torch
    import transformers

    from backends.families import config_folder

    source = config_folder("sdxl", folder.parent / "configs")
    shutil.copytree(source, folder)
    before = torch.get_default_dtype()
    torch.set_default_dtype(torch.half)
    try:
        for part, made in (("unet", diffusers.UNet2DConditionModel), ("vae", diffusers.AutoencoderKL)):
            made.from_config(json.loads((source / part / "config.json").read_text())).save_pretrained(folder / part)
        for part, made in (("text_encoder", transformers.CLIPTextModel), ("text_encoder_2", transformers.CLIPTextModelWithProjection)):
            made(transformers.CLIPTextConfig.from_pretrained(source / part)).half().save_pretrained(folder / part)
    finally:
        torch.set_default_dtype(before)
    return folder


def engine_of(folder: Path) -> Any:
    """Resident on the GPU."""
    from backends.base import Device
    from backends.diffusion.engine import DiffusersImage
    from tests.backends.tiny.models import installed
    from tests.benchmarks.gpu_models import DEVICE

    engine = DiffusersImage(installed(folder, "image", "diffusers-image", "fp16", family="sdxl"), Device(DEVICE))
    engine.load(lambda fraction, message: None)
    engine.activate()
    return engine


def a_call(**values: Any) -> Any:
    """30 steps at 1024 x 1024."""
    from backends.images import ImageCall

    return ImageCall(**{"prompt": "a fox", "width": SIDE, "height": SIDE, "steps": STEPS, "guidance": 6.0, "seed": 3, **values})


def measured(work: Callable[[], object], turns: int) -> tuple[float, float]:
    """The median of seconds, and the most memory held, GiB; the first time is not counted."""
    import torch

    work()
    torch.cuda.reset_peak_memory_stats()
    took = []
    for _ in range(turns):
        torch.cuda.synchronize()
        began = time.perf_counter()
        work()
        torch.cuda.synchronize()
        took.append(time.perf_counter() - began)
    return statistics.median(took), torch.cuda.max_memory_allocated() / GIB


def _peer_seconds(folder: Path, turns: int) -> float:
    """Plain diffusers in half precision, its VAE in bf16 as ours is."""
    import torch
    from diffusers import StableDiffusionXLPipeline

    from tests.benchmarks.gpu_models import DEVICE

    pipe = StableDiffusionXLPipeline.from_pretrained(folder, torch_dtype=torch.half, local_files_only=True).to(DEVICE)
    pipe.vae.to(torch.bfloat16)
    pipe.set_progress_bar_config(disable=True)

    def paint() -> Any:
        latents = pipe(
            "a fox", width=SIDE, height=SIDE, num_inference_steps=STEPS, guidance_scale=6.0, output_type="latent",
            generator=torch.Generator().manual_seed(3),
        ).images  # fmt: skip
        with torch.no_grad():
            decoded = pipe.vae.decode(latents.to(torch.bfloat16) / pipe.vae.config.scaling_factor).sample
        return pipe.image_processor.postprocess(decoded.float())

    return measured(paint, turns)[0]


def beside_rows(folder: Path, turns: int) -> list[Row]:
    """Plain and compiled, beside the plain library in the same run."""
    import torch

    from backends.images import ImageHooks

    peer = _peer_seconds(folder, turns)
    gc.collect()
    torch.cuda.empty_cache()
    engine = engine_of(folder)
    usual, usual_gib = measured(lambda: engine.generate(a_call(), ImageHooks()), turns)
    compiled, _ = measured(lambda: engine.generate(a_call(compiled=True), ImageHooks()), turns)
    engine.close()
    torch.cuda.empty_cache()
    ratio = usual / peer
    return [
        {"what": "SDXL, 30 steps, 1024 x 1024, s (peer: plain diffusers)", "ours": usual, "peer": peer, "ratio": ratio, "target": USUAL_S,
         "met": usual <= USUAL_S and ratio <= MOST_BESIDE},
        {"what": "the same compiled, s", "ours": compiled, "target": COMPILED_S, "met": compiled <= COMPILED_S},
        {"what": "memory, GiB", "ours": usual_gib, "target": USUAL_GIB, "met": usual_gib <= USUAL_GIB},
    ]  # fmt: skip


def joined_rows(folder: Path, scratch: Path, turns: int) -> list[Row]:
    """With a ControlNet, an IP-Adapter and two LoRAs; and LoRAs swapped in a compiled model."""
    import torch

    from backends.images import ControlInput, ImageHooks, LoraInput, ReferenceInput

    engine = engine_of(folder)
    picture = _picture()
    net, eye = _controlnet(scratch / "net", engine.parts["unet"]), _ip_adapter(scratch / "eye", engine.parts["unet"])
    loras = [LoraInput(str(seed), _lora(scratch / f"{seed}.safetensors", engine.parts["unet"], seed), 0.5) for seed in range(3)]
    call = a_call(controls=(ControlInput("canny", picture, net),), references=(ReferenceInput(picture, eye),), loras=tuple(loras[:2]))
    took, held = measured(lambda: engine.generate(call, ImageHooks()), turns)
    swapped = a_call(steps=2, compiled=True)
    engine.generate(swapped, ImageHooks())
    before = int(torch._dynamo.utils.counters["stats"]["unique_graphs"])
    for turn in range(SWAPS):
        engine.generate(a_call(steps=2, compiled=True, loras=(loras[turn % 3],)), ImageHooks())
    again = int(torch._dynamo.utils.counters["stats"]["unique_graphs"]) - before
    engine.close()
    torch.cuda.empty_cache()
    return [
        {"what": "with ControlNet, IP-Adapter and two LoRAs, s", "ours": took},
        {"what": "memory with them, GiB", "ours": held, "target": JOINED_GIB, "met": held <= JOINED_GIB},
        {"what": f"graphs compiled anew in {SWAPS} swaps of LoRAs", "ours": again, "target": 0, "met": again == 0},
    ]


def _picture() -> Any:
    from PIL import Image

    return Image.radial_gradient("L").resize((SIDE, SIDE)).convert("RGB")


def _controlnet(folder: Path, unet: Any) -> Path:
    from diffusers import ControlNetModel

    ControlNetModel.from_unet(unet, load_weights_from_unet=False).half().save_pretrained(folder)
    return folder


def _ip_adapter(folder: Path, unet: Any) -> Path:
    """As large as the published one for SDXL with ViT-H."""
    import torch
    from safetensors.torch import save_file
    from transformers import CLIPVisionConfig, CLIPVisionModelWithProjection

    eye = CLIPVisionConfig(
        hidden_size=1280, intermediate_size=5120, num_hidden_layers=32, num_attention_heads=16, image_size=224, patch_size=14,
        projection_dim=1024,
    )  # fmt: skip
    CLIPVisionModelWithProjection(eye).half().save_pretrained(folder / "image_encoder")
    tensors = {
        "image_proj.proj.weight": torch.randn(4 * 2048, 1024) * 0.01, "image_proj.proj.bias": torch.zeros(4 * 2048),
        "image_proj.norm.weight": torch.ones(2048), "image_proj.norm.bias": torch.zeros(2048),
    }  # fmt: skip
    crossed = [name.removesuffix(".processor") for name in unet.attn_processors if "attn2" in name]
    for place, name in enumerate(crossed):
        for part in ("k", "v"):
            tensors[f"ip_adapter.{2 * place + 1}.to_{part}_ip.weight"] = (
                torch.randn(unet.get_submodule(name).to_k.out_features, 2048) * 0.01
            )
    save_file({name: tensor.half() for name, tensor in tensors.items()}, folder / "ip-adapter_sdxl.safetensors")
    return folder


def _lora(path: Path, unet: Any, seed: int, rank: int = 32) -> Path:
    """Of every attention's layers, in the library's own names."""
    import torch
    from safetensors.torch import save_file

    chance = torch.Generator().manual_seed(seed)
    tensors = {}
    for name, module in unet.named_modules():
        if name.endswith(("to_q", "to_k", "to_v", "to_out.0")):
            tensors[f"unet.{name}.lora_A.weight"] = torch.randn(rank, module.in_features, generator=chance).half() * 0.01
            tensors[f"unet.{name}.lora_B.weight"] = torch.randn(module.out_features, rank, generator=chance).half() * 0.01
    save_file(tensors, path)
    return path
