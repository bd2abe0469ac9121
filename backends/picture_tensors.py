"""Pictures to what vision models read, with PIL and torch alone: the library's own processors want torchvision on some machines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from PIL.Image import Image
    from torch import Tensor

IMAGENET_MEAN, IMAGENET_STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)


def pixels_of(image: Image) -> Tensor:
    """float32 [channels, H, W], 0..1, on the host; three channels for RGB, four for RGBA, one for L."""
    import numpy as np
    import torch

    values = torch.from_numpy(np.array(image, np.float32) / 255)
    return values[None] if values.dim() == 2 else values.permute(2, 0, 1).contiguous()


def picture_of(values: Tensor) -> Image:
    """The reverse: RGB of three channels, L of one; values outside 0..1 are held at the ends."""
    import numpy as np
    from PIL import Image as Images

    held = (values.detach().float().clamp(0, 1) * 255 + 0.5).to("cpu").numpy().astype(np.uint8)
    return Images.fromarray(held[0] if held.shape[0] == 1 else np.ascontiguousarray(held.transpose(1, 2, 0)))


def normalised(values: Tensor, mean: Any = IMAGENET_MEAN, std: Any = IMAGENET_STD) -> Tensor:
    """[..., 3, H, W] with each channel's mean taken away and set against its deviation."""
    import torch

    centre = torch.tensor(mean, dtype=values.dtype, device=values.device)[:, None, None]
    scale = torch.tensor(std, dtype=values.dtype, device=values.device)[:, None, None]
    return (values - centre) / scale


def flattened(image: Image, ground: int = 127) -> Image:
    """RGB; what is transparent lies over grey."""
    from PIL import Image as Images

    if image.mode != "RGBA":
        return image.convert("RGB")
    return Images.alpha_composite(Images.new("RGBA", image.size, (ground, ground, ground, 255)), image).convert("RGB")


def fitted(width: int, height: int, area: int, step: int, longest: int = 0) -> tuple[int, int]:
    """The size of about ``area`` px with the picture's shape, whole multiples of ``step``, at least one of it a side."""
    factor = (area / (width * height)) ** 0.5
    if longest:
        factor = min(factor, longest / max(width, height))
    return max(step, round(width * factor / step) * step), max(step, round(height * factor / step) * step)
