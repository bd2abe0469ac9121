"""Linear layers to NF4 or int8 while a model is loaded, one after the other; also without a GPU, where the library's own way wants one."""

from __future__ import annotations

import logging
import re
from typing import Any

# What is small and decides much: times, entries and exits of a model, and heads that pictures do not need.
SPARED = re.compile(r"(^|[._])(time|embed|norm|lm_head|final_layer|proj_out$|x_embedder|context_embedder|add_embedding|conv)")
OUT_MULTIPLE, IN_MULTIPLE = 32, 64  # what the kernels for processors ask for


def quantise(model: Any, wanted: str, dtype: Any, device: str) -> int:
    """Replaces the linear layers that are worth it; returns how many.

    Args:
        wanted: nf4 (Dettmers et al. 2023) or int8 (Dettmers et al. 2022).
        dtype: in which it computes.
        device: where the packed weights are made, layer by layer; they stay there.
    """
    from torch import nn

    logging.getLogger("bitsandbytes.autograd._functions").setLevel(logging.ERROR)  # it tells at every call what type it computes in
    made = 0
    for name, module in list(model.named_modules()):
        for child_name, child in list(module.named_children()):
            full = f"{name}.{child_name}".lstrip(".")
            if type(child) is nn.Linear and _worth(full, child):
                setattr(module, child_name, _packed(child, wanted, dtype).to(device))
                made += 1
    if device != "cpu":
        model.to(device)
    return made


def _worth(name: str, layer: Any) -> bool:
    return layer.out_features % OUT_MULTIPLE == 0 and layer.in_features % IN_MULTIPLE == 0 and not SPARED.search(name)


def _packed(layer: Any, wanted: str, dtype: Any) -> Any:
    """A layer of bitsandbytes that packs its weights when it is moved to where it computes."""
    import bitsandbytes as bnb

    bias = layer.bias is not None
    sizes = (layer.in_features, layer.out_features, bias)
    if wanted == "int8":
        made = bnb.nn.Linear8bitLt(*sizes, has_fp16_weights=False, threshold=6.0)
        made.weight = bnb.nn.Int8Params(layer.weight.data.clone(), requires_grad=False, has_fp16_weights=False)
    else:
        made = bnb.nn.Linear4bit(*sizes, compute_dtype=dtype, compress_statistics=True, quant_type="nf4")
        made.weight = bnb.nn.Params4bit(layer.weight.data.clone(), requires_grad=False, quant_type="nf4", compress_statistics=True)
    if bias:
        made.bias = layer.bias
    return made.requires_grad_(False).eval()
