"""The sprite: every icon that is used exists, and nothing but drawing stands in it."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree
from pathlib import Path

from ui import icons
from ui.tabs import TABS

UI = Path(icons.__file__).parent


def test_the_sprite_is_well_formed_and_whole() -> None:
    root = ElementTree.fromstring(icons.sprite())
    assert {symbol.get("id") for symbol in root} == {f"i-{name}" for name in icons.ICONS} | {"i-mark"}
    allowed = {"svg", "symbol", "path", "rect", "circle"}
    assert {element.tag for element in root.iter()} <= allowed


def test_every_icon_used_is_in_the_sprite() -> None:
    used = {tab.icon for tab in TABS}
    for path in UI.rglob("*.js"):
        used |= set(re.findall(r'\bicon\("([a-z-]+)"', path.read_text(encoding="utf-8")))
    for path in UI.rglob("*.py"):
        used |= set(re.findall(r'href="#i-([a-z-]+)"', path.read_text(encoding="utf-8")))
    assert used - set(icons.ICONS) == {"mark"}


def test_the_favicon_is_a_picture_of_its_own() -> None:
    assert ElementTree.fromstring(icons.favicon()).tag == "{http://www.w3.org/2000/svg}svg"
