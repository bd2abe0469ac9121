"""Cleaning the source's own frames: steadying, noise."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, ClassVar, Literal

from pydantic import Field

from app.editing.graph import Pad
from app.editing.operations.base import Bench, Operation, Place, Stage, Tools
from app.editing.operations.pixels import apart_from_alpha
from app.editing.problems import Problem

_LEAST = 0.05  # nothing at all would mean the filter's own default


class Stabilise(Operation):
    """Takes the shake out of a shot (vid.stab, two passes)."""

    op: Literal["stabilise"] = "stabilise"
    smoothness_s: float = Field(default=0.5, gt=0, le=5, description="Moves quicker than this are taken for shake.")

    TITLE: ClassVar[str] = "Stabilise"
    STAGE: ClassVar[Stage] = Stage.SOURCE
    ONCE: ClassVar[bool] = True

    def problems(self, place: Place) -> Iterator[Problem]:
        """Only what moves can be steadied."""
        if place.source is not None and place.source.kind == "image":
            yield Problem("still_has_no_time", place.path, f"Stabilise changes nothing: {place.source.name} is a still.", "Take it out.")

    def prepare(self, tools: Tools, files: Mapping[str, Path]) -> Mapping[str, Any]:
        """Measures how the camera moves."""
        source = tools.place.source
        if source is None:
            return {}
        name = f"{source.content_hash} {tools.place.source_start} {tools.place.source_end}"
        path = tools.folder / f"moves-{hashlib.sha256(name.encode()).hexdigest()[:16]}.trf"
        if not path.exists():
            tools.look_through("vidstabdetect", "Measuring the shake", result=str(path), shakiness=8, accuracy=9)
        return {"moves": str(path)}

    def picture(self, pad: Pad, bench: Bench) -> Pad:
        """Takes out what is quicker than the smoothed way, enlarged just so far that no border shows."""
        if "moves" not in bench.prepared or bench.place.source is None:
            return pad
        path, frames = bench.prepared["moves"], max(1, round(self.smoothness_s * float(bench.place.source.rate)))
        alpha = bench.place.source.has_alpha
        return apart_from_alpha(
            bench, pad, alpha, lambda here: bench.graph.filter("vidstabtransform", [here], input=path, smoothing=frames, crop="black")
        )


class Denoise(Operation):
    """Takes out noise over space and time."""

    op: Literal["denoise"] = "denoise"
    strength: float = Field(default=0.4, gt=0, le=1, description="0 to 1.")

    TITLE: ClassVar[str] = "Denoise"
    STAGE: ClassVar[Stage] = Stage.SOURCE
    ONCE: ClassVar[bool] = True

    def picture(self, pad: Pad, bench: Bench) -> Pad:
        """A recursive filter over time, and a little over space: quick, and gentle with edges."""
        force = {"luma_spatial": 7.0, "chroma_spatial": 7.0, "luma_tmp": 28.0, "chroma_tmp": 28.0}
        options = {name: max(_LEAST, most * self.strength) for name, most in force.items()}
        alpha = bench.place.source is not None and bench.place.source.has_alpha
        return apart_from_alpha(bench, pad, alpha, lambda here: bench.graph.filter("hqdn3d", [here], **options))
