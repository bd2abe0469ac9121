"""Models on a real NVIDIA GPU: full-size random weights, the allocator capped at 15 GiB. Prints one sentence where there is no such GPU.

SDXL is built from its configuration (U-Net, decoder), a 7B language model likewise with fewer layers; no weights are downloaded.
"""

from __future__ import annotations

import gc
import importlib.util
import random
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from typing import Any

from backends.base import Device, EngineKind, Footprint, Installed, OnStep, OutOfMemory, Shape
from backends.fakes import fake_card, fake_installed
from backends.room import Limits, Room
from backends.slabs import Slabs

Row = dict[str, Any]
GIB, MIB = 2**30, 2**20
CAP_BYTES = 15 * GIB
DEVICE = "cuda:0"
NO_GPU = "no NVIDIA GPU here: torch is not installed or sees none; this table is printed wherever there is one"


def has_gpu() -> bool:
    """Whether torch is installed and sees a GPU."""
    if importlib.util.find_spec("torch") is None:
        return False
    import torch

    return bool(torch.cuda.is_available())


def run(quick: bool) -> list[Row]:
    """The table; with ``quick`` fewer repetitions."""
    if not has_gpu():
        return [{"what": NO_GPU}]
    import torch

    cap()
    card = torch.cuda.get_device_name(DEVICE)
    rows: list[Row] = [{"what": f"on {card}, allocator capped at {CAP_BYTES // GIB} GiB"}]
    rows += parked_rows(3 if quick else 10)
    rows += swap_rows(3 if quick else 10)
    rows += mixed_rows(20 if quick else 200)
    rows += kill_rows()
    return rows


def cap() -> None:
    """The allocator may hold so much and no more, whatever the card has."""
    import torch

    total = torch.cuda.mem_get_info(DEVICE)[1]
    torch.cuda.set_per_process_memory_fraction(min(1.0, CAP_BYTES / total), 0)


def sdxl() -> dict[str, Any]:
    """SDXL's U-Net and decoder in half precision with random weights, on the host."""
    import torch
    from diffusers import AutoencoderKL, UNet2DConditionModel

    before = torch.get_default_dtype()
    torch.set_default_dtype(torch.half)
    try:
        unet = UNet2DConditionModel(
            sample_size=128, in_channels=4, out_channels=4, block_out_channels=(320, 640, 1280), layers_per_block=2,
            down_block_types=("DownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D"),
            up_block_types=("CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "UpBlock2D"), transformer_layers_per_block=(1, 2, 10),
            attention_head_dim=(5, 10, 20), cross_attention_dim=2048, use_linear_projection=True, addition_embed_type="text_time",
            addition_time_embed_dim=256, projection_class_embeddings_input_dim=2816,
        )  # fmt: skip
        vae = AutoencoderKL(
            block_out_channels=(128, 256, 512, 512), layers_per_block=2, latent_channels=4,
            down_block_types=("DownEncoderBlock2D",) * 4, up_block_types=("UpDecoderBlock2D",) * 4,
        )  # fmt: skip
    finally:
        torch.set_default_dtype(before)
    return {"unet": unet.eval().requires_grad_(False), "vae": vae.eval().requires_grad_(False)}


def language_model() -> dict[str, Any]:
    """A language model as wide as a 7B one, about 11 GiB in half precision."""
    import torch
    from transformers import AutoModelForCausalLM, Qwen2Config

    config = Qwen2Config(
        hidden_size=3584, intermediate_size=18944, num_hidden_layers=20, num_attention_heads=28, num_key_value_heads=4, vocab_size=152064
    )
    before = torch.get_default_dtype()
    torch.set_default_dtype(torch.half)
    try:
        model = AutoModelForCausalLM.from_config(config, attn_implementation="sdpa")
    finally:
        torch.set_default_dtype(before)
    return {"model": model.eval().requires_grad_(False)}


def draw(modules: dict[str, Any], side: int = 1024) -> None:
    """One denoising step with guidance."""
    import torch

    with torch.no_grad():
        latents = torch.randn(2, 4, side // 8, side // 8, dtype=torch.half, device=DEVICE)
        added = {
            "text_embeds": torch.zeros(2, 1280, dtype=torch.half, device=DEVICE),
            "time_ids": torch.zeros(2, 6, dtype=torch.half, device=DEVICE),
        }
        text = torch.zeros(2, 77, 2048, dtype=torch.half, device=DEVICE)
        modules["unet"](latents, 1, encoder_hidden_states=text, added_cond_kwargs=added)
        torch.cuda.synchronize()


def answer(modules: dict[str, Any], tokens: int = 512) -> None:
    """Reads a prompt and says one word."""
    import torch

    with torch.no_grad():
        modules["model"](torch.zeros(1, tokens, dtype=torch.long, device=DEVICE), logits_to_keep=1)
        torch.cuda.synchronize()


class Weights:
    """An engine over random weights."""

    def __init__(self, installed: Installed, make: Callable[[], dict[str, Any]], use: Callable[[dict[str, Any]], None]) -> None:
        self.installed, self._make, self._use = installed, make, use
        self.modules: dict[str, Any] = {}
        self.slabs: Slabs | None = None

    def load(self, on_step: OnStep) -> Footprint:
        """Makes the weights and pins them."""
        on_step(0.0, "Making weights")
        self.modules = self._make()
        self.slabs = Slabs(self.modules, Device(DEVICE))
        return self.slabs.footprint

    def activate(self) -> None:
        """To the device."""
        assert self.slabs is not None
        self.slabs.place()

    def deactivate(self) -> None:
        """Drops the device copy."""
        assert self.slabs is not None
        self.slabs.drop()

    def close(self) -> None:
        """Frees everything."""
        if self.slabs is not None:
            self.slabs.close()
        self.slabs, self.modules = None, {}

    def working_bytes(self, operation: str, shape: Shape) -> int:
        """What a first call is given."""
        return self.installed.variant.working_bytes

    def relieve(self, level: int) -> bool:
        """Random weights have no second way."""
        return False

    def call(self) -> None:
        """One call; raises `OutOfMemory`."""
        import torch

        said = None
        try:
            self._use(self.modules)
        except torch.OutOfMemoryError as error:
            said = str(error)
        if said is not None:
            raise OutOfMemory(said)


def timed(work: Callable[[], object]) -> float:
    """Seconds until the device has done it."""
    import torch

    torch.cuda.synchronize()
    began = time.perf_counter()
    work()
    torch.cuda.synchronize()
    return time.perf_counter() - began


def parked_rows(times: int) -> list[Row]:
    """SDXL parked to its first kernel, against the raw bandwidth of this machine, and its eviction."""
    import torch

    modules = sdxl()
    slabs = Slabs(modules, Device(DEVICE))
    size = slabs.footprint.host_bytes
    slabs.place()
    draw(modules, 512)  # kernels are compiled and loaded once per process
    slabs.drop()
    torch.cuda.empty_cache()
    weight = next(modules["unet"].parameters())
    copies, kernels, evictions = [], [], []

    def first_kernel() -> None:
        slabs.place()
        weight.sum()

    for _ in range(times):
        kernels.append(timed(first_kernel))
        evictions.append(timed(lambda: (slabs.drop(), torch.cuda.empty_cache())))
    raw = torch.empty(size, dtype=torch.uint8)
    torch.cuda.cudart().cudaHostRegister(raw.data_ptr(), raw.nbytes, 0)
    for _ in range(times):
        target = torch.empty(size, dtype=torch.uint8, device=DEVICE)
        copies.append(timed(partial(target.copy_, raw, non_blocking=True)))
        target = None
        torch.cuda.empty_cache()
    torch.cuda.cudart().cudaHostUnregister(raw.data_ptr())
    kernel, copy, evict = (statistics.median(found) for found in (kernels, copies, evictions))
    pinned = slabs.pinned
    slabs.close()
    gc.collect()
    return [
        {"what": f"SDXL ({size / GIB:.1f} GiB) parked to first kernel, s", "ours": kernel, "target": 0.5, "met": kernel <= 0.5,
         "pinned": pinned},
        {"what": "its bandwidth, GiB/s (peer: one raw pinned copy)", "ours": size / GIB / kernel, "peer": size / GIB / copy,
         "ratio": copy / kernel, "target": ">= 0.85", "met": copy / kernel >= 0.85},
        {"what": "evicting it, ms", "ours": 1e3 * evict, "target": 50, "met": evict <= 0.05},
    ]  # fmt: skip


def make_room() -> Room:
    """A room of 15 GiB with an SDXL and a language model that do not fit together."""
    parts = {"image": (sdxl, draw, 6 * GIB, 2 * GIB), "chat": (language_model, answer, 11 * GIB, GIB)}
    cards = {name: fake_card(name, size, working, engine=name) for name, (_, _, size, working) in parts.items()}

    def kind(name: str) -> EngineKind:
        make, use, _, _ = parts[name]
        return EngineKind(name, ("chat",), lambda installed, device: Weights(installed, make, use))

    kinds = {name: kind(name) for name in parts}
    return Room(kinds, lambda name: fake_installed(cards[name]), device=Device(DEVICE), limits=Limits(device_bytes=CAP_BYTES))


def call(room: Room, name: str) -> None:
    """One call through the room."""
    room.call(name, "work", {}, lambda engine: engine.call())  # type: ignore[attr-defined]


def swap_rows(times: int) -> list[Row]:
    """From a chat to a picture and back, both parked in RAM."""
    room = make_room()
    for name in ("image", "chat"):
        call(room, name)
    found = [timed(lambda: (call(room, "image"), call(room, "chat"))) / 2 for _ in range(times)]
    freed = timed(room.free)
    room.close()
    gc.collect()
    swap = statistics.median(found)
    return [
        {"what": "chat <-> picture, switch and call, s", "ours": swap, "target": 2, "met": swap <= 2},
        {"what": "freeing the GPU, s", "ours": freed, "target": 1, "met": freed <= 1},
    ]


def mixed_rows(jobs: int) -> list[Row]:
    """Mixed jobs one after the other: none may run out of memory."""
    room, chance = make_room(), random.Random(1)
    began = time.monotonic()
    for _ in range(jobs):
        call(room, chance.choice(("image", "image", "chat")))
    took = time.monotonic() - began
    shortages = room.status()["counters"].get("out_of_memory", 0)
    room.close()
    gc.collect()
    return [{"what": f"{jobs} mixed jobs, out of memory", "ours": shortages, "target": 0, "met": shortages == 0, "seconds": took}]


def kill_rows() -> list[Row]:
    """What a killed process leaves on the device."""
    import torch

    torch.cuda.empty_cache()
    before = torch.cuda.mem_get_info(DEVICE)[0]
    held = "import torch, time; x = torch.empty(4 * 2**30, dtype=torch.uint8, device='cuda:0')"
    code = f"{held}; print('held', flush=True); time.sleep(600)"
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        process.stdout.readline()
        process.kill()
    began = time.monotonic()
    while before - torch.cuda.mem_get_info(DEVICE)[0] > 64 * MIB and time.monotonic() - began < 5:
        time.sleep(0.01)
    left = (before - torch.cuda.mem_get_info(DEVICE)[0]) / MIB
    return [{"what": "device memory still held after a hard kill, MiB", "ours": left, "target": 64, "met": left <= 64}]


if __name__ == "__main__":
    for row in run("--quick" in sys.argv):
        print(row)
