"""Records what calls of full-size models keep alive, operator by operator: `python -m tests.backends.record_memory`.

Every operator really runs through the library's own code, with shapes and dtypes but no data (torch's fake tensors), and the bytes of
all live activations are counted; the peak is rounded up as the device's allocator rounds large blocks (2 MiB).
"""

from __future__ import annotations

import json
import sys
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

BLOCK = 2 * 2**20
OUT = Path(__file__).parent / "memory_traces.json"


class Counter:
    """Live bytes and their peak."""

    def __init__(self) -> None:
        self.live = self.peak = 0
        self._seen: set[int] = set()

    def add(self, tensor: Any) -> None:
        storage = tensor.untyped_storage()
        key = storage._cdata
        if key in self._seen:
            return
        size = storage.nbytes()
        self._seen.add(key)
        self.live += size
        self.peak = max(self.peak, self.live)
        weakref.finalize(storage, self._gone, key, size)

    def _gone(self, key: int, size: int) -> None:
        self._seen.discard(key)
        self.live -= size


@contextmanager
def counting(known: set[int]) -> Iterator[Counter]:
    """Counts what operators make inside the block; storages in ``known`` (weights) are left out."""
    from torch.utils._python_dispatch import TorchDispatchMode
    from torch.utils._pytree import tree_flatten

    counter = Counter()
    counter._seen |= known

    class Mode(TorchDispatchMode):
        def __torch_dispatch__(self, function: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
            import torch

            out = function(*args, **(kwargs or {}))
            for found in tree_flatten(out)[0]:
                if isinstance(found, torch.Tensor):
                    counter.add(found)
            return out

    with Mode():
        yield counter


def record(operation: str, module: Any, calls: list[dict[str, int]], run: Callable[[Any, dict[str, int]], Any]) -> dict[str, Any]:
    """One trace: peaks of a module at some shapes."""
    import torch

    known = {tensor.untyped_storage()._cdata for tensor in (*module.parameters(), *module.buffers())}
    found = []
    for shape in calls:
        with torch.no_grad(), counting(known) as counter:
            run(module, shape)
        found.append({"shape": shape, "peak_bytes": -(-counter.peak // BLOCK) * BLOCK})
        print(operation, shape, found[-1]["peak_bytes"] // 2**20, "MiB", file=sys.stderr)
    return {"operation": operation, "calls": found}


def pictures() -> list[dict[str, int]]:
    sizes = [(512, 512), (768, 768), (1024, 1024), (1152, 896), (1216, 832), (640, 1536), (1344, 768), (1536, 1024)]
    return [{"width": w, "height": h, "batch": b} for w, h in sizes for b in (1, 2)]


def sdxl() -> list[dict[str, Any]]:
    """SDXL's U-Net (with guidance, so two of each picture) and its decoder."""
    import torch
    from diffusers import AutoencoderKL, UNet2DConditionModel

    torch.set_default_dtype(torch.half)
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

    def step(module: Any, shape: dict[str, int]) -> Any:
        n = 2 * shape["batch"]
        latents = torch.empty(n, 4, shape["height"] // 8, shape["width"] // 8, dtype=torch.half)
        added = {"text_embeds": torch.empty(n, 1280, dtype=torch.half), "time_ids": torch.empty(n, 6, dtype=torch.half)}
        return module(latents, 1, encoder_hidden_states=torch.empty(n, 77, 2048, dtype=torch.half), added_cond_kwargs=added)

    def decode(module: Any, shape: dict[str, int]) -> Any:
        return module.decode(torch.empty(shape["batch"], 4, shape["height"] // 8, shape["width"] // 8, dtype=torch.half))

    return [record("sdxl denoise", unet, pictures(), step), record("sdxl decode", vae, pictures(), decode)]


def chat() -> list[dict[str, Any]]:
    """Reading a prompt with a 7B language model: activations, keys and values."""
    import torch
    from transformers import AutoModelForCausalLM, Qwen2Config

    torch.set_default_dtype(torch.bfloat16)
    config = Qwen2Config(
        hidden_size=3584, intermediate_size=18944, num_hidden_layers=28, num_attention_heads=28, num_key_value_heads=4, vocab_size=152064,
        max_position_embeddings=32768,
    )  # fmt: skip
    model = AutoModelForCausalLM.from_config(config, attn_implementation="sdpa")

    def read(module: Any, shape: dict[str, int]) -> Any:
        return module(torch.zeros(1, shape["tokens"], dtype=torch.long), use_cache=True, logits_to_keep=1)

    tokens = (256, 512, 800, 1024, 1500, 2048, 3000, 4096, 6000, 8192)
    return [record("chat 7b prompt", model, [{"tokens": count} for count in tokens], read)]


def main() -> int:
    """Writes the traces beside this file."""
    from torch._subclasses.fake_tensor import FakeTensorMode

    with FakeTensorMode():
        traces = [*sdxl(), *chat()]
    OUT.write_text(json.dumps({"how": __doc__.splitlines()[0] if __doc__ else "", "traces": traces}, indent=1) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
