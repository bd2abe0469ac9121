"""Pictures through OpenAI's own client: made, changed, refused; drawn by the built-in storyboard, which every machine has."""

from __future__ import annotations

import base64
import io
import json
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import openai
import pytest
from openai import OpenAI
from PIL import Image

from app.capability import Capability
from app.imaging.generate import generate_images
from app.imaging.infotext.reading import read_settings
from app.studio import Studio
from configs.settings import Settings


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    data: Path = tmp_path_factory.mktemp("data")
    settings = Settings(data_dir=data, cpu_workers=1, cancel_grace_s=0.5, headless=True)
    rows: tuple[Capability[Any, Any], ...] = (generate_images,)
    with Studio.open(settings, capabilities=rows, keep_spare=False) as studio:
        yield studio


@pytest.fixture(scope="module")
def site(studio: Studio, serve: Callable[[Studio], AbstractContextManager[str]]) -> Iterator[str]:
    with serve(studio) as url:
        yield url


def opened(encoded: str | None) -> Image.Image:
    assert encoded is not None
    return Image.open(io.BytesIO(base64.b64decode(encoded)))


def png(mode: str = "RGB", size: tuple[int, int] = (96, 64), colour: Any = (200, 80, 40)) -> bytes:
    packed = io.BytesIO()
    Image.new(mode, size, colour).save(packed, "PNG")
    return packed.getvalue()


def test_a_picture_of_the_size_asked_for(client: OpenAI, tmp_path: Path) -> None:
    answer = client.images.generate(prompt="a fox in the snow, wide shot", size="256x144", model="storyboard", response_format="b64_json")  # type: ignore[call-overload]
    assert len(answer.data) == 1
    raw = base64.b64decode(answer.data[0].b64_json)
    with Image.open(io.BytesIO(raw)) as image:
        assert (image.format, image.size) == ("PNG", (256, 144))
    assert answer.data[0].revised_prompt == "a fox in the snow, wide shot"
    assert answer.size == "256x144"
    assert answer.usage.total_tokens == 0
    (tmp_path / "x.png").write_bytes(raw)
    found = read_settings(tmp_path / "x.png")
    assert found is not None
    assert found.settings["prompt"] == "a fox in the snow, wide shot"


def test_it_is_said_who_drew_it(client: OpenAI) -> None:
    answer = client.images.generate(prompt="a boat", size="128x128")  # type: ignore[call-overload]
    told = answer.model_extra["studio"]
    assert told["model"] == "storyboard"
    assert "no AI image" in told["engine"]
    assert len(told["artifacts"]) == 1


def test_several_with_seeds_that_follow_each_other(client: OpenAI) -> None:
    answer = client.images.generate(prompt="a boat", n=3, size="64x64", extra_body={"seed": 40})  # type: ignore[call-overload]
    assert answer.model_extra["studio"]["seeds"] == [40, 41, 42]
    assert len({row.b64_json for row in answer.data}) == 3


def test_the_same_seed_gives_the_same_bytes(client: OpenAI) -> None:
    first, second = (
        client.images.generate(prompt="a hill", size="128x64", extra_body={"seed": 7}).data[0].b64_json  # type: ignore[call-overload]
        for _ in range(2)
    )
    assert opened(first).tobytes() == opened(second).tobytes()


def test_a_url_leads_to_the_picture(client: OpenAI) -> None:
    answer = client.images.generate(prompt="a boat", size="96x64", response_format="url")  # type: ignore[call-overload]
    assert answer.data[0].b64_json is None
    with urllib.request.urlopen(answer.data[0].url, timeout=20) as page, Image.open(page) as image:
        assert image.size == (96, 64)


@pytest.mark.parametrize("kind", ["jpeg", "webp"])
def test_other_formats_carry_their_settings_too(client: OpenAI, kind: Any, tmp_path: Path) -> None:
    answer = client.images.generate(prompt="a “quiet” boat", size="128x64", output_format=kind, output_compression=80)
    raw = base64.b64decode(answer.data[0].b64_json)  # type: ignore[index, arg-type]
    (tmp_path / "x").write_bytes(raw)
    with Image.open(tmp_path / "x") as image:
        assert image.format == kind.upper()
    found = read_settings(tmp_path / "x")
    assert found is not None
    assert found.settings["prompt"] == "a “quiet” boat"


def test_size_auto_is_the_model_s_own(client: OpenAI) -> None:
    assert opened(client.images.generate(prompt="a boat", size="auto").data[0].b64_json).size == (1280, 720)  # type: ignore[index]


def test_a_picture_is_changed(client: OpenAI) -> None:
    answer = client.images.edit(image=("fox.png", png(), "image/png"), prompt="push in", size="128x64", model="storyboard")  # type: ignore[call-overload]
    assert opened(answer.data[0].b64_json).size == (128, 64)


def test_several_pictures_may_be_sent(client: OpenAI, studio: Studio) -> None:
    pictures = [("a.png", png(), "image/png"), ("b.png", png(colour=(1, 2, 3)), "image/png")]
    with pytest.raises(openai.BadRequestError, match="reference pictures"):
        client.images.edit(image=pictures, prompt="both")
    assert {artifact.name for artifact in studio.artifacts(kind="image").items} >= {"a.png", "b.png"}


def test_a_mask_is_understood_and_told_to_be_too_much_for_the_storyboard(client: OpenAI) -> None:
    mask = png("RGBA", colour=(0, 0, 0, 0))
    with pytest.raises(openai.BadRequestError, match="make a part of a picture anew"):
        client.images.edit(image=("a.png", png(), "image/png"), mask=("m.png", mask, "image/png"), prompt="a hat")


def test_a_mask_of_another_size_is_refused(client: OpenAI) -> None:
    with pytest.raises(openai.BadRequestError) as caught:
        client.images.edit(image=("a.png", png(), "image/png"), mask=("m.png", png("L", (8, 8), 0), "image/png"), prompt="a hat")
    assert (caught.value.param, caught.value.status_code) == ("mask", 400)
    assert "8x8" in caught.value.message


@pytest.mark.parametrize(
    ("asked", "param", "said"),
    [
        ({"prompt": ""}, "prompt", "prompt"),
        ({"prompt": "x", "size": "100x100"}, "size", "multiples of 8"),
        ({"prompt": "x", "size": "9999x64"}, "size", "cannot be made"),
        ({"prompt": "x", "size": "large"}, "size", "size"),
        ({"prompt": "x", "n": 11}, "n", "10"),
        ({"prompt": "x", "n": 0}, "n", "1"),
        ({"prompt": "x", "output_format": "gif"}, "output_format", "png"),
        ({"prompt": "x", "background": "transparent", "output_format": "jpeg"}, "output_format", "transparent"),
        ({"prompt": "x", "response_format": "url", "output_format": "webp"}, "output_format", "PNG"),
        ({"prompt": "x", "stream": True}, "stream", "stream"),
        ({"prompt": "x" * 8001}, "prompt", "8000"),
    ],
)
def test_a_wrong_field_is_named(client: OpenAI, asked: dict[str, Any], param: str, said: str) -> None:
    with pytest.raises(openai.BadRequestError) as caught:
        client.post("/images/generations", body=asked, cast_to=object)
    assert caught.value.param == param
    assert said in caught.value.message
    assert caught.value.type == "invalid_request_error"


def test_a_model_that_is_not_here_is_a_404(client: OpenAI) -> None:
    with pytest.raises(openai.NotFoundError, match="nobody"):
        client.images.generate(prompt="x", model="nobody")


def test_a_character_that_is_not_here_is_named(client: OpenAI) -> None:
    with pytest.raises(openai.NotFoundError, match="@nobody"):
        client.images.generate(prompt="@nobody waves", size="64x64")  # type: ignore[call-overload]


def test_a_style_that_is_not_here_names_the_nearest(client: OpenAI) -> None:
    with pytest.raises(openai.NotFoundError, match="anime"):
        client.images.generate(prompt="x", style="anme")  # type: ignore[call-overload]
    assert client.images.generate(prompt="x", style="vivid", size="64x64").data  # type: ignore[call-overload]


def test_what_is_no_picture_is_refused(client: OpenAI) -> None:
    with pytest.raises(openai.BadRequestError) as caught:
        client.images.edit(image=("a.png", b"\x89PNG\r\n\x1a\nnothing", "image/png"), prompt="x")
    assert caught.value.param == "image"


@pytest.mark.parametrize(
    ("kind", "body", "said"),
    [
        ("application/json", b"{}", "multipart/form-data"),
        ("multipart/form-data; boundary=x", b"nonsense", "form"),
        (
            "multipart/form-data; boundary=x",
            b'--x\r\ncontent-disposition: form-data; name="prompt"\r\n\r\na hat\r\n--x--\r\n',
            "no picture",
        ),
        ("multipart/form-data", b"", "form"),
    ],
)
def test_an_edit_that_is_no_form_is_refused(base_url: str, kind: str, body: bytes, said: str) -> None:
    request = urllib.request.Request(f"{base_url}/images/edits", body, {"content-type": kind})
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(request, timeout=20)
    assert caught.value.code == 400
    assert said in json.load(caught.value)["error"]["message"]


def test_the_storyboard_is_among_the_models(client: OpenAI) -> None:
    assert client.models.retrieve("storyboard").model_extra["task"] == "image"  # type: ignore[index]
    assert "storyboard" in [model.id for model in client.models.list()]
