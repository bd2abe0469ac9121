"""A catalogue over temporary folders, a job that needs no studio, and small models to install."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml

from app.models.catalogue import Catalogue
from app.models.library import Library, open_store
from backends.fit import Machine
from configs.errors import Conflict
from configs.settings import Settings
from jobs.context import JobCancelled
from tests.backends.weights import safetensors

GIB = 2**30
NON_COMMERCIAL = {"component": "weights", "name": "CC-BY-NC-4.0", "commercial": False, "url": "https://example.org/nc"}


def card(name: str = "tiny", **changes: Any) -> dict[str, Any]:
    """A card as it is written into models.local.yaml."""
    return {
        "name": name, "title": "Tiny", "task": "chat", "engine": "transformers-chat", "source": {"repo": "someone/model"},
        "variants": [
            {"name": "bf16", "files": ["*.json", "*.safetensors"], "download_bytes": 1000, "weights_bytes": 1000, "working_bytes": 0},
            {"name": "nf4", "files": ["*.json", "*.safetensors"], "download_bytes": 1000, "weights_bytes": 300, "working_bytes": 0,
             "quantise": "nf4"},
        ],
        "licences": [{"component": "weights", "name": "Apache-2.0", "commercial": True}],
        **changes,
    }  # fmt: skip


class FakeMemory:
    """The desk without a model process."""

    def __init__(self, settings: Settings) -> None:
        self.library = Library(lambda: open_store(settings.data_dir, settings.models, settings.foreign_folders))
        self.models: list[dict[str, Any]] = []
        self.restarts = 0
        self.asked: list[str] = []

    def status(self) -> dict[str, Any]:
        return {"device": None, "budget": {}, "models": self.models}

    def require_unused(self, model: str) -> None:
        self.asked.append(model)
        if any(entry["name"] == model and entry["state"] == "busy" for entry in self.models):
            raise Conflict(f"The model {model} is in use.", "Wait.", "in_use")

    def restart(self) -> None:
        self.restarts += 1


class FakeJob:
    """What a handler of the io lane uses of its job."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue, self.cancelled = catalogue, False
        self.said: list[tuple[float, str]] = []
        self.logged: list[str] = []
        self.on_progress: Callable[[float, str], None] = lambda fraction, message: None

    def part(self, name: str) -> Any:
        assert name == "catalogue"
        return self.catalogue

    def progress(self, fraction: float, message: str = "") -> None:
        self.raise_if_cancelled()
        self.said.append((fraction, message))
        self.on_progress(fraction, message)

    def raise_if_cancelled(self) -> None:
        if self.cancelled:
            raise JobCancelled("j-1")

    def span(self, start: float, end: float) -> Callable[[float, str], None]:
        return lambda fraction, message: self.progress(start + (end - start) * fraction, message)

    def log(self, message: str) -> None:
        self.logged.append(message)


class Shelf:
    """Everything of one test."""

    def __init__(self, folder: Path, *cards: dict[str, Any], machine: Machine | None = None, **settings: Any) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.settings = Settings(data_dir=folder, **settings)
        self.write(*cards)
        self.memory = FakeMemory(self.settings)
        self.told: list[str] = []
        room = machine or Machine("memory", 16 * GIB, 16 * GIB)
        self.catalogue = Catalogue(self.settings, self.memory, lambda status: room, self.told.append)
        self.job = FakeJob(self.catalogue)

    def write(self, *cards: dict[str, Any]) -> None:
        """The person's own cards."""
        (self.settings.data_dir / "models.local.yaml").write_text(yaml.safe_dump({"models": list(cards)}), encoding="utf-8")


def chat_folder(folder: Path, **config: Any) -> Path:
    """A folder as the hub has it for a small chat model (of nonsense)."""
    safetensors(folder / "model.safetensors", {"model.layers.0.self_attn.q_proj.weight": (8, 8)}, "BF16")
    told = {"architectures": ["LlamaForCausalLM"], "model_type": "llama", "max_position_embeddings": 2048, **config}
    (folder / "config.json").write_text(json.dumps(told), encoding="utf-8")
    (folder / "tokenizer.json").write_text("{}", encoding="utf-8")
    return folder
