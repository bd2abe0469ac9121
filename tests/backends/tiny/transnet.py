"""A tiny shot detector with random weights, as its file lies on the disk."""

from __future__ import annotations

from pathlib import Path
from typing import Any

# One level that sees 16 frames to either side, and comparisons 8 frames further: together within the margin of a window.
TINY = {"filters": 2, "levels": 1, "cells": 2, "lookup": 17, "compared": 4, "similar": 4, "coloured": 4, "hidden": 8}


def save_transnet(path: Path, **sizes: Any) -> Path:
    """Writes it, without the counters of its training."""
    import torch
    from safetensors.torch import save_file

    from backends.transnet_network import Sizes, TransNet

    torch.manual_seed(20)
    weights = TransNet(Sizes(**{**TINY, **sizes})).state_dict()
    weights["cls_layer1.weight"] *= 8
    path.parent.mkdir(parents=True, exist_ok=True)
    save_file({name: tensor for name, tensor in weights.items() if not name.endswith("num_batches_tracked")}, path)
    return path
