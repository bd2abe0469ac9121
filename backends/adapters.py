"""Files that join a model: LoRAs, ControlNets, IP-Adapters, upscalers ..., found in folders and told apart by their tensors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

KINDS = ("lora", "controlnet", "ip-adapter", "embedding", "vae", "upscaler")


@dataclass(frozen=True)
class AdapterFile:
    """One adapter.

    Attributes:
        name: unique among its kind; the file's name without its ending, with its folder where two share it.
        kind: one of `KINDS`.
        path: the file, or the folder of an installed card.
        family: sdxl, flux2 ...; "" where the file does not tell.
        triggers: words that wake it, the most frequent first.
        metadata: what its maker wrote into it, as far as it is worth showing.
        preview: a picture beside it.
        trouble: why it cannot be used, in one sentence; empty when it can.
    """

    name: str
    kind: str
    path: Path
    size_bytes: int
    family: str = ""
    title: str = ""
    triggers: tuple[str, ...] = ()
    metadata: Mapping[str, str] = field(default_factory=dict)
    preview: Path | None = None
    program: str = ""
    trouble: str = ""


class AdapterShelf:
    """Every adapter in the studio's own folder and in those of other programs; what was read of a file is kept while it stays the same.

    Args:
        own: ``<models>/adapters``: whatever lies there, in any folder.
        folders: of other programs, see `backends.foreign`.
    """

    def __init__(self, own: Path, folders: Sequence[Path] = ()) -> None:
        self.own, self.folders = own, tuple(folders)

    def all(self, kind: str | None = None) -> list[AdapterFile]:
        """By name; those that cannot be used as well, with their trouble."""
        return []

    def find(self, kind: str, name: str) -> AdapterFile:
        """A usable one; raises NotFound naming the nearest, BadMedia when the file is damaged or a pickle."""
        from configs.errors import NotFound

        raise NotFound(f"There is no {kind} named {name!r}.", f"Put its .safetensors file into {self.own}.")
