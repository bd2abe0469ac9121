"""LoRAs in a pipeline, added into the weights themselves; beside them, by PEFT, where the weights are quantised.

Added in, sampling is as quick as without, a compiled model stays compiled whatever is swapped, and the sum does not depend on the order.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from backends.base import Device
from backends.diffusion.lora_beside import Beside
from backends.diffusion.lora_mix import Mix, Pristine, is_quantised
from backends.diffusion.lora_read import Use, layers_of, read_lora
from backends.images import LoraInput
from configs.errors import StudioError

Key = tuple[str, int, int, float, float]


class Loras:
    """Keeps exactly the LoRAs active that were asked for last.

    Args:
        pristine: where the unchanged copy of a weight lies (the parked slabs); None, or for a weight that it does not know: a copy is made.
    """

    def __init__(self, pipe: Any, device: Device, pristine: Pristine | None = None) -> None:
        self._pipe, self._device = pipe, device
        self._layers: Any = None
        self._active: tuple[Key, ...] = ()
        self._notes: list[str] = []
        quantised = any(is_quantised(module) for module in _modules(pipe))
        self._way: Mix | Beside = Beside(pipe) if quantised else Mix(pipe, pristine)

    @property
    def active(self) -> tuple[Key, ...]:
        """What is mixed in now; changes whenever a picture would."""
        return self._active

    def use(self, loras: Sequence[LoraInput]) -> list[str]:
        """Makes exactly these active and returns what the caller should be told. A weight of 0 is as good as no LoRA.

        Raises:
            BadInput: one is of another family or of a format that cannot be used here. BadMedia: damaged, or a pickle.
                What was active before still is then.
        """
        wanted = sorted(_summed(loras), key=_key)
        keys = tuple(_key(one) for one in wanted)
        if keys == self._active:
            return list(self._notes)
        if not wanted:
            self.clear()
            return []
        if self._layers is None:
            self._layers = layers_of(self._pipe)
        uses = []
        for one in wanted:
            file = read_lora(one.path, one.name, self._pipe, self._layers)
            uses.append(Use(file, str(one.path), one.weight, one.weight if one.text_weight is None else one.text_weight))
        try:
            self._way.apply(uses, self._device)
        except StudioError:  # refused before anything was changed, or taken out again already
            if not self._way.is_touched:
                self._active, self._notes = (), []
            raise
        except BaseException:
            self.clear()
            raise
        self._active = keys
        self._notes = [note for use in uses for note in (*use.file.notes, *_said(use))] + self._way.notes
        return list(self._notes)

    def clear(self) -> None:
        """Takes everything out; the weights are bit for bit as if nothing had been loaded. Comes before the weights leave the device."""
        self._active, self._notes = (), []
        self._way.clear()


def _said(use: Use) -> list[str]:
    if use.text_weight != use.weight and not use.file.has_text_parts:
        return [f"The LoRA {use.file.name} has nothing for the text encoders; its weight for them does nothing."]
    return []


def _modules(pipe: Any) -> list[Any]:
    from backends.diffusion.lora_names import components

    return [module for _, module in components(pipe)]


def _summed(loras: Sequence[LoraInput]) -> list[LoraInput]:
    """One entry per file, its weights added up; those of weight 0 left out."""
    found: dict[str, LoraInput] = {}
    for one in loras:
        text = one.weight if one.text_weight is None else one.text_weight
        before = found.get(str(one.path))
        total = (one.weight, text) if before is None else (before.weight + one.weight, (before.text_weight or 0.0) + text)
        found[str(one.path)] = replace(one, weight=total[0], text_weight=total[1])
    return [one for one in found.values() if one.weight or one.text_weight]


def _key(one: LoraInput) -> Key:
    """A file that has changed on the disk is another LoRA; one that is gone is read, to say so."""
    try:
        stat = one.path.stat()
        mark = (stat.st_size, stat.st_mtime_ns)
    except OSError:
        mark = (0, 0)
    return (str(one.path), *mark, one.weight, one.weight if one.text_weight is None else one.text_weight)
