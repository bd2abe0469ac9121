"""An OpenAI-compatible server that answers from a script, in this process, on 127.0.0.1.

with ScriptedServer([Reply("Hello there"), Reply(status=429)]) as server:
    ... server.url ..., server.requests[0].body["messages"]
"""

from __future__ import annotations

import json
import select
import socket
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Json = dict[str, Any]


@dataclass(frozen=True)
class Reply:
    """One answer.

    Attributes:
        text: sent in pieces of `size` letters when streamed.
        calls: tool calls as (name, arguments as JSON text).
        status: 200, or an error with `error` as its body.
        break_after: pieces after which the connection is cut.
        wait: the server is silent until this is set: before the first piece, or after `pause_after` pieces.
        raw: sent as it is instead of all this.
    """

    text: str = ""
    reasoning: str = ""
    calls: Sequence[tuple[str, str]] = ()
    finish: str | None = None
    status: int = 200
    error: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    size: int = 4
    usage: bool = True
    break_after: int | None = None
    wait: threading.Event | None = None
    pause_after: int = 0
    raw: str | None = None
    done: bool = True


@dataclass(frozen=True)
class Request:
    """One request as it came."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: Any


HELLO = (Reply("Hello"),)
Script = Sequence[Reply] | Callable[[Json], Reply]


class ScriptedServer:
    """Answers chats from a list, one reply each, its last for ever, or by a function of the request's body.

    Attributes:
        requests: what was asked so far. hung_up: set once a client has left in the middle of an answer.
        models: names that `/v1/models` tells. sleeping: what vLLM's sleep and wake-up did last.
    """

    def __init__(self, script: Script = HELLO, models: Sequence[str] = ("tiny",), key: str | None = None, port: int = 0) -> None:
        self.requests: list[Request] = []
        self.models, self.key = list(models), key
        self.hung_up = threading.Event()
        self.sleeping = False
        self.replies_to: dict[str, list[Reply]] = {}
        self._script, self._asked = script, 0
        self._lock = threading.Lock()
        outer = self

        class Handler(_Handler):
            owner = outer

        self._server = _Server(("127.0.0.1", port), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])

    @property
    def url(self) -> str:
        """The base of the API."""
        return f"http://127.0.0.1:{self.port}/v1"

    def chats(self) -> list[Json]:
        """Bodies of the chat requests so far."""
        return [request.body for request in self.requests if request.path.endswith("/chat/completions")]

    def reply(self, path: str, body: Json) -> Reply | None:
        """The next reply to a path."""
        with self._lock:
            waiting = self.replies_to.get(path)
            if waiting:
                return waiting.pop(0)
            if not path.endswith("/chat/completions"):
                return None
            if callable(self._script):
                return self._script(body)
            self._asked += 1
            return self._script[min(self._asked, len(self._script)) - 1]

    def start(self) -> ScriptedServer:
        self._thread.start()
        return self

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def __enter__(self) -> ScriptedServer:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Clients leave in the middle on purpose here."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    owner: ScriptedServer

    def log_message(self, format: str, *args: Any) -> None:
        """Quiet."""

    def do_GET(self) -> None:
        self._note(None)
        if self.path == "/health":
            self._json(200, {})
        elif self.path.endswith("/models"):
            self._json(200, {"object": "list", "data": [{"id": name, "object": "model"} for name in self.owner.models]})
        else:
            self._json(404, {"error": {"message": f"no route {self.path}"}})

    def do_POST(self) -> None:
        length = int(self.headers.get("content-length") or 0)
        body = json.loads(self.rfile.read(length) or b"{}")
        self._note(body)
        if self.owner.key and self.headers.get("authorization") != f"Bearer {self.owner.key}":
            self._json(401, {"error": {"message": "Incorrect API key provided", "code": "invalid_api_key"}})
            return
        route = self.path.partition("?")[0]
        reply = self.owner.reply(route, body)
        if reply is not None and reply.status != 200:
            self._json(reply.status, reply.error or {"error": {"message": "scripted"}}, reply.headers)
        elif route in ("/sleep", "/wake_up"):
            self.owner.sleeping = route == "/sleep"
            self._json(200, {})
        elif route.endswith("/embeddings"):
            self._json(200, _embedded(body))
        elif reply is None:
            self._json(404, {"error": {"message": f"no route {route}"}})
        elif body.get("stream"):
            self._stream(body, reply)
        else:
            self._hold(reply)
            self._json(200, _whole(body, reply))

    def _note(self, body: Any) -> None:
        self.owner.requests.append(Request(self.command, self.path, {k.lower(): v for k, v in self.headers.items()}, body))

    def _json(self, status: int, body: Any, headers: Mapping[str, str] | None = None) -> None:
        data = body.encode() if isinstance(body, str) else json.dumps(body).encode()
        self.send_response(status)
        for name, value in {"Content-Type": "application/json", "Content-Length": str(len(data)), **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)

    def _stream(self, body: Json, reply: Reply) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        events = [reply.raw] if reply.raw is not None else [f"data: {json.dumps(event)}\n\n" for event in _events(body, reply)]
        if reply.done and reply.raw is None:
            events.append("data: [DONE]\n\n")
        try:
            for count, event in enumerate(events):
                if reply.break_after == count:
                    self.close_connection = True
                    self.connection.shutdown(socket.SHUT_RDWR)
                    return
                if count == reply.pause_after:
                    self._hold(reply)
                data = event.encode()
                self.wfile.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")
                self.wfile.flush()
            self.wfile.write(b"0\r\n\r\n")
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True
            self.owner.hung_up.set()

    def _hold(self, reply: Reply) -> None:
        """Silent until told, or until the client leaves."""
        while reply.wait is not None and not reply.wait.wait(0.01):
            readable, _, _ = select.select([self.connection], [], [], 0)
            if readable and not self.connection.recv(1, socket.MSG_PEEK):
                self.owner.hung_up.set()
                raise BrokenPipeError


def behave(body: Json) -> Reply:
    """A small model that does as it is told: always the same words, cut at stop strings and at `max_tokens`; JSON and calls on demand."""
    said = "".join(str(message.get("content")) for message in body["messages"])
    if len(said) > 3000:
        return Reply(status=400, error={"error": {"message": "too long", "code": "context_length_exceeded"}})
    if body.get("response_format"):
        return Reply('{"ok": true}')
    choice = body.get("tool_choice")
    if isinstance(choice, dict) or choice == "required":
        return Reply(calls=[(choice["function"]["name"] if isinstance(choice, dict) else body["tools"][0]["function"]["name"], "{}")])
    words = [f"word{number} " for number in range(24)]
    kept = words[: body.get("max_tokens") or len(words)]
    text = "".join(kept)
    for stop in body.get("stop") or ():
        text = text.split(stop)[0]
    return Reply(text, finish="length" if len(kept) < len(words) and text == "".join(kept) else "stop", size=6)


def _usage(reply: Reply) -> Json:
    return {"prompt_tokens": 11, "completion_tokens": len(reply.text), "total_tokens": 11 + len(reply.text)}


def _finish(reply: Reply) -> str:
    return reply.finish or ("tool_calls" if reply.calls else "stop")


def _events(body: Json, reply: Reply) -> list[Json]:
    def event(delta: Json, finish: str | None = None) -> Json:
        choice = {"index": 0, "delta": delta, "finish_reason": finish}
        return {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, "model": body.get("model"), "choices": [choice]}

    made = [event({"reasoning_content": reply.reasoning})] if reply.reasoning else []
    made += [event({"content": reply.text[start : start + reply.size]}) for start in range(0, len(reply.text), reply.size)]
    for index, (name, arguments) in enumerate(reply.calls):
        call = {"index": index, "id": f"call_{index}", "type": "function", "function": {"name": name, "arguments": ""}}
        made.append(event({"tool_calls": [call]}))
        half = len(arguments) // 2
        made += [
            event({"tool_calls": [{"index": index, "function": {"arguments": part}}]}) for part in (arguments[:half], arguments[half:])
        ]
    if reply.done:
        made.append(event({}, _finish(reply)))
    if reply.usage and (body.get("stream_options") or {}).get("include_usage"):
        made.append({"id": "chatcmpl-1", "object": "chat.completion.chunk", "choices": [], "usage": _usage(reply)})
    return made


def _whole(body: Json, reply: Reply) -> Json:
    message: Json = {"role": "assistant", "content": reply.text}
    if reply.calls:
        message["tool_calls"] = [
            {"id": f"call_{i}", "type": "function", "function": {"name": n, "arguments": a}} for i, (n, a) in enumerate(reply.calls)
        ]
    choice = {"index": 0, "message": message, "finish_reason": _finish(reply)}
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1,
        "model": body.get("model"),
        "choices": [choice],
        "usage": _usage(reply),
    }


def _embedded(body: Json) -> Json:
    """Vectors of three numbers that depend on the letters; in the wrong order, as the protocol allows."""
    texts = body["input"] if isinstance(body["input"], list) else [body["input"]]
    data = [{"object": "embedding", "index": index, "embedding": [len(text), text.count("a"), 1.0]} for index, text in enumerate(texts)]
    return {
        "object": "list",
        "data": data[::-1],
        "model": body.get("model"),
        "usage": {"prompt_tokens": sum(map(len, texts)), "total_tokens": 0},
    }
