"""Weights of torch modules in pinned slabs: parked = one slab per dtype in RAM, resident = the same slabs on the device, copied at once.

Weights are never changed, so leaving the device drops its copy and points the parameters back at RAM. A slab is ordinary memory that is
registered with the driver (`cudaHostRegister`) rather than allocated pinned: torch's pinned allocator rounds up to a power of two.
"""

from __future__ import annotations

import weakref
from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from backends.base import Device, Footprint, OutOfMemory
from backends.slabs_layout import Span, lay_out, merge

QUANT_STATE = ("absmax", "code", "offset")  # tensors of a bitsandbytes 4-bit parameter beside its packed data
INT8_STATE = ("CB", "SCB")  # and of an 8-bit one
Place = Callable[[Any, str], Any]  # (host slab, device name) -> its copy there


@dataclass
class Slot:
    """One tensor of a model: where its elements lie in the slab of its dtype. Views keep their shape and strides."""

    tensor: Any
    dtype: Any
    offset: int
    size: tuple[int, ...]
    stride: tuple[int, ...]

    def point(self, slabs: Mapping[Any, Any]) -> None:
        """Lets the tensor be a view of its slab."""
        self.tensor.data = slabs[self.dtype].as_strided(self.size, self.stride, self.offset)


class Slabs:
    """The weights of an engine's modules.

    Args:
        modules: by name; tied weights are held once, within a module and between them. Buffers are included, and the quantisation state
            of bitsandbytes parameters. A tensor that is not strided (a sparse one) stays where it is and is moved by itself.
        device: on a CPU device nothing is copied and nothing re-pointed: parked and resident are the same memory.
        place: copies a slab to the device; tests bring their own.

    Raises:
        ValueError: a tensor has no memory yet (meta device): the model was not loaded.
    """

    def __init__(self, modules: Mapping[str, Any], device: Device, place: Place | None = None) -> None:
        self._device, self._place = device, place or _to_device
        self._inert = device.is_cpu and place is None
        tensors = list(_tensors(modules))
        self._slots: list[Slot] = []
        self._by_id: dict[int, Slot] | None = None
        self._loose = [tensor for tensor in tensors if not _is_strided(tensor)]
        self._loose_host: list[Any] = []
        self._host: dict[Any, Any] = {}
        self._on_device: dict[Any, Any] = {}
        self._registered: list[Any] = []
        self._release: weakref.finalize[..., Any] | None = None
        strided = [tensor for tensor in tensors if _is_strided(tensor)]
        if self._inert:
            self._bytes = sum(tensor.nbytes for tensor in _once(strided))
        else:
            self._gather(strided)
            self._bytes = sum(slab.nbytes for slab in self._host.values())

    @property
    def footprint(self) -> Footprint:
        """What it holds parked, and on the device while placed."""
        return Footprint(self._bytes, 0 if self._inert else self._bytes)

    @property
    def placed(self) -> bool:
        """Whether the parameters are on the device."""
        return bool(self._on_device)

    @property
    def pinned(self) -> bool:
        """Whether the copies go at the full speed of the bus; where the driver refused to register a slab they are slower."""
        return bool(self._host) and len(self._registered) == len(self._host)

    def place(self) -> None:
        """One allocation and one asynchronous copy per dtype, then every parameter is a view of it.

        The copies are queued on the current stream; whoever measures must synchronise. Raises `OutOfMemory`; all is parked then.
        """
        if self._inert or self.placed:
            return
        shortage = self._copy()
        if shortage is not None:
            self._on_device = {}
            raise OutOfMemory(shortage)
        for slot in self._slots:
            slot.point(self._on_device)
        self._loose_host = [tensor.data for tensor in self._loose]
        for tensor in self._loose:
            tensor.data = tensor.data.to(self._device.name)

    def drop(self) -> None:
        """Points every parameter back at RAM and lets the device copy go; nothing is copied."""
        if not self.placed:
            return
        for slot in self._slots:
            slot.point(self._host)
        for tensor, host in zip(self._loose, self._loose_host, strict=True):
            tensor.data = host
        self._loose_host = []
        self._on_device = {}

    def original(self, tensor: Any) -> Any:
        """The parked copy of a placed weight, for whoever changes weights on the device for a while; None where there is no other copy."""
        if not self.placed:
            return None
        if self._by_id is None:
            self._by_id = {id(slot.tensor): slot for slot in self._slots}
        slot = self._by_id.get(id(tensor))
        return None if slot is None else self._host[slot.dtype].as_strided(slot.size, slot.stride, slot.offset)

    def close(self) -> None:
        """Gives the slabs back; the modules are of no use afterwards."""
        self.drop()
        if self._release is not None:
            self._release()
        for slot in self._slots:
            slot.tensor.data = slot.tensor.data.new_empty(0)
        self._registered, self._slots, self._host, self._by_id = [], [], {}, None

    def _copy(self) -> str | None:
        import torch

        try:
            for dtype, slab in self._host.items():
                self._on_device[dtype] = self._place(slab, self._device.name)
        except torch.OutOfMemoryError as error:
            return str(error).split("\n")[0]
        return None

    def _gather(self, tensors: list[Any]) -> None:
        """Copies every piece of memory that the tensors use into the slab of its dtype, and points them at it, one after the other."""
        import torch

        by_dtype: dict[Any, list[Any]] = {}
        for tensor in tensors:
            by_dtype.setdefault(tensor.dtype, []).append(tensor)
        for dtype, group in by_dtype.items():
            spans = merge(_span(tensor) for tensor in group)
            layout = lay_out([(span, span.end - span.start) for span in spans], dtype.itemsize)
            slab = torch.empty(layout.elements, dtype=dtype)
            self._host[dtype] = slab
            starts: dict[Any, list[int]] = {}
            homes = {(span.storage, span.start): span for span in spans}
            for span in spans:
                starts.setdefault(span.storage, []).append(span.start)
            copied: set[Span] = set()
            for tensor in group:
                own = _span(tensor)
                span = homes[own.storage, starts[own.storage][bisect_right(starts[own.storage], own.start) - 1]]
                offset = layout.offsets[span]
                if span not in copied:
                    _fill(slab, offset, tensor, span)
                    copied.add(span)
                slot = Slot(tensor, dtype, offset + own.start - span.start, tuple(tensor.shape), tuple(tensor.stride()))
                self._slots.append(slot)
        for slot in self._slots:
            slot.point(self._host)
        if not self._device.is_cpu:
            self._registered = [slab for slab in self._host.values() if _register(slab)]
            self._release = weakref.finalize(self, _unregister, self._registered)  # before the memory goes, however this object ends


def _tensors(modules: Mapping[str, Any]) -> Iterator[Any]:
    """Every tensor object of the modules once: parameters, buffers, quantisation states."""
    seen: set[int] = set()
    for module in modules.values():
        for tensor in (*module.parameters(), *module.buffers()):
            for found in (tensor, *_quantisation(tensor)):
                if id(found) not in seen:
                    seen.add(id(found))
                    if found.is_meta:
                        raise ValueError("a weight has no memory: the model was not loaded")
                    yield found
        for part in module.modules():
            for found in _attributes(getattr(part, "state", None), INT8_STATE):
                if id(found) not in seen:
                    seen.add(id(found))
                    yield found


def _quantisation(tensor: Any) -> list[Any]:
    """What bitsandbytes keeps beside a packed weight: scales, the code book, and for nested quantisation the same once more."""
    state = getattr(tensor, "quant_state", None)
    found = _attributes(tensor, INT8_STATE)
    while state is not None:
        found += _attributes(state, QUANT_STATE)
        state = getattr(state, "state2", None)
    return found


def _attributes(owner: Any, names: tuple[str, ...]) -> list[Any]:
    import torch

    values = [vars(owner).get(name) for name in names] if owner is not None and hasattr(owner, "__dict__") else []
    return [value for value in values if isinstance(value, torch.Tensor)]


def _is_strided(tensor: Any) -> bool:
    import torch

    return tensor.layout is torch.strided and all(stride >= 0 for stride in tensor.stride())


def _span(tensor: Any) -> Span:
    """The elements of its storage that a tensor reaches. An empty one reaches none and needs no common home."""
    if tensor.numel() == 0:
        return Span(("empty", id(tensor)), 0, 0)
    reach = 1 + sum((size - 1) * stride for size, stride in zip(tensor.shape, tensor.stride(), strict=True))
    offset = tensor.storage_offset()
    return Span(tensor.untyped_storage().data_ptr(), offset, offset + reach)


def _fill(slab: Any, offset: int, tensor: Any, span: Span) -> None:
    """Copies a whole span, of which the tensor is a part, from the tensor's storage."""
    size = span.end - span.start
    if size:
        slab[offset : offset + size].copy_(tensor.data.as_strided((size,), (1,), span.start))


def _once(tensors: list[Any]) -> list[Any]:
    return list(
        {(tensor.untyped_storage().data_ptr(), tensor.storage_offset(), tuple(tensor.shape)): tensor for tensor in tensors}.values()
    )


def _to_device(slab: Any, device: str) -> Any:
    return slab.to(device, non_blocking=True)


def _register(slab: Any) -> bool:
    """Locks a slab's pages for the driver; False where it refuses (too little lockable memory), and copies are merely slower then."""
    import torch

    if not slab.nbytes:
        return False
    return int(torch.cuda.cudart().cudaHostRegister(slab.data_ptr(), slab.nbytes, 0)) == 0


def _unregister(slabs: list[Any]) -> None:
    import torch

    for slab in slabs:
        torch.cuda.cudart().cudaHostUnregister(slab.data_ptr())
