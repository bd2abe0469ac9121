"""Short ways to load a tiny picture model and to make pictures with it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from backends.base import Device
from backends.images import ImageCall, ImageHooks
from tests.backends.tiny.models import installed

if TYPE_CHECKING:
    from PIL.Image import Image

    from backends.diffusion.engine import DiffusersImage

SIDE = 64
HALF = SIDE // 2


def loaded(folder: Path, family: str = "sdxl", **card: Any) -> DiffusersImage:
    """A resident engine."""
    import torch

    from backends.diffusion.engine import DiffusersImage

    torch.set_num_threads(1)
    engine = DiffusersImage(installed(folder, "image", "diffusers-image", family=family, **card), Device())
    engine.load(lambda fraction, message: None)
    engine.activate()
    return engine


def a_call(family: str = "sdxl", **values: Any) -> ImageCall:
    """A small picture in few steps."""
    guided = 5.0 if family == "sdxl" else 0.0
    return ImageCall(
        **{"prompt": "a fox", "width": SIDE, "height": SIDE, "steps": 4, "guidance": guided, "seed": 3, "strength": 0.9, **values}
    )


def bits(engine: DiffusersImage, call: ImageCall, **hooks: Any) -> bytes:
    """A picture's pixels."""
    return engine.generate(call, ImageHooks(**hooks)).image.tobytes()


def kept_states(engine: DiffusersImage, call: ImageCall) -> tuple[bytes, list[bytes]]:
    """A picture's pixels, and what was kept on the way."""
    states: list[bytes] = []
    return bits(engine, call, on_keep=lambda state, step: states.append(state)), states


def ramp() -> Image:
    """A picture to start from."""
    from PIL import Image

    return Image.merge("RGB", [Image.radial_gradient("L").resize((SIDE, SIDE)), *[Image.linear_gradient("L").resize((SIDE, SIDE))] * 2])


def left_half() -> Image:
    """A mask: the left half is made anew."""
    from PIL import Image

    mask = Image.new("L", (SIDE, SIDE))
    mask.paste(255, (0, 0, HALF, SIDE))
    return mask
