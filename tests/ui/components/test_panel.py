"""A panel hands its element to one of our scripts and has no life of its own on the server."""

from __future__ import annotations

import pytest

from ui import assets
from ui.components.panel import panel

FILES = assets.load_assets()


def test_a_panel_imports_its_script_with_its_options() -> None:
    made = panel(FILES, "tabs/jobs.js", elem_id="jobs", template="<p>here</p>", tabs=["a'b"])
    assert f'import("{FILES.base}/tabs/jobs.js")' in made.js_on_load
    assert """mount(element, {"tabs": ["a'b"]})""" in made.js_on_load
    assert made.html_template == "<p>here</p>"


def test_a_script_that_is_not_there_is_told_at_once() -> None:
    with pytest.raises(KeyError):
        panel(FILES, "tabs/nothing.js", elem_id="x", template="")
