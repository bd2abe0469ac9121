"""Library: every file ever made or used, where it came from and what may be done with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ui.assets import Assets
from ui.components.panel import panel

if TYPE_CHECKING:
    import gradio as gr

TEMPLATE = '<section class="panel library" role="tabpanel" id="panel-library" aria-labelledby="tab-library" hidden></section>'


def build(assets: Assets) -> gr.HTML:
    """The tab's panel."""
    return panel(assets, "tabs/library.js", elem_id="library", template=TEMPLATE)
