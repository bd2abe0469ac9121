"""Where a model's tensors are: the host copy stays, the device copy comes and is dropped; nothing is copied back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from backends.base import Device
from backends.token_loop import within_memory


class Placed:
    """The torch modules of an engine, on the host or on the device."""

    def __init__(self, modules: Mapping[str, Any], device: Device) -> None:
        self._modules, self._device = dict(modules), device
        self._host: list[tuple[Any, Any]] = []

    def place(self) -> None:
        """Copies to the device; raises `OutOfMemory`, and everything is on the host again then."""
        if self._device.is_cpu:
            return
        try:
            within_memory(self._copy)
        except BaseException:
            self.drop()
            raise

    def drop(self) -> None:
        """Lets the device copy go."""
        for tensor, host in self._host:
            tensor.data = host
        self._host = []

    def _copy(self) -> None:
        seen: dict[int, Any] = {}
        for module in self._modules.values():
            for tensor in (*module.parameters(), *module.buffers()):
                host = tensor.data
                if host.data_ptr() not in seen or not host.numel():
                    seen[host.data_ptr()] = host.to(self._device.name)
                self._host.append((tensor, host))
                tensor.data = seen[host.data_ptr()]
