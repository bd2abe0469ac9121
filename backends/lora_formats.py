"""How a LoRA is written down, told from the names of its tensors: plain LoRA, LoHa, LoKr ..., and what cannot be mixed in."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class LoraFormat:
    """``name``: as people call it; ``trouble``: why it cannot be used, in words that follow "it is"; empty when it can."""

    name: str
    trouble: str = ""


# The first of which a part stands in a name (names end in a line break here). A file may mix several: what cannot be used comes first.
FORMATS: tuple[tuple[tuple[str, ...], LoraFormat], ...] = (
    ((".oft_", ".boft_"), LoraFormat("OFT", "an OFT network, which turns weights instead of adding to them")),
    ((".on_input\n",), LoraFormat("IA3", "an IA3 network, which scales weights instead of adding to them")),
    ((".a1.weight\n", ".b1.weight\n"), LoraFormat("GLoRA", "a GLoRA network, which no loader here reads")),
    ((".dora_scale", ".lora_magnitude_vector"), LoraFormat("DoRA", "a DoRA, whose directions and lengths cannot be mixed with others")),
    ((".hada_w1_a",), LoraFormat("LoHa")),
    ((".lokr_w1", ".lokr_w2"), LoraFormat("LoKr")),
    ((".diff\n", ".diff_b\n"), LoraFormat("full difference")),
    ((".lora_mid",), LoraFormat("LoCon")),
    (("lora",), LoraFormat("LoRA")),
)
DOWN = ("lora_down", "lora_A", "lora.down", "hada_w1_b")
_TEXT = re.compile(r"^(lora_te\d?_|text_encoder|te\d?\.)", re.MULTILINE)


def format_of(names: Iterable[str]) -> LoraFormat:
    """The format of a file by its tensors' names."""
    text = "\n".join(names) + "\n"
    for marks, found in FORMATS:
        if any(mark in text for mark in marks):
            return found
    return LoraFormat("unknown", "of a format that no loader here reads")


def rank_of(shapes: Mapping[str, tuple[int, ...]]) -> int | None:
    """The largest rank of its layers; None where there are none that tell."""
    return max((shape[0] for name, shape in shapes.items() if len(shape) > 1 and any(mark in name for mark in DOWN)), default=None)


def has_text_parts(names: Iterable[str]) -> bool:
    """Whether it changes text encoders too."""
    return _TEXT.search("\n".join(names)) is not None
