"""The film's colour description: that of its first video; what is described otherwise is converted, and the tags are kept."""

from __future__ import annotations

from app.editing.facts import SourceFacts
from app.editing.graph import Graph, Pad
from app.editing.timeline import Timeline

Colours = tuple[str | None, str | None, str | None, str | None]
DRAWN: Colours = ("bt709", "bt709", "bt709", "limited")  # of films made of nothing but stills
_RANGES = {"limited": "tv", "full": "pc"}
# Matrices as ISO/IEC 23091-2 has them, in the words of ffmpeg's scaler.
_MATRICES = {
    "bt709": "bt709", "fcc": "fcc", "bt470bg": "bt470", "smpte170m": "smpte170m", "smpte240m": "smpte240m", "bt2020nc": "bt2020",
    "bt2020c": "bt2020",
}  # fmt: skip


def film_colours(timeline: Timeline) -> Colours:
    """Primaries, transfer, matrix and range of the film; None where its first video does not say."""
    videos = [clip.source for clip in timeline.clips if clip.source.kind == "video"]
    return videos[0].colour if videos else DRAWN


def recoloured(graph: Graph, pad: Pad, source: SourceFacts, timeline: Timeline) -> Pad:
    """A picture whose matrix or range is not the film's, converted; stills are RGB."""
    _, _, matrix, spread = film_colours(timeline)
    _, _, own_matrix, own_spread = source.colour
    options = {}
    if matrix in _MATRICES and (source.kind == "image" or (own_matrix in _MATRICES and _MATRICES[own_matrix] != _MATRICES[matrix])):
        options["out_color_matrix"] = _MATRICES[matrix]
    if spread in _RANGES and own_spread in _RANGES and own_spread != spread:
        options["out_range"] = _RANGES[spread]
    return graph.filter("scale", [pad], **options) if options else pad


def tagged(graph: Graph, pad: Pad, timeline: Timeline) -> Pad:
    """The film's pictures with its tags, which the encoder writes down."""
    primaries, transfer, matrix, spread = film_colours(timeline)
    rows = {"color_primaries": primaries, "color_trc": transfer, "colorspace": matrix, "range": _RANGES.get(spread or "")}
    options = {name: value for name, value in rows.items() if value}
    return graph.filter("setparams", [pad], **options) if options else pad
