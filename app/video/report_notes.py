"""The report's section of notes: what people have marked, in order of time, with who said it. Pure."""

from __future__ import annotations

from html import escape

from app.video.document import VideoAnalysis
from app.video.review_document import AppliedMarker

SWATCHES = {
    "blue": "#2F6FDE", "cyan": "#19B5C9", "green": "#3FA34D", "yellow": "#E0B400", "red": "#D8412F", "pink": "#F08CB4",
    "purple": "#8A5CD6", "fuchsia": "#C43CA8", "rose": "#E86A8A", "lavender": "#B49CE0", "sky": "#7DBEF0", "mint": "#6CCB9F",
    "lemon": "#E8E05A", "sand": "#C9A46A", "cocoa": "#7A4F35", "cream": "#F2E8CF", "orange": "#E8862E", "magenta": "#C2268C",
    "black": "#16181C", "white": "#FFFFFF",
}  # fmt: skip


def section(analysis: VideoAnalysis) -> str:
    """Heading and list; empty without notes. Every word from outside is escaped, line breaks are kept."""
    markers = analysis.review.markers if analysis.review else []
    if not markers:
        return ""
    return f'<h2>Notes</h2>\n<ol class="notes">{"".join(map(_note, markers))}</ol>'


def _note(marker: AppliedMarker) -> str:
    frames = f"frame {marker.frame}" if marker.end_frame is None else f"frames {marker.frame} to {marker.end_frame - 1}"
    by = f"<small>{escape(marker.author)}</small>" if marker.author else ""
    return (
        f'<li><i style="background:{SWATCHES[marker.colour]}" title="{marker.colour}"></i>'
        f'<div><span class="tc">{escape(marker.timecode)}</span><small>{frames}, {marker.colour}</small>{by}</div>'
        f"<p>{escape(marker.note)}</p></li>"
    )
