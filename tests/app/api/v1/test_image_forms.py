"""From OpenAI's fields to ours."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from app.api.v1.errors import FieldError
from app.api.v1.image_forms import EditForm, ImageForm, to_request
from app.imaging.requests import GenerateImage


def asked(**fields: Any) -> dict[str, Any]:
    return to_request(ImageForm(prompt="a fox", **fields))


def test_the_least() -> None:
    assert asked() == {"prompt": "a fox", "negative": "", "count": 1, "preview_every": 0}
    assert asked(size="auto", n=None, model=None, style="vivid", background="auto", quality="high", user="me") == asked()


def test_everything() -> None:
    form = EditForm(
        prompt="a fox", model="sdxl", n=3, size="512x768", background="transparent", output_format="webp", style="anime",
        negative_prompt="fog", seed=5, steps=9, guidance_scale=2.5, strength=0.4,
    )  # fmt: skip
    found = to_request(form)
    assert found == {
        "prompt": "a fox", "negative": "fog", "count": 3, "model": "sdxl", "width": 512, "height": 768, "seed": 5, "steps": 9,
        "guidance": 2.5, "preview_every": 0, "style": "anime", "transparent": True, "strength": 0.4,
    }  # fmt: skip
    GenerateImage.model_validate(found)


def test_empty_texts_are_left_out_as_forms_send_them() -> None:
    form = EditForm.model_validate({"prompt": "x", "n": "", "size": "", "model": "", "strength": "", "seed": "", "background": ""})
    assert to_request(form) == {"prompt": "x", "negative": "", "count": 1, "preview_every": 0}
    assert to_request(EditForm.model_validate({"prompt": "x", "n": "2", "strength": "0.5", "stream": "false"}))["count"] == 2


@pytest.mark.parametrize("size", ["100x104", "8x8", "5000x64", "4096x4096", "064x64", "99999x99999"])
def test_sizes_that_cannot_be_made(size: str) -> None:
    with pytest.raises(FieldError) as caught:
        asked(size=size)
    assert (caught.value.param, caught.value.http_status) == ("size", 400)


@pytest.mark.parametrize("size", ["64x64", "4096x2304", "1792x1024", "1024x1536"])
def test_sizes_that_can(size: str) -> None:
    found = asked(size=size)
    assert f"{found['width']}x{found['height']}" == size


@pytest.mark.parametrize(
    "fields", [{"size": "big"}, {"n": 0}, {"n": 11}, {"seed": -1}, {"output_format": "svg"}, {"stream": True}, {"style": "x" * 61}]
)
def test_what_is_refused_by_its_form(fields: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        asked(**fields)


def test_formats_that_cannot_hold_it() -> None:
    with pytest.raises(FieldError, match="JPEG"):
        asked(background="transparent", output_format="jpeg")
    with pytest.raises(FieldError, match="PNG"):
        asked(response_format="url", output_format="jpeg")
    assert asked(response_format="url", output_format="png")
