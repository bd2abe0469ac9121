"""Analyze Video: drop a clip, watch its shots appear, take the report and the timelines away."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ui.assets import Assets
from ui.components.deck import DECK
from ui.components.panel import panel

if TYPE_CHECKING:
    import gradio as gr

TEMPLATE = f"""<section class="panel analyze empty" role="tabpanel" id="panel-analyze" aria-labelledby="tab-analyze" hidden>
  <div class="welcome"></div>
  {DECK}
  <aside class="inspector" aria-label="Inspector"></aside>
  <div class="drop-hint" aria-hidden="true"><span>Drop the clip to analyze it</span></div>
</section>"""


def build(assets: Assets) -> gr.HTML:
    """The tab's panel."""
    return panel(assets, "tabs/analyze.js", elem_id="analyze", template=TEMPLATE)
