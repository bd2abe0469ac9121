"""The deck: player, scene strip, timeline and keyboard as one piece of markup, brought to life by `deck.js`.

Canvas and pictures are mirrored for assistive technology: the playhead is a slider, the shots are a listbox.
"""

from __future__ import annotations

from ui.components.buttons import tool

_TRANSPORT = "".join(
    (
        tool("deck", "prevShot", "shot-back", "Previous shot", "↑"),
        tool("deck", "prevFrame", "step-back", "Previous frame", "←"),
        tool("deck", "toggle", "play", "Play", "Space"),
        tool("deck", "nextFrame", "step-forward", "Next frame", "→"),
        tool("deck", "nextShot", "shot-forward", "Next shot", "↓"),
    )
)
_EDITS = "".join(
    (
        tool("deck", "split", "split", "Split the shot here", "S"),
        tool("deck", "merge", "merge", "Merge with the shot before", "M"),
        tool("deck", "marker", "marker", "Set a marker", "P"),
        tool("deck", "undo", "undo", "Undo", "Ctrl Z", " hidden"),
        tool("deck", "redo", "redo", "Redo", "Ctrl Shift Z", " hidden"),
    )
)
_MARKS = "".join(
    (
        tool("deck", "markIn", "in", "Mark in", "I"),
        tool("deck", "markOut", "out", "Mark out", "O"),
        tool("deck", "mute", "sound-off", "Sound of the clip", "A", ' aria-pressed="false"'),
        tool("deck", "zoomOut", "minus", "Zoom the timeline out", "-"),
        tool("deck", "zoomIn", "plus", "Zoom the timeline in", "+"),
        tool("deck", "view", "layers", "Over the picture: composition, onion skin", "C N", ' aria-pressed="false"'),
        tool("deck", "cards", "grid", "Shots as cards", "V", ' aria-pressed="false"'),
        tool("deck", "fullscreen", "fullscreen", "Full screen", "F"),
    )
)

DECK = f"""<div class="deck" tabindex="0" role="group" aria-label="Player and timeline">
  <div class="stage"><video muted playsinline preload="auto"></video><p class="stage-note" role="status" hidden></p>
    <span class="range" aria-live="polite"></span></div>
  <div class="transport" role="toolbar" aria-label="Transport">
    <span class="transport-time"><button type="button" class="timecode" title="Go to a timecode  G">
      <span class="visually-hidden">Timecode</span><span class="timecode-value">00:00:00:00</span></button>
      <span class="frame-number"></span></span>
    <span class="transport-keys">{_TRANSPORT}</span>
    <span class="transport-edits">{_EDITS}</span>
    <span class="transport-marks">{_MARKS}</span>
  </div>
  <div class="strip" role="listbox" aria-label="Shots" aria-orientation="horizontal"></div>
  <div class="timeline" role="slider" tabindex="0" aria-label="Playhead" aria-valuemin="0" aria-valuemax="0" aria-valuenow="0">
    <canvas></canvas>
  </div>
</div>"""
