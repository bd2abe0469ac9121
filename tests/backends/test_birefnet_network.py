"""BiRefNet's parts against what they are defined as, and the whole against the sizes of the published files."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch")

from torch.nn import functional  # noqa: E402

from backends.birefnet_network import BiRefNetwork, Decoder, DeformableConv, Sizes  # noqa: E402
from backends.birefnet_swin import SwinSizes  # noqa: E402

LARGE = Sizes(swin=SwinSizes(192, (2, 2, 18, 2), (6, 12, 24, 48), 12))
TINY = Sizes(swin=SwinSizes(8, (2, 2, 2, 2), (1, 2, 2, 4), 4), inner=8, parallel=8, kernels=(1, 3), gradient=4, first=8)
HEADER_PER_TENSOR = (60, 180)  # bytes of a safetensors header


@pytest.mark.parametrize(
    ("sizes", "published", "half"), [(Sizes(), 177_634_392, False), (LARGE, 885_000_000, False), (LARGE, 444_500_000, True)],
    ids=["lite", "full", "full, fp16"],
)  # fmt: skip
def test_every_tensor_of_the_published_files_has_its_place(sizes: Sizes, published: int, half: bool) -> None:
    """The bytes of all tensors and of a header that names them are those of the file that is downloaded."""
    with torch.device("meta"):
        state = BiRefNetwork(sizes).state_dict()
    held = sum(tensor.numel() * (2 if half and tensor.is_floating_point() else tensor.element_size()) for tensor in state.values())
    header = published - held
    exact = published % 1000 != 0
    slack = 0 if exact else 500_000
    assert HEADER_PER_TENSOR[0] * len(state) - slack <= header <= HEADER_PER_TENSOR[1] * len(state) + slack


@pytest.mark.parametrize("kernel", [1, 3, 7])
def test_without_offsets_it_is_a_plain_convolution(kernel: int) -> None:
    torch.manual_seed(1)
    layer = DeformableConv(3, 5, kernel)
    for part in (layer.offset_conv, layer.modulator_conv):
        torch.nn.init.zeros_(part.weight)
        torch.nn.init.zeros_(part.bias)
    values = torch.randn(2, 3, 11, 14)
    with torch.inference_mode():
        assert (layer(values) - layer.regular_conv(values)).abs().max() < 1e-5


@pytest.mark.parametrize(("down", "across"), [(1, 0), (0, -2), (-3, 2)])
def test_offsets_are_rows_then_columns_and_outside_is_zero(down: int, across: int) -> None:
    torch.manual_seed(2)
    layer = DeformableConv(2, 4, 3)
    torch.nn.init.zeros_(layer.offset_conv.weight)
    torch.nn.init.zeros_(layer.modulator_conv.weight)
    torch.nn.init.zeros_(layer.modulator_conv.bias)
    with torch.no_grad():
        layer.offset_conv.bias.copy_(torch.tensor([down, across]).repeat(9).float())
    values = torch.randn(1, 2, 12, 12)
    wide = functional.pad(values, (6, 6, 6, 6))
    moved = wide[:, :, 5 + down : 19 + down, 5 + across : 19 + across]
    with torch.inference_mode():
        wanted = functional.conv2d(moved, layer.regular_conv.weight)
        assert (layer(values) - wanted).abs().max() < 1e-4


def test_half_a_step_is_the_mean_of_two() -> None:
    layer = DeformableConv(1, 1, 1)
    for part in (layer.offset_conv, layer.modulator_conv):
        torch.nn.init.zeros_(part.weight)
        torch.nn.init.zeros_(part.bias)
    torch.nn.init.ones_(layer.regular_conv.weight)
    with torch.no_grad():
        layer.offset_conv.bias.copy_(torch.tensor([0.0, 0.5]))
        layer.modulator_conv.bias.fill_(20.0)
    values = torch.arange(6.0).view(1, 1, 1, 6)
    with torch.inference_mode():
        assert torch.allclose(layer(values)[0, 0, 0, :5], 2 * (torch.arange(5.0) + 0.5), atol=1e-5), "and the modulator counts twice"


def test_the_picture_is_folded_piece_by_piece() -> None:
    """Channel c, row of pieces r, column of pieces k stands at c * rows * columns + r * columns + k."""
    decoder = Decoder(TINY)
    seen: list[torch.Tensor] = []
    decoder.ipt_blk3 = torch.nn.Module()
    decoder.ipt_blk3.forward = lambda values: seen.append(values) or values  # type: ignore[func-returns-value]
    picture = torch.arange(3 * 16 * 24.0).view(1, 3, 16, 24)
    decoder._seen(3, picture, torch.zeros(1, 1, 2, 3))
    assert seen[0].shape == (1, 3 * 64, 2, 3)
    channel, row, column = 1, 2, 5
    piece = picture[0, channel, row * 2 : row * 2 + 2, column * 3 : column * 3 + 3]
    assert torch.equal(seen[0][0, channel * 64 + row * 8 + column], piece)


@pytest.mark.parametrize("size", [(64, 64), (96, 64)])
def test_one_answer_per_pixel(size: tuple[int, int]) -> None:
    torch.manual_seed(3)
    network = BiRefNetwork(TINY).eval()
    with torch.inference_mode():
        one = network(torch.randn(1, 3, size[1], size[0]))
        assert one.shape == (1, 1, size[1], size[0])
        assert one.std() > 0
