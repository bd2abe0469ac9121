"""The page: top bar, sidebar and the tabs, each a panel drawn from the HTTP API."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ui import icons
from ui.assets import Assets
from ui.components.panel import panel
from ui.document import TITLE
from ui.tabs import TABS

if TYPE_CHECKING:
    import gradio as gr


def _icon(name: str) -> str:
    return f'<svg class="icon" aria-hidden="true"><use href="#i-{name}"></use></svg>'


def _button(action: str, icon: str, label: str, extra: str = "") -> str:
    return f'<button type="button" class="button quiet square" data-do="{action}" aria-label="{label}" {extra}>{_icon(icon)}</button>'


def shell_template() -> str:
    """Static markup of the top bar, the sidebar and the places for toasts and dialogs."""
    tabs = "".join(
        f'<button type="button" role="tab" id="tab-{tab.id}" data-tab="{tab.id}" aria-controls="panel-{tab.id}" '
        f'aria-selected="false" tabindex="-1">{_icon(tab.icon)}<span>{tab.title}</span></button>'
        for tab in TABS
    )
    return f"""{icons.sprite()}
<header class="topbar">
  {_button("sidebar", "panel", "Sidebar", 'aria-expanded="true"')}
  <span class="brand"><svg class="mark" aria-hidden="true"><use href="#i-mark"></use></svg><span>{TITLE}</span></span>
  <nav class="tabs" role="tablist" aria-label="Tabs">{tabs}</nav>
  <span class="offline" role="status" hidden></span>
  {_button("sound", "bell", "Sound when a job finishes", 'aria-pressed="true"')}
  {_button("theme", "moon", "Dark or light")}
  {_button("help", "help", "Keyboard shortcuts")}
</header>
<aside class="sidebar" aria-label="Project, queue and machine"></aside>
<div class="veil" hidden></div>
<div class="toasts" role="status" aria-live="polite"></div>"""


def build_page(assets: Assets) -> gr.Blocks:
    """The whole page as Gradio blocks; it has no events of Gradio's own, everything goes through our API."""
    import gradio as gr

    with gr.Blocks(title=TITLE, fill_width=True, analytics_enabled=False) as page, gr.Column(elem_id="studio"):
        panel(assets, "shell.js", elem_id="shell", template=shell_template(), tabs=[tab.id for tab in TABS])
        for tab in TABS:
            tab.build(assets)
    # Nothing ever waits in Gradio's queue here; at its default it looks a thousand times a second.
    page._queue.sleep_when_free = 1.0
    page._queue.progress_update_sleep_when_free = 1.0
    return page
