"""Jobs: everything asked of the studio, how far it is, and what to do about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ui.assets import Assets
from ui.components.panel import panel

if TYPE_CHECKING:
    import gradio as gr

TEMPLATE = '<section class="panel jobs" role="tabpanel" id="panel-jobs" aria-labelledby="tab-jobs" hidden></section>'


def build(assets: Assets) -> gr.HTML:
    """The tab's panel."""
    return panel(assets, "tabs/jobs.js", elem_id="jobs", template=TEMPLATE)
