"""Adds LoRAs into weights, in place, and takes them out again bit for bit."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from backends.base import Device, OutOfMemory
from backends.diffusion.lora_deltas import add, delta
from backends.diffusion.lora_read import Change, Use, weights_of, wrong_model

Pristine = Callable[[Any], Any]  # a weight -> its unchanged copy elsewhere, or None


def is_quantised(module: Any) -> bool:
    """Whether any weight is packed, so that nothing can be added to it."""
    return any(
        hasattr(weight, "quant_state") or hasattr(weight, "CB") or not weight.is_floating_point() or weight.element_size() == 1
        for weight in module.parameters()
    )


class Mix:
    """Weight = unchanged weight + sum of the LoRAs' parts, summed in float32 and rounded once.

    Nothing is re-allocated: a compiled graph or a captured one stays valid.
    """

    def __init__(self, pipe: Any, pristine: Pristine | None) -> None:
        self._pipe, self._pristine = pipe, pristine or (lambda _: None)
        self._touched: dict[int, tuple[Any, Any]] = {}  # id of a weight -> (itself, its unchanged copy)
        self.notes: list[str] = []

    @property
    def is_touched(self) -> bool:
        """Whether any weight differs from the model's own."""
        return bool(self._touched)

    def apply(self, uses: Sequence[Use], device: Device) -> None:
        """Replaces what was mixed in before. Raises BadInput before anything is changed, `OutOfMemory` where the copies do not fit."""
        plan = self._plan(uses)
        for weight_id in self._touched.keys() - plan.keys():
            self._restore(weight_id)
        import torch

        shortage = None
        try:
            with torch.no_grad():
                for weight, parts in plan.values():
                    self._mix(weight, parts, device.name)
        except torch.OutOfMemoryError as error:
            shortage = str(error).split("\n")[0]
        if shortage is not None:
            raise OutOfMemory(shortage)

    def clear(self) -> None:
        """Every weight as it was."""
        for weight_id in list(self._touched):
            self._restore(weight_id)

    def _plan(self, uses: Sequence[Use]) -> dict[int, tuple[Any, list[tuple[Change, float, tuple[int, int]]]]]:
        """Weight -> what is to be added to it: the change, how strongly, and which of its rows."""
        plan: dict[int, tuple[Any, list[tuple[Change, float, tuple[int, int]]]]] = {}
        for use in uses:
            for change in use.file.changes:
                strength = use.text_weight if change.component.startswith("text_encoder") else use.weight
                if not strength:
                    continue
                modules = [module for module, _ in weights_of(change, self._pipe)]
                names = ["bias" if set(change.factors) <= {"diff_b", "alpha"} else "weight"] * len(modules)
                weights = [getattr(module, name) for module, name in zip(modules, names, strict=True)]
                _require_fit(use, change, weights, self._pipe)
                row = 0
                for weight in weights:
                    entry = plan.setdefault(id(weight), (weight, []))
                    entry[1].append((change, strength, (row, row + weight.shape[0])))
                    row += weight.shape[0]
        return plan

    def _mix(self, weight: Any, parts: Sequence[tuple[Change, float, tuple[int, int]]], device: str) -> None:
        """On the device, also for weights that are streamed to it from memory."""
        import torch

        known = self._touched.get(id(weight))
        before = known[1] if known is not None else self._unchanged(weight)
        self._touched[id(weight)] = (weight, before)
        # In this order, since converting is the device's work; in rows, whatever the weight's own layout is.
        total = before.to(device, non_blocking=True).to(torch.float32, copy=True, memory_format=torch.contiguous_format)
        for change, strength, (first, last) in parts:
            if "diff_b" in change.factors and set(change.factors) <= {"diff_b", "alpha"}:
                total += strength * change.factors["diff_b"].to(device, torch.float32)
                continue
            rows = sum(module.weight.shape[0] for module, _ in weights_of(change, self._pipe))
            add(total, change.factors, strength, (first, last, rows))
        weight.data.copy_(total.to(weight.dtype))

    def _unchanged(self, weight: Any) -> Any:
        elsewhere = self._pristine(weight)
        return elsewhere if elsewhere is not None else weight.data.clone()

    def _restore(self, weight_id: int) -> None:
        weight, before = self._touched.pop(weight_id)
        weight.data.copy_(before)


def _require_fit(use: Use, change: Change, weights: Sequence[Any], pipe: Any) -> None:
    """Computes the sizes alone; nothing is multiplied."""
    if any(weight is None for weight in weights):
        raise wrong_model(use.file.name, use.file.family, pipe, f"{change.paths[0]} has no bias")
    shape = (sum(weight.shape[0] for weight in weights), *weights[0].shape[1:])
    factors = {name: tensor if name == "alpha" else tensor.to("meta") for name, tensor in change.factors.items()}
    try:
        bias = factors.get("diff_b")
        fits = bias.shape == shape if bias is not None else delta(factors, shape, "meta") is not None
    except (ValueError, RuntimeError, IndexError, KeyError, ZeroDivisionError):
        fits = False
    if not fits:
        raise wrong_model(use.file.name, use.file.family, pipe, f"{change.paths[0]} is of another size")
