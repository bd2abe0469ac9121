"""The document around the page: our head goes in, the framework's advertising goes out, nothing else changes."""

from __future__ import annotations

import pytest
from starlette.applications import Starlette
from starlette.responses import HTMLResponse, PlainTextResponse, StreamingResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from ui import assets, document

FILES = assets.load_assets()
PAGE = (
    '<html><head>\n<meta charset="utf-8" />\n<meta property="og:title" content="Gradio" />\n<meta\n\tname="twitter:creator"\n'
    '\tcontent="@Gradio"\n/>\n<meta name="viewport" content="x" /></head><body><gradio-app></gradio-app></body></html>'
)


def test_our_head_comes_first_and_foreign_tags_go() -> None:
    html = document.rewrite(PAGE, FILES)
    assert "Gradio" not in html
    assert html.count("<title>Animation AI Studio</title>") == 1
    assert html.index("studio.theme") < html.index("studio.css"), "dark or light is known before anything is drawn"
    assert html.count("modulepreload") == len(FILES.modules)
    assert '<meta name="viewport" content="x" />' in html


@pytest.fixture
def client() -> TestClient:
    async def stream() -> object:
        yield b"one"
        yield b"two"

    app = Starlette(
        routes=[
            Route("/", lambda request: HTMLResponse(PAGE if "plain" not in request.query_params else "<p>log in</p>")),
            Route("/other", lambda _: HTMLResponse(PAGE)),
            Route("/stream", lambda _: StreamingResponse(stream(), media_type="text/event-stream")),
            Route("/text", lambda _: PlainTextResponse("text")),
        ]
    )
    app.add_middleware(document.Document, assets=FILES)
    return TestClient(app)


def test_only_the_page_itself_is_rewritten(client: TestClient) -> None:
    page = client.get("/")
    assert "studio.css" in page.text
    assert int(page.headers["content-length"]) == len(page.content)
    assert page.headers["cache-control"] == "no-cache"
    assert client.get("/?plain").text == "<p>log in</p>"
    assert client.get("/other").text == PAGE
    assert client.get("/text").text == "text"
    assert client.get("/stream").text == "onetwo"


def test_the_head_names_no_other_host() -> None:
    assert "http" not in document.head(FILES)
