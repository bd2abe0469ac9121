"""Chat about pictures, with tiny random models that lie on the disk as downloads do."""

from __future__ import annotations

import base64
import io
import json
import shutil
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("transformers")

from PIL import Image  # noqa: E402

from backends.base import Device  # noqa: E402
from backends.chat import ChatCall, ChatPiece, ImagePart, Message, TextPart  # noqa: E402
from backends.sampling import Sampler  # noqa: E402
from backends.transformers_vision import IDEFICS, TransformersVision, filled  # noqa: E402
from configs.errors import BadInput, BadMedia, Unavailable  # noqa: E402
from tests.backends.tiny.models import installed  # noqa: E402


def never() -> bool:
    return False


def silent(fraction: float, message: str) -> None:
    """Hears and says nothing."""


def picture(colour: str, width: int = 90, height: int = 60) -> ImagePart:
    out = io.BytesIO()
    Image.new("RGB", (width, height), colour).save(out, "PNG")
    return ImagePart(base64=base64.b64encode(out.getvalue()).decode())


def call(*parts: Any, **more: Any) -> ChatCall:
    return ChatCall(
        messages=(Message(role="user", parts=(*parts, TextPart(text="What is this?"))),), **{"max_tokens": 12, "temperature": 0, **more}
    )


def ready(folder: Path, **card: Any) -> TransformersVision:
    made = TransformersVision(installed(folder, task="vision-chat", **card), Device())
    made.load(silent)
    made.activate()
    return made


@pytest.fixture(scope="module", params=["tiny_qwen_vl", "tiny_smolvlm"])
def engine(request: pytest.FixtureRequest) -> Iterator[TransformersVision]:
    made = ready(request.getfixturevalue(request.param))
    yield made
    made.close()


def text_of(pieces: Sequence[ChatPiece]) -> str:
    return "".join(piece.text for piece in pieces)


def test_its_tokens_are_those_of_the_library(engine: TransformersVision) -> None:
    prompt, _ = engine._prompt(call(picture("red"), picture("blue", 40, 80)))
    theirs = engine._model.generate(prompt.tokens, **prompt.extras, do_sample=False, max_new_tokens=16)
    expected = theirs[0, prompt.tokens.shape[1] :].tolist()
    assert engine._loop is not None
    ours = list(engine._loop.run(prompt, Sampler(0, 1, None, torch.device("cpu")), never, limit=16))
    assert ours[: len(expected)] == expected


def test_what_is_seen_matters(engine: TransformersVision) -> None:
    said = {text_of(list(engine.chat(call(picture(colour)), never))) for colour in ("black", "white", "red")}
    assert len(said) > 1


def test_the_order_of_pictures_matters(engine: TransformersVision) -> None:
    first, _ = engine._prompt(call(picture("black"), picture("white")))
    second, _ = engine._prompt(call(picture("white"), picture("black")))
    assert torch.equal(first.tokens, second.tokens)
    assert not torch.equal(first.extras["pixel_values"], second.extras["pixel_values"])


def test_words_alone_are_answered_too(engine: TransformersVision) -> None:
    assert list(engine.chat(call(), never))[-1].usage is not None


def test_two_answers_that_take_turns_do_not_mix(engine: TransformersVision) -> None:
    """Qwen keeps in the model how far a picture shifts positions."""
    calls = [call(picture("red", 200, 30)), call(), call(picture("white", 30, 30))]
    prompts = [engine._prompt(each)[0] for each in calls]
    assert engine._loop is not None

    def tokens(prompt: Any) -> Any:
        assert engine._loop is not None
        return engine._loop.run(prompt, Sampler(0, 1, None, torch.device("cpu")), never, limit=8)

    alone = [list(tokens(prompt)) for prompt in prompts]
    together = [tokens(prompt) for prompt in prompts]
    mixed: list[list[int]] = [[] for _ in prompts]
    for _ in range(8):
        for made, stream in zip(mixed, together, strict=True):
            made.append(next(stream))
    assert mixed == alone


def test_marks_that_a_user_writes_are_words(engine: TransformersVision) -> None:
    part = TextPart(text="<image> <|image_pad|>")
    message = Message(role="user", parts=(picture("red"), part))
    assert list(engine.chat(ChatCall(messages=(message,), max_tokens=2), never))


def test_too_many_pictures_for_the_context(engine: TransformersVision) -> None:
    with pytest.raises(BadInput, match="has room for"):
        engine.chat(call(*[picture("red", 160, 160)] * 60), never)


def test_a_limit_of_pixels_saves_tokens(tiny_qwen_vl: Path) -> None:
    wide, narrow = ready(tiny_qwen_vl), ready(tiny_qwen_vl, max_pixels=60 * 60)
    count = [each._prompt(call(picture("red", 160, 160)))[0].tokens.shape[1] for each in (wide, narrow)]
    assert count[1] < count[0]
    wide.close()
    narrow.close()


def test_more_is_set_aside_than_for_words(engine: TransformersVision) -> None:
    from backends.transformers_chat import TransformersChat

    assert engine.working_bytes("chat", {"tokens": 256}) > TransformersChat.working_bytes(engine, "chat", {"tokens": 256})


def test_no_torchvision_is_wanted(tiny_smolvlm: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "torchvision", None)
    engine = ready(tiny_smolvlm)
    assert type(engine._processor).__name__.endswith("Pil")
    engine.close()


def test_an_unknown_family_is_told(tiny_qwen_vl: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(tiny_qwen_vl, tmp_path / "other"))
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps({**config, "model_type": "llava"}))
    with pytest.raises(Unavailable, match=r"'llava'.*qwen2_5_vl"):
        TransformersVision(installed(folder, task="vision-chat"), Device()).load(silent)


def test_missing_picture_settings_are_told(tiny_qwen_vl: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(tiny_qwen_vl, tmp_path / "blind"))
    (folder / "preprocessor_config.json").unlink()
    with pytest.raises(BadMedia, match="picture settings of Blind"):
        TransformersVision(installed(folder, task="vision-chat"), Device()).load(silent)


@pytest.mark.parametrize(("rows", "columns"), [(0, 0), (1, 1), (2, 3)])
def test_the_words_for_tiles_are_those_of_the_library(rows: int, columns: int, tiny_smolvlm: Path) -> None:
    from transformers import AutoConfig
    from transformers.models.smolvlm import processing_smolvlm as theirs

    config = AutoConfig.from_pretrained(tiny_smolvlm)
    expected = theirs.get_image_prompt_string(rows, columns, 4, "<fake_token_around_image>", "<image>", "<global-img>")
    assert IDEFICS.words({"rows": [[rows]], "cols": [[columns]]}, config) == [expected]


def test_marks_are_filled_in_order() -> None:
    assert filled("a<i>b<i>c", "<i>", ["1", "22"]) == "a1b22c"
    assert filled("\ue000<i>\ue001 <i>", "<i>", ["1"]) == "\ue000<i>\ue001 1"


@pytest.mark.parametrize("family", ["save_qwen3_vl", "save_qwen3_5"])
def test_the_newer_lines_are_read_in_pieces_too(family: str, tmp_path: Path) -> None:
    from tests.backends.tiny import newer

    engine = ready(getattr(newer, family)(tmp_path / family.replace("_", "-")))
    assert engine._loop is not None
    for asked in (call(picture("red"), picture("blue", 40, 80)), call()):
        prompt, _ = engine._prompt(asked)
        theirs = engine._model.generate(prompt.tokens, **prompt.extras, do_sample=False, max_new_tokens=16)
        expected = theirs[0, prompt.tokens.shape[1] :].tolist()
        for engine._loop.piece in (512, 5):
            ours = list(engine._loop.run(prompt, Sampler(0, 1, None, torch.device("cpu")), never, limit=16))
            assert ours[: len(expected)] == expected
    engine.close()
