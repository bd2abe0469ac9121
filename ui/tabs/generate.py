"""Generate Image: a prompt becomes pictures; characters that stay themselves, history, boards, batches and grids."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ui.assets import Assets
from ui.components.panel import panel

if TYPE_CHECKING:
    import gradio as gr

TEMPLATE = """<section class="panel generate" role="tabpanel" id="panel-generate" aria-labelledby="tab-generate" hidden>
  <aside class="gen-side" aria-label="What to make"></aside>
  <div class="gen-main"></div>
  <div class="drop-hint" aria-hidden="true"><span>Drop a picture to take over its settings</span></div>
</section>"""


def build(assets: Assets) -> gr.HTML:
    """The tab's panel."""
    return panel(assets, "tabs/generate.js", elem_id="generate", template=TEMPLATE)
