"""What a LoRA adds to a layer's weight, computed from its factors: LoRA and LoCon, LoHa, LoKr, full differences.

The formulas are those of LyCORIS (Yeh et al. 2024, https://arxiv.org/abs/2309.14859, section 3) and, for the first, of Hu et al. 2021.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Factors = Mapping[str, Any]  # part (see `lora_names.PARTS`) -> tensor


def is_whole(factors: Factors) -> bool:
    """Whether every factor of its format is there."""
    has = factors.keys()
    return (
        {"down", "up"} <= has
        or {"w1_a", "w1_b", "w2_a", "w2_b"} <= has
        or (("k1" in has or {"k1_a", "k1_b"} <= has) and ("k2" in has or {"k2_a", "k2_b"} <= has))
        or "diff" in has
        or "diff_b" in has
    )


def delta(factors: Factors, shape: tuple[int, ...], device: Any) -> Any:
    """float32 [``shape``] on the device; None where the layer's weight is left as it is (only its bias changes).

    Raises:
        ValueError: the factors do not give that shape.
    """
    import torch

    made = {name: tensor.to(device).to(torch.float32) for name, tensor in factors.items() if name != "alpha"}
    alpha = float(factors["alpha"]) if "alpha" in factors else None
    if "down" in made:
        found, rank = _lora(made), made["down"].shape[0]
    elif "w1_a" in made:
        found, rank = _loha(made), made["w1_b"].shape[0]
    elif "k1" in made or "k1_a" in made:
        found, rank = _lokr(made)
    elif "diff" in made:
        found, rank = made["diff"], None
    else:
        return None
    if found.numel() != _count(shape):
        raise ValueError(f"{tuple(found.shape)} where the model has {tuple(shape)}")
    scale = 1.0 if rank is None or alpha is None else alpha / rank
    return found.reshape(shape) * scale


def add(total: Any, factors: Factors, strength: float, rows: tuple[int, int, int]) -> None:
    """Adds ``strength`` times the change to a float32 weight, in place.

    Args:
        rows: (first, last, all): which rows of the change the weight is, and how many it has.
    """
    import torch

    first, last, count = rows
    if factors.keys() - {"alpha"} == {"down", "up"}:  # the usual case needs no second matrix of the weight's size
        down = factors["down"].to(total.device).to(torch.float32).flatten(1)
        up = factors["up"][first:last].to(total.device).to(torch.float32).flatten(1)
        scale = float(factors["alpha"]) / down.shape[0] if "alpha" in factors else 1.0
        total.view(total.shape[0], -1).addmm_(up, down, alpha=strength * scale)
        return
    total.add_(delta(factors, (count, *total.shape[1:]), total.device)[first:last], alpha=strength)


def _count(shape: tuple[int, ...]) -> int:
    count = 1
    for size in shape:
        count *= size
    return count


def _lora(made: Factors) -> Any:
    """up x down; with a middle factor (LoCon) the kernel's own."""
    import torch

    up, down = made["up"].flatten(1), made["down"]
    if "mid" in made:
        return torch.einsum("nmkl,in,mj->ijkl", made["mid"], up, down.flatten(1))
    return up @ down.flatten(1)


def _loha(made: Factors) -> Any:
    """Two low-rank matrices, multiplied place by place."""
    import torch

    if "t1" in made:
        first = torch.einsum("ijkl,jr,ip->prkl", made["t1"], made["w1_b"], made["w1_a"])
        return first * torch.einsum("ijkl,jr,ip->prkl", made["t2"], made["w2_b"], made["w2_a"])
    return (made["w1_a"] @ made["w1_b"].flatten(1)) * (made["w2_a"] @ made["w2_b"].flatten(1))


def _lokr(made: Factors) -> tuple[Any, int | None]:
    """A Kronecker product; where both factors are whole there is no rank to scale by."""
    import torch

    first = made["k1"] if "k1" in made else made["k1_a"] @ made["k1_b"]
    rank = made["k1_b"].shape[0] if "k1_b" in made else None
    if "k2" in made:
        second = made["k2"]
    elif "kt2" in made:
        second = torch.einsum("ijkl,ip,jr->prkl", made["kt2"], made["k2_a"], made["k2_b"])
    else:
        second = made["k2_a"] @ made["k2_b"].flatten(1)
    if "k2_b" in made:
        rank = made["k2_b"].shape[0]
    if second.dim() == 4:
        first = first.reshape(*first.shape, 1, 1)
    return torch.kron(first, second.contiguous()), rank
