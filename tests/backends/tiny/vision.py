"""Tiny vision models with random weights, as their downloads lie on the disk: DINOv2, Depth Anything V2, ViTMatte, BiRefNet, upscalers."""

from __future__ import annotations

from pathlib import Path
from typing import Any


def save_dinov2(folder: Path) -> Path:
    """32 dimensions, patches of 14 px."""
    import torch
    from transformers import Dinov2Config, Dinov2Model

    torch.manual_seed(31)
    torch.set_num_threads(1)
    config = Dinov2Config(hidden_size=32, num_hidden_layers=2, num_attention_heads=2, image_size=56, patch_size=14, mlp_ratio=2)
    _spread(Dinov2Model(config)).save_pretrained(folder)
    return folder


def save_depth_anything(folder: Path) -> Path:
    """On a small DINOv2."""
    import torch
    from transformers import DepthAnythingConfig, DepthAnythingForDepthEstimation, Dinov2Config

    torch.manual_seed(32)
    torch.set_num_threads(1)
    eye = Dinov2Config(
        hidden_size=32, num_hidden_layers=4, num_attention_heads=2, image_size=56, patch_size=14, mlp_ratio=2,
        out_features=["stage1", "stage2", "stage3", "stage4"], reshape_hidden_states=False, apply_layernorm=True,
    )  # fmt: skip
    config = DepthAnythingConfig(
        backbone_config=eye, reassemble_hidden_size=32, neck_hidden_sizes=[16, 16, 24, 24], fusion_hidden_size=16, head_hidden_size=8,
        patch_size=14,
    )  # fmt: skip
    _spread(DepthAnythingForDepthEstimation(config)).save_pretrained(folder)
    return folder


def save_vitmatte(folder: Path) -> Path:
    """On a small ViTDet."""
    import torch
    from transformers import VitDetConfig, VitMatteConfig, VitMatteForImageMatting

    torch.manual_seed(33)
    torch.set_num_threads(1)
    eye = VitDetConfig(
        hidden_size=32, num_hidden_layers=2, num_attention_heads=2, image_size=64, pretrain_image_size=64, patch_size=16, num_channels=4,
        window_size=0, residual_block_indices=[], use_relative_position_embeddings=False, out_features=["stage2"],
    )  # fmt: skip
    config = VitMatteConfig(backbone_config=eye, hidden_size=32, convstream_hidden_sizes=[8, 16, 24], fusion_hidden_sizes=[32, 16, 8, 8])
    VitMatteForImageMatting(config).save_pretrained(folder)
    return folder


def save_upscaler(path: Path, scale: int = 2, blocks: int = 2, channels: int = 8) -> Path:
    """ESRGAN in the names of the Real-ESRGAN release. What it adds to a plain enlargement is faint noise of its random weights."""
    import torch
    from safetensors.torch import save_file

    from backends.spandrel_import import spandrel

    torch.manual_seed(34)
    torch.set_num_threads(1)
    spandrel()
    from spandrel.architectures.ESRGAN import ESRGAN

    model = ESRGAN(in_nc=3, out_nc=3, num_filters=channels, num_blocks=blocks, scale=scale)
    path.parent.mkdir(parents=True, exist_ok=True)
    save_file({name: weight.contiguous() for name, weight in model.state_dict().items()}, path)
    return path


def save_compact(path: Path, scale: int = 2) -> Path:
    """SRVGGNetCompact, as realesr-general-x4v3 is; enlarges the picture itself and adds what its layers make."""
    import torch
    from safetensors.torch import save_file

    from backends.spandrel_import import spandrel

    torch.manual_seed(35)
    torch.set_num_threads(1)
    spandrel()
    from spandrel.architectures.Compact import Compact

    model = Compact(num_in_ch=3, num_out_ch=3, num_feat=16, num_conv=4, upscale=scale)
    path.parent.mkdir(parents=True, exist_ok=True)
    save_file({name: weight.contiguous() for name, weight in model.state_dict().items()}, path)
    return path


def save_birefnet(path: Path) -> Path:
    """Eight channels wide; the names are those of the published files."""
    import torch
    from safetensors.torch import save_file

    from backends.birefnet_network import BiRefNetwork, Sizes, SwinSizes

    torch.manual_seed(36)
    torch.set_num_threads(1)
    swin = SwinSizes(width=8, depths=(2, 2, 2, 2), heads=(1, 2, 2, 4), window=4)
    model = BiRefNetwork(Sizes(swin=swin, inner=8, parallel=8, kernels=(1, 3), gradient=4, first=8))
    path.parent.mkdir(parents=True, exist_ok=True)
    save_file({name: tensor.contiguous() for name, tensor in model.state_dict().items()}, path)
    return path


def _spread(model: Any) -> Any:
    """Wider weights: answers that differ from picture to picture."""
    import torch

    with torch.no_grad():
        for name, weight in model.named_parameters():
            if weight.dim() > 1 and "embeddings" not in name:
                weight.normal_(0, 0.15)
    return model
