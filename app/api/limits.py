"""Keeps request bodies that are read into memory small; uploads, which are streamed, have a limit of their own."""

from __future__ import annotations

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.api.errors import error_response
from configs.errors import TooLarge

MAX_BODY_BYTES = 8 << 20
STREAMED = (("POST", "/api/artifacts"),)


class BodyLimit:
    """ASGI middleware: answers 413 when the announced, or else the real, length of a body is over the limit."""

    def __init__(self, app: ASGIApp, limit_bytes: int = MAX_BODY_BYTES) -> None:
        self.app, self.limit_bytes = app, limit_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes on what is small enough, or streamed."""
        if scope["type"] != "http" or (scope["method"], scope["path"]) in STREAMED:
            await self.app(scope, receive, send)
            return
        announced = dict(scope["headers"]).get(b"content-length", b"")
        if announced.isdigit() and int(announced) > self.limit_bytes:
            await error_response(self._refusal())(scope, receive, send)
            return
        await self.app(scope, self._counted(receive), send)

    def _counted(self, receive: Receive) -> Receive:
        seen = 0

        async def counted() -> Message:
            nonlocal seen
            message = await receive()
            seen += len(message.get("body", b""))
            if seen > self.limit_bytes:
                raise self._refusal()
            return message

        return counted

    def _refusal(self) -> TooLarge:
        return TooLarge(f"The request's body is larger than {self.limit_bytes:,} bytes.", "Files are uploaded to POST /api/artifacts.")
