"""What making a picture is asked: bounds and what goes together."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from app.imaging.requests import CONTROLS, ControlKind, ControlUse, GenerateImage, Outpaint, Picture
from app.media_fields import media_in


def test_every_kind_of_map_is_listed() -> None:
    assert ControlKind.__args__ == CONTROLS  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "fields",
    [
        {"width": 100}, {"width": 56}, {"height": 4104}, {"width": 4096, "height": 4096}, {"steps": 0}, {"steps": 151}, {"guidance": 31},
        {"guidance": float("nan")}, {"seed": -1}, {"seed": 2**32}, {"count": 0}, {"count": 17}, {"strength": 1.1}, {"mask": "x"},
        {"outpaint": {"left": 8}}, {"outpaint": {"left": 7}, "image": "x"}, {"loras": [{"name": "a"}] * 17}, {"what": 1},
        {"prompt": "x" * 8001},
        {"controls": [{"kind": "canny", "image": "x", "start": 0.5, "end": 0.5}]}, {"controls": [{"kind": "smell", "image": "x"}]},
        {"references": [{"image": "x"}] * 9}, {"rerolls": 9},
    ],
    ids=str,
)  # fmt: skip
def test_what_is_out_of_bounds_is_refused(fields: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        GenerateImage.model_validate({"prompt": "a", **fields})


def test_a_mask_says_what_it_lacks() -> None:
    with pytest.raises(ValidationError, match="a mask or outpaint needs a picture to start from: give `image`"):
        GenerateImage(prompt="a", mask="x")


def test_nothing_is_beyond_the_edges_unless_asked() -> None:
    assert not Outpaint().wanted
    assert Outpaint(top=8).wanted


def test_every_picture_of_a_request_is_found_as_media() -> None:
    request = Picture.model_validate(
        {
            "prompt": "a", "image": "i", "mask": "m", "controls": [{"kind": "canny", "image": "c"}], "references": [{"image": "r"}],
            "cast": [{"name": "luca", "references": ["l1", "l2"]}],
        }
    )  # fmt: skip
    assert [reference for _, _, reference in media_in(request)] == ["i", "m", "c", "r", "l1", "l2"]


def test_a_map_guides_from_its_start_to_its_end() -> None:
    use = ControlUse(kind="depth", image="x", start=0.2, end=0.8)
    assert (use.start, use.end, use.preprocess, use.weight) == (0.2, 0.8, True, 1.0)
