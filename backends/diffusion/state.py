"""A picture half made, as bytes: latents, random numbers, and all that a sampler remembers. Plain safetensors; nothing in it can run."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from configs.errors import BadMedia

VERSION = 1
# Tables that the library makes anew from the number of steps.
TABLES = ("timesteps", "sigmas", "betas", "alphas", "alphas_cumprod", "alpha_t", "sigma_t", "lambda_t")


@dataclass(frozen=True)
class Kept:
    """A state read back; ``passes`` have been made of the picture whose ``key`` this is.

    Attributes:
        scheduler: the class of the sampler.
        values: the latents and what the sampler remembered, by name; tensors stand in ``tensors``.
    """

    key: str
    passes: int
    scheduler: str
    values: Mapping[str, Any]
    tensors: Mapping[str, Any]


def pack(key: str, passes: int, latents: Any, generator: Any, scheduler: Any) -> bytes:
    """The state after so many passes; reading tensors off the device waits for them."""
    from safetensors.torch import save

    tensors = {"generator": generator.get_state()}
    now = _store(latents, "latents", tensors)
    history = {name: _store(value, f"history.{name}", tensors) for name, value in remembered(scheduler).items()}
    head = {"version": VERSION, "key": key, "passes": passes, "latents": now, "scheduler": type(scheduler).__name__, "history": history}
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
        return Kept(head["key"], int(head["passes"]), str(head["scheduler"]), {"latents": head["latents"], **head["history"]}, tensors)
    except Exception as error:
        raise BadMedia(f"The kept state of the picture cannot be read: {error}.", "Make the picture from the start.", "damaged") from None


def restore(kept: Kept, scheduler: Any, generator: Any, latents: Any) -> Any:
    """Puts a state into a scheduler and generator; returns the latents, where and of the kind that ``latents`` are.

    Raises:
        BadMedia: the state is of another sampler.
    """
    if kept.scheduler != type(scheduler).__name__:
        raise BadMedia(
            f"The kept state is of {kept.scheduler}, not {type(scheduler).__name__}.", "Make the picture from the start.", "damaged"
        )
    found = {name: _fetch(entry, kept.tensors, latents.device) for name, entry in kept.values.items()}
    latents = found.pop("latents")
    for name, value in found.items():
        setattr(scheduler, name, value)
    generator.set_state(kept.tensors["generator"])
    return latents


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


def _store(value: Any, name: str, tensors: dict[str, Any]) -> Any:
    """Strides are kept as well: the same numbers laid out otherwise may be computed by another kernel, which rounds otherwise."""
    import torch

    if isinstance(value, list):
        return [_store(item, f"{name}.{place}", tensors) for place, item in enumerate(value)]
    if not isinstance(value, torch.Tensor):
        return value
    tensors[name] = value.detach().to("cpu", copy=True).contiguous()
    return {"tensor": name, "moves": value.device.type != "cpu" or value.dim() > 1, "strides": list(value.stride())}


def _fetch(entry: Any, tensors: Mapping[str, Any], device: Any) -> Any:
    import torch

    if isinstance(entry, list):
        return [_fetch(item, tensors, device) for item in entry]
    if not isinstance(entry, dict):
        return entry
    kept = tensors[entry["tensor"]]
    made = torch.empty_strided(kept.shape, entry["strides"], dtype=kept.dtype, device=device if entry["moves"] else "cpu")
    return made.copy_(kept)
