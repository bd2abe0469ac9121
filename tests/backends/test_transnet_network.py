"""The network: its tensors bear the published names and shapes, and its features are what the paper says."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch")

from backends.transnet_network import Comparison, Sizes, TransNet, histograms  # noqa: E402
from tests.backends.tiny.transnet import TINY  # noqa: E402


def test_the_published_one_has_its_published_tensors() -> None:
    with torch.device("meta"):
        shapes = {name: tuple(tensor.shape) for name, tensor in TransNet(Sizes()).state_dict().items()}
    assert len(shapes) == 6 * (8 + 5) + 12
    assert shapes["SDDCNN.0.DDCNN.0.Conv3D_1.layers.0.weight"] == (32, 3, 1, 3, 3)
    assert shapes["SDDCNN.2.DDCNN.1.Conv3D_8.layers.1.weight"] == (64, 128, 3, 1, 1)
    assert shapes["SDDCNN.1.DDCNN.0.bn.running_var"] == (128,)
    assert shapes["frame_sim_layer.projection.weight"] == (128, 448)
    assert shapes["frame_sim_layer.fc.weight"] == shapes["color_hist_layer.fc.weight"] == (128, 101)
    assert shapes["fc1.weight"] == (1024, 4864)
    assert shapes["cls_layer1.weight"] == shapes["cls_layer2.weight"] == (1, 1024)


def test_both_heads_answer_for_every_frame() -> None:
    frames = torch.randint(0, 256, (2, 12, 27, 48, 3), dtype=torch.uint8)
    with torch.inference_mode():
        one_hot, many_hot = TransNet(Sizes(**TINY)).eval()(frames)
    assert one_hot.shape == many_hot.shape == (2, 12)


def test_a_histogram_counts_colours() -> None:
    frames = torch.zeros(1, 2, 27, 48, 3, dtype=torch.uint8)
    frames[0, 1] = torch.tensor([255, 32, 31])
    found = histograms(frames)
    assert found.sum(2).tolist() == [[27 * 48, 27 * 48]]
    assert found.argmax(2).tolist() == [[0, 7 * 64 + 1 * 8 + 0]]


def test_a_frame_is_compared_with_its_neighbours() -> None:
    layer = Comparison(3, 3)
    with torch.no_grad():
        layer.fc.weight.copy_(torch.eye(3))
        layer.fc.bias.zero_()
    found = layer(torch.tensor([[[2.0, 0], [3, 0], [0, 5]]]))
    assert found.tolist() == [[[0, 1, 1], [1, 1, 0], [0, 1, 0]]], "before, itself, after; nothing beyond the ends"
