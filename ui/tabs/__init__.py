"""THE table of tabs: what stands in the top bar, in this order."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ui.assets import Assets
from ui.tabs import analyze, edit, generate, jobs, library, models

if TYPE_CHECKING:
    import gradio as gr


@dataclass(frozen=True)
class Tab:
    """One tab: ``build`` makes its panel, whose element id is ``panel-<id>``."""

    id: str
    title: str
    icon: str
    build: Callable[[Assets], gr.HTML]


TABS: tuple[Tab, ...] = (
    Tab("generate", "Generate Image", "wand", generate.build),
    Tab("analyze", "Analyze Video", "scan", analyze.build),
    Tab("edit", "Edit/Parody", "scissors", edit.build),
    Tab("jobs", "Jobs", "list", jobs.build),
    Tab("library", "Library", "library", library.build),
    Tab("models", "Models", "cpu", models.build),
)
