"""A picture half made, as bytes: latents, random numbers, and all that a sampler remembers. Plain safetensors; nothing in it can run."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from configs.errors import BadMedia

VERSION = 1
# Tables that the library makes anew from the number of steps.
TABLES = ("timesteps", "sigmas", "betas", "alphas", "alphas_cumprod", "alpha_t", "sigma_t", "lambda_t")
Plain = None | bool | int | float | str


@dataclass(frozen=True)
class Kept:
    """A state read back; ``passes`` have been made of the picture whose ``key`` this is."""

    key: str
    passes: int
    latents: Any
    generator: Any
    scheduler: Any


def pack(key: str, passes: int, latents: Any, generator: Any, scheduler: Any) -> bytes:
    """The state after so many passes; reading tensors off the device waits for them."""
    from safetensors.torch import save

    tensors = {"latents": _host(latents), "generator": generator.get_state()}
    history = {name: _store(value, f"history.{name}", tensors) for name, value in remembered(scheduler).items()}
    head = {"version": VERSION, "key": key, "passes": passes, "scheduler": type(scheduler).__name__, "history": history}
    return bytes(save(tensors, {"state": json.dumps(head)}))


def unpack(data: bytes) -> Kept:
    """Raises BadMedia when these are no such bytes."""
    from safetensors.torch import load

    try:
        size = int.from_bytes(data[:8], "little")
        head = json.loads(json.loads(data[8 : 8 + size])["__metadata__"]["state"])
        tensors = load(data)
        if head["version"] != VERSION:
            raise ValueError(f"version {head['version']}")
        return Kept(
            head["key"], int(head["passes"]), tensors["latents"], tensors["generator"], (head["scheduler"], head["history"], tensors)
        )
    except Exception as error:
        raise BadMedia(f"The kept state of the picture cannot be read: {error}.", "Make the picture from the start.", "damaged") from None


def restore(kept: Kept, scheduler: Any, generator: Any, latents: Any) -> Any:
    """Puts a state into a scheduler and generator; returns the latents, where and of the kind that ``latents`` are.

    Raises:
        BadMedia: the state is of another sampler.
    """
    name, history, tensors = kept.scheduler
    if name != type(scheduler).__name__:
        raise BadMedia(f"The kept state is of {name}, not {type(scheduler).__name__}.", "Make the picture from the start.", "damaged")
    for attribute, entry in history.items():
        setattr(scheduler, attribute, _fetch(entry, tensors, latents.device))
    generator.set_state(kept.generator)
    return kept.latents.to(latents.device)


def remembered(scheduler: Any) -> dict[str, Any]:
    """What changes in a scheduler while it samples: numbers, and tensors of a picture's shape; tables are left out."""
    import torch

    def is_table(name: str, value: Any) -> bool:
        if name in TABLES or name.startswith("_internal"):
            return True
        return isinstance(value, torch.Tensor) and value.dim() == 1

    return {name: value for name, value in vars(scheduler).items() if _is_plain(value) and not is_table(name, value)}


def _is_plain(value: Any) -> bool:
    import torch

    if isinstance(value, list):
        return all(_is_plain(item) for item in value)
    return value is None or isinstance(value, bool | int | float | str | torch.Tensor)


def _host(tensor: Any) -> Any:
    return tensor.detach().to("cpu", copy=True).contiguous()


def _store(value: Any, name: str, tensors: dict[str, Any]) -> Any:
    import torch

    if isinstance(value, list):
        return [_store(item, f"{name}.{place}", tensors) for place, item in enumerate(value)]
    if isinstance(value, torch.Tensor):
        tensors[name] = _host(value)
        return {"tensor": name, "moves": value.device.type != "cpu" or value.dim() > 1}
    return value


def _fetch(entry: Any, tensors: dict[str, Any], device: Any) -> Any:
    if isinstance(entry, list):
        return [_fetch(item, tensors, device) for item in entry]
    if isinstance(entry, dict):
        tensor = tensors[entry["tensor"]]
        return tensor.to(device) if entry["moves"] else tensor
    return entry


Restore = Callable[[Any], Any]
