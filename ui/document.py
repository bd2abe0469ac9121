"""The HTML document around the page: our own head, so that the first paint already has our colours and title."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from ui.assets import Assets

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

TITLE = "Animation AI Studio"
# The remembered choice of dark or light is applied before anything is drawn.
EARLY = (
    "try{const t=localStorage.getItem('studio.theme');if(t==='\"dark\"'||t==='\"light\"')"
    "document.documentElement.dataset.theme=JSON.parse(t)}catch{}"
)
_FOREIGN_META = re.compile(r'\s*<meta\s+(?:property|name)="(?:og|twitter):[^>]*>', re.DOTALL)


def head(assets: Assets) -> str:
    """What goes into ``<head>`` before everything else."""
    preload = "".join(f'<link rel="modulepreload" href="{url}">' for url in assets.modules)
    return (
        f'<title>{TITLE}</title><link rel="icon" type="image/svg+xml" href="{assets.url("mark.svg")}">'
        f'<script>{EARLY}</script><link rel="stylesheet" href="{assets.url("studio.css")}">'
        f'<link rel="preload" as="font" type="font/woff2" crossorigin href="{assets.url("fonts/inter-latin-wght-normal.woff2")}">{preload}'
    )


def rewrite(html: str, assets: Assets) -> str:
    """Puts our head in and takes the framework's advertising tags out."""
    return _FOREIGN_META.sub("", html).replace('<meta charset="utf-8" />', '<meta charset="utf-8" />' + head(assets), 1)


class Document:
    """ASGI middleware that rewrites the answer to ``GET /`` and passes everything else through untouched."""

    def __init__(self, app: App, assets: Assets) -> None:
        self.app, self.assets = app, assets

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] != "/" or scope["method"] != "GET":
            await self.app(scope, receive, send)
            return
        start: Message = {}
        body = bytearray()

        async def collect(message: Message) -> None:
            if message["type"] == "http.response.start":
                start.update(message)
                return
            body.extend(message.get("body", b""))
            if message.get("more_body", False):
                return
            await self._finish(start, bytes(body), send)

        await self.app(scope, receive, collect)

    async def _finish(self, start: Message, body: bytes, send: Send) -> None:
        headers = list(start.get("headers", []))
        kind = next((value for name, value in headers if name.lower() == b"content-type"), b"")
        if start.get("status") == 200 and kind.startswith(b"text/html") and b"<gradio-app" in body:
            body = rewrite(body.decode("utf-8"), self.assets).encode()
            headers = [(name, value) for name, value in headers if name.lower() not in {b"content-length", b"cache-control"}]
            headers += [(b"content-length", str(len(body)).encode()), (b"cache-control", b"no-cache")]
        await send({**start, "headers": headers})
        await send({"type": "http.response.body", "body": body})
