"""Shot boundaries of a film with TransNetV2, from a .safetensors file of its weights."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from backends.base import Cancelled, Device, Footprint, Installed, IsCancelled, OnStep, Shape
from backends.checkpoint import read_header
from backends.slab_engine import SlabEngine
from backends.tensor_match import require_tensors
from backends.token_loop import within_memory
from configs.errors import BadInput, BadMedia, Conflict

if TYPE_CHECKING:
    import numpy as np

    from backends.transnet_network import Sizes

    Image = np.ndarray[Any, np.dtype[np.uint8]]

WINDOW, MARGIN = 100, 25  # frames looked at together, and those at either end whose answers are not used
SHAPE = (27, 48, 3)
COUNTER = ".num_batches_tracked"  # of training alone: not every conversion keeps it
MOST_LEVELS = 4  # each halves the 27 lines


class TransNetShots(SlabEngine):
    """One shot detector; its sizes are told from its weights.

    Attributes:
        state: "installed", "parked" or "resident".
    """

    def __init__(self, installed: Installed, device: Device) -> None:
        super().__init__(installed, device)
        self._filters = 16

    def load(self, on_step: OnStep) -> Footprint:
        """Disk to host memory; see `backends.base.Engine.load`."""
        import torch
        from safetensors.torch import load_file

        from backends.transnet_network import TransNet

        on_step(0.0, f"reading {self.installed.card.title}")
        path = self._file()
        shapes = {name: tensor.shape for name, tensor in read_header(path).tensors.items()}
        sizes = sizes_of(shapes)
        with torch.device("meta"):
            model = TransNet(sizes)
        require_tensors(path, shapes, {name: tuple(tensor.shape) for name, tensor in model.state_dict().items()}, "TransNetV2", COUNTER)
        weights = {name: tensor.float() for name, tensor in load_file(path).items() if not name.endswith(COUNTER)}
        counters = {name: torch.zeros((), dtype=torch.int64) for name in model.state_dict() if name.endswith(COUNTER)}
        model.load_state_dict({**weights, **counters}, assign=True)
        on_step(1.0, f"reading {self.installed.card.title}")
        self._model, self._filters = model.eval().requires_grad_(False), sizes.filters
        return self.park()

    def working_bytes(self, operation: str, shape: Shape) -> int:
        """Activations of one window in the first level, where the picture is largest."""
        return WINDOW * SHAPE[0] * SHAPE[1] * 4 * self._filters * 4 * 6

    def relieve(self, level: int) -> bool:
        """One window is the least there is."""
        return False

    def detect(self, frames: Iterable[Image], is_cancelled: IsCancelled = lambda: False) -> Iterator[float]:
        """For each frame, in order, how likely it is the last of its shot (0 to 1).

        Args:
            frames: uint8 RGB [27, 48, 3]; taken as they are needed, some 75 ahead of the answers.
            is_cancelled: asked before every window.

        Raises:
            BadInput: a frame is of another form. Conflict: not resident. `Cancelled`, `OutOfMemory`.
        """
        if self.state != "resident":
            raise Conflict(f"{self.installed.card.title} is not on its device.", "Lease it from the room of models before calling it.")
        return self._detected(frames, is_cancelled)

    def _detected(self, frames: Iterable[Image], is_cancelled: IsCancelled) -> Iterator[float]:
        for window, answers in windows(_checked(frames)):
            if is_cancelled():
                raise Cancelled("between two windows")
            found = within_memory(lambda window=window: self._look(window))  # type: ignore[misc]
            yield from found[MARGIN : MARGIN + answers]

    def _look(self, window: list[Image]) -> list[float]:
        """One probability for each frame of a window."""
        import numpy as np
        import torch

        with torch.inference_mode():
            video = torch.from_numpy(np.stack(window))[None].to(self.device.name)
            one_hot, _ = self._model(video)
            found: list[float] = one_hot[0].sigmoid().cpu().tolist()
        return found

    def _file(self) -> Path:
        folder, title = self.installed.folder, self.installed.card.title
        files = [folder] if folder.is_file() else sorted(folder.glob("*.safetensors"))
        if len(files) != 1:
            raise BadMedia(f"{title} is one .safetensors file, and {folder} has {len(files)}.", "Import the model again.", "damaged")
        return files[0]


def windows(frames: Iterable[Image]) -> Iterator[tuple[list[Image], int]]:
    """Windows of 100 frames every 50, and how many answers count from frame 25 of each.

    The film's first and last frame stand for what lies beyond its ends.
    """
    step = WINDOW - 2 * MARGIN
    held: list[Image] = []
    waiting = 0  # frames without an answer
    for frame in frames:
        held += [frame] if held else [frame] * (MARGIN + 1)
        waiting += 1
        if len(held) == WINDOW:
            yield held, step
            held, waiting = held[step:], waiting - step
    while waiting > 0:
        yield held + held[-1:] * (WINDOW - len(held)), min(step, waiting)
        held, waiting = held[step:] or held[-1:], waiting - step


def _checked(frames: Iterable[Image]) -> Iterator[Image]:
    for index, frame in enumerate(frames):
        if frame.shape != SHAPE or frame.dtype != "uint8":
            raise BadInput(f"Frame {index} is {frame.dtype} {list(frame.shape)}.", f"Give uint8 RGB {list(SHAPE)}.")
        yield frame


def sizes_of(shapes: Mapping[str, tuple[int, ...]]) -> Sizes:
    """How large the network is whose tensors these are; what cannot be told is as published."""
    from backends.transnet_network import Sizes

    usual = Sizes()

    def size(name: str, axis: int, otherwise: int) -> int:
        shape = shapes.get(f"{name}.weight", ())
        return shape[axis] if len(shape) > axis else otherwise

    def count(prefix: str) -> int:
        return len({name[len(prefix) :].partition(".")[0] for name in shapes if name.startswith(prefix)})

    return Sizes(
        filters=size("SDDCNN.0.DDCNN.0.Conv3D_1.layers.1", 0, usual.filters),
        levels=min(MOST_LEVELS, count("SDDCNN.") or usual.levels),
        cells=min(MOST_LEVELS, count("SDDCNN.0.DDCNN.") or usual.cells),
        lookup=size("frame_sim_layer.fc", 1, usual.lookup),
        compared=size("frame_sim_layer.projection", 0, usual.compared),
        similar=size("frame_sim_layer.fc", 0, usual.similar),
        coloured=size("color_hist_layer.fc", 0, usual.coloured),
        hidden=size("fc1", 0, usual.hidden),
    )
