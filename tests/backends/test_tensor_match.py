"""The first tensor that does not fit is named, and how many more there are."""

from __future__ import annotations

from pathlib import Path

import pytest

from backends.tensor_match import require_tensors
from configs.errors import BadMedia

WANTED = {"a.weight": (2, 3), "b.bias": (4,), "n.count": ()}


def test_the_same_tensors_are_let_through() -> None:
    require_tensors(Path("x.safetensors"), WANTED, WANTED, "Net")
    require_tensors(Path("x.safetensors"), {name: WANTED[name] for name in ("a.weight", "b.bias")}, WANTED, "Net", optional=".count")


@pytest.mark.parametrize(
    ("found", "said"),
    [
        ({"b.bias": (4,), "n.count": ()}, "a.weight is missing."),
        ({**WANTED, "c": (1,)}, "c does not belong to it."),
        ({**WANTED, "b.bias": (5,)}, "b.bias is [5] and should be [4]."),
        ({"b.bias": (5,), "d": ()}, "a.weight is missing (and 3 more of the kind)."),
    ],
)
def test_the_sentence_names_what_is_wrong(found: dict[str, tuple[int, ...]], said: str) -> None:
    with pytest.raises(BadMedia) as caught:
        require_tensors(Path("folder/x.safetensors"), found, WANTED, "Net")
    assert caught.value.message == f"x.safetensors does not hold the weights of Net: {said}"
    assert caught.value.code == "damaged"
