"""Weights in slabs: parked, placed and dropped without changing a single number."""

from __future__ import annotations

from typing import Any

import pytest

torch = pytest.importorskip("torch")

from backends.base import Device, OutOfMemory  # noqa: E402
from backends.slabs import Slabs  # noqa: E402


def copy_to_device(slab: Any, name: str) -> Any:
    """A device that is other memory of this machine."""
    return slab.clone()


class Tied(torch.nn.Module):  # type: ignore[misc,name-defined]
    """A small language model's shape: tied ends, several dtypes, buffers kept and not kept, strided views."""

    def __init__(self) -> None:
        super().__init__()
        self.embed = torch.nn.Embedding(50, 16)
        self.inner = torch.nn.Sequential(torch.nn.Linear(16, 32), torch.nn.GELU(), torch.nn.Linear(32, 16).half())
        self.head = torch.nn.Linear(16, 50, bias=False)
        self.head.weight = self.embed.weight
        self.conv = torch.nn.Conv2d(3, 4, 3).to(memory_format=torch.channels_last)
        self.register_buffer("positions", torch.arange(50))
        self.register_buffer("angles", torch.randn(7), persistent=False)
        self.register_buffer("nothing", torch.empty(0))
        whole = torch.randn(6, 8)
        self.upper, self.lower = torch.nn.Parameter(whole[:3]), torch.nn.Parameter(whole[3:])
        self.across = torch.nn.Parameter(torch.randn(5, 9).t())

    def forward(self, tokens: Any) -> Any:
        hidden = self.embed(tokens) + self.angles.sum() + self.positions[tokens].unsqueeze(-1)
        hidden = self.inner[1](self.inner[0](hidden)).half()
        return self.head(self.inner[2](hidden).float()) + self.upper.sum() - self.lower.sum() + self.across.mean()


def model() -> Any:
    torch.manual_seed(1)
    return Tied().eval().requires_grad_(False)


def states(module: Any) -> dict[str, Any]:
    named = {**dict(module.named_parameters(remove_duplicate=False)), **dict(module.named_buffers())}
    return {name: tensor.detach().clone() for name, tensor in named.items()}


def test_nothing_changes_parked_placed_or_dropped() -> None:
    module = model()
    before, tokens = states(module), torch.tensor([[1, 2, 3]])
    expected = module(tokens)
    strides = {name: tensor.stride() for name, tensor in module.named_parameters()}
    slabs = Slabs({"model": module}, Device("cpu"), copy_to_device)
    for _ in range(3):
        for turn in (slabs.place, slabs.drop):
            turn()
            assert all(torch.equal(tensor, before[name]) for name, tensor in states(module).items())
            assert torch.equal(module(tokens), expected)
    assert {name: tensor.stride() for name, tensor in module.named_parameters()} == strides
    assert not slabs.placed


def test_tied_weights_stay_tied_and_are_held_once() -> None:
    module = model()
    other = torch.nn.Linear(16, 50, bias=False)
    other.weight = module.embed.weight  # tied between two modules as well
    slabs = Slabs({"model": module, "other": other}, Device("cpu"), copy_to_device)
    slabs.place()
    assert module.head.weight is module.embed.weight is other.weight
    alone = sum(tensor.nbytes for tensor in {id(t): t for t in (*module.parameters(), *module.buffers())}.values())
    assert slabs.footprint.host_bytes == slabs.footprint.device_bytes
    assert alone <= slabs.footprint.host_bytes <= alone + 512 * 20
    slabs.drop()


def test_two_parameters_of_one_storage_stay_apart() -> None:
    module = model()
    slabs = Slabs({"model": module}, Device("cpu"), copy_to_device)
    slabs.place()
    assert abs(module.lower.data_ptr() - module.upper.data_ptr()) >= 3 * 8 * 4
    module.upper.data.zero_()
    assert module.lower.abs().sum() > 0


def test_views_that_overlap_go_on_sharing() -> None:
    whole = torch.arange(12.0)
    module = torch.nn.Module()
    module.all, module.part = (torch.nn.Parameter(t, requires_grad=False) for t in (whole, whole[4:8]))
    slabs = Slabs({"model": module}, Device("cpu"), copy_to_device)
    slabs.place()
    assert module.part.data_ptr() - module.all.data_ptr() == 4 * 4
    assert slabs.footprint.host_bytes == 12 * 4


def test_a_small_part_of_a_large_storage_does_not_carry_the_rest() -> None:
    whole = torch.randn(1_000_000)
    module = torch.nn.Module()
    module.weight = torch.nn.Parameter(whole[500:600], requires_grad=False)
    slabs = Slabs({"model": module}, Device("cpu"), copy_to_device)
    assert slabs.footprint.host_bytes == 400
    assert torch.equal(module.weight, whole[500:600])


def test_thousands_of_tensors_are_gathered_quickly() -> None:
    module = torch.nn.ParameterList(torch.full((3,), float(index)) for index in range(4000))
    slabs = Slabs({"model": module}, Device("cpu"), copy_to_device)
    slabs.place()
    assert [float(tensor[2]) for tensor in module][::999] == [0.0, 999.0, 1998.0, 2997.0, 3996.0]


def test_one_allocation_per_dtype() -> None:
    copies: list[Any] = []

    def counting(slab: Any, name: str) -> Any:
        copies.append(slab.dtype)
        return slab.clone()

    module = model()
    slabs = Slabs({"model": module}, Device("cpu"), counting)
    slabs.place()
    slabs.place()
    assert sorted(map(str, copies)) == ["torch.float16", "torch.float32", "torch.int64"]


def test_running_out_while_placing_leaves_it_parked() -> None:
    module = model()
    before = states(module)

    def short(slab: Any, name: str) -> Any:
        if slab.dtype is torch.float16:
            raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB.\nmore")
        return slab.clone()

    slabs = Slabs({"model": module}, Device("cpu"), short)
    with pytest.raises(OutOfMemory, match=r"Tried to allocate 2\.00 GiB\.$"):
        slabs.place()
    assert not slabs.placed
    assert all(torch.equal(tensor, before[name]) for name, tensor in states(module).items())


def test_on_a_cpu_machine_nothing_is_copied() -> None:
    module = model()
    where = {name: tensor.data_ptr() for name, tensor in module.named_parameters()}
    slabs = Slabs({"model": module}, Device("cpu"))
    slabs.place()
    slabs.drop()
    assert {name: tensor.data_ptr() for name, tensor in module.named_parameters()} == where
    assert slabs.footprint.device_bytes == 0
    assert slabs.footprint.host_bytes > 0
    assert not slabs.pinned


def test_what_is_not_strided_is_moved_by_itself() -> None:
    module = torch.nn.Module()
    sparse = torch.eye(4).to_sparse()
    module.register_buffer("sparse", sparse)
    module.weight = torch.nn.Parameter(torch.ones(3), requires_grad=False)
    slabs = Slabs({"model": module}, Device("cpu"), copy_to_device)
    slabs.place()
    slabs.drop()
    assert torch.equal(module.sparse.to_dense(), torch.eye(4))


def test_weights_that_were_never_loaded() -> None:
    with torch.device("meta"):
        module = torch.nn.Linear(3, 3)
    with pytest.raises(ValueError, match="was not loaded"):
        Slabs({"model": module}, Device("cpu"), copy_to_device)


def test_closing_gives_everything_back() -> None:
    module = model()
    slabs = Slabs({"model": module}, Device("cpu"), copy_to_device)
    slabs.place()
    slabs.close()
    assert all(tensor.numel() == 0 for tensor in module.parameters())


class QuantState:
    """As bitsandbytes keeps it beside a packed weight."""

    def __init__(self, nested: QuantState | None = None) -> None:
        self.absmax, self.code = torch.rand(8), torch.rand(16)
        self.offset = torch.tensor(0.5) if nested is not None else None
        self.state2 = nested


def test_the_state_of_four_bit_weights_moves_with_them() -> None:
    module = torch.nn.Module()
    module.weight = torch.nn.Parameter(torch.randint(0, 255, (64, 1), dtype=torch.uint8), requires_grad=False)
    module.weight.quant_state = state = QuantState(QuantState())
    expected = [t.clone() for t in (state.absmax, state.code, state.offset, state.state2.absmax, state.state2.code)]  # type: ignore[union-attr]
    slabs = Slabs({"model": module}, Device("cpu"), copy_to_device)
    before = state.state2.absmax.data_ptr()  # type: ignore[union-attr]
    slabs.place()
    found = (state.absmax, state.code, state.offset, state.state2.absmax, state.state2.code)  # type: ignore[union-attr]
    assert state.state2.absmax.data_ptr() != before  # type: ignore[union-attr]
    assert all(torch.equal(a, b) for a, b in zip(found, expected, strict=True))
    assert slabs.footprint.host_bytes >= 64 + 4 * (8 + 16 + 1 + 8 + 16)


@pytest.mark.slow
def test_real_four_bit_layers_answer_the_same() -> None:
    bnb = pytest.importorskip("bitsandbytes")
    torch.manual_seed(2)
    layer = bnb.nn.Linear4bit(64, 32, bias=True, compute_dtype=torch.float32, quant_type="nf4", compress_statistics=True)
    try:
        layer = layer.to("cpu")
        sample = torch.randn(2, 64)
        expected = layer(sample)
    except Exception as error:  # some builds quantise on a GPU only
        pytest.skip(f"bitsandbytes quantises nothing on this CPU: {error}")
    slabs = Slabs({"layer": layer}, Device("cpu"), copy_to_device)
    slabs.place()
    assert torch.allclose(layer(sample), expected)
    slabs.drop()
    assert torch.allclose(layer(sample), expected)


def test_the_parked_copy_of_a_placed_weight_stays_as_it_is() -> None:
    module = model()
    before = states(module)
    slabs = Slabs({"model": module}, Device("cpu"), copy_to_device)
    assert slabs.original(module.across) is None, "parked, there is no other copy"
    slabs.place()
    module.across.data.add_(1)
    assert torch.equal(slabs.original(module.across), before["across"])
    assert slabs.original(module.across).stride() == module.across.stride()
    assert slabs.original(torch.zeros(2)) is None
    slabs.drop()
    assert all(torch.equal(value, before[name]) for name, value in states(module).items()), "what was changed on the device went with it"
    slabs.close()
