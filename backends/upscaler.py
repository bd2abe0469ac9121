"""Enlarges pictures by a network from a .safetensors file, of whichever architecture spandrel recognises: ESRGAN, SPAN, DAT ..."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from backends.base import Cancelled, Device, Footprint, Installed, IsCancelled, OnStep, Shape
from backends.checkpoint import refuse_unsafe
from backends.picture_tensors import pixels_of
from backends.slab_engine import SlabEngine
from backends.spandrel_import import spandrel
from backends.tiling import stitched
from backends.token_loop import within_memory
from configs.errors import BadMedia, Conflict

if TYPE_CHECKING:
    from PIL.Image import Image
    from torch import Tensor

TILES = {True: (256, 128, 64), False: (512, 256, 128)}  # px a side, on a CPU and on a GPU; the smaller when memory is short
OVERLAP = 48  # px that neighbours share; some 30 from a tile's edge, what a network makes no longer depends on the edge
FEATURES = 64  # channels of the layers that such networks work in


class Upscaler(SlabEngine):
    """One network.

    Attributes:
        scale: how many times it enlarges; known once it is loaded.
        state: "installed", "parked" or "resident".
    """

    def __init__(self, installed: Installed, device: Device) -> None:
        super().__init__(installed, device)
        self.scale = 1
        self._descriptor: Any = None
        self._relief = 0

    def load(self, on_step: OnStep) -> Footprint:
        """Disk to host memory; see `backends.base.Engine.load`."""
        import torch
        from safetensors.torch import load_file

        title = self.installed.card.title
        on_step(0.0, f"Loading {title}")
        path = self._file()
        refuse_unsafe(path)
        library = spandrel()
        said = ""
        try:
            found = library.MAIN_REGISTRY.load(library.canonicalize_state_dict(load_file(path)))
        except library.UnsupportedModelError:
            said = "its architecture is not known"
        except Exception as error:  # the library builds whatever the tensors' shapes say, and fails in as many ways
            said = (str(error).strip().splitlines() or [type(error).__name__])[0].rstrip(".:")
        if not said and (found.input_channels, found.output_channels) not in ((3, 3), (1, 1)):
            said = f"it takes {found.input_channels} channels and makes {found.output_channels}"
        if not said and found.purpose not in ("SR", "Restoration"):
            said = f"it is for {found.purpose}"
        if said:
            raise BadMedia(
                f"{path.name} is no upscaler that can be used: {said}.", "Use one for super resolution, as .safetensors.", "damaged"
            )
        on_step(1.0, f"Loading {title}")
        half = not self.device.is_cpu and found.supports_half
        self._model = found.model.to(torch.float16 if half else torch.float32).eval().requires_grad_(False)
        self._descriptor, self.scale = found, int(found.scale)
        return self.park()

    def forget(self) -> None:
        """See `SlabEngine.forget`."""
        self._descriptor = None

    def working_bytes(self, operation: str, shape: Shape) -> int:
        """One tile's activations: some layers at its own size, the last ones at the result's."""
        tile = TILES[self.device.is_cpu][self._relief]
        pixels = min(tile, shape.get("width", tile)) * min(tile, shape.get("height", tile))
        return pixels * FEATURES * 4 * (12 + 3 * self.scale**2)

    def relieve(self, level: int) -> bool:
        """Smaller tiles."""
        if self._relief + 1 >= len(TILES[True]):
            return False
        self._relief += 1
        return True

    def upscale(self, image: Image, on_step: OnStep, is_cancelled: IsCancelled) -> Image:
        """``scale`` times as wide and high, in tiles; RGBA stays RGBA.

        Colours behind what is transparent are filled from the subject first, so that the network draws no dark rim; transparency
        itself is enlarged with Lanczos, since a network would invent texture in it.

        Raises:
            Conflict: not resident. `Cancelled` between two tiles, `OutOfMemory`.
        """
        import numpy as np
        from PIL import Image as Images

        if self.state != "resident":
            raise Conflict(f"{self.installed.card.title} is not on its device.", "Lease it from the room of models before calling it.")
        clear = image.mode == "RGBA"
        pixels = _filled(pixels_of(image)) if clear else pixels_of(image.convert("RGB"))
        rows = []
        tile = TILES[self.device.is_cpu][self._relief]
        for done, total, finished in stitched(
            pixels, lambda part: self._look(part, is_cancelled), self.scale, tile, min(OVERLAP, tile // 2)
        ):
            on_step(done / total, f"Tile {done} of {total}")
            rows += [finished] if finished is not None else []
        made = Images.fromarray(np.concatenate(rows))
        if clear:
            made.putalpha(image.getchannel("A").resize(made.size, Images.Resampling.LANCZOS))
        return made

    def _look(self, part: Tensor, is_cancelled: IsCancelled) -> Tensor:
        if is_cancelled():
            raise Cancelled("between two tiles")
        return within_memory(lambda: self._run(part))

    def _run(self, part: Tensor) -> Tensor:
        """float [3, h * scale, w * scale] of one tile."""
        import torch

        grey = self._descriptor.input_channels == 1
        with torch.inference_mode():
            batch = (part[:, None] if grey else part[None]).to(self.device.name, next(self._model.parameters()).dtype)
            if grey:  # one channel at a time
                return torch.cat([self._descriptor(channel[None]) for channel in batch])[:, 0]
            found: Tensor = self._descriptor(batch)[0]
            return found

    def _file(self) -> Path:
        folder, title = self.installed.folder, self.installed.card.title
        files = [folder] if folder.is_file() else sorted(folder.glob("*.safetensors"))
        if len(files) != 1:
            raise BadMedia(f"{title} is one .safetensors file, and {folder} has {len(files)}.", "Install it again.", "damaged")
        return files[0]


def _filled(pixels: Tensor) -> Tensor:
    """RGB [3, H, W] of RGBA: behind transparency stand the colours around it, carried on from coarse to fine (push-pull)."""
    import torch
    from torch.nn.functional import avg_pool2d, interpolate

    weight = pixels[3:]
    colours = pixels[:3] * weight
    levels = [(colours[None], weight[None])]
    while min(levels[-1][0].shape[2:]) > 1:
        levels.append(tuple(avg_pool2d(part, 2, ceil_mode=True) for part in levels[-1]))
    filled = levels[-1][0] / levels[-1][1].clamp_min(1e-4)
    for colours, weight in reversed(levels[:-1]):
        coarse = interpolate(filled, colours.shape[2:], mode="bilinear", align_corners=False)
        filled = torch.where(
            weight > 0.5, colours / weight.clamp_min(1e-4), weight * colours / weight.clamp_min(1e-4) + (1 - weight) * coarse
        )
    return filled[0].clamp(0, 1)
