"""Edit/Parody: a sentence becomes a plan whose every row can be approved, played at once, rendered, judged and exported."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ui.assets import Assets
from ui.components.buttons import tool
from ui.components.panel import panel

if TYPE_CHECKING:
    import gradio as gr


_KEYS = "".join(
    (
        tool("film", "prevRow", "shot-back", "Previous row", "Page Up"),
        tool("film", "prevFrame", "step-back", "Previous frame", "←"),
        tool("film", "toggle", "play", "Play plan", "Space"),
        tool("film", "nextFrame", "step-forward", "Next frame", "→"),
        tool("film", "nextRow", "shot-forward", "Next row", "Page Down"),
    )
)
_EDITS = "".join(
    (
        tool("film", "split", "split", "Split the row here", "S"),
        tool("film", "markIn", "in", "Begin the row here", "I"),
        tool("film", "markOut", "out", "End the row here", "O"),
        tool("film", "undo", "undo", "Undo", "Ctrl Z"),
        tool("film", "redo", "redo", "Redo", "Ctrl Shift Z"),
    )
)
_VIEW = "".join(
    (
        tool("film", "moment", "eye", "Show this frame exactly as it will be rendered", "E"),
        tool("film", "mute", "sound-off", "Sound", "A", ' aria-pressed="false"'),
        tool("film", "zoomOut", "minus", "Zoom the film out", "-"),
        tool("film", "zoomIn", "plus", "Zoom the film in", "+"),
        tool("film", "fullscreen", "fullscreen", "Full screen", "F"),
    )
)

TEMPLATE = f"""<section class="panel edit empty" role="tabpanel" id="panel-edit" aria-labelledby="tab-edit" hidden>
  <div class="edit-welcome"></div>
  <div class="film" tabindex="-1" role="group" aria-label="Planned film">
    <div class="film-stage"><p class="film-note" role="status" hidden></p></div>
    <div class="film-transport" role="toolbar" aria-label="Transport of the film">
      <span class="film-time"><span class="film-timecode" role="timer" aria-label="Time in the film">00:00:00:00</span>
        <span class="film-where"></span></span>
      <span class="film-keys">{_KEYS}</span><span class="film-edits">{_EDITS}</span><span class="film-view">{_VIEW}</span>
    </div>
    <div class="film-timeline" role="slider" tabindex="0" aria-label="Playhead in the film"
      aria-valuemin="0" aria-valuemax="0" aria-valuenow="0"><canvas></canvas></div>
  </div>
  <aside class="edit-side" aria-label="Plan and versions"></aside>
  <div class="drop-hint" aria-hidden="true"><span>Drop the clip to edit it</span></div>
</section>"""


def build(assets: Assets) -> gr.HTML:
    """The tab's panel."""
    return panel(assets, "tabs/edit.js", elem_id="edit", template=TEMPLATE)
