"""Scripts, styles and fonts: found, joined, named after their content, and served for a year."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from ui import assets


@pytest.fixture(scope="module")
def files() -> assets.Assets:
    return assets.load_assets()


def test_the_style_sheets_are_one_file_above_gradios(files: assets.Assets) -> None:
    css = files.files["studio.css"].decode()
    assert css.count(":root:not(#none) {") == len(assets.STYLES)
    assert css.count("{") == css.count("}")
    assert "@keyframes" not in css.partition(":root:not(#none)")[2], "a nested animation is not one"
    listed = set(assets.STYLES)
    assert listed == {path.relative_to(assets.ROOT).as_posix() for path in assets.ROOT.rglob("*.css")}


def test_the_address_follows_the_content(files: assets.Assets, tmp_path: Path) -> None:
    for name in assets.STYLES:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("a{color:red}")
    (tmp_path / "one.js").write_text("export const one = 1;")
    first = assets.load_assets(tmp_path)
    assert assets.load_assets(tmp_path).base == first.base != files.base
    (tmp_path / "one.js").write_text("export const one = 2;")
    assert assets.load_assets(tmp_path).base != first.base


def test_a_file_that_is_not_there_is_our_mistake(files: assets.Assets) -> None:
    assert files.url("shell.js") == f"{files.base}/shell.js"
    with pytest.raises(KeyError, match=r"nothing\.js"):
        files.url("nothing.js")


def test_imports_between_scripts_lead_somewhere(files: assets.Assets) -> None:
    for name, body in files.files.items():
        for target in re.findall(r'from "(\.[^"]+)"', body.decode() if name.endswith(".js") else ""):
            found = (Path(name).parent / target).as_posix()
            parts: list[str] = []
            for part in found.split("/"):
                parts = parts[:-1] if part == ".." else [*parts, part] if part != "." else parts
            assert "/".join(parts) in files.files, f"{name} imports {target}"


def test_files_are_kept_by_browsers_and_packed(files: assets.Assets) -> None:
    app = Starlette()
    assets.add_routes(app, files)
    client = TestClient(app)
    script = client.get(files.url("shell.js"))
    assert script.headers["content-type"].startswith("text/javascript")
    assert "immutable" in script.headers["cache-control"]
    assert script.headers["content-encoding"] == "gzip"
    assert script.content == files.files["shell.js"]
    plain = client.get(files.url("shell.js"), headers={"accept-encoding": "identity"})
    assert "content-encoding" not in plain.headers
    font = client.get(files.url("fonts/inter-latin-wght-normal.woff2"))
    assert font.headers["content-type"] == "font/woff2"
    assert client.get(files.base + "/../server.py").status_code == 404
    assert client.get(files.base + "/server.py").status_code == 404
