"""BiRefNet (Zheng et al. 2024): a subject's outline from a picture, looked at twice and refined against the picture itself."""

from __future__ import annotations

from dataclasses import dataclass, field

import torch
from torch import Tensor, nn
from torch.nn import functional

from backends.birefnet_swin import Swin, SwinSizes


@dataclass(frozen=True)
class Sizes:
    """How large a network is; as published.

    Attributes:
        inner: channels within a decoder block. parallel: channels of each of its parallel convolutions.
        kernels: their sizes. gradient: channels that look for outlines. first: channels of the first layer over the picture.
    """

    swin: SwinSizes = field(default_factory=SwinSizes)
    inner: int = 64
    parallel: int = 256
    kernels: tuple[int, ...] = (1, 3, 7)
    gradient: int = 16
    first: int = 64

    @property
    def channels(self) -> tuple[int, ...]:
        """Of the four maps, the smallest map first: two looks at the picture, side by side."""
        return tuple(2 * self.swin.width << number for number in (3, 2, 1, 0))


class DeformableConv(nn.Module):  # type: ignore[misc]
    """A convolution that chooses where it looks and how much each place counts (Zhu et al. 2018)."""

    def __init__(self, channels: int, made: int, kernel: int) -> None:
        super().__init__()
        self.kernel = kernel
        self.offset_conv = nn.Conv2d(channels, 2 * kernel * kernel, kernel, padding=kernel // 2)
        self.modulator_conv = nn.Conv2d(channels, kernel * kernel, kernel, padding=kernel // 2)
        self.regular_conv = nn.Conv2d(channels, made, kernel, padding=kernel // 2, bias=False)

    def forward(self, values: Tensor) -> Tensor:
        """[batch, channels, height, width] to as many made channels. Places outside count as zero."""
        offsets, share = self.offset_conv(values), 2 * torch.sigmoid(self.modulator_conv(values))
        height, width = values.shape[2:]
        rows = torch.arange(height, device=values.device, dtype=torch.float32)[:, None]
        columns = torch.arange(width, device=values.device, dtype=torch.float32)[None]
        done = values.new_zeros(values.shape[0], self.regular_conv.out_channels, height, width)
        for tap in range(self.kernel**2):
            down, across = divmod(tap, self.kernel)
            y = rows + (down - self.kernel // 2) + offsets[:, 2 * tap].float()
            x = columns + (across - self.kernel // 2) + offsets[:, 2 * tap + 1].float()
            grid = torch.stack(((2 * x + 1) / width - 1, (2 * y + 1) / height - 1), -1).to(values.dtype)
            seen = functional.grid_sample(values, grid, padding_mode="zeros", align_corners=False) * share[:, tap : tap + 1]
            done += functional.conv2d(seen, self.regular_conv.weight[:, :, down, across, None, None])
        return done


class Parallel(nn.Module):  # type: ignore[misc]
    """One of the parallel convolutions, normed."""

    def __init__(self, channels: int, made: int, kernel: int) -> None:
        super().__init__()
        self.atrous_conv = DeformableConv(channels, made, kernel)
        self.bn = nn.BatchNorm2d(made)

    def forward(self, values: Tensor) -> Tensor:
        """[batch, made, height, width]."""
        return functional.relu(self.bn(self.atrous_conv(values)))


class Pyramid(nn.Module):  # type: ignore[misc]
    """Deformable convolutions of several sizes and the mean of the whole, side by side, then mixed."""

    def __init__(self, channels: int, sizes: Sizes) -> None:
        super().__init__()
        self.aspp1 = Parallel(channels, sizes.parallel, 1)
        self.aspp_deforms = nn.ModuleList(Parallel(channels, sizes.parallel, kernel) for kernel in sizes.kernels)
        self.global_avg_pool = nn.Sequential(
            nn.AdaptiveAvgPool2d(1), nn.Conv2d(channels, sizes.parallel, 1, bias=False), nn.BatchNorm2d(sizes.parallel), nn.ReLU()
        )
        self.conv1 = nn.Conv2d(sizes.parallel * (2 + len(sizes.kernels)), channels, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(channels)

    def forward(self, values: Tensor) -> Tensor:
        """Of the same shape."""
        whole = self.global_avg_pool(values).expand(-1, -1, *values.shape[2:])
        found = torch.cat([self.aspp1(values), *(part(values) for part in self.aspp_deforms), whole], 1)
        return functional.relu(self.bn1(self.conv1(found)))


class DecoderBlock(nn.Module):  # type: ignore[misc]
    """Few channels, the pyramid among them, and out again."""

    def __init__(self, channels: int, made: int, sizes: Sizes) -> None:
        super().__init__()
        self.conv_in = nn.Conv2d(channels, sizes.inner, 3, padding=1)
        self.dec_att = Pyramid(sizes.inner, sizes)
        self.conv_out = nn.Conv2d(sizes.inner, made, 3, padding=1)
        self.bn_in = nn.BatchNorm2d(sizes.inner)
        self.bn_out = nn.BatchNorm2d(made)

    def forward(self, values: Tensor) -> Tensor:
        """[batch, made, height, width]."""
        done: Tensor = self.bn_out(self.conv_out(self.dec_att(functional.relu(self.bn_in(self.conv_in(values))))))
        return done


class Lateral(nn.Module):  # type: ignore[misc]
    """One layer per pixel, from the encoder across to the decoder."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.conv = nn.Conv2d(channels, channels, 1)

    def forward(self, values: Tensor) -> Tensor:
        """Of the same shape."""
        done: Tensor = self.conv(values)
        return done


class PictureLayers(nn.Module):  # type: ignore[misc]
    """Two layers over the picture itself, folded to a map's size."""

    def __init__(self, channels: int, made: int, first: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(channels, first, 3, padding=1)
        self.conv_out = nn.Conv2d(first, made, 3, padding=1)

    def forward(self, values: Tensor) -> Tensor:
        """[batch, made, height, width]."""
        done: Tensor = self.conv_out(self.conv1(values))
        return done


class Decoder(nn.Module):  # type: ignore[misc]
    """From the smallest map to the picture's size, each step against the picture and towards its outlines."""

    def __init__(self, sizes: Sizes) -> None:
        super().__init__()
        wide = sizes.channels
        seen = [channels // 8 for channels in wide]
        for step, made, fold in ((5, seen[0], 32), (4, seen[0], 16), (3, seen[1], 8), (2, seen[2], 4), (1, seen[3], 1)):
            self.add_module(f"ipt_blk{step}", PictureLayers(3 * fold * fold, made, sizes.first))
        self.decoder_block4 = DecoderBlock(wide[0] + seen[0], wide[1], sizes)
        self.decoder_block3 = DecoderBlock(wide[1] + seen[0], wide[2], sizes)
        self.decoder_block2 = DecoderBlock(wide[2] + seen[1], wide[3], sizes)
        self.decoder_block1 = DecoderBlock(wide[3] + seen[2], wide[3] // 2, sizes)
        self.conv_out1 = nn.Sequential(nn.Conv2d(wide[3] // 2 + seen[3], 1, 1))
        for step, channels in ((4, wide[1]), (3, wide[2]), (2, wide[3])):
            self.add_module(f"lateral_block{step}", Lateral(channels))
            self.add_module(f"conv_ms_spvn_{step}", nn.Conv2d(channels, 1, 1))  # of training alone, as is gdt_convs_pred
            self.add_module(
                f"gdt_convs_{step}",
                nn.Sequential(nn.Conv2d(channels, sizes.gradient, 3, padding=1), nn.BatchNorm2d(sizes.gradient), nn.ReLU()),
            )
            self.add_module(f"gdt_convs_pred_{step}", nn.Sequential(nn.Conv2d(sizes.gradient, 1, 1)))
            self.add_module(f"gdt_convs_attn_{step}", nn.Sequential(nn.Conv2d(sizes.gradient, 1, 1)))

    def forward(self, picture: Tensor, maps: list[Tensor]) -> Tensor:
        """[batch, 1, height, width], before the sigmoid; ``maps`` from the largest to the smallest."""
        values = torch.cat((maps[3], self._seen(5, picture, maps[3])), 1)
        for step in (4, 3, 2):
            values = getattr(self, f"decoder_block{step}")(values)
            values = values * getattr(self, f"gdt_convs_attn_{step}")(getattr(self, f"gdt_convs_{step}")(values)).sigmoid()
            larger = maps[step - 2]
            values = enlarged(values, larger) + getattr(self, f"lateral_block{step}")(larger)
            values = torch.cat((values, self._seen(step, picture, larger)), 1)
        values = enlarged(self.decoder_block1(values), picture)
        done: Tensor = self.conv_out1(torch.cat((values, self._seen(1, picture, picture)), 1))
        return done

    def _seen(self, step: int, picture: Tensor, target: Tensor) -> Tensor:
        """The picture cut into as many pieces as its map is smaller, laid on one another as channels."""
        high, wide = picture.shape[2] // target.shape[2], picture.shape[3] // target.shape[3]
        batch, colours, height, width = picture.shape
        pieces = picture.view(batch, colours, high, height // high, wide, width // wide).permute(0, 1, 2, 4, 3, 5)
        folded = enlarged(pieces.reshape(batch, -1, height // high, width // wide), target)
        done: Tensor = getattr(self, f"ipt_blk{step}")(folded)
        return done


class BiRefNetwork(nn.Module):  # type: ignore[misc]
    """The whole. Pictures have sides that 32 divides."""

    def __init__(self, sizes: Sizes) -> None:
        super().__init__()
        self.bb = Swin(sizes.swin)
        wide = sizes.channels
        self.squeeze_module = nn.Sequential(DecoderBlock(sum(wide), wide[0], sizes))
        self.decoder = Decoder(sizes)

    def forward(self, pictures: Tensor) -> Tensor:
        """Normalised [batch, 3, height, width] to [batch, 1, height, width], before the sigmoid."""
        half = functional.interpolate(pictures, (pictures.shape[2] // 2, pictures.shape[3] // 2), mode="bilinear", align_corners=True)
        maps = [torch.cat((large, enlarged(small, large)), 1) for large, small in zip(self.bb(pictures), self.bb(half), strict=True)]
        context = [enlarged(found, maps[3]) for found in maps[:3]]
        maps[3] = self.squeeze_module(torch.cat((*context, maps[3]), 1))
        done: Tensor = self.decoder(pictures, maps)
        return done


def enlarged(values: Tensor, target: Tensor) -> Tensor:
    """Bilinear, to the height and width of another map."""
    return functional.interpolate(values, target.shape[2:], mode="bilinear", align_corners=True)
