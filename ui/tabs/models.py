"""Models: what can be installed, what is in memory and for whom, and a box to try each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ui.assets import Assets
from ui.components.panel import panel

if TYPE_CHECKING:
    import gradio as gr

TEMPLATE = '<section class="panel models" role="tabpanel" id="panel-models" aria-labelledby="tab-models" hidden></section>'


def build(assets: Assets) -> gr.HTML:
    """The tab's panel."""
    return panel(assets, "tabs/models.js", elem_id="models", template=TEMPLATE)
