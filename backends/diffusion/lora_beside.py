"""LoRAs computed beside quantised weights, which cannot be changed: PEFT puts its layers around the model's and takes them away."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from typing import Any

from backends.base import Device, OutOfMemory
from backends.diffusion.lora_read import Use, wrong_model
from configs.errors import BadInput

TEXT = ("text_encoder", "text_encoder_2")
PLAIN = ({"down", "up"}, {"k1", "k1_a", "k1_b", "k2", "k2_a", "k2_b"})  # what PEFT's layers compute


class Beside:
    """Slower in every step than weights that hold the LoRA, and a compiled model is compiled anew when they change."""

    def __init__(self, pipe: Any) -> None:
        self._pipe = pipe
        self._names: dict[str, str] = {}  # path -> PEFT's name of what is loaded
        self._made = 0
        self.notes: list[str] = []

    @property
    def is_touched(self) -> bool:
        """Whether any layer is wrapped."""
        return bool(self._names)

    def apply(self, uses: Sequence[Use], device: Device) -> None:
        """Replaces what was there before; what stays is not loaded again."""
        for use in uses:
            self._require_known(use)
        wanted = {use.path for use in uses}
        gone = [path for path in self._names if path not in wanted]
        if gone:
            self._pipe.delete_adapters([self._names.pop(path) for path in gone])
        for use in uses:
            if use.path not in self._names:
                self._load(use)
        weights = [self._weights(use) for use in uses]
        self._pipe.set_adapters([self._names[use.path] for use in uses], weights)
        self.notes = ["LoRAs are computed beside quantised weights, which makes every step a little slower."]

    def clear(self) -> None:
        """Takes PEFT's layers away; the model's own were never changed."""
        self.notes = []
        if self._names:
            self._names = {}
            self._pipe.unload_lora_weights()

    def _load(self, use: Use) -> None:
        import torch
        from safetensors.torch import load_file

        self._made += 1
        name, shortage = f"lora{self._made}", None
        self._names[use.path] = name  # before loading: a half that failed is taken away too
        try:
            with _quiet():
                self._pipe.load_lora_weights(load_file(use.path), adapter_name=name)
        except torch.OutOfMemoryError as error:
            shortage = str(error).split("\n")[0]
        except (ValueError, RuntimeError, KeyError) as error:
            self.clear()
            raise wrong_model(use.file.name, use.file.family, self._pipe, str(error).split("\n")[0][:80]) from None
        if shortage is not None:
            raise OutOfMemory(shortage)

    def _weights(self, use: Use) -> dict[str, float]:
        there = {change.component for change in use.file.changes}
        return {part: use.text_weight if part in TEXT else use.weight for part in there}

    def _require_known(self, use: Use) -> None:
        for change in use.file.changes:
            parts = change.factors.keys() - {"alpha"}
            if not any(parts <= plain for plain in PLAIN) or (parts <= PLAIN[1] and getattr(self._pipe, "transformer", None) is None):
                raise BadInput(
                    f"The LoRA {use.file.name} is of a format that cannot be used with a quantised model.",
                    "Use a plain LoRA, or the model in a form that is not quantised.", "lora_format",
                )  # fmt: skip


@contextlib.contextmanager
def _quiet() -> Any:
    """Without the library's warnings of parts that a file does not have."""
    import logging

    logger = logging.getLogger("diffusers.loaders")
    before = logger.level
    logger.setLevel(logging.ERROR)
    try:
        yield
    finally:
        logger.setLevel(before)
