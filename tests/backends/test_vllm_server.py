"""vLLM as a process; a scripted server stands in its place."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from backends.base import Device, Installed
from backends.cards import ModelCard
from backends.chat import ChatCall, Message, TextPart
from backends.vllm_server import LADDER, Rung, Server, VllmServer, argv, share_for
from configs.errors import Conflict, Unavailable
from tests.backends.weights_on_disk import small_safetensors

PROGRAM = Path(__file__).parent / "scripted_vllm.py"
CARD = ModelCard.model_validate(
    {
        "name": "tiny", "title": "Tiny", "task": "chat", "engine": "vllm", "source": {"repo": "tiny/tiny"}, "context_tokens": 2048,
        "variants": [{"name": "bf16", "download_bytes": 0, "weights_bytes": 1000, "working_bytes": 500}],
        "licences": [{"component": "weights", "name": "MIT", "commercial": True}],
    }
)  # fmt: skip


def never() -> bool:
    return False


def silent(fraction: float, message: str) -> None:
    """Hears and says nothing."""


CALL = ChatCall(messages=(Message(role="user", parts=(TextPart(text="hi"),)),))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "config.json").write_text("{}")
    small_safetensors(tmp_path / "model.safetensors")
    return tmp_path


def engine_of(folder: Path, **options: Any) -> VllmServer:
    options = {"command": [sys.executable, str(PROGRAM)], **options}
    return VllmServer(Installed(CARD, CARD.variant(), folder, options=options), Device("cuda:0"), limit_s=60)


@pytest.fixture
def engine(folder: Path) -> Iterator[VllmServer]:
    made = engine_of(folder)
    yield made
    made.close()


def script(folder: Path, **told: Any) -> None:
    (folder / "script.json").write_text(json.dumps(told))


def starts(folder: Path) -> list[list[str]]:
    return [json.loads(line) for line in (folder / "started.jsonl").read_text().splitlines()]


def test_the_command_line_is_closed_to_the_network_and_to_foreign_code() -> None:
    line = argv(Server(("vllm",), 0.5, 4096, ("--max-num-seqs", "4")), Path("/models/x"), "x", 8123, LADDER[0])
    assert line[:3] == ["vllm", "serve", "/models/x"]
    assert line[line.index("--host") + 1] == "127.0.0.1"
    assert line[line.index("--load-format") + 1] == "safetensors"
    assert line[line.index("--gpu-memory-utilization") + 1] == "0.50"
    assert line[line.index("--max-model-len") + 1] == "4096"
    assert line[-2:] == ["--max-num-seqs", "4"]
    assert "--enable-sleep-mode" in line
    assert not any("trust" in word for word in line)


def test_nf4_loads_in_its_own_way() -> None:
    line = argv(Server(("vllm",)), Path("/x"), "x", 1, LADDER[-1])
    assert line[line.index("--load-format") + 1] == "bitsandbytes"
    assert "--max-model-len" not in line


def test_it_starts_sleeps_wakes_answers_and_stops(engine: VllmServer, folder: Path) -> None:
    steps: list[str] = []
    footprint = engine.load(lambda fraction, message: steps.append(message))
    assert footprint.host_bytes == 1000
    assert engine.state == "parked"
    assert engine.rung == LADDER[0]
    assert steps[0] == "Starting vLLM as it is"
    with pytest.raises(Conflict):
        engine.chat(CALL, never)
    engine.activate()
    assert "".join(piece.text for piece in engine.chat(CALL, never)) == "Hello from vLLM"
    engine.deactivate()
    with pytest.raises(Conflict):
        engine.chat(CALL, never)
    engine.activate()
    assert list(engine.chat(CALL, never))[-1].finish_reason == "stop"
    assert "INFO ready" in engine.log_tail()
    process = engine._process
    assert process is not None
    engine.close()
    assert process.poll() is not None
    assert engine.state == "installed"
    assert engine.log_tail() == ""
    with pytest.raises(ProcessLookupError):
        os.kill(process.pid, 0)


def test_what_does_not_start_is_tried_in_lower_precision(engine: VllmServer, folder: Path) -> None:
    script(folder, needs="--quantization")
    engine.load(silent)
    assert engine.rung == LADDER[2]
    assert [note.partition(":")[0] for note in engine.notes] == ["as it is", "without CUDA graphs"]
    assert "memory did not suffice" in engine.notes[0]
    assert len(starts(folder)) == 3


def test_a_server_that_fails_its_first_token_is_tried_in_another_way(engine: VllmServer, folder: Path) -> None:
    script(folder, probe_needs="--enforce-eager")
    engine.load(silent)
    assert engine.rung == LADDER[1]
    assert "no kernel image" in engine.notes[0]


def test_when_nothing_helps_the_reason_is_told(folder: Path) -> None:
    script(folder, needs="--magic", says="ValueError: Model architectures ['Foo'] are not supported")
    engine = VllmServer(
        Installed(CARD, CARD.variant(), folder, options={"command": [sys.executable, str(PROGRAM)]}), Device("cuda:0"),
        (Rung("one way"), Rung("another way")),
    )  # fmt: skip
    with pytest.raises(Unavailable, match=r"Tiny in any precision: it ended with status 1: ValueError: Model architectures"):
        engine.load(silent)
    assert len(engine.notes) == 2
    assert engine.state == "installed"


def test_without_vllm_one_sentence_tells(folder: Path) -> None:
    engine = engine_of(folder, command=["/nowhere/bin/vllm"])
    with pytest.raises(Unavailable, match="not found at /nowhere/bin/vllm") as caught:
        engine.load(silent)
    assert caught.value.code == "no_vllm"
    assert len(engine.notes) == 1, "no other precision is tried"


class Enough(Exception):
    """The listener has had enough."""


def test_starting_can_be_cancelled_and_leaves_nothing(engine: VllmServer, folder: Path) -> None:
    seen: list[int] = []

    def stop(fraction: float, message: str) -> None:
        if engine._process is not None:
            seen.append(engine._process.pid)
            raise Enough

    with pytest.raises(Enough):
        engine.load(stop)
    assert engine.state == "installed"
    with pytest.raises(ProcessLookupError):
        os.kill(seen[0], 0)


def test_a_server_that_never_gets_ready_is_given_up(folder: Path) -> None:
    script(folder, never_ready=True)
    engine = VllmServer(
        Installed(CARD, CARD.variant(), folder, options={"command": [sys.executable, str(PROGRAM)]}), Device("cuda:0"), LADDER[:1], 0.5
    )
    with pytest.raises(Unavailable, match="not ready after"):
        engine.load(silent)


def test_its_key_is_its_own(engine: VllmServer) -> None:
    import httpx

    engine.load(silent)
    url = f"http://127.0.0.1:{engine._port}/v1/chat/completions"
    assert httpx.post(url, json={"messages": []}).status_code == 401
    assert engine._endpoint is not None
    assert engine._endpoint.endpoint.api_key not in " ".join(starts(engine.installed.folder)[0]), "command lines can be read by anybody"


@pytest.mark.parametrize(("total", "share"), [(0, 0.85), (16 << 30, 0.92), (80 << 30, 0.33), (8 << 30, 0.92)])
def test_it_takes_as_much_of_the_card_as_its_model_needs(total: int, share: float) -> None:
    form = CARD.variant().model_copy(update={"weights_bytes": 10 << 30, "working_bytes": 2 << 30})
    assert share_for(form, total) == share


def test_its_memory_is_its_own(engine: VllmServer) -> None:
    assert engine.working_bytes("chat", {}) == 500
    assert not engine.relieve(1)
