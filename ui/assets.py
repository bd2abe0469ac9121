"""The page's own scripts, styles and fonts, served from memory under an address that changes with their content."""

from __future__ import annotations

import gzip
import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ui import icons, theme

if TYPE_CHECKING:
    from starlette.applications import Starlette

ROOT = Path(__file__).parent
CAPTION_FONT = ROOT.parent / "configs" / "fonts" / "Anton-Regular.ttf"  # loaded by the page where captions use it
MEDIA_TYPES = {
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
    ".woff2": "font/woff2",
    ".ttf": "font/ttf",
}
STYLES = (
    "shell.css",
    "components/controls.css",
    "components/deck.css",
    "components/inspector.css",
    "components/over.css",
    "components/cards.css",
    "components/review.css",
    "components/rank.css",
    "components/compare.css",
    "tabs/analyze.css",
    "components/plan.css",
    "tabs/edit.css",
    "components/gen.css",
    "components/gen_rooms.css",
    "tabs/generate.css",
    "tabs/jobs.css",
    "tabs/library.css",
    "tabs/models.css",
)


@dataclass(frozen=True)
class Assets:
    """Every file of the page by its address below ``base``; ``base`` holds the digest of them all."""

    base: str
    files: dict[str, bytes]

    @property
    def modules(self) -> list[str]:
        """Addresses of all scripts, for preloading."""
        return [f"{self.base}/{name}" for name in sorted(self.files) if name.endswith(".js")]

    def url(self, name: str) -> str:
        """The address of one file; a name that is not there is a mistake in our own page."""
        if name not in self.files:
            raise KeyError(f"the page has no file {name!r}")
        return f"{self.base}/{name}"


def load_assets(root: Path = ROOT) -> Assets:
    """Reads the scripts and fonts below ``root`` and joins the style sheets into ``studio.css``."""
    files = {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in sorted(root.rglob("*"))
        if path.suffix in {".js", ".woff2"} and path.is_file()
    }
    styles = [theme.fonts_css(), theme.variables_css(), *(_outrank((root / name).read_text(encoding="utf-8")) for name in STYLES)]
    files["studio.css"] = "\n".join(styles).encode()
    files["fonts/anton.ttf"] = CAPTION_FONT.read_bytes()
    files["mark.svg"] = icons.favicon()
    digest = hashlib.sha256()
    for name in sorted(files):
        digest.update(name.encode() + b"\0" + files[name] + b"\0")
    return Assets(base=f"/ui/{digest.hexdigest()[:12]}", files=files)


def _outrank(css: str) -> str:
    """Nests a style sheet under a selector that always matches: Gradio's reset comes later and would win every tie."""
    return f":root:not(#none) {{\n{css}}}"


def add_routes(app: Starlette, assets: Assets) -> None:
    """Serves the files with year-long caching: a changed file has a changed address."""
    from starlette.requests import Request
    from starlette.responses import PlainTextResponse, Response

    packed = {name: gzip.compress(body, 6) for name, body in assets.files.items() if not name.endswith(".woff2")}
    headers = {"Cache-Control": "public, max-age=31536000, immutable", "X-Content-Type-Options": "nosniff", "Vary": "Accept-Encoding"}

    async def asset(request: Request) -> Response:
        name = request.path_params["name"]
        body = assets.files.get(name)
        if body is None:
            return PlainTextResponse("There is no such file; reload the page.", status_code=404)
        media_type = MEDIA_TYPES[Path(name).suffix]
        if name in packed and "gzip" in request.headers.get("accept-encoding", ""):
            return Response(packed[name], media_type=media_type, headers={**headers, "Content-Encoding": "gzip"})
        return Response(body, media_type=media_type, headers=headers)

    app.add_route(assets.base + "/{name:path}", asset, methods=["GET"], include_in_schema=False)
