"""Models of endpoints beside those on the disk."""

from __future__ import annotations

from pathlib import Path

from backends.base import Device
from backends.endpoints import card_name, endpoint_models
from backends.openai_endpoint import OpenAIEndpoint
from backends.registry import engine_of
from configs.endpoints import Endpoint

OLLAMA = Endpoint.model_validate(
    {
        "name": "ollama", "kind": "ollama", "url": "http://127.0.0.1:11434/v1", "api_key": "sesame",
        "models": [{"name": "qwen3:8b", "context_tokens": 32768}, {"name": "hf.co/Org/Some_Model:Q4_K_M", "task": "vision-chat"}],
    }
)  # fmt: skip


def test_names_are_those_of_cards() -> None:
    assert [card_name(OLLAMA, model) for model in OLLAMA.models] == ["ollama-qwen3-8b", "ollama-hf.co-org-some-model-q4-k-m"]


def test_every_model_is_there_without_installing() -> None:
    first, second = endpoint_models([OLLAMA])
    assert (first.card.task, second.card.task) == ("chat", "vision-chat")
    assert first.card.context_tokens == 32768
    assert first.card.source.path == "http://127.0.0.1:11434/v1"
    assert first.in_place, "there is nothing to be deleted"
    assert not first.card.commercial


def test_the_table_makes_its_engine() -> None:
    (first, _) = endpoint_models([OLLAMA])
    engine = engine_of(first.card).make(first, Device())
    assert isinstance(engine, OpenAIEndpoint)
    assert engine.model.name == "qwen3:8b"


def test_the_key_is_no_part_of_what_is_shown() -> None:
    (first, _) = endpoint_models([OLLAMA])
    assert "sesame" not in repr(first) + first.card.model_dump_json()


def test_the_store_finds_them(tmp_path: Path) -> None:
    from app.models.library import open_store

    store = open_store(tmp_path, tmp_path / "models", (), (OLLAMA,))
    assert store.find("ollama-qwen3-8b").options["model"].name == "qwen3:8b"


def test_the_worker_is_told_of_them_with_their_keys(tmp_path: Path) -> None:
    from app.models.room import StartData

    told = StartData(data_dir=str(tmp_path), models=str(tmp_path), endpoints=(OLLAMA,)).model_dump(mode="json")
    assert StartData.model_validate(told).endpoints[0].api_key == "sesame"
