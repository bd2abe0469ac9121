"""The deck: player, scene strip, timeline and keyboard as one piece of markup, brought to life by `deck.js`.

Canvas and pictures are mirrored for assistive technology: the playhead is a slider, the shots are a listbox.
"""

from __future__ import annotations


def _button(action: str, icon: str, label: str, key: str, extra: str = "") -> str:
    return (
        f'<button type="button" class="button quiet square" data-deck="{action}" aria-label="{label}" title="{label}  {key}"{extra}>'
        f'<svg class="icon" aria-hidden="true"><use href="#i-{icon}"></use></svg></button>'
    )


_TRANSPORT = "".join(
    (
        _button("prevShot", "shot-back", "Previous shot", "↑"),
        _button("prevFrame", "step-back", "Previous frame", "←"),
        _button("toggle", "play", "Play", "Space"),
        _button("nextFrame", "step-forward", "Next frame", "→"),
        _button("nextShot", "shot-forward", "Next shot", "↓"),
    )
)
_EDITS = "".join(
    (
        _button("split", "split", "Split the shot here", "S"),
        _button("merge", "merge", "Merge with the shot before", "M"),
        _button("marker", "marker", "Set a marker", "P"),
        _button("undo", "undo", "Undo", "Ctrl Z", " hidden"),
        _button("redo", "redo", "Redo", "Ctrl Shift Z", " hidden"),
    )
)
_MARKS = "".join(
    (
        _button("markIn", "in", "Mark in", "I"),
        _button("markOut", "out", "Mark out", "O"),
        _button("mute", "sound-off", "Sound of the clip", "A", ' aria-pressed="false"'),
        _button("zoomOut", "minus", "Zoom the timeline out", "-"),
        _button("zoomIn", "plus", "Zoom the timeline in", "+"),
        _button("view", "layers", "Over the picture: composition, onion skin", "C N", ' aria-pressed="false"'),
        _button("cards", "grid", "Shots as cards", "V", ' aria-pressed="false"'),
        _button("fullscreen", "fullscreen", "Full screen", "F"),
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
