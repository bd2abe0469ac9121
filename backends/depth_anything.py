"""How far away everything in a picture is: Depth Anything V2 (relative depth)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from backends.base import Footprint, OnStep, Shape
from backends.picture_tensors import flattened, normalised, pixels_of
from backends.smaller_engine import SmallerEngine
from backends.token_loop import within_memory
from backends.transformers_load import load_model
from configs.errors import Conflict

if TYPE_CHECKING:
    from PIL.Image import Image

SHORTER_PX = {False: 518, True: 308}  # of the picture that is looked at; the smaller when memory is short
LEAST_RANGE = 1e-3  # of the nearest: less is a wall, whose rounding errors must not become a landscape
LONGEST_SHAPE = 3.0  # of a strip, longer than wide: more is squeezed


class DepthAnything(SmallerEngine):
    """One model.

    Attributes:
        state: "installed", "parked" or "resident".
    """

    def load(self, on_step: OnStep) -> Footprint:
        """Disk to host memory; see `backends.base.Engine.load`."""
        from transformers import AutoModelForDepthEstimation

        self._model = load_model(AutoModelForDepthEstimation, self.installed, self.device, on_step, [], "eager")
        return self.park()

    def working_bytes(self, operation: str, shape: Shape) -> int:
        """Activations of the transformer, and of the head at the picture's own size."""
        if self._model is None:
            return self.installed.variant.working_bytes
        config = self._model.config
        width, height = self._size(shape.get("width", 1024), shape.get("height", 1024))
        tokens = width * height // config.backbone_config.patch_size**2
        return int(tokens * 14 * config.backbone_config.hidden_size * 4 + width * height * config.fusion_hidden_size * 4 * 3)

    def depth(self, image: Image) -> Image:
        """Mode F, 0 to 1, of the picture's size; near is 1.

        The model tells closeness without a unit; it is spread over the whole range of the picture.
        """
        if self.state != "resident":
            raise Conflict(f"{self.installed.card.title} is not on its device.", "Lease it from the room of models before calling it.")
        return within_memory(lambda: self._look(image))

    def _look(self, image: Image) -> Image:
        import torch
        from PIL import Image as Images

        small = flattened(image).resize(self._size(image.width, image.height), Images.Resampling.BICUBIC)
        with torch.inference_mode():
            batch = normalised(pixels_of(small)[None]).to(self.device.name, next(self._model.parameters()).dtype)
            found: Any = self._model(pixel_values=batch).predicted_depth[:, None].float()
            large = torch.nn.functional.interpolate(found, (image.height, image.width), mode="bicubic", align_corners=False)[0, 0]
            least, most = large.min(), large.max()
            spread = ((large - least) / (most - least).clamp_min(LEAST_RANGE * float(most.abs()) + 1e-9)).clamp(0, 1)
        return Images.fromarray(spread.cpu().numpy())

    def _size(self, width: int, height: int) -> tuple[int, int]:
        """The shorter side as it was trained, the other by the picture's shape, whole patches."""
        patch = int(self._model.config.backbone_config.patch_size) if self._model is not None else 14
        factor = SHORTER_PX[self._small] / min(width, height)
        longest = LONGEST_SHAPE * SHORTER_PX[self._small]
        wide, high = min(longest, width * factor), min(longest, height * factor)
        return max(patch, round(wide / patch) * patch), max(patch, round(high / patch) * patch)
