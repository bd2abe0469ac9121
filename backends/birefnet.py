"""What in a picture is its subject: BiRefNet, from the .safetensors file of its weights; none of the repository's own code is run."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from backends.base import Device, Footprint, Installed, OnStep, Shape
from backends.checkpoint import read_header, refuse_unsafe
from backends.picture_tensors import flattened, normalised, picture_of, pixels_of
from backends.slab_engine import SlabEngine
from backends.tensor_match import require_tensors
from backends.token_loop import within_memory
from backends.transformers_load import dtype_of
from configs.errors import BadMedia, Conflict

if TYPE_CHECKING:
    from PIL.Image import Image

    from backends.birefnet_network import Sizes

SIDES_PX = (1024, 768, 512)  # of the square that is looked at; the first is what it was trained on, the smaller when memory is short
COUNTER = ".num_batches_tracked"  # of training alone: not every conversion keeps it


class BiRefNet(SlabEngine):
    """One network; its sizes are told from its weights.

    Attributes:
        state: "installed", "parked" or "resident".
    """

    def __init__(self, installed: Installed, device: Device) -> None:
        super().__init__(installed, device)
        self._relief = 0

    def load(self, on_step: OnStep) -> Footprint:
        """Disk to host memory; see `backends.base.Engine.load`."""
        import torch
        from safetensors.torch import load_file

        from backends.birefnet_network import BiRefNetwork

        title = self.installed.card.title
        on_step(0.0, f"Loading {title}")
        path = self._file()
        refuse_unsafe(path)
        shapes = {name: tensor.shape for name, tensor in read_header(path).tensors.items()}
        sizes = sizes_of(shapes)
        with torch.device("meta"):
            model = BiRefNetwork(sizes)
        wanted = {name: tuple(tensor.shape) for name, tensor in model.state_dict().items()}
        require_tensors(path, shapes, wanted, "BiRefNet", optional=COUNTER)
        dtype = dtype_of(self.installed, self.device)
        weights = {name: tensor.to(dtype) if tensor.is_floating_point() else tensor for name, tensor in load_file(path).items()}
        counters = {name: torch.zeros((), dtype=torch.int64) for name in wanted if name.endswith(COUNTER) and name not in weights}
        model.load_state_dict({**weights, **counters}, assign=True)
        on_step(1.0, f"Loading {title}")
        self._model = model.eval().requires_grad_(False)
        return self.park()

    def working_bytes(self, operation: str, shape: Shape) -> int:
        """The decoder's layers at a quarter of the picture's size, and the picture's own."""
        return SIDES_PX[self._relief] ** 2 * 4 * 260

    def relieve(self, level: int) -> bool:
        """Looks at a smaller picture."""
        if self._relief + 1 >= len(SIDES_PX):
            return False
        self._relief += 1
        return True

    def matte(self, image: Image, first: Image | None = None) -> Image:
        """See `backends.images.MatteEngine`; finds the subject itself, so ``first`` is not looked at."""
        if self.state != "resident":
            raise Conflict(f"{self.installed.card.title} is not on its device.", "Lease it from the room of models before calling it.")
        return within_memory(lambda: self._look(image))

    def _look(self, image: Image) -> Image:
        import torch
        from PIL import Image as Images

        side = SIDES_PX[self._relief]
        small = flattened(image).resize((side, side), Images.Resampling.BILINEAR)
        with torch.inference_mode():
            batch = normalised(pixels_of(small)[None]).to(self.device.name, next(self._model.parameters()).dtype)
            found = self._model(batch)[0].float().sigmoid()
        made: Image = picture_of(found).resize(image.size, Images.Resampling.BICUBIC)
        return made

    def _file(self) -> Path:
        folder, title = self.installed.folder, self.installed.card.title
        files = [folder] if folder.is_file() else sorted(folder.glob("*.safetensors"))
        if len(files) != 1:
            raise BadMedia(f"{title} is one .safetensors file, and {folder} has {len(files)}.", "Install the model again.", "damaged")
        return files[0]


def sizes_of(shapes: Mapping[str, tuple[int, ...]]) -> Sizes:
    """How large the network is whose tensors these are; what cannot be told is as published."""
    from backends.birefnet_network import Sizes
    from backends.birefnet_swin import SwinSizes

    usual = Sizes()

    def size(name: str, axis: int, otherwise: int) -> int:
        shape = shapes.get(name, ())
        return max(1, shape[axis]) if len(shape) > axis else otherwise

    def count(prefix: str) -> int:
        return len({name[len(prefix) :].partition(".")[0] for name in shapes if name.startswith(prefix)})

    tables = [f"bb.layers.{stage}.blocks.0.attn.relative_position_bias_table" for stage in range(4)]
    window = (round(size(tables[0], 0, 169) ** 0.5) + 1) // 2
    swin = SwinSizes(
        width=size("bb.patch_embed.proj.weight", 0, usual.swin.width),
        depths=tuple(count(f"bb.layers.{stage}.blocks.") or depth for stage, depth in enumerate(usual.swin.depths)),
        heads=tuple(size(table, 1, heads) for table, heads in zip(tables, usual.swin.heads, strict=True)),
        window=window,
    )
    pyramid = "squeeze_module.0.dec_att."
    kernels = tuple(
        size(f"{pyramid}aspp_deforms.{number}.atrous_conv.regular_conv.weight", 2, 3) for number in range(count(f"{pyramid}aspp_deforms."))
    )
    return Sizes(
        swin=swin,
        inner=size("squeeze_module.0.conv_in.weight", 0, usual.inner),
        parallel=size(f"{pyramid}aspp1.bn.weight", 0, usual.parallel),
        kernels=kernels or usual.kernels,
        gradient=size("decoder.gdt_convs_4.0.weight", 0, usual.gradient),
        first=size("decoder.ipt_blk5.conv1.weight", 0, usual.first),
    )
