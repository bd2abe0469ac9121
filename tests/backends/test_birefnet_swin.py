"""The Swin transformer, held to the one of transformers with the same weights."""

from __future__ import annotations

import re

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("transformers")

from backends.birefnet_swin import Swin, SwinSizes, crossings, distances, in_windows  # noqa: E402

SIZES = SwinSizes(width=12, depths=(2, 2, 2, 2), heads=(1, 2, 3, 4), window=4)


def as_transformers_names_it(name: str) -> str:
    """Of a tensor of ours."""
    stage = re.match(r"norm(\d)\.(.*)", name)
    if stage:
        return f"hidden_states_norms.stage{int(stage[1]) + 1}.{stage[2]}"
    for ours, theirs in (
        ("patch_embed.proj", "embeddings.patch_embeddings.projection"),
        ("patch_embed.norm", "embeddings.norm"),
        ("norm1", "layernorm_before"),
        ("norm2", "layernorm_after"),
        ("attn.relative_position_bias_table", "attention.relative_position_bias.relative_position_bias_table"),
        ("attn.proj", "attention.o_proj"),
    ):
        name = name.replace(ours, theirs)
    return "swin." + re.sub(r"^layers", "encoder.layers", name)


def handed_over(ours: Swin) -> dict[str, torch.Tensor]:
    """Our weights under the names of transformers; what is made from sizes alone is left out."""
    state = {}
    for name, tensor in ours.state_dict().items():
        if ".attn.qkv." in name:
            head, kind = name.split(".attn.qkv.")
            for part, chunk in zip("qkv", tensor.chunk(3), strict=True):
                state[as_transformers_names_it(f"{head}.attention.{part}_proj.{kind}")] = chunk
        elif "index" not in name:
            state[as_transformers_names_it(name)] = tensor
    return state


@pytest.mark.parametrize("size", [(64, 64), (96, 64), (68, 52)])
def test_it_sees_what_the_published_network_sees(size: tuple[int, int]) -> None:
    from transformers import SwinBackbone, SwinConfig

    torch.manual_seed(5)
    ours = Swin(SIZES).eval()
    for _, weight in ours.named_parameters():
        torch.nn.init.normal_(weight, 0, 0.2)
    config = SwinConfig(
        image_size=size, patch_size=4, embed_dim=12, depths=list(SIZES.depths), num_heads=list(SIZES.heads), window_size=4, mlp_ratio=4.0,
        drop_path_rate=0.0, out_features=["stage1", "stage2", "stage3", "stage4"],
    )  # fmt: skip
    theirs = SwinBackbone(config).eval()
    missing, strange = theirs.load_state_dict(handed_over(ours), strict=False)
    if strange:
        pytest.skip(f"this version of transformers names {strange[0]} otherwise")
    assert [name for name in missing if "index" not in name and not name.startswith("swin.layernorm")] == []
    picture = torch.randn(2, 3, size[1], size[0])
    with torch.inference_mode():
        found, wanted = ours(picture), theirs(picture).feature_maps
    assert [tuple(part.shape) for part in found] == [tuple(part.shape) for part in wanted]
    for mine, yours in zip(found, wanted, strict=True):
        assert (mine - yours).abs().max() < 1e-3 * yours.abs().max()


def test_distances_are_the_same_for_the_same_step() -> None:
    found = distances(3)
    assert found.shape == (9, 9)
    assert found[0, 0] == found[8, 8] == 12
    assert found[0, 1] == found[3, 4]
    assert len(found.unique()) == 25


def test_windows_hold_neighbours() -> None:
    values = torch.arange(16).view(1, 4, 4, 1)
    assert in_windows(values, 2)[..., 0].tolist() == [[0, 1, 4, 5], [2, 3, 6, 7], [8, 9, 12, 13], [10, 11, 14, 15]]


def test_pixels_from_opposite_ends_do_not_see_each_other() -> None:
    mask = crossings(8, 8, 4)
    assert mask.shape == (4, 16, 16)
    assert mask[0].abs().max() == 0, "the first window lies in one piece"
    assert mask[3, 0, 15] == float("-inf")
    assert mask[3, 0, 1] == 0
