"""The Swin transformer (Liu et al. 2021) as BiRefNet looks with it: four maps, each half as wide as the one before."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

PATCH = 4
MLP_RATIO = 4


@dataclass(frozen=True)
class SwinSizes:
    """How large a network is; as published with the small model."""

    width: int = 96
    depths: tuple[int, ...] = (2, 2, 6, 2)
    heads: tuple[int, ...] = (3, 6, 12, 24)
    window: int = 7


class WindowAttention(nn.Module):  # type: ignore[misc]
    """Attention of the pixels of one window to each other, with a learned bias for their distance."""

    def __init__(self, width: int, heads: int, window: int) -> None:
        super().__init__()
        self.heads = heads
        self.relative_position_bias_table = nn.Parameter(torch.zeros((2 * window - 1) ** 2, heads))
        self.register_buffer("relative_position_index", distances(window))
        self.qkv = nn.Linear(width, 3 * width)
        self.proj = nn.Linear(width, width)

    def forward(self, windows: Tensor, mask: Tensor | None) -> Tensor:
        """[windows, pixels, width] likewise; ``mask`` [windows of a picture, pixels, pixels] is added to the scores."""
        count, pixels, width = windows.shape
        query, key, value = self.qkv(windows).view(count, pixels, 3, self.heads, width // self.heads).permute(2, 0, 3, 1, 4)
        index: Tensor = self.relative_position_index
        bias = self.relative_position_bias_table[index.flatten()].view(pixels, pixels, -1).permute(2, 0, 1)[None].to(query.dtype)
        if mask is not None:
            bias = bias + mask[:, None].to(query.dtype).repeat(count // mask.shape[0], 1, 1, 1)
        seen = functional.scaled_dot_product_attention(query, key, value, attn_mask=bias)
        done: Tensor = self.proj(seen.transpose(1, 2).reshape(count, pixels, width))
        return done


class Mlp(nn.Module):  # type: ignore[misc]
    """Two layers."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.fc1 = nn.Linear(width, MLP_RATIO * width)
        self.fc2 = nn.Linear(MLP_RATIO * width, width)

    def forward(self, values: Tensor) -> Tensor:
        """Of the same shape."""
        done: Tensor = self.fc2(functional.gelu(self.fc1(values)))
        return done


class Block(nn.Module):  # type: ignore[misc]
    """Attention in windows, moved by half a window in every other block, then the layers of each pixel."""

    def __init__(self, width: int, heads: int, window: int, shifted: bool) -> None:
        super().__init__()
        self.window, self.shift = window, window // 2 if shifted else 0
        self.norm1 = nn.LayerNorm(width)
        self.attn = WindowAttention(width, heads, window)
        self.norm2 = nn.LayerNorm(width)
        self.mlp = Mlp(width)

    def forward(self, values: Tensor, mask: Tensor) -> Tensor:
        """[batch, height, width, channels] likewise."""
        batch, height, width, channels = values.shape
        window = self.window
        padded = functional.pad(self.norm1(values), (0, 0, 0, -width % window, 0, -height % window))
        if self.shift:
            padded = padded.roll((-self.shift, -self.shift), (1, 2))
        seen = self.attn(in_windows(padded, window), mask if self.shift else None)
        high, wide = padded.shape[1:3]
        joined = seen.view(batch, high // window, wide // window, window, window, channels).transpose(2, 3).reshape(padded.shape)
        if self.shift:
            joined = joined.roll((self.shift, self.shift), (1, 2))
        values = values + joined[:, :height, :width]
        done: Tensor = values + self.mlp(self.norm2(values))
        return done


class Merging(nn.Module):  # type: ignore[misc]
    """Four neighbours become one of twice the channels."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.reduction = nn.Linear(4 * width, 2 * width, bias=False)
        self.norm = nn.LayerNorm(4 * width)

    def forward(self, values: Tensor) -> Tensor:
        """[batch, height, width, channels] to half of it, twice the channels."""
        values = functional.pad(values, (0, 0, 0, values.shape[2] % 2, 0, values.shape[1] % 2))
        corners = [values[:, row::2, column::2] for column in (0, 1) for row in (0, 1)]
        done: Tensor = self.reduction(self.norm(torch.cat(corners, -1)))
        return done


class Stage(nn.Module):  # type: ignore[misc]
    """Blocks of one resolution, and the way to the next."""

    def __init__(self, width: int, depth: int, heads: int, window: int, last: bool) -> None:
        super().__init__()
        self.window = window
        self.blocks = nn.ModuleList(Block(width, heads, window, number % 2 == 1) for number in range(depth))
        self.downsample = None if last else Merging(width)

    def forward(self, values: Tensor) -> Tensor:
        """[batch, height, width, channels] likewise."""
        mask = crossings(values.shape[1], values.shape[2], self.window).to(values.device)
        for block in self.blocks:
            values = block(values, mask)
        return values


class PatchEmbed(nn.Module):  # type: ignore[misc]
    """4 x 4 px become one vector."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.proj = nn.Conv2d(3, width, PATCH, PATCH)
        self.norm = nn.LayerNorm(width)

    def forward(self, pictures: Tensor) -> Tensor:
        """[batch, 3, height, width] to [batch, height / 4, width / 4, channels]."""
        padded = functional.pad(pictures, (0, -pictures.shape[3] % PATCH, 0, -pictures.shape[2] % PATCH))
        done: Tensor = self.norm(self.proj(padded).permute(0, 2, 3, 1))
        return done


class Swin(nn.Module):  # type: ignore[misc]
    """The whole; answers with every stage's map, normed."""

    def __init__(self, sizes: SwinSizes) -> None:
        super().__init__()
        self.patch_embed = PatchEmbed(sizes.width)
        count = len(sizes.depths)
        self.layers = nn.ModuleList(
            Stage(sizes.width << number, depth, heads, sizes.window, number == count - 1)
            for number, (depth, heads) in enumerate(zip(sizes.depths, sizes.heads, strict=True))
        )
        for number in range(count):
            self.add_module(f"norm{number}", nn.LayerNorm(sizes.width << number))

    def forward(self, pictures: Tensor) -> list[Tensor]:
        """[batch, 3, height, width] to one [batch, channels, height / 4, width / 4] and smaller ones."""
        values = self.patch_embed(pictures)
        found = []
        for number, stage in enumerate(self.layers):
            values = stage(values)
            found.append(getattr(self, f"norm{number}")(values).permute(0, 3, 1, 2).contiguous())
            if stage.downsample is not None:
                values = stage.downsample(values)
        return found


def in_windows(values: Tensor, window: int) -> Tensor:
    """[batch, height, width, channels] to [windows, window * window, channels]."""
    batch, height, width, channels = values.shape
    cut = values.view(batch, height // window, window, width // window, window, channels).transpose(2, 3)
    return cut.reshape(-1, window * window, channels)


def distances(window: int) -> Tensor:
    """[pixels, pixels]: the row of the bias table for each pair of a window's pixels."""
    place = torch.arange(window)
    rows, columns = place.repeat_interleave(window), place.repeat(window)
    down = rows[:, None] - rows[None] + window - 1
    across = columns[:, None] - columns[None] + window - 1
    return down * (2 * window - 1) + across


def crossings(height: int, width: int, window: int) -> Tensor:
    """[windows, pixels, pixels], minus infinity between pixels that only meet because the picture was rolled around."""

    def parts(length: int) -> Tensor:
        whole = length + -length % window
        place = torch.arange(whole)
        return (place >= whole - window).long() + (place >= whole - window // 2).long()

    area = parts(height)[:, None] * 3 + parts(width)[None]
    windows = in_windows(area[None, :, :, None].float(), window)[..., 0]
    apart = windows[:, None] != windows[:, :, None]
    return torch.zeros(apart.shape).masked_fill(apart, float("-inf"))
