"""GET /api: every address with what it takes and gives, on one page that loads nothing else."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from html import escape
from typing import Any

from fastapi import APIRouter, HTTPException, Request
from fastapi.routing import APIRoute
from starlette.responses import HTMLResponse
from starlette.routing import Match

from configs.errors import NotFound

router = APIRouter(include_in_schema=False)
fallback = APIRouter(include_in_schema=False)

_METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"]
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'"
_STYLE = """
:root{--ground:#F4F1EA;--panel:#FBF9F4;--text:#1E2126;--muted:#5C6470;--action:#0B6E99;--hairline:#D8D2C4;color-scheme:light}
@media(prefers-color-scheme:dark){:root{--ground:#14161A;--panel:#1B1E24;--text:#E8EAED;--muted:#A3ABB8;--action:#6CC4E8;--hairline:#343A45;color-scheme:dark}}
body{margin:0 auto;max-width:960px;padding:24px 16px;background:var(--ground);color:var(--text);font:14px/1.5 Inter,system-ui,sans-serif}
h1{font-size:20px}h2{font-size:15px;margin:28px 0 8px;text-transform:capitalize}p{margin:4px 0;color:var(--muted)}a{color:var(--action)}
details{background:var(--panel);border:1px solid var(--hairline);border-radius:4px;margin:4px 0;padding:8px 12px}
summary{cursor:pointer;overflow-wrap:anywhere}code,pre{font:12px/1.5 'JetBrains Mono',ui-monospace,monospace}pre{overflow:auto}
b{display:inline-block;min-width:56px;color:var(--action);font:600 12px 'JetBrains Mono',ui-monospace,monospace}
"""


@router.get("/api")
def reference(request: Request) -> HTMLResponse:
    """The reference, drawn from the OpenAPI document."""
    return HTMLResponse(page(request.app.openapi()), headers={"content-security-policy": _POLICY})


@fallback.api_route("/api/{rest:path}", methods=_METHODS)
@fallback.api_route("/v1", methods=_METHODS)
@fallback.api_route("/v1/{rest:path}", methods=_METHODS)
def nowhere(request: Request) -> None:
    """What lies under /api or /v1 and is not ours must not fall through to the page."""
    methods = sorted(_methods_of(request))
    if methods:
        raise HTTPException(405, headers={"allow": ", ".join(methods)})
    raise NotFound(f"Nothing answers {request.method} {request.url.path}.", "GET /api lists every address.")


def _methods_of(request: Request) -> set[str]:
    """What the address does take."""
    found: set[str] = set()
    for route in _routes(request.app.router.routes):
        if route.endpoint is not nowhere and route.matches(request.scope)[0] is Match.PARTIAL:
            found |= route.methods or set()
    return found


def _routes(listed: Iterable[Any]) -> Iterator[APIRoute]:
    for route in listed:
        if isinstance(route, APIRoute):
            yield route
        elif hasattr(route, "original_router"):  # how FastAPI keeps a router that was included
            yield from _routes(route.original_router.routes)


def page(document: dict[str, Any]) -> str:
    """HTML for an OpenAPI document."""
    groups: dict[str, list[str]] = {}
    for method, path, operation in _operations(document):
        groups.setdefault((operation.get("tags") or ["other"])[0], []).append(_entry(method, path, operation, document))
    body = "".join(f"<h2>{escape(name)}</h2>{''.join(entries)}" for name, entries in groups.items())
    info = document["info"]
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>HTTP reference · {escape(info['title'])}</title><style>{_STYLE}</style>"
        f"<h1>{escape(info['title'])} {escape(info['version'])}: HTTP</h1><p>{escape(info.get('description', ''))}</p>"
        f'<p>For programs: <a href="/api/openapi.json">OpenAPI</a>, <a href="/api/tools">tools for agents</a>.</p>{body}</html>'
    )


def _operations(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            if method != "head":
                yield method.upper(), path, operation


def _entry(method: str, path: str, operation: dict[str, Any], document: dict[str, Any]) -> str:
    parts = [f"<p>{escape(line)}</p>" for line in operation.get("description", "").split("\n\n")]
    parts += [_parameter(parameter) for parameter in operation.get("parameters", ())]
    for media, content in operation.get("requestBody", {}).get("content", {}).items():
        parts.append(f"<p>Body, {escape(media)}:</p>{_schema(content.get('schema', {}), document)}")
    for status, answer in operation.get("responses", {}).items():
        if status.startswith("2"):
            schemas = [_schema(c["schema"], document) for c in answer.get("content", {}).values() if c.get("schema")]
            parts.append(f"<p>{escape(status)}: {escape(answer.get('description', ''))}</p>{''.join(schemas)}")
    title = f"<b>{method}</b> <code>{escape(path)}</code> {escape(operation.get('summary', ''))}"
    return f"<details><summary>{title}</summary>{''.join(parts)}</details>"


def _parameter(parameter: dict[str, Any]) -> str:
    schema = {key: value for key, value in parameter.get("schema", {}).items() if key != "title"}
    name, place, about = (escape(parameter.get(key, "")) for key in ("name", "in", "description"))
    return f"<p><code>{name}</code> ({place}) {escape(json.dumps(schema))} {about}</p>"


def _schema(schema: dict[str, Any], document: dict[str, Any]) -> str:
    name = schema.get("$ref", "").rpartition("/")[2]
    shown = document.get("components", {}).get("schemas", {}).get(name, schema) if name else schema
    return f"<pre>{escape(json.dumps(shown, indent=2, ensure_ascii=False))}</pre>"
