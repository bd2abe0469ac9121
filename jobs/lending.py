"""All that jobs know of models: a room that lends engines for the length of one model call."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from typing import Any, Protocol, TypeVar

Shape = Mapping[str, int]  # what decides the working memory of a call, e.g. {"width": 1024, "height": 1024, "batch": 1}

T = TypeVar("T")


class ModelRoom(Protocol):
    """Lends engines. A lease spans one model call, never a wait for another job."""

    def lease(
        self, model: str, operation: str, shape: Shape, *, priority: int, is_cancelled: Callable[[], bool],
        on_step: Callable[[float, str], None],
    ) -> AbstractContextManager[Any]:  # fmt: skip
        """Waits until the engine is resident and the call fits; holds it there inside the block.

        Raises StudioError when it can never fit or cannot be loaded, and what ``on_step`` raises.
        """

    def call(
        self, model: str, operation: str, shape: Shape, work: Callable[[Any], T], *, priority: int, is_cancelled: Callable[[], bool],
        on_step: Callable[[float, str], None],
    ) -> T:  # fmt: skip
        """The same around ``work(engine)``, which is run again with less memory when the device runs out."""

    def installed(self, model: str) -> Any:
        """The files and the card of a model (`backends.base.Installed`), without loading it; raises NotFound."""

    def adapter(self, kind: str, name: str) -> Any:
        """A LoRA, ControlNet ... (`backends.adapters.AdapterFile`); raises NotFound, BadMedia."""
