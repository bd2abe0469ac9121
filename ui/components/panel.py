"""A panel: one `gr.HTML` whose markup is drawn by a script of ours, from our HTTP API."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from ui.assets import Assets

if TYPE_CHECKING:
    import gradio as gr


def panel(assets: Assets, script: str, *, elem_id: str, template: str, **options: Any) -> gr.HTML:
    """A `gr.HTML` with a static ``template`` that hands its element to ``mount(element, options)`` of ``script``.

    The template never changes, so that a video, a playhead or an opened row in it survives every update.
    """
    import gradio as gr

    load = f"import({json.dumps(assets.url(script))}).then((module) => module.mount(element, {json.dumps(options)}))"
    return gr.HTML("", html_template=template, js_on_load=load, apply_default_css=False, elem_id=elem_id, padding=False)
