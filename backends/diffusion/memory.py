"""Weights in groups that come to the device together: all at once, or, where memory is short, each only while it computes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from backends.base import Device, Footprint, Shape
from backends.slabs import Place, Slabs

if TYPE_CHECKING:
    from torch import nn


class Groups:
    """Slabs of a model's parts, in the order in which they compute; the same to its engine as one `Slabs`.

    Args:
        modules: the parts by name.
        streamed: names of parts that are streamed block by block rather than as a whole.
    """

    def __init__(self, modules: Mapping[str, nn.Module], device: Device, streamed: Sequence[str] = (), place: Place | None = None) -> None:
        self._device = device
        self._groups: list[tuple[nn.Module, Slabs]] = []
        self._hooks: list[Any] = []
        self._inert = device.is_cpu and place is None
        for name, module in modules.items():
            pieces = [(module, _own(module)), *((part, part) for part in _blocks(module))] if name in streamed else [(module, module)]
            for owner, piece in pieces:
                if any(True for _ in (*piece.parameters(), *piece.buffers())):
                    self._groups.append((owner, Slabs({"part": piece}, device, place)))

    @property
    def footprint(self) -> Footprint:
        """Of all groups; streamed, the largest two are on the device at once."""
        sizes = [slabs.footprint for _, slabs in self._groups]
        return Footprint(sum(size.host_bytes for size in sizes), sum(size.device_bytes for size in sizes))

    @property
    def streaming(self) -> bool:
        """Whether groups come and go by themselves."""
        return bool(self._hooks)

    @property
    def placed(self) -> bool:
        """Whether all are on the device."""
        return all(slabs.placed for _, slabs in self._groups)

    def place(self) -> None:
        """Everything to the device, unless it streams. Raises `OutOfMemory`; all is parked then."""
        if self.streaming:
            return
        try:
            for _, slabs in self._groups:
                slabs.place()
        except BaseException:
            self.drop()
            raise

    def original(self, tensor: Any) -> Any:
        """See `Slabs.original`."""
        for _, slabs in self._groups:
            found = slabs.original(tensor)
            if found is not None:
                return found
        return None

    def drop(self) -> None:
        """Drops the device's copies."""
        for _, slabs in self._groups:
            slabs.drop()

    def close(self) -> None:
        """Frees everything."""
        for hook in self._hooks:
            hook.remove()
        for _, slabs in self._groups:
            slabs.close()
        self._hooks, self._groups = [], []

    def stream(self) -> bool:
        """From now on a group is on the device only while it computes; False where that saves nothing."""
        if self._inert:
            return False
        if not self._hooks:
            self.drop()
            for module, slabs in self._groups:
                self._hooks += [
                    module.register_forward_pre_hook(lambda *_, slabs=slabs: slabs.place()),
                    module.register_forward_hook(lambda *_, slabs=slabs: slabs.drop(), always_call=True),
                ]
        return True


def _own(module: nn.Module) -> nn.Module:
    """The weights that a model has itself, beside its children's."""
    from torch import nn

    own = nn.Module()
    for name, weight in module.named_parameters(recurse=False):
        own.register_parameter(name, weight)
    for name, tensor in module.named_buffers(recurse=False):
        own.register_buffer(name, tensor)
    return own


def _blocks(module: nn.Module) -> Iterator[nn.Module]:
    """A model in pieces that compute one after the other: the members of its lists, and every other child as a whole."""
    from torch import nn

    for child in module.children():
        if isinstance(child, nn.ModuleList | nn.ModuleDict):
            yield from child.children()
        else:
            yield child


def working_bytes(family: str, shape: Shape, tiled: bool = False) -> int:
    """A first guess at what one picture needs beyond the weights, from its size; what is learned replaces it.

    The largest part is the last block of the VAE's decoder: some 128 channels at the picture's full size, in a few copies.
    """
    pixels = shape.get("width", 1024) * shape.get("height", 1024)
    batch = max(1, shape.get("batch", 1))
    sampling = pixels * (700 if family == "sdxl" else 900)
    decoding = min(pixels, 512 * 512 if tiled else pixels) * 2600
    guides = shape.get("controls", 0) * (2_600_000_000 + pixels * 200) + shape.get("references", 0) * 1_400_000_000
    return batch * max(sampling, decoding) + guides + 200_000_000
