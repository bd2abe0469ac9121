"""A studio as a person starts it, whose engines are stand-ins: hub, download, scheduler, gateway and page are real.

Cards come from `cards`; `STAND_IN_GPU=1` gives it a card of 16 GB. Words come one by one, so that an answer can be stopped.
"""

from __future__ import annotations

import os
import struct
import sys
import time
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import yaml

from app.models.services import ModelServices
from backends.base import Cancelled, Device, EngineKind, Installed, IsCancelled, Vectors
from backends.chat import ChatCall, ChatPiece, ImagePart, TextPart, Usage
from backends.fakes import GIB, FakeBehaviour, FakeEffects, FakeEngine, FakeMachine
from jobs.services import Tell, Workshop

WORD_S = 0.05
LOAD_S = 0.8
LONG_S = 12.0
CONFIG = {"model_type": "qwen2", "architectures": ["Qwen2ForCausalLM"]}


class SlowEngine(FakeEngine):
    """Says its words one after the other, and how many pictures it was shown."""

    def chat(self, call: ChatCall, is_cancelled: IsCancelled) -> Iterator[ChatPiece]:
        """Repeats the last message."""
        parts = call.messages[-1].parts
        pictures = sum(isinstance(part, ImagePart) for part in parts)
        words = " ".join(part.text for part in parts if isinstance(part, TextPart)).split()
        words = [f"I see {pictures} picture.", *words] if pictures else words
        for index, word in enumerate(words):
            if is_cancelled():
                raise Cancelled(self.name)
            time.sleep(WORD_S)
            yield ChatPiece(text=word if index == 0 else f" {word}")
        yield ChatPiece(finish_reason="stop", usage=Usage(prompt_tokens=3, completion_tokens=len(words)))

    def working_bytes(self, operation: str, shape: Any) -> int:
        """The card's figure, however long the text."""
        return self.installed.variant.working_bytes

    def embed(self, texts: Sequence[str], is_cancelled: IsCancelled) -> Vectors:
        """Texts are alike when they begin alike."""
        rows = [
            struct.pack("<4f", 1.0, 0.0, 0.0, 0.0) if text[:3] == texts[0][:3] else struct.pack("<4f", 0.6, 0.8, 0.0, 0.0) for text in texts
        ]
        return Vectors(b"".join(rows), len(rows), 4, len(texts))


class StandInServices(ModelServices):
    """The real services over a room of stand-ins, which finds what is really installed."""

    def start(self, data: Any, tell: Tell) -> None:
        from app.models.library import open_store
        from app.models.room import StartData
        from backends.room import Room

        told = StartData.model_validate(data)
        has_gpu = bool(os.environ.get("STAND_IN_GPU"))
        machine = FakeMachine(device_bytes=16 * GIB, host_bytes=24 * GIB, shared=not has_gpu)
        machine.foreign_host = 0 if has_gpu else 5 * GIB
        machine.foreign_device = 2 * GIB if has_gpu else 0

        def make(installed: Installed, device: Device) -> SlowEngine:
            return SlowEngine(installed, device, machine, FakeBehaviour(load_s=LONG_S if installed.card.name == "patient" else LOAD_S))

        def find(name: str) -> Any:
            return open_store(Path(told.data_dir), Path(told.models), ()).find(name)

        tasks = {"transformers-chat": ("chat",), "transformers-vision": ("vision-chat",), "sentence-embeddings": ("embedding",)}
        self._made = Room(
            {name: EngineKind(name, tasks[name], make, concurrency=2) for name in tasks}, find,
            device=Device("cuda:0") if has_gpu else Device(), learned=told.learned, effects=FakeEffects(machine),
            on_change=lambda status: tell("models", status), on_observe=lambda seen: tell("learned", seen),
        )  # fmt: skip


def build() -> Workshop:
    """What `python -m jobs.worker` builds."""
    from app.worker import build as capabilities

    return Workshop(capabilities(), StandInServices())


def main(argv: Sequence[str]) -> int:
    """`serve`, with the stand-ins; libraries count as installed."""
    from app.models import runtime
    from app.studio import Studio
    from ui import server

    if not os.environ.get("STAND_IN_NO_TORCH"):
        runtime.missing = lambda modules: []
    server.Studio = type("Opened", (), {"open": staticmethod(partial(Studio.open, gpu_target="tests.ui.stand_in_models:build"))})
    return server.main(argv)


def card(name: str, title: str, task: str = "chat", *, commercial: bool = True, gigabytes: float = 1.2, **more: Any) -> dict[str, Any]:
    """A card whose files are those of the test's hub."""
    engines = {"chat": "transformers-chat", "vision-chat": "transformers-vision", "embedding": "sentence-embeddings"}
    licence = {"component": "weights", "name": "Apache-2.0" if commercial else "CC-BY-NC-4.0", "commercial": commercial,
               "url": "https://example.org/licence"}  # fmt: skip
    size = {"download_bytes": 3_000_000, "weights_bytes": int(gigabytes * 1e9), "working_bytes": 300_000_000}
    return {
        "name": name, "title": title, "summary": f"A stand-in for {task}.", "task": task, "engine": engines[task],
        "source": {"repo": "someone/model"}, "variants": [{"name": "bf16", "files": ["*.json", "*.safetensors"], **size}],
        "licences": [licence], **more,
    }  # fmt: skip


CARDS = (
    card("parrot", "Parrot 1B"), card("seer", "Seer 2B", "vision-chat", gigabytes=4),
    card("counter", "Counter", "embedding", gigabytes=0.1),
    card("scholar", "Scholar 3B", commercial=False), card("giant", "Giant 200B", gigabytes=400), card("patient", "Patient 1B"),
)  # fmt: skip


def write_cards(data_dir: Path, cards: Sequence[dict[str, Any]] = CARDS) -> None:
    """The cards of the tests, beside those of the studio."""
    data_dir.mkdir(parents=True, exist_ok=True)
    (data_dir / "models.local.yaml").write_text(yaml.safe_dump({"models": list(cards)}), encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
