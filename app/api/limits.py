"""Keeps request bodies that are read into memory small; uploads, which are streamed, have a limit of their own."""

from __future__ import annotations

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.api.shapes import error_answer, is_gateway
from configs.errors import TooLarge

MAX_BODY_BYTES = 8 << 20
MAX_GATEWAY_BYTES = 64 << 20  # a chat carries its pictures with it
STREAMED = (("POST", "/api/artifacts"),)


class BodyLimit:
    """ASGI middleware: answers 413 when the announced, or else the real, length of a body is over the limit."""

    def __init__(self, app: ASGIApp, limit_bytes: int = MAX_BODY_BYTES, gateway_bytes: int = MAX_GATEWAY_BYTES) -> None:
        self.app, self.limit_bytes, self.gateway_bytes = app, limit_bytes, gateway_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes on what is small enough, or streamed."""
        if scope["type"] != "http" or (scope["method"], scope["path"]) in STREAMED:
            await self.app(scope, receive, send)
            return
        path = scope["path"]
        limit = self.gateway_bytes if is_gateway(path) else self.limit_bytes
        announced = dict(scope["headers"]).get(b"content-length", b"")
        if announced.isdigit() and int(announced) > limit:
            await error_answer(path, _refusal(path, limit))(scope, receive, send)
            return
        await self.app(scope, _counted(receive, path, limit), send)


def _counted(receive: Receive, path: str, limit: int) -> Receive:
    seen = 0

    async def counted() -> Message:
        nonlocal seen
        message = await receive()
        seen += len(message.get("body", b""))
        if seen > limit:
            raise _refusal(path, limit)
        return message

    return counted


def _refusal(path: str, limit: int) -> TooLarge:
    remedy = "Send smaller pictures, or fewer." if is_gateway(path) else "Files are uploaded to POST /api/artifacts."
    return TooLarge(f"The request's body is larger than {limit:,} bytes.", remedy)
