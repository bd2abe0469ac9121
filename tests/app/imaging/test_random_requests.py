"""A thousand random requests, and every kind of bad one: each is taken, or refused in one sentence; never a traceback, never a job."""

from __future__ import annotations

import json
import random
import struct
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from pydantic import ValidationError
from starlette.testclient import TestClient

from app.api.server import create_api
from app.cast import with_cast
from app.imaging.batch.preparing import prepare_batch
from app.imaging.batch.requests import BatchImages
from app.imaging.prepare import prepare
from app.imaging.requests import GenerateImage
from app.studio import Studio
from app.validation import as_bad_input
from configs.errors import BadInput, StudioError
from configs.settings import Settings
from tests.app.imaging.easel import Surrounded, adapter, installed
from tests.backends.weights import safetensors

COUNT = 1000
AROUND: Any = Surrounded(
    installed(), installed("flux", family="flux2"), installed("talker", task="chat"),
    adapters=[
        adapter("lora", "ink"), adapter("lora", "other", "flux2"), adapter("lora", "broken", trouble="It is damaged."),
        adapter("controlnet", "net", controls=("canny", "depth")), adapter("ip-adapter", "ip"),
    ],
)  # fmt: skip
TEXTS = (
    "a fox",
    "",
    "  ",
    "@luca",
    "<lora:ink:0.5>",
    "<lora:gone>",
    "<lora:ink:99>",
    "x" * 10_000,
    "日本語 🦊",
    "\x00",
    "\udc80",
    "{a|b",
    "__x__",
    "(((",
    "\n",
)
NUMBERS = (0, 1, -1, 7, 8, 63, 64, 65, 128, 512, 4096, 4104, 10**9, 2**32 - 1, 2**32, 0.5, 1.5, -0.1, 31, float("nan"), float("inf"))
ODD = (None, True, [], {}, "12", "many", "a" * 500)


def chance_value(chance: random.Random) -> Any:
    return chance.choice([chance.choice(TEXTS), chance.choice(NUMBERS), chance.choice(ODD)])


def near(chance: random.Random, *good: Any) -> Any:
    """Mostly something that is meant, sometimes anything."""
    return chance.choice(good) if chance.random() < 0.8 else chance_value(chance)


FIELDS: dict[str, Callable[[random.Random], Any]] = {
    "prompt": lambda c: c.choice(TEXTS) if c.random() < 0.4 else "a fox",
    "negative": lambda c: c.choice(TEXTS),
    "style": lambda c: near(c, "ink", "gone", None),
    "model": lambda c: near(c, "tiny-sdxl", "flux", "storyboard", "talker", "gone", None),
    "width": lambda c: near(c, 64, 128, 1024, 4096, None),
    "height": lambda c: near(c, 64, 128, 1024, 4096, None),
    "steps": lambda c: near(c, 1, 30, 150, None),
    "guidance": lambda c: near(c, 0, 6.5, 30, None),
    "sampler": lambda c: near(c, "", "euler", "DPM++ 2M Karras", "gone"),
    "schedule": lambda c: near(c, "", "karras", "trailing", "gone"),
    "clip_skip": lambda c: near(c, 1, 2, 12),
    "seed": lambda c: near(c, 0, 5, 2**32 - 1, None),
    "image": lambda c: near(c, "a-1", None),
    "mask": lambda c: near(c, "a-2", None),
    "mask_blur_px": lambda c: near(c, 0, 4, 128),
    "outpaint": lambda c: near(c, {}, {"left": 64}, {"up": 8}, {"left": 3}),
    "strength": lambda c: near(c, 0, 0.5, 1),
    "loras": lambda c: [{"name": near(c, "ink", "other", "broken", "gone"), "weight": near(c, 0.5, 1, 4)} for _ in range(c.randrange(3))],
    "controls": lambda c: [
        {"kind": near(c, "canny", "depth", "pose", "tile"), "image": "a-1", "start": near(c, 0, 0.5), "end": near(c, 0.4, 1)}
        for _ in range(c.randrange(2))
    ],
    "references": lambda c: [{"image": "a-1", "weight": near(c, 0.5, 2)} for _ in range(c.randrange(3))],
    "transparent": lambda c: near(c, True, False),
    "count": lambda c: near(c, 1, 4, 16),
    "rerolls": lambda c: near(c, 0, 8),
    "what": chance_value,
}


def random_request(number: int) -> dict[str, Any]:
    chance = random.Random(number)
    chosen = chance.sample(list(FIELDS), chance.randrange(1, 6))
    return {"prompt": "a fox", **{name: FIELDS[name](chance) for name in chosen}}


def again(request: GenerateImage) -> None:
    """What was prepared is read once more by the process that makes it."""
    assert GenerateImage.model_validate(json.loads(json.dumps(request.model_dump(mode="json")))) == request


def outcome(make: Callable[[], Any]) -> StudioError | None:
    """None when it was taken, else what was said; anything else is a failure of the test."""
    try:
        make()
    except ValidationError as error:
        return as_bad_input(error.errors())
    except StudioError as error:
        return error
    return None


def require_sentence(error: StudioError, request: Any) -> None:
    """One sentence with its end, short enough to be read, with something to do about it."""
    said = error.message
    assert isinstance(error, BadInput) or error.http_status in (404, 409, 422, 503), request
    assert said.endswith((".", "?", " more)")), said
    assert "Traceback" not in said, said
    assert "\n" not in said, said
    assert 8 <= len(said) <= 400, said
    assert error.remedy or said.startswith("The request is"), said


def test_a_thousand_random_requests_are_taken_or_refused_in_a_sentence() -> None:
    taken = 0
    kinds: set[str] = set()
    for number in range(COUNT):
        request = random_request(number)

        def make(request: dict[str, Any] = request) -> None:
            again(prepare(with_cast(GenerateImage.model_validate(request), AROUND.character), AROUND))

        error = outcome(make)
        if error is None:
            taken += 1
        else:
            require_sentence(error, request)
            kinds.add(error.message.split(" ")[0] + error.code)
    assert 0.1 * COUNT < taken < 0.9 * COUNT
    assert len(kinds) >= 8


def test_random_batches_are_taken_or_refused_in_a_sentence() -> None:
    taken = 0
    for number in range(200):
        chance = random.Random(number)
        request: dict[str, Any] = {
            "prompt": near(chance, "a {red|blue} fox", "__animals__", "__gone__"), "count": near(chance, 1, 3, 100),
            "prompts": near(chance, [], ["a", "b"], ["@nobody"]), "combine": near(chance, True, False),
            "table": near(chance, "", "prompt,seed\na,1\n", "smell\nx\n", 'prompt\n"a'),
            "x": near(chance, None, {"by": "seed", "values": "1-3"}, {"by": "steps", "values": "x"}, {"by": "?", "values": ""}),
            "y": near(chance, None, {"by": "sampler", "values": ["euler", "gone"]}, {"by": "replace", "values": "fox,owl"}),
        }  # fmt: skip
        error = outcome(lambda request=request: prepare_batch(BatchImages.model_validate(request), AROUND))  # type: ignore[misc]
        if error is None:
            taken += 1
        else:
            require_sentence(error, request)
    assert taken >= 3


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    """A studio whose shelf holds a good LoRA, a torn one and a pickle."""
    folder = tmp_path_factory.mktemp("random")
    settings = Settings(data_dir=folder / "data", headless=True, cpu_workers=1)
    shelf = settings.models / "adapters"
    shelf.mkdir(parents=True)
    good = safetensors(shelf / "good.safetensors", {"lora_unet_down_blocks_0_attentions_0_proj_in.lora_down.weight": (4, 8)})
    (shelf / "torn.safetensors").write_bytes(good.read_bytes()[:40])
    (shelf / "lying.safetensors").write_bytes(struct.pack("<Q", 2**40) + b"{}")
    (shelf / "pickle.pt").write_bytes(b"\x80\x02}q\x00.")
    with Studio.open(settings, start_workers=False) as opened:
        yield opened


@pytest.fixture(scope="module")
def client(studio: Studio) -> TestClient:
    return TestClient(create_api(studio), base_url="http://127.0.0.1:7930", client=("127.0.0.1", 1), raise_server_exceptions=False)


BAD: tuple[dict[str, Any], ...] = (
    {"prompt": ""}, {"prompt": "x" * 10_000}, {"prompt": "a", "width": 100}, {"prompt": "a", "width": 0}, {"prompt": "a", "height": 99_999},
    {"prompt": "a", "width": 4096, "height": 4096}, {"prompt": "a", "loras": [{"name": "missing"}]},
    {"prompt": "a", "loras": [{"name": "torn"}]},
    {"prompt": "a", "loras": [{"name": "lying"}]}, {"prompt": "a", "loras": [{"name": "pickle"}]}, {"prompt": "a <lora:torn:1>"},
    {"prompt": "a", "model": "missing"}, {"prompt": "a", "mask": "a-0000000000000000"}, {"prompt": "a", "image": "a-0000000000000000"},
    {"prompt": "a", "image": "/etc/passwd"}, {"prompt": "a", "image": "/nowhere.png"}, {"prompt": "a", "sampler": "magic"}, {}, {"what": 1},
    {"prompt": "a", "seed": -1}, {"prompt": "a", "steps": "many"}, {"prompt": "a", "style": "missing"}, {"prompt": "@nobody"},
    {"prompt": "a", "count": 17}, {"prompt": ["a"]}, {"prompt": "\udc80"}, {"prompt": "a", "controls": [{"kind": "canny", "image": "x"}]},
)  # fmt: skip


@pytest.mark.parametrize("request_", BAD, ids=lambda value: json.dumps(value)[:60])
def test_a_bad_request_is_a_4xx_with_one_sentence_and_no_job(client: TestClient, studio: Studio, request_: dict[str, Any]) -> None:
    before = studio.counts()
    answer = client.post("/api/capabilities/image.generate", content=json.dumps(request_), headers={"content-type": "application/json"})
    assert 400 <= answer.status_code < 500, answer.text
    error = answer.json()["error"]
    assert error["message"].strip()
    assert "Traceback" not in answer.text
    assert len(error["message"]) < 400
    assert studio.counts() == before


def test_a_file_that_is_no_picture_is_refused_before_there_is_a_job(client: TestClient, studio: Studio, tmp_path: Path) -> None:
    (tmp_path / "x.png").write_bytes(b"no picture")
    Image.new("RGB", (64, 64)).save(tmp_path / "good.png")
    before = studio.counts()
    for request in ({"prompt": "a", "image": str(tmp_path / "x.png")}, {"prompt": "a", "image": str(tmp_path / "good.png"), "mask": "x"}):
        answer = client.post("/api/capabilities/image.generate", json=request)
        assert answer.status_code in (404, 422), answer.text
    assert studio.counts() == before
