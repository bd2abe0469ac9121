"""Models behind an OpenAI-compatible server: Ollama, LM Studio, llama.cpp, a vLLM here or elsewhere, or a rented one."""

from __future__ import annotations

import asyncio
import json
import random
import struct
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from backends.base import Device, Footprint, Installed, IsCancelled, OnStep, Shape, Vectors
from backends.chat import ChatCall, ChatPiece, Usage
from backends.endpoint_line import LONGEST_WAIT_S, Line, events, seconds
from backends.endpoint_wire import Asked, Reading, abilities, ask, refusal
from configs.endpoints import Endpoint, EndpointModel
from configs.errors import Conflict, StudioError, Unavailable

if TYPE_CHECKING:
    import httpx

AGAIN = frozenset({408, 429, 500, 502, 503, 504})
FIRST_WAIT_S = 0.5
TEXTS = 64  # embedded in one request


@dataclass
class Account:
    """What an engine has used since it was made."""

    calls: int = 0
    retries: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    cost: float = 0.0

    def add(self, usage: Usage) -> None:
        """One more call."""
        self.calls += 1
        self.prompt_tokens += usage.prompt_tokens
        self.completion_tokens += usage.completion_tokens
        self.cost += usage.cost or 0.0


class OpenAIEndpoint:
    """One model of one endpoint; it holds no memory here.

    ``installed.options``: {"endpoint": Endpoint, "model": EndpointModel} or their JSON.

    Attributes:
        account: tokens and cost so far.
        state: "installed", "parked" or "resident".
    """

    def __init__(self, installed: Installed, device: Device, draw: Callable[[], float] = random.random) -> None:
        self.installed, self.device, self.state = installed, device, "installed"
        self.endpoint = Endpoint.model_validate(installed.options["endpoint"])
        self.model = EndpointModel.model_validate(installed.options["model"])
        self.account = Account()
        self.first_wait_s = FIRST_WAIT_S
        self._draw = draw
        self._abilities = abilities(self.endpoint, self.model)
        self._line: Line | None = None

    # --- as any engine --------------------------------------------------------------------------------------------------------------

    def load(self, on_step: OnStep) -> Footprint:
        """Asks the endpoint for its models; raises StudioError when it does not answer or does not have this one."""
        title = self.installed.card.title

        def still_wanted() -> bool:
            on_step(0.0, f"Asking {self.endpoint.url}")
            return False

        still_wanted()
        line = Line(self.endpoint)
        try:
            served = line.run(self._served(line), still_wanted)
            if served and self.model.name not in served and f"{self.model.name}:latest" not in served:
                have = ", ".join(sorted(served)[:8])
                raise Unavailable(f"{self.endpoint.url} does not have the model {self.model.name!r}.", f"It has: {have}.", "no_such_model")
        except BaseException:
            line.close()
            raise
        self._line, self.state = line, "parked"
        on_step(1.0, f"{title} answers")
        return Footprint(0, 0)

    def activate(self) -> None:
        """Nothing moves."""
        self.state = "resident"

    def deactivate(self) -> None:
        """Nothing moves."""
        if self.state == "resident":
            self.state = "parked"

    def close(self) -> None:
        """Closes the connections."""
        if self._line is not None:
            self._line.close()
        self._line, self.state = None, "installed"

    def working_bytes(self, operation: str, shape: Shape) -> int:
        """None: the memory is the endpoint's."""
        return 0

    def relieve(self, level: int) -> bool:
        """There is no memory to be saved here."""
        return False

    # --- calls ----------------------------------------------------------------------------------------------------------------------

    def chat(self, call: ChatCall, is_cancelled: IsCancelled) -> Iterator[ChatPiece]:
        """Pieces as they come; giving up closes the connection."""
        line = self._ready()
        asked = ask(call, self.installed.card.title, self.model.name, self._abilities)
        return self._counted(line.stream(self._talk(line, asked), is_cancelled))

    def embed(self, texts: Sequence[str], is_cancelled: IsCancelled) -> Vectors:
        """Unit vectors of the texts, 64 in one request."""
        line = self._ready()
        rows: list[list[float]] = []
        tokens = 0
        for start in range(0, len(texts), TEXTS):
            body = {"model": self.model.name, "input": list(texts[start : start + TEXTS]), "encoding_format": "float"}
            answer = line.run(self._post(line, "/embeddings", body), is_cancelled)
            rows += [_unit(entry["embedding"]) for entry in sorted(answer["data"], key=lambda entry: int(entry.get("index", 0)))]
            tokens += (answer.get("usage") or {}).get("prompt_tokens") or 0
        if len(rows) != len(texts):
            raise Unavailable(f"{self.installed.card.title} sent {len(rows)} vectors for {len(texts)} texts.", "Try again.")
        self.account.add(self._priced(Usage(prompt_tokens=tokens)))
        return Vectors(b"".join(struct.pack(f"<{len(row)}f", *row) for row in rows), len(rows), len(rows[0]), tokens)

    def _counted(self, pieces: Iterator[ChatPiece]) -> Iterator[ChatPiece]:
        for piece in pieces:
            if piece.usage is not None:
                usage = self._priced(piece.usage)
                self.account.add(usage)
                piece = piece.model_copy(update={"usage": usage})
            yield piece

    def _priced(self, usage: Usage) -> Usage:
        if not (self.model.price_in or self.model.price_out):
            return usage
        cost = (usage.prompt_tokens * self.model.price_in + usage.completion_tokens * self.model.price_out) / 1e6
        return usage.model_copy(update={"cost": cost})

    async def _talk(self, line: Line, asked: Asked) -> AsyncIterator[ChatPiece]:
        reading = Reading(forced=asked.forced)
        for attempt in range(self.endpoint.retries + 1):
            try:
                async with line.send("POST", "/chat/completions", asked.body) as response:
                    await self._check(response)
                    async for data in events(response):
                        piece = reading.event(data)
                        if piece is not None:
                            yield piece
                        if reading.over:
                            break
                break
            except Exception as error:
                if reading.begun or not await self._again(error, attempt):
                    raise self._sentence(error) from None
        for piece in reading.finish():
            yield piece

    async def _post(self, line: Line, path: str, body: dict[str, Any]) -> Any:
        for attempt in range(self.endpoint.retries + 1):
            try:
                async with line.send("POST", path, body) as response:
                    await self._check(response)
                    return json.loads(await response.aread())
            except Exception as error:
                if not await self._again(error, attempt):
                    raise self._sentence(error) from None
        raise AssertionError("the last attempt raises")

    async def _served(self, line: Line) -> set[str]:
        """Names of the endpoint's models; empty when it does not tell."""
        try:
            async with line.send("GET", "/models", None) as response:
                if response.status_code == 404:
                    return set()
                await self._check(response)
                return {str(entry.get("id")) for entry in json.loads(await response.aread()).get("data") or ()}
        except Exception as error:
            raise self._sentence(error) from None

    async def _check(self, response: httpx.Response) -> None:
        if response.status_code < 400:
            return
        text = (await response.aread())[:10000].decode("utf-8", "replace")
        try:
            body = json.loads(text)
        except ValueError:
            body = text
        raise _Status(
            response.status_code,
            seconds(response.headers.get("retry-after")),
            refusal(self.installed.card.title, response.status_code, body),
        )

    async def _again(self, error: Exception, attempt: int) -> bool:
        """Waits and returns True when the request may be repeated."""
        import httpx

        if attempt >= self.endpoint.retries:
            return False
        asked_for = 0.0
        if isinstance(error, _Status):
            if error.status not in AGAIN:
                return False
            asked_for = error.wait_s
        elif not isinstance(error, (httpx.ConnectError, httpx.ConnectTimeout, httpx.RemoteProtocolError, httpx.ReadError)):
            return False
        longest = min(LONGEST_WAIT_S, self.first_wait_s * 2**attempt)
        self.account.retries += 1
        await asyncio.sleep(max(asked_for, longest * self._draw()))
        return True

    def _sentence(self, error: Exception) -> StudioError:
        import httpx

        title, url = self.installed.card.title, self.endpoint.url
        if isinstance(error, _Status):
            return error.sentence
        if isinstance(error, StudioError):
            return error
        if isinstance(error, (httpx.ConnectError, httpx.ConnectTimeout)):
            return Unavailable(
                f"Nothing answers at {url}, where {title} should be.", "Start the server there, or mend the address.", "no_answer"
            )
        if isinstance(error, httpx.TimeoutException):
            return Unavailable(f"{title} was silent for too long.", "Try a shorter request, or raise answer_s of the endpoint.", "timeout")
        if isinstance(error, httpx.HTTPError):
            return Unavailable(f"The connection to {title} broke off ({type(error).__name__}).", "Try again.", "endpoint_failed")
        return Unavailable(f"{title} answered in a form that cannot be read ({type(error).__name__}).", "Check the address, /v1 included.")

    def _ready(self) -> Line:
        if self._line is None or self.state != "resident":
            raise Conflict(f"{self.installed.card.title} is not connected.", "Lease it from the room of models before calling it.")
        return self._line


class _Status(Exception):
    """An answer that is no success."""

    def __init__(self, status: int, wait_s: float, sentence: StudioError) -> None:
        super().__init__(str(sentence))
        self.status, self.wait_s, self.sentence = status, wait_s, sentence


def _unit(row: Sequence[float]) -> list[float]:
    length = sum(value * value for value in row) ** 0.5 or 1.0
    return [value / length for value in row]
