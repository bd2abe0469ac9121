"""TransNetV2, a network that finds shot boundaries (Souček & Lokoč 2020, arXiv:2008.04838), on tensors and nothing else.

Tensors carry the names of the authors' own port to torch, so that its weights, written as .safetensors, load as they are:
`SDDCNN.<level>.DDCNN.<cell>.Conv3D_<1|2|4|8>.layers.<0|1>.weight`, `SDDCNN.<level>.DDCNN.<cell>.bn.<...>`,
`frame_sim_layer.projection`, `frame_sim_layer.fc`, `color_hist_layer.fc`, `fc1`, `cls_layer1` (one-hot), `cls_layer2` (many-hot).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
from torch import nn
from torch.nn import functional

HEIGHT, WIDTH = 27, 48  # pixels of a frame
DILATIONS = (1, 2, 4, 8)  # frames between the taps of a cell's convolutions over time
BINS = 8  # of each colour in a histogram


@dataclass(frozen=True)
class Sizes:
    """How large a network is; the defaults are those of the published one.

    Attributes:
        filters: of each dilated convolution in the first level; doubled from level to level.
        levels: stacks of cells, each halving the picture.
        cells: in a stack.
        lookup: frames that a frame is compared with, itself in the middle.
        compared: numbers that stand for a frame when it is compared.
        similar, coloured: features made of the comparisons.
        hidden: width of the last layer.
    """

    filters: int = 16
    levels: int = 3
    cells: int = 2
    lookup: int = 101
    compared: int = 128
    similar: int = 128
    coloured: int = 128
    hidden: int = 1024


class SeparableConv(nn.Module):  # type: ignore[misc]
    """A 3 x 3 convolution of the picture, then one of three frames over time, ``dilation`` apart."""

    def __init__(self, channels: int, filters: int, dilation: int) -> None:
        super().__init__()
        space = nn.Conv3d(channels, 2 * filters, (1, 3, 3), padding=(0, 1, 1), bias=False)
        time = nn.Conv3d(2 * filters, filters, (3, 1, 1), padding=(dilation, 0, 0), dilation=(dilation, 1, 1), bias=False)
        self.layers = nn.Sequential(space, time)

    def forward(self, video: Any) -> Any:
        """[B, channels, T, H, W] -> [B, filters, T, H, W]."""
        return self.layers(video)


class Cell(nn.Module):  # type: ignore[misc]
    """Four convolutions that look ever further in time, side by side, normalised together."""

    def __init__(self, channels: int, filters: int) -> None:
        super().__init__()
        for dilation in DILATIONS:
            self.add_module(f"Conv3D_{dilation}", SeparableConv(channels, filters, dilation))
        self.bn = nn.BatchNorm3d(len(DILATIONS) * filters, eps=1e-3)

    def forward(self, video: Any) -> Any:
        """[B, channels, T, H, W] -> [B, 4 filters, T, H, W]."""
        return self.bn(torch.cat([self.get_submodule(f"Conv3D_{dilation}")(video) for dilation in DILATIONS], dim=1))


class Stack(nn.Module):  # type: ignore[misc]
    """Cells one after the other with a shortcut from the first to the end, then half the picture's size."""

    def __init__(self, channels: int, filters: int, cells: int) -> None:
        super().__init__()
        wide = len(DILATIONS) * filters
        self.DDCNN = nn.ModuleList(Cell(wide if place else channels, filters) for place in range(cells))

    def forward(self, video: Any) -> Any:
        """[B, channels, T, H, W] -> [B, 4 filters, T, H/2, W/2]."""
        first = video = functional.relu(self.DDCNN[0](video))
        for cell in self.DDCNN[1:]:
            video = functional.relu(cell(video))
        return functional.avg_pool3d(video + first, (1, 2, 2))


class Comparison(nn.Module):  # type: ignore[misc]
    """Features of a frame from how alike it is to each of its neighbours; beyond the film nothing is alike."""

    def __init__(self, lookup: int, features: int, channels: int = 0, compared: int = 0) -> None:
        super().__init__()
        self.projection = nn.Linear(channels, compared) if channels else None
        self.fc = nn.Linear(lookup, features)

    def forward(self, described: Any) -> Any:
        """[B, T, numbers] -> [B, T, features]."""
        if self.projection is not None:
            described = self.projection(described)
        described = functional.normalize(described, dim=2)
        lookup, (batch, frames, _) = self.fc.in_features, described.shape
        alike = functional.pad(described @ described.transpose(1, 2), (lookup // 2, lookup // 2))
        steps = torch.arange(frames, device=alike.device)[:, None] + torch.arange(lookup, device=alike.device)
        return functional.relu(self.fc(alike.gather(2, steps.expand(batch, -1, -1))))


class TransNet(nn.Module):  # type: ignore[misc]
    """The whole network."""

    def __init__(self, sizes: Sizes) -> None:
        super().__init__()
        filters = [sizes.filters << level for level in range(sizes.levels)]
        wide = [len(DILATIONS) * count for count in filters]
        self.SDDCNN = nn.ModuleList(
            Stack(channels, count, sizes.cells) for channels, count in zip([3, *wide[:-1]], filters, strict=True)
        )  # fmt: skip
        self.frame_sim_layer = Comparison(sizes.lookup, sizes.similar, sum(wide), sizes.compared)
        self.color_hist_layer = Comparison(sizes.lookup, sizes.coloured)
        seen = wide[-1] * (HEIGHT >> sizes.levels) * (WIDTH >> sizes.levels)
        self.fc1 = nn.Linear(sizes.coloured + sizes.similar + seen, sizes.hidden)
        self.cls_layer1 = nn.Linear(sizes.hidden, 1)
        self.cls_layer2 = nn.Linear(sizes.hidden, 1)

    def forward(self, frames: Any) -> tuple[Any, Any]:
        """uint8 RGB [B, T, 27, 48, 3] -> logits [B, T] that a frame is the last of its shot, and that it is within a transition."""
        video = frames.permute(0, 4, 1, 2, 3).float() / 255
        means = []
        for stack in self.SDDCNN:
            video = stack(video)
            means.append(video.mean(dim=(3, 4)))
        seen = video.permute(0, 2, 3, 4, 1).flatten(2)
        alike = self.frame_sim_layer(torch.cat(means, dim=1).transpose(1, 2))
        hidden = functional.relu(self.fc1(torch.cat([self.color_hist_layer(histograms(frames)), alike, seen], dim=2)))
        return self.cls_layer1(hidden)[..., 0], self.cls_layer2(hidden)[..., 0]


def histograms(frames: Any) -> Any:
    """How often each of 512 colours is in a frame: uint8 RGB [B, T, H, W, 3] -> float32 [B, T, 512]."""
    red, green, blue = (frames.flatten(2, 3).long() * BINS // 256).unbind(3)
    colours = (red * BINS + green) * BINS + blue
    counts = torch.zeros(*frames.shape[:2], BINS**3, device=frames.device)
    return counts.scatter_add_(2, colours, torch.ones_like(colours, dtype=counts.dtype))
