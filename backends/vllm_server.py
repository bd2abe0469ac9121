"""vLLM as a server process in an environment of its own; put to sleep instead of stopped, spoken to like any endpoint.

It pins its own torch, so it is never imported here. What fails on a card at full precision is tried again in lower ones.
"""

from __future__ import annotations

import os
import secrets
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from backends.base import Device, Footprint, Installed, IsCancelled, OnStep, OutOfMemory, Shape
from backends.cards import Variant
from backends.chat import ChatCall, ChatPiece, Message, TextPart
from backends.openai_endpoint import OpenAIEndpoint
from backends.transformers_load import check_folder
from configs.errors import StudioError, Unavailable

START_LIMIT_S = 900.0
LOOK_S = 0.25
LOG_TAIL = 40  # lines
USUAL_SHARE, MOST_SHARE, LEAST_SHARE = 0.85, 0.92, 0.1  # of the card
MEMORY_WORDS = ("out of memory", "no available memory for the cache blocks", "less than desired gpu memory")


@dataclass(frozen=True)
class Rung:
    """One way to start: a name for people, and what is added to the command line."""

    name: str
    arguments: tuple[str, ...] = ()


# From the best answers to what starts nearly anywhere. A form that is quantised on the disk has its own way and is not quantised again.
LADDER = (
    Rung("as it is"),
    Rung("without CUDA graphs", ("--enforce-eager",)),
    Rung("fp8", ("--quantization", "fp8")),
    Rung("fp8, without CUDA graphs", ("--quantization", "fp8", "--enforce-eager")),
    Rung("nf4", ("--quantization", "bitsandbytes", "--enforce-eager")),
)


@dataclass(frozen=True)
class Server:
    """How to start it.

    Attributes:
        command: what runs `vllm`, e.g. ("/opt/vllm/bin/vllm",).
        memory_share: of the card, weights and cache together.
        extra: further arguments of the user.
    """

    command: tuple[str, ...]
    memory_share: float = USUAL_SHARE
    context_tokens: int | None = None
    extra: tuple[str, ...] = ()
    environ: dict[str, str] = field(default_factory=dict)


def argv(server: Server, folder: Path, name: str, port: int, rung: Rung) -> list[str]:
    """The command line: loopback only, no code of the model's own, safetensors only, with sleep mode."""
    line = [*server.command, "serve", str(folder), "--host", "127.0.0.1", "--port", str(port), "--served-model-name", name]
    line += ["--enable-sleep-mode", "--load-format", "bitsandbytes" if "bitsandbytes" in rung.arguments else "safetensors"]
    line += ["--gpu-memory-utilization", f"{server.memory_share:.2f}"]
    if server.context_tokens:
        line += ["--max-model-len", str(server.context_tokens)]
    line += ["--enable-auto-tool-choice", "--tool-call-parser", "hermes"]
    return [*line, *rung.arguments, *server.extra]


def card_bytes(device: Device) -> int:
    """Memory of the card; 0 where the studio's own torch cannot tell."""
    try:
        import torch

        return int(torch.cuda.get_device_properties(device.name).total_memory) if torch.cuda.is_available() else 0
    except ImportError:
        return 0


def share_for(variant: Variant, total: int) -> float:
    """The part of the card that vLLM takes for weights, cache and itself: half as much again as the model's own figures."""
    if not total:
        return USUAL_SHARE
    return round(min(MOST_SHARE, 1.5 * (variant.weights_bytes + variant.working_bytes) / total + LEAST_SHARE), 2)


class VllmServer:
    """One model in one vLLM process.

    ``installed.options``: {"command": [...], "memory_share", "extra", "environ"}; see `Server`.

    Attributes:
        rung: how it was started in the end; None before.
        notes: which ways failed, and why.
        state: "installed", "parked" (asleep: weights in host memory) or "resident".
    """

    def __init__(self, installed: Installed, device: Device, ladder: Sequence[Rung] = LADDER, limit_s: float = START_LIMIT_S) -> None:
        options = dict(installed.options)
        self.installed, self.device, self.state = installed, device, "installed"
        self._total = card_bytes(device)
        share = options.get("memory_share") or share_for(installed.variant, self._total)
        self.server = Server(
            tuple(options.get("command") or ("vllm",)), float(share), installed.card.context_tokens,
            tuple(options.get("extra", ())), dict(options.get("environ", {})),
        )  # fmt: skip
        self.rung: Rung | None = None
        self.notes: list[str] = []
        self._ladder, self._limit_s = tuple(ladder), limit_s
        self._process: subprocess.Popen[bytes] | None = None
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._endpoint: OpenAIEndpoint | None = None
        self._port = 0

    # --- the process ----------------------------------------------------------------------------------------------------------------

    def load(self, on_step: OnStep) -> Footprint:
        """Starts the server, asks it for one token, and puts it to sleep; tries lower precisions where that fails."""
        check_folder(self.installed)
        self._folder = tempfile.TemporaryDirectory(prefix="vllm-")
        try:
            self._climb(on_step)
            self._post("/sleep?level=1")
        except BaseException:
            self.close()
            raise
        self.state = "parked"
        weights = self.installed.variant.weights_bytes
        return Footprint(weights, int(self.server.memory_share * self._total) if self._total else weights)

    def activate(self) -> None:
        """Wakes it; raises `OutOfMemory`, and it sleeps on."""
        try:
            self._post("/wake_up")
        except StudioError as error:
            if not _is_memory(self.log_tail()):
                raise
            full = str(error)
        else:
            self.state = "resident"
            if self._endpoint is not None:
                self._endpoint.activate()
            return
        raise OutOfMemory(full)

    def deactivate(self) -> None:
        """Puts it to sleep: weights to host memory, the cache dropped."""
        if self.state == "resident":
            self._post("/sleep?level=1")
            self.state = "parked"

    def close(self) -> None:
        """Ends the process and all its children."""
        if self._endpoint is not None:
            self._endpoint.close()
        if self._process is not None:
            assert self._process.stdin is not None
            self._process.stdin.close()  # cuts the tether
            try:
                self._process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        if self._folder is not None:
            self._folder.cleanup()
        self._endpoint = self._process = self._folder = None
        self.state = "installed"

    def working_bytes(self, operation: str, shape: Shape) -> int:
        """The cache was set aside at the start."""
        return 0 if self._total else self.installed.variant.working_bytes

    def relieve(self, level: int) -> bool:
        """Its memory is fixed when it starts."""
        return False

    def log_tail(self, lines: int = LOG_TAIL) -> str:
        """The last lines the server wrote."""
        if self._folder is None:
            return ""
        try:
            text = (Path(self._folder.name) / "log.txt").read_text(encoding="utf-8", errors="replace")
        except OSError:
            return ""
        return "\n".join(text.splitlines()[-lines:])

    # --- calls ----------------------------------------------------------------------------------------------------------------------

    def chat(self, call: ChatCall, is_cancelled: IsCancelled) -> Iterator[ChatPiece]:
        """See `OpenAIEndpoint.chat`."""
        assert self._endpoint is not None, "load comes first"
        if self.state != "resident":
            self._endpoint.deactivate()
        return self._endpoint.chat(call, is_cancelled)

    # --- starting -------------------------------------------------------------------------------------------------------------------

    def _climb(self, on_step: OnStep) -> None:
        reason = ""
        for number, rung in enumerate(self._ladder):
            on_step(number / len(self._ladder), f"Starting vLLM {rung.name}")
            try:
                self._start(rung, on_step)
                self.rung = rung
                return
            except StudioError as error:
                reason = error.message
                self.notes.append(f"{rung.name}: {reason}")
                self._end()
                if error.code == "no_vllm":
                    raise
        raise Unavailable(f"vLLM could not run {self.installed.card.title} in any precision: {reason}", "Choose a smaller model.", "vllm")

    def _start(self, rung: Rung, on_step: OnStep) -> None:
        assert self._folder is not None
        self._port, key = _free_port(), secrets.token_urlsafe(24)
        line = argv(self.server, self.installed.folder, self.installed.card.name, self._port, rung)
        environ = {**os.environ, **self.server.environ, "VLLM_SERVER_DEV_MODE": "1", "VLLM_API_KEY": key, "VLLM_NO_USAGE_STATS": "1"}
        environ |= {"HF_HUB_OFFLINE": "1", "TRANSFORMERS_OFFLINE": "1"}
        with (Path(self._folder.name) / "log.txt").open("wb") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "backends.tether", *line], stdin=subprocess.PIPE, stdout=log, stderr=subprocess.STDOUT,
                env=environ, cwd=Path(__file__).parent.parent,
            )  # fmt: skip
        self._endpoint = OpenAIEndpoint(replace(self.installed, options=self._address(key)), self.device)
        self._wait(lambda: on_step(0.0, f"Starting vLLM {rung.name}"))
        self._probe()

    def _address(self, key: str) -> dict[str, Any]:
        card = self.installed.card
        endpoint = {"name": "vllm", "kind": "vllm", "url": f"http://127.0.0.1:{self._port}/v1", "api_key": key, "retries": 0}
        model = {"name": card.name, "task": card.task, "context_tokens": card.context_tokens}
        return {"endpoint": {**endpoint, "models": [model]}, "model": model}

    def _wait(self, step: Callable[[], None]) -> None:
        """Until the server is healthy; raises what its log says when it ends before."""
        import httpx

        began = time.monotonic()
        assert self._process is not None
        while True:
            step()
            try:
                if httpx.get(f"http://127.0.0.1:{self._port}/health", timeout=2.0).status_code == 200:
                    return
            except httpx.HTTPError:
                pass
            try:
                code = self._process.wait(timeout=LOOK_S)
            except subprocess.TimeoutExpired:
                if time.monotonic() - began > self._limit_s:
                    raise Unavailable(f"it was not ready after {self._limit_s:.0f} s.", "", "vllm") from None
                continue
            raise _ended(code, self.server, self.log_tail())

    def _probe(self) -> None:
        """One token, because a server may start and fail at its first kernel."""
        assert self._endpoint is not None
        self._endpoint.load(lambda fraction, message: None)
        self._endpoint.activate()
        call = ChatCall(messages=(Message(role="user", parts=(TextPart(text="Hi"),)),), max_tokens=1, temperature=0)
        for _ in self._endpoint.chat(call, lambda: False):
            pass

    def _post(self, path: str) -> None:
        import httpx

        assert self._endpoint is not None
        try:
            answer = httpx.post(
                f"http://127.0.0.1:{self._port}{path}", timeout=120.0,
                headers={"Authorization": f"Bearer {self._endpoint.endpoint.api_key}"},
            )  # fmt: skip
            answer.raise_for_status()
        except httpx.HTTPError as error:
            raise Unavailable(
                f"vLLM did not answer {path.partition('?')[0]}: {error}.", "Unload the model and load it again.", "vllm"
            ) from None

    def _end(self) -> None:
        folder, self._folder = self._folder, None
        self.close()
        self._folder = folder


def _ended(code: int, server: Server, log: str) -> StudioError:
    if code in (126, 127) or "FileNotFoundError" in log:
        return Unavailable(
            f"vLLM was not found at {server.command[0]}.", "Set vllm_command in configs/local.yaml; see the README.", "no_vllm"
        )
    if _is_memory(log):
        return Unavailable("the card's memory did not suffice.", "", "vllm")
    telling = [line for line in log.splitlines() if "Error" in line or "error" in line] or log.splitlines()[-1:] or ["it said nothing"]
    return Unavailable(f"it ended with status {code}: {telling[-1].strip()[:300]}", "", "vllm")


def _is_memory(log: str) -> bool:
    return any(word in log.lower() for word in MEMORY_WORDS)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
