"""Effects that no filter of ffmpeg makes: MoviePy's, worked out frame by frame in Python before the graph is built."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from pydantic import Field

from app.editing.graph import Pad
from app.editing.operations.base import Bench, Operation, Place, Share, Stage, Tools
from app.editing.operations.pixels import apart_from_alpha
from app.editing.operations.shape import PathPoint
from app.editing.problems import Problem

if TYPE_CHECKING:
    import numpy as np
    from moviepy import Effect

    Picture = np.ndarray[Any, np.dtype[np.uint8]]

LONGEST_S = 60.0  # of the source; a second of 720p takes several seconds to work out
TRAIL_S, TRAIL_FRAMES = 0.25, 7
Name = Literal["painting", "trails", "censor"]


class PythonEffect(Operation):
    """Painting, trails of movement, or a blurred spot over the subject; slow, since Python works on every frame."""

    op: Literal["python_effect"] = "python_effect"
    name: Name = Field(description="painting: bold colours and drawn edges; trails: movement leaves trails; censor: a blurred spot.")
    strength: float = Field(default=0.5, gt=0, le=1)
    radius: float = Field(default=0.12, gt=0.01, le=0.5, description="Of the censored spot, share of the width.")
    x: Share = Field(default=0.5, description="Middle of the censored spot, share of the width.")
    y: Share = Field(default=0.5, description="Share of the height.")
    path: tuple[PathPoint, ...] = Field(
        default=(), max_length=2000, description="The spot's way: seconds of the source after the segment's in-point; instead of x and y."
    )

    TITLE: ClassVar[str] = "Effect in Python"
    STAGE: ClassVar[Stage] = Stage.SOURCE
    ONCE: ClassVar[bool] = True
    FIRST: ClassVar[bool] = True

    def problems(self, place: Place) -> Iterator[Problem]:
        """It is slow, so only for so long; trails need movement."""
        yield from super().problems(place)
        source = place.source
        if source is None:
            return
        seconds = float((place.source_end - place.source_start) / source.rate)
        if source.kind == "video" and seconds > LONGEST_S:
            said = f"The segment has {seconds:.0f} s of the source; an effect in Python takes {LONGEST_S:g} s at most."
            yield Problem("too_long_for_python", place.path, said, "Split the segment and use the effect on a part.")
        if source.kind == "image" and self.name == "trails":
            yield Problem(
                "still_has_no_time", f"{place.path}.name", f"{source.name} is a still; nothing in it moves.", "Take the trails out."
            )
        if any(after.at_s <= before.at_s for before, after in zip(self.path, self.path[1:], strict=False)):
            yield Problem("not_in_order", f"{place.path}.path", "The points of the path are not in order of time.", "Sort them by at_s.")

    def prepare(self, tools: Tools, files: Mapping[str, Path]) -> Mapping[str, Any]:
        """Works out every frame of the source between the segment's in and out."""
        place = tools.place
        if place.source is None:
            return {}
        name = f"{place.source.content_hash} {place.source_start} {place.source_end} {self.model_dump_json()}"
        path = tools.folder / f"python-{hashlib.sha256(name.encode()).hexdigest()[:16]}.mkv"
        if not path.exists():
            plain = tools.copy_frames(path.with_suffix(".plain.mkv"), "Unpacking frames")
            try:
                self._work_out(tools, plain, path, place.source.rate)
            finally:
                plain.unlink(missing_ok=True)
        return {"frames": str(path)}

    def picture(self, pad: Pad, bench: Bench) -> Pad:
        """Puts the worked-out frames where the source's own were."""
        source = bench.place.source
        if "frames" not in bench.prepared or source is None:
            return pad
        _, _, matrix, spread = source.colour
        still = source.kind == "image"

        def instead(own: Pad) -> Pad:
            bench.graph.filters("nullsink", [own], 0)
            number = bench.graph.input("-i", f"file:{bench.prepared['frames']}")
            made = bench.graph.filter(
                "scale", [Pad(f"{number}:v")], out_color_matrix=_MATRICES.get(matrix or "", "bt601"),
                out_range="pc" if spread == "full" else "tv",
            )  # fmt: skip
            made = bench.graph.filter("format", [made], pix_fmts="yuv420p")
            made = bench.graph.filter("setparams", [made], colorspace=matrix or "unknown")
            return (
                bench.graph.filter("settb", [made], expr="AVTB")
                if still
                else bench.graph.filter("fps", [made], fps=source.rate, start_time=0)
            )

        return apart_from_alpha(bench, pad, source.has_alpha, instead)

    def _work_out(self, tools: Tools, plain: Path, output: Path, rate: Fraction) -> None:
        from moviepy import VideoClip

        from app.video.ffmpeg import run

        around = 2 * TRAIL_S * self.strength * float(rate) if self.name == "trails" else 0.0
        frames = _Frames(plain, rate, keep=int(around) + 2)
        try:
            clip = VideoClip(frame_function=frames.at, duration=float(frames.count / rate)).with_effects([self._effect(frames)])
            made = (clip.get_frame(float((number + Fraction(1, 2)) / rate)).tobytes() for number in range(frames.count))
            form = ["-f", "rawvideo", "-pix_fmt", "rgb24", "-s", f"{frames.width}x{frames.height}", "-r", str(rate), "-i", "pipe:0"]
            form += ["-c:v", "ffv1", "-level", "3", "-pix_fmt", "gbrp", "-f", "matroska"]
            step = getattr(tools, "on_step", None)
            run(form, output, duration_s=float(frames.count / rate), on_step=step, message=f"Working out {self.name}", frames=made)
        finally:
            frames.close()

    def _effect(self, frames: _Frames) -> Effect:
        from moviepy import vfx

        if self.name == "painting":
            return vfx.Painting(saturation=1 + 0.8 * self.strength, black=0.012 * self.strength)
        if self.name == "trails":
            return vfx.SuperSample(d=TRAIL_S * self.strength, n_frames=TRAIL_FRAMES)
        radius = max(2, round(self.radius * frames.width))
        return vfx.HeadBlur(self._along(0, frames.width), self._along(1, frames.height), radius, max(2.0, radius * self.strength))

    def _along(self, axis: Literal[0, 1], pixels: int) -> Callable[[float], float]:
        """Where the spot is at a time, in pixels: straight lines between the points of the path."""
        import numpy as np

        if not self.path:
            fixed = (self.x, self.y)[axis] * pixels
            return lambda t: fixed
        times, places = [point.at_s for point in self.path], [(point.x, point.y)[axis] * pixels for point in self.path]
        return lambda t: float(np.interp(t, times, places))


class _Frames:
    """Frames of a file by their time; read in order, the last ``keep`` stay in memory for effects that look around."""

    def __init__(self, path: Path, rate: Fraction, keep: int) -> None:
        import av

        self._container = av.open(str(path))
        stream = self._container.streams.video[0]
        with av.open(str(path)) as counted:
            self.count = max(1, sum(1 for packet in counted.demux(video=0) if packet.size))
        self.width, self.height = stream.width, stream.height
        self._decoded = self._container.decode(stream)
        self._rate, self._keep, self._next = rate, keep, 0
        self._kept: OrderedDict[int, Picture] = OrderedDict()

    def at(self, seconds: float) -> Picture:
        """The frame shown at a time; before the first and behind the last, those."""
        wanted = min(max(0, int(seconds * self._rate)), self.count - 1)
        while self._next <= wanted:
            picture: Any = next(self._decoded).to_ndarray(format="rgb24")
            self._kept[self._next] = picture
            self._next += 1
            if len(self._kept) > self._keep:
                self._kept.popitem(last=False)
        return self._kept[max(wanted, next(iter(self._kept)))]

    def close(self) -> None:
        """Lets the file go."""
        self._container.close()


_MATRICES = {
    "bt709": "bt709", "smpte170m": "bt601", "bt470bg": "bt601", "fcc": "fcc", "smpte240m": "smpte240m", "bt2020nc": "bt2020",
    "bt2020c": "bt2020",
}  # fmt: skip
