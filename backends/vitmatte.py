"""The soft edge of a subject that is known roughly: ViTMatte mends a matte's hair, fur and motion blur."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from backends.base import Footprint, OnStep, Shape
from backends.picture_tensors import flattened, picture_of, pixels_of
from backends.smaller_engine import SmallerEngine
from backends.token_loop import within_memory
from backends.transformers_load import load_model
from configs.errors import BadInput, Conflict

if TYPE_CHECKING:
    from PIL.Image import Image

MOST_PX = {False: 1024 * 1024, True: 512 * 512}  # that are looked at; the fewer when memory is short
STEP = 32
BAND = 0.02  # of the longer side: how far the edge may really lie from where the first matte has it
MEAN = STD = (0.5, 0.5, 0.5)


class VitMatte(SmallerEngine):
    """One model.

    Attributes:
        state: "installed", "parked" or "resident".
    """

    def load(self, on_step: OnStep) -> Footprint:
        """Disk to host memory; see `backends.base.Engine.load`."""
        from transformers import VitMatteForImageMatting

        self._model = load_model(VitMatteForImageMatting, self.installed, self.device, on_step, [], "eager")
        return self.park()

    def working_bytes(self, operation: str, shape: Shape) -> int:
        """Activations of the detail branch, which works at the picture's size, and of the transformer."""
        pixels = min(MOST_PX[self._small], shape.get("width", 1024) * shape.get("height", 1024))
        return int(pixels * 4 * 160 + pixels / 256 * 384 * 4 * 24)

    def matte(self, image: Image, first: Image | None = None) -> Image:
        """See `backends.images.MatteEngine`; needs ``first``, whose edge it mends.

        Raises:
            BadInput: there is none.
        """
        if self.state != "resident":
            raise Conflict(f"{self.installed.card.title} is not on its device.", "Lease it from the room of models before calling it.")
        if first is None:
            raise BadInput(f"{self.installed.card.title} mends the edge of a matte and finds no subject itself.", "Give it a first matte.")
        return within_memory(lambda: self._look(image, first))

    def _look(self, image: Image, first: Image) -> Image:
        import torch
        from PIL import Image as Images

        factor = min(1.0, (MOST_PX[self._small] / (image.width * image.height)) ** 0.5)
        size = max(1, round(image.width * factor)), max(1, round(image.height * factor))
        colours = pixels_of(flattened(image).resize(size, Images.Resampling.LANCZOS))
        unsure = trimap(first.convert("L").resize(size, Images.Resampling.BILINEAR))
        with torch.inference_mode():
            values = torch.cat([(colours - 0.5) / 0.5, unsure])[None]
            right, bottom = -size[0] % STEP, -size[1] % STEP
            values = torch.nn.functional.pad(values, (0, right, 0, bottom), mode="replicate")
            found = self._model(pixel_values=values.to(self.device.name, next(self._model.parameters()).dtype)).alphas
            alpha = found[0, :, : size[1], : size[0]].float().cpu()
            alpha = torch.where(unsure == 0.5, alpha.clamp(0, 1), unsure)
        made: Image = picture_of(alpha).resize(image.size, Images.Resampling.BICUBIC)
        return made


def trimap(first: Image) -> Any:
    """float32 [1, H, W]: 0 background, 1 subject, 0.5 where the first matte is soft or near its edge."""
    import torch
    from torch.nn.functional import max_pool2d

    alpha = pixels_of(first)[None]
    wide = 2 * max(2, round(BAND * max(first.size))) + 1
    known = max_pool2d((alpha < 0.95).float(), wide, 1, wide // 2) == 0
    empty = max_pool2d((alpha > 0.05).float(), wide, 1, wide // 2) == 0
    return torch.where(known, 1.0, torch.where(empty, 0.0, 0.5))[0]
