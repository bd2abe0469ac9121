"""What a picture looks like, as a vector: DINOv2, whose vectors of the same character lie close together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from backends.base import Cancelled, Device, Footprint, Installed, IsCancelled, OnStep, Shape, Vectors
from backends.picture_tensors import fitted, flattened, normalised, pixels_of
from backends.slab_engine import SlabEngine
from backends.token_loop import within_memory
from backends.transformers_load import load_model
from configs.errors import BadInput, Conflict

if TYPE_CHECKING:
    from PIL.Image import Image

AREA = 224 * 224  # px that are looked at: what it was trained to compare
BATCH = {True: 4, False: 16}  # pictures in one pass, on a CPU and on a GPU


class Dinov2Features(SlabEngine):
    """One model. Pictures keep their shape: nothing is cropped away, since a character's head may stand at the edge.

    Attributes:
        state: "installed", "parked" or "resident".
    """

    def __init__(self, installed: Installed, device: Device) -> None:
        super().__init__(installed, device)
        self._batch = BATCH[device.is_cpu]

    def load(self, on_step: OnStep) -> Footprint:
        """Disk to host memory; see `backends.base.Engine.load`."""
        from transformers import AutoModel

        self._model = load_model(AutoModel, self.installed, self.device, on_step, [])
        return self.park()

    def working_bytes(self, operation: str, shape: Shape) -> int:
        """Activations of one batch: the widest layer and the attention of all heads."""
        if self._model is None:
            return self.installed.variant.working_bytes
        config = self._model.config
        tokens = AREA // config.patch_size**2 + 64
        wide = 12 * config.hidden_size + config.num_attention_heads * tokens
        return int(min(self._batch, shape.get("images", self._batch)) * tokens * wide * 4)

    def relieve(self, level: int) -> bool:
        """Looks at one picture at a time."""
        if level > 1 or self._batch == 1:
            return False
        self._batch = 1
        return True

    def features(self, images: Sequence[Image], is_cancelled: IsCancelled) -> Vectors:
        """One unit vector per picture, in their order: the class token after the last norm; raises `Cancelled` between two batches."""
        import torch

        if self.state != "resident":
            raise Conflict(f"{self.installed.card.title} is not on its device.", "Lease it from the room of models before calling it.")
        if not images:
            raise BadInput("There is no picture to describe.", "Give at least one.")
        step = int(self._model.config.patch_size)
        sizes = [fitted(image.width, image.height, AREA, step, 4 * step * 16) for image in images]
        order = sorted(range(len(images)), key=lambda index: sizes[index])
        rows: list[Any] = [None] * len(images)
        for chosen in _batches(order, sizes, self._batch):
            if is_cancelled():
                raise Cancelled("between two batches")
            made = within_memory(lambda chosen=chosen: self._look([images[index] for index in chosen], sizes[chosen[0]]))  # type: ignore[misc]
            for index, row in zip(chosen, made, strict=True):
                rows[index] = row
        table = torch.stack(rows)
        return Vectors(table.numpy().astype("<f4", copy=False).tobytes(), len(images), table.shape[1], 0)

    def _look(self, images: Sequence[Image], size: tuple[int, int]) -> Any:
        """float32 unit vectors [n, dimensions] on the host."""
        import torch
        from PIL import Image as Images

        small = [pixels_of(flattened(image).resize(size, Images.Resampling.BICUBIC)) for image in images]
        with torch.inference_mode():
            batch = normalised(torch.stack(small)).to(self.device.name, next(self._model.parameters()).dtype)
            found = self._model(pixel_values=batch).last_hidden_state[:, 0].float()
            return torch.nn.functional.normalize(found, dim=1).cpu()


def _batches(order: Sequence[int], sizes: Sequence[tuple[int, int]], most: int) -> list[list[int]]:
    """Neighbours of one size together, ``most`` at once."""
    made: list[list[int]] = []
    for index in order:
        if made and len(made[-1]) < most and sizes[made[-1][0]] == sizes[index]:
            made[-1].append(index)
        else:
            made.append([index])
    return made
