"""LoRAs go into weights in place and come out bit for bit."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

torch = pytest.importorskip("torch")

from backends.base import Device  # noqa: E402
from backends.diffusion.lora_mix import Mix, is_quantised  # noqa: E402
from backends.diffusion.lora_read import Change, LoraFile, Use  # noqa: E402
from configs.errors import BadInput  # noqa: E402

CPU = Device()


def pipe(dtype: Any = torch.float32) -> Any:
    torch.manual_seed(3)
    unet = torch.nn.ModuleDict({"one": torch.nn.Linear(6, 4), "two": torch.nn.Linear(4, 4, bias=False), "conv": torch.nn.Conv2d(2, 3, 3)})
    return SimpleNamespace(
        unet=unet.to(dtype).requires_grad_(False), text_encoder=torch.nn.ModuleDict({"fc": torch.nn.Linear(3, 3)}).requires_grad_(False)
    )


def change(path: str, component: str = "unet", **factors: Any) -> Change:
    return Change(component, tuple(path.split("+")), factors)


def low_rank(path: str, inward: int, outward: int, seed: int = 1, component: str = "unet") -> Change:
    torch.manual_seed(seed)
    return change(path, component, down=torch.randn(2, inward), up=torch.randn(outward, 2))


def use(*changes: Change, weight: float = 1.0, text_weight: float = 1.0, name: str = "luca") -> Use:
    return Use(LoraFile(name, changes), name, weight, text_weight)


def test_sums_are_made_in_full_precision_and_rounded_once() -> None:
    parts = pipe(torch.bfloat16)
    before = parts.unet["one"].weight.clone()
    first, second = low_rank("one", 6, 4), low_rank("one", 6, 4, seed=2)
    address = parts.unet["one"].weight.data_ptr()
    Mix(parts, None).apply([use(first, weight=0.5), use(second, weight=-1.5)], CPU)
    wanted = before.float() + 0.5 * first.factors["up"] @ first.factors["down"] - 1.5 * second.factors["up"] @ second.factors["down"]
    assert torch.allclose(parts.unet["one"].weight.float(), wanted, atol=0, rtol=1 / 128)
    assert parts.unet["one"].weight.dtype == torch.bfloat16
    assert parts.unet["one"].weight.data_ptr() == address, "in place: nothing that holds it need know"


def test_another_set_replaces_the_first_and_clearing_brings_every_bit_back() -> None:
    parts = pipe()
    before = {name: value.clone() for name, value in parts.unet.state_dict().items()}
    mix = Mix(parts, None)
    mix.apply([use(low_rank("one", 6, 4), low_rank("two", 4, 4))], CPU)
    mix.apply([use(low_rank("two", 4, 4, seed=9))], CPU)
    assert torch.equal(parts.unet["one"].weight, before["one.weight"]), "what the second does not change is as it was"
    only = parts.unet["two"].weight.clone()
    mix.clear()
    assert all(torch.equal(value, before[name]) for name, value in parts.unet.state_dict().items())
    assert not mix.is_touched
    mix.apply([use(low_rank("two", 4, 4, seed=9))], CPU)
    assert torch.equal(parts.unet["two"].weight, only), "no trace of what was mixed in before"


def test_text_encoders_have_a_weight_of_their_own() -> None:
    parts = pipe()
    unet, text = parts.unet["one"].weight.clone(), parts.text_encoder["fc"].weight.clone()
    both = (low_rank("one", 6, 4), low_rank("fc", 3, 3, component="text_encoder"))
    mix = Mix(parts, None)
    mix.apply([use(*both, weight=1.0, text_weight=0.0)], CPU)
    assert torch.equal(parts.text_encoder["fc"].weight, text)
    assert not torch.equal(parts.unet["one"].weight, unet)
    mix.apply([use(*both, weight=0.0, text_weight=2.0)], CPU)
    assert torch.equal(parts.unet["one"].weight, unet)
    assert not torch.equal(parts.text_encoder["fc"].weight, text)


def test_biases_convolutions_and_layers_that_lie_one_below_the_other() -> None:
    parts = pipe()
    before = {name: value.clone() for name, value in parts.unet.state_dict().items()}
    kernel = torch.ones(3, 2, 3, 3)
    whole = torch.arange(32.0).reshape(8, 4)
    parts.unet["three"] = torch.nn.Linear(4, 4, bias=False).requires_grad_(False)
    three = parts.unet["three"].weight.clone()
    Mix(parts, None).apply([use(change("one", diff_b=torch.ones(4)), change("conv", diff=kernel), change("two+three", diff=whole))], CPU)
    after = parts.unet.state_dict()
    assert torch.equal(after["one.bias"], before["one.bias"] + 1)
    assert torch.equal(after["one.weight"], before["one.weight"])
    assert torch.equal(after["conv.weight"], before["conv.weight"] + 1)
    assert torch.equal(after["two.weight"], before["two.weight"] + whole[:4])
    assert torch.equal(after["three.weight"], three + whole[4:])


@pytest.mark.parametrize(
    "wrong",
    [
        low_rank("one", 5, 4), low_rank("one", 6, 8), change("two", diff_b=torch.ones(4)), change("one", diff=torch.ones(3, 3)),
        change("one", w1_a=torch.ones(4, 1), w1_b=torch.ones(1, 5), w2_a=torch.ones(4, 1), w2_b=torch.ones(1, 5)),
        change("one", k1=torch.ones(2, 2), k2=torch.ones(3, 3)),
        change("one", down=torch.ones(3, 6), up=torch.ones(4, 2)),
        change("one", down=torch.ones(()), up=torch.ones(4, 2)),
        change("one", down=torch.ones(0, 6), up=torch.ones(4, 0), alpha=torch.tensor(1.0)),
        change("one", down=torch.ones(2, 6), up=torch.ones(4, 2), alpha=torch.ones(3)),
    ],
    ids=["narrow", "long", "no-bias", "full", "loha", "lokr", "ranks", "scalar", "empty", "alpha"],
)  # fmt: skip
def test_other_sizes_are_refused_before_anything_is_changed(wrong: Change) -> None:
    parts = pipe()
    before = {name: value.clone() for name, value in parts.unet.state_dict().items()}
    mix = Mix(parts, None)
    with pytest.raises(BadInput, match="luca was made for another model"):
        mix.apply([use(low_rank("one", 6, 4), name="good"), use(wrong)], CPU)
    assert all(torch.equal(value, before[name]) for name, value in parts.unet.state_dict().items())
    assert not mix.is_touched


def test_the_unchanged_copy_that_lies_elsewhere_is_used() -> None:
    parts = pipe()
    home = parts.unet["one"].weight.clone()
    asked: list[int] = []

    def pristine(weight: Any) -> Any:
        asked.append(id(weight))
        return home if weight is parts.unet["one"].weight else None

    mix = Mix(parts, pristine)
    mix.apply([use(low_rank("one", 6, 4), low_rank("two", 4, 4))], CPU)
    mix.apply([use(low_rank("one", 6, 4, seed=5))], CPU)
    assert asked == [id(parts.unet["one"].weight), id(parts.unet["two"].weight)], "asked once each"
    mix.clear()
    assert torch.equal(parts.unet["one"].weight, home)


def test_packed_weights_are_known() -> None:
    module = torch.nn.Linear(4, 4)
    assert not is_quantised(module)
    assert not is_quantised(module.half())
    module.weight = torch.nn.Parameter(torch.zeros(8, 1, dtype=torch.uint8), requires_grad=False)
    assert is_quantised(module)
    eight = torch.nn.Linear(4, 4)
    eight.weight = torch.nn.Parameter(eight.weight.data.to(torch.float8_e4m3fn), requires_grad=False)
    assert is_quantised(eight)


def test_weights_on_a_device_come_back_from_their_slabs() -> None:
    from backends.slabs import Slabs

    parts = pipe(torch.bfloat16)
    before = {name: value.clone() for name, value in parts.unet.state_dict().items()}
    slabs = Slabs({"unet": parts.unet}, CPU, lambda slab, _: slab.clone())
    slabs.place()
    mix = Mix(parts, slabs.original)
    mix.apply([use(low_rank("one", 6, 4), low_rank("two", 4, 4))], CPU)
    kept = [copy.data_ptr() for _, copy in mix._touched.values()]
    assert kept == [slabs.original(weight).data_ptr() for weight, _ in mix._touched.values()], "no copy was made"
    mix.clear()
    assert all(torch.equal(value, before[name]) for name, value in parts.unet.state_dict().items())
    mix.apply([use(low_rank("one", 6, 4))], CPU)
    slabs.drop()
    assert all(torch.equal(value, before[name]) for name, value in parts.unet.state_dict().items()), "at home nothing ever changed"
    slabs.close()
