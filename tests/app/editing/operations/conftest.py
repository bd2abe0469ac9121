"""A small renderer for one operation: numpy pictures in, numpy pictures out, through the filters the operation adds."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from app.editing.facts import SourceFacts
from app.editing.graph import Graph, Pad, Value, described
from app.editing.operations.base import Operation, Place, Scope
from app.video.ffmpeg import executable

Pictures = np.ndarray[Any, np.dtype[np.uint8]]  # (frames, height, width, channels)
RATE = Fraction(24)


@dataclass
class Bench:
    """What a renderer would give the operation; other sources are files."""

    graph: Graph
    place: Place
    prepared: Mapping[str, Any]
    files: Path
    preview: bool = False
    begins: int = 0
    size: tuple[int, int] = (160, 90)

    def picture_of(self, source_id: str, start_s: float, seconds: float) -> Pad:
        source = self.place.sources[source_id]
        frames = max(1, self.place.frame(seconds))
        pad = Pad(f"{self.graph.input('-ss', f'{start_s:.3f}', '-i', str(source.path))}:v")
        pad = self.graph.filter("fps", [pad], fps=self.place.rate)
        pad = self.graph.filter("tpad", [pad], stop_mode="clone", stop=frames)
        return self.graph.filter("trim", [pad], end_frame=frames)

    def folder(self) -> Path:
        return self.files


@dataclass
class Tools:
    """What `prepare` gets."""

    folder: Path
    place: Place
    preview: bool = False

    def run(self, arguments: list[str], output: Path, seconds: float, message: str) -> Path:
        from app.video.ffmpeg import run

        return run(arguments, output)

    def look_through(self, name: str, message: str, **options: Value) -> None:
        assert self.place.source is not None
        chain = f"trim=start_frame={self.place.source_start}:end_frame={self.place.source_end},setpts=PTS-STARTPTS,"
        arguments = ["-i", str(self.place.source.path), "-vf", chain + described(name, **options), "-an", "-f", "md5"]
        self.run(arguments, self.folder / "seen.md5", 1, message)

    def copy_frames(self, output: Path, message: str) -> Path:
        assert self.place.source is not None
        chain = f"trim=start_frame={self.place.source_start}:end_frame={self.place.source_end},setpts=PTS-STARTPTS,format=gbrp"
        codec = ["-an", "-c:v", "ffv1", "-f", "matroska"]
        return self.run(["-i", str(self.place.source.path), "-vf", chain, *codec], output, 1, message)


@dataclass
class Studio:
    """Renders operations on pictures of one's own."""

    folder: Path
    sources: dict[str, SourceFacts] = field(default_factory=dict)

    def add(self, name: str, pictures: Pictures, *, rate: Fraction = RATE, still: bool = False) -> SourceFacts:
        """A lossless source with (frames, h, w, 3 or 4) pictures."""
        frames, height, width, channels = pictures.shape
        path = self.folder / f"{name}.{'png' if still else 'mkv'}"
        raw = ["-f", "rawvideo", "-pix_fmt", _FORMATS[channels], "-s", f"{width}x{height}", "-r", str(rate), "-i", "-"]
        codec = ["-frames:v", "1"] if still else ["-c:v", "ffv1", "-pix_fmt", "bgra" if channels == 4 else "bgr0"]
        subprocess.run([executable(), "-loglevel", "error", "-y", *raw, *codec, str(path)], input=pictures.tobytes(), check=True)
        facts = SourceFacts(
            id=name, artifact_id=name, kind="image" if still else "video", path=path, name=path.name, content_hash=name,
            duration_s=float(frames / rate), rate=rate, frame_count=frames, width=width, height=height, has_alpha=channels == 4,
        )  # fmt: skip
        self.sources[name] = facts
        return facts

    def place(self, pictures: Pictures, *, scope: Scope = "segment", source: SourceFacts | None = None, **changes: Any) -> Place:
        """A place as long and large as the pictures."""
        frames, height, width, _ = pictures.shape
        known: dict[str, Any] = {
            "path": "$.segments[0].operations[0]", "scope": scope, "frames": frames, "first_frame": 0, "rate": RATE, "width": width,
            "height": height, "sources": self.sources, "source": source, "source_end": frames,
        }  # fmt: skip
        return Place(**{**known, **changes})

    def render(
        self, operation: Operation, pictures: Pictures, *, begins: int = 0, files: Mapping[str, Path] | None = None,
        pixels: str = "yuv420p", preview: bool = False, **changes: Any,
    ) -> Pictures:  # fmt: skip
        """The pictures after the operation, of which the first is frame ``begins`` of the place."""
        place = self.place(pictures, **changes)
        problems = list(operation.problems(place))
        assert problems == []
        prepared = operation.prepare(Tools(self.folder, place, preview), files or {})
        channels = pictures.shape[3]
        graph = Graph()
        size = (pictures.shape[2], pictures.shape[1])
        raw = ["-f", "rawvideo", "-pix_fmt", _FORMATS[channels], "-s", f"{size[0]}x{size[1]}", "-r", str(place.rate), "-i", "-"]
        pad = Pad(f"{graph.input(*raw)}:v")
        pad = graph.filter("settb", [pad], expr=1 / place.rate)
        pad = graph.filter("setpts", [pad], expr=f"N+{begins}")
        pad = graph.filter("format", [pad], pix_fmts=pixels)
        pad = operation.picture(pad, Bench(graph, place, prepared, self.folder, preview, begins, size))
        pad = graph.filter("format", [pad], pix_fmts=pixels)
        pad = graph.filter("format", [pad], pix_fmts=_FORMATS[channels])
        return self.read(graph, pad, operation.size_after(*size), channels, pictures[begins:].tobytes())

    def read(self, graph: Graph, pad: Pad, size: tuple[int, int], channels: int, fed: bytes = b"") -> Pictures:
        """What comes out at a pad."""
        script = self.folder / "graph.txt"
        script.write_text(graph.text(), encoding="utf-8")
        command = [executable(), "-loglevel", "error", *graph.input_arguments(), "-/filter_complex", str(script), "-map", f"[{pad.label}]"]
        command += ["-f", "rawvideo", "-pix_fmt", _FORMATS[channels], "-fps_mode", "passthrough", "-"]
        done = subprocess.run(command, input=fed, capture_output=True, timeout=60, check=False)
        assert done.returncode == 0, done.stderr.decode() + graph.text()[:4000]
        assert not done.stderr, done.stderr.decode()
        return np.frombuffer(done.stdout, np.uint8).reshape(-1, size[1], size[0], channels)


_FORMATS = {1: "gray", 3: "rgb24", 4: "rgba"}


@pytest.fixture
def studio(tmp_path: Path) -> Studio:
    return Studio(tmp_path)


@dataclass(frozen=True)
class Dots:
    """Pictures of soft dots on grey, and where dots are."""

    width: int = 160
    height: int = 90
    radius: float = 2.5

    def draw(self, *centres: tuple[float, float], frames: int = 1) -> Pictures:
        """Dots at (x, y), in pixels from the middle of the first."""
        y, x = np.mgrid[0 : self.height, 0 : self.width]
        light = sum(np.exp(-((x - cx) ** 2 + (y - cy) ** 2) / (2 * self.radius**2)) for cx, cy in centres)
        picture = (40 + 180 * np.clip(light, 0, 1)).astype(np.uint8)
        return np.repeat(picture[None, :, :, None], 3, axis=3).repeat(frames, axis=0)

    @staticmethod
    def find(picture: Any) -> tuple[float, float]:
        """The middle of the light, for a single dot."""
        grey = np.asarray(picture, np.float64).mean(axis=2)
        light = np.clip(grey - 60, 0, None)
        y, x = np.mgrid[0 : grey.shape[0], 0 : grey.shape[1]]
        return float((light * x).sum() / light.sum()), float((light * y).sum() / light.sum())

    def path(self, pictures: Pictures) -> np.ndarray[Any, Any]:
        """(frames, 2): where the dot is in each."""
        return np.array([self.find(picture) for picture in pictures])


@pytest.fixture
def dots() -> Dots:
    return Dots()


@pytest.fixture
def scenery() -> Callable[..., Pictures]:
    """Pictures with colour and detail, the same every time."""

    def make(frames: int = 6, width: int = 160, height: int = 90, seed: int = 0) -> Pictures:
        y, x = np.mgrid[0:height, 0:width] / max(width, height)
        rows = []
        for frame in range(frames):
            at = x + 0.01 * frame + seed
            rows.append(np.stack([120 + 90 * np.sin(9 * at), 120 + 90 * np.cos(7 * y + at), 120 + 90 * np.sin(5 * (at + y))], axis=2))
        return np.clip(np.array(rows), 16, 235).astype(np.uint8)

    return make


def difference(one: Pictures, other: Sequence[Any] | Pictures) -> float:
    """Mean absolute difference in levels."""
    return float(np.abs(np.asarray(one, np.float64) - np.asarray(other, np.float64)).mean())
