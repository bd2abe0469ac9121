"""Reads the model cards a person edits: `models.yaml` and, beside it and in the data folder, `models.local.yaml`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from configs.errors import BadInput
from configs.settings import CONFIG_DIR, read_yaml

PRESETS, LOCAL = "models.yaml", "models.local.yaml"


@dataclass(frozen=True)
class CardEntry:
    """One card as it is written, not yet checked."""

    file: Path
    position: int  # 1 for the first card of the file
    values: dict[str, Any]

    @property
    def place(self) -> str:
        """How an error names it: ``models.yaml: card 'sdxl-base'``."""
        name = self.values.get("name")
        return f"{self.file}: card {name!r}" if name else f"{self.file}: card number {self.position}"


def files(data_dir: Path | None = None, config_dir: Path = CONFIG_DIR) -> tuple[Path, ...]:
    """Where cards may stand; a later file replaces cards of the same name."""
    local = (config_dir / LOCAL, *((data_dir / LOCAL,) if data_dir is not None else ()))
    return (config_dir / PRESETS, *local)


def read_cards(paths: Sequence[Path]) -> tuple[CardEntry, ...]:
    """Every card of the files that exist, in their order.

    Raises:
        BadInput: a file is not YAML, or not of the form ``models: [ {name: ...}, ... ]``; the sentence names it.
    """
    return tuple(entry for path in paths for entry in _read_file(path))


def _read_file(path: Path) -> list[CardEntry]:
    data = read_yaml(path)
    unknown = [key for key in data if key != "models"]
    if unknown:
        raise BadInput(f"{path} has an unknown key {unknown[0]!r}.", "Only `models:` with a list of cards stands there.")
    cards = data.get("models") or []
    if not isinstance(cards, list):
        raise BadInput(f"{path}: `models` is a {type(cards).__name__}.", "Write a list of cards below it, each beginning with `- name:`.")
    entries = []
    for position, values in enumerate(cards, 1):
        if not isinstance(values, dict):
            raise BadInput(f"{path}: card number {position} is {values!r}.", "Write `- name: ...` and its fields below.")
        entries.append(CardEntry(path, position, {str(key): value for key, value in values.items()}))
    return entries
