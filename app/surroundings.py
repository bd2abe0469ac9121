"""What a request may be filled in from before it becomes a job: the models, adapters and characters that this studio has."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from app.cast import CastMember
from backends.adapters import AdapterFile
from backends.base import Installed
from configs.image_styles_file import ImageStyle


class Surroundings(Protocol):
    """The studio, as a capability's ``prepares`` sees it. Nothing is loaded."""

    def models(self, task: str) -> Sequence[Installed]:
        """Every installed model of a task, in its best form here."""

    def model(self, name: str) -> Installed:
        """One installed model; raises NotFound with how to get it."""

    def fits(self, model: Installed) -> bool:
        """Whether the machine has room for a model, once others have left."""

    def adapters(self, kind: str) -> Sequence[AdapterFile]:
        """LoRAs, ControlNets, IP-Adapters ... that are on this machine, those that cannot be used included."""

    def adapter(self, kind: str, name: str) -> AdapterFile:
        """One of them, usable; raises NotFound naming the nearest, BadMedia saying what is wrong with the file."""

    def character(self, handle: str) -> CastMember:
        """The pack of a character; raises NotFound naming those there are."""

    def styles(self) -> Mapping[str, ImageStyle]:
        """Every look for pictures by its name, the person's own among them."""

    def wildcards(self) -> Mapping[str, Sequence[str]]:
        """Every list that prompts choose from by its name, the person's own among them."""
