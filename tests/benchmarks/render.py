"""Rendering films beside one ffmpeg graph written by hand, the encoder alone and MoviePy; what is kept, copied and previewed.

``STUDIO_BENCH_MEDIA`` names a 720p clip of a minute with sound to cut; otherwise the sample clip is drawn and repeated. The sides take
turns and each ratio is the median over the turns. A film is rendered with nothing kept, unless the row says otherwise.
"""

from __future__ import annotations

import os
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

from app.editing.check import compile_plan
from app.editing.facts import SourceFacts
from app.editing.plan import EditPlan
from app.editing.render.cache import PieceCache
from app.editing.render.renderer import Materials, Rendered, render
from app.editing.render.smart import is_idr, packets_from
from app.editing.render.words import words_of
from app.editing.timeline import Timeline
from app.video.ffmpeg import run as ffmpeg
from app.video.sample import make_sample
from configs.captions_file import FONTS_DIR
from tests.app.editing.barcode import read_numbers, write_clip
from tests.app.editing.random_plans import random_plan
from tests.app.editing.shelf import fill, known
from tests.benchmarks import render_peers as peers

CUTS = ((2.0, 6.0), (10.0, 14.2), (20.0, 24.0), (30.0, 34.1), (41.0, 45.0), (52.0, 56.0))
LEVELS = ("6 cuts", "+ a change of speed", "+ captions", "+ zooms")
HAND, FLOOR, MOVIEPY, WORDS, COPY, CHANGED, PREVIEW_S = 1.10, 1.6, 0.2, 1.10, 20.0, 0.25, 3.0
Row = dict[str, Any]


@dataclass
class Bench:
    """A folder with a clip, and a renderer that forgets."""

    folder: Path
    clip: SourceFacts
    turns: int
    films: int = 0
    kept: PieceCache | None = field(default=None)

    def timeline(self, segments: Sequence[dict[str, Any]], film: Sequence[dict[str, Any]] = (), **output: Any) -> Timeline:
        plan = EditPlan.model_validate({
            "sources": [{"id": "a", "media": "a"}], "segments": [{"id": f"s{n}", "source": "a", **one} for n, one in enumerate(segments)],
            "film": list(film), "output": output,
        })  # fmt: skip
        return compile_plan(plan, {"a": self.clip})

    def ours(self, timeline: Timeline, *, keep: bool = False, preview: bool = False) -> float:
        """Seconds for one film."""
        began = time.perf_counter()
        self.film(timeline, keep=keep, preview=preview)
        return time.perf_counter() - began

    def film(self, timeline: Timeline, *, keep: bool = False, preview: bool = False) -> Rendered:
        self.films += 1
        work = self.folder / f"work-{self.films}"
        work.mkdir()
        if not keep or self.kept is None:
            self.kept = PieceCache(self.folder / f"kept-{self.films}")
        return render(timeline, work / f"film.{timeline.plan.output.format}", Materials(work, self.kept), preview=preview)

    def beside(self, ours: Callable[[], float], *others: Callable[[], float], turns: int = 0) -> tuple[list[float], list[float]]:
        """Median seconds of each, and the median ratio of the first to each other, over turns."""
        taken = [[one() for one in (ours, *others)] for _ in range(turns or self.turns)]
        times = [statistics.median(column) for column in zip(*taken, strict=True)]
        return times, [statistics.median(turn[0] / turn[number] for turn in taken) for number in range(1, len(others) + 1)]


def run(quick: bool) -> list[Row]:
    """The figures as rows."""
    with tempfile.TemporaryDirectory(prefix="bench-render-") as name:
        folder = Path(name)
        bench = Bench(folder, known("a", "video", _clip(folder)), 1 if quick else 5)
        bench.ours(bench.timeline([{"start_s": 0, "end_s": 0.5}]))  # imports
        rows = [*_beside_others(bench, quick), _captions(bench), _copied(bench), _changed(bench), _preview(bench)]
        return [*rows, *_exact(bench), *_random(folder, 20 if quick else 200)]


def _clip(folder: Path) -> Path:
    given = os.environ.get("STUDIO_BENCH_MEDIA")
    if given and Path(given).is_file():
        return Path(given)
    sample = make_sample(folder / "sample.mp4")
    loop = ["-stream_loop", "4", "-i", str(sample), "-vf", "noise=alls=6:allf=t", "-t", "60", *peers.ENCODE, *peers.SOUND]
    return ffmpeg(loop, folder / "minute.mp4")


def _segments(level: int) -> list[dict[str, Any]]:
    rows = []
    for number, (start, end) in enumerate(CUTS):
        operations: list[dict[str, Any]] = []
        if level >= 1 and number == 2:
            operations.append({"op": "speed", "factor": peers.SPEED})
        if level >= 2:
            operations.append({"op": "text", "text": f"Caption number {number}", "style": "caption"})
        if level >= 3 and number % 2 == 0:
            operations.append({"op": "zoom", "at_s": 1.0, "scale": peers.ZOOM, "in_s": 0.5})
        rows.append({"start_s": start, "end_s": end, "operations": operations})
    return rows


def _beside_others(bench: Bench, quick: bool) -> list[Row]:
    rows: list[Row] = []
    captions = bench.folder / "captions.ass"
    absent = peers.moviepy_absent()
    clip, out, font = bench.clip.path, bench.folder / "peer.mp4", next(FONTS_DIR.glob("Inter*.ttf"))
    for level, what in enumerate(LEVELS):
        timeline = bench.timeline(_segments(level))
        captions.write_text(_ass(timeline), encoding="utf-8")
        times, ratios = bench.beside(
            lambda timeline=timeline: bench.ours(timeline),
            lambda level=level: peers.by_hand(clip, out, CUTS, level, captions),  # type: ignore[misc]
        )
        rows.append(_row(f"{what}, s (peer: one graph by hand)", times[0], times[1], ratios[0], HAND))
        if level in (0, 3) and absent is None:
            sides = (lambda timeline=timeline: bench.ours(timeline), lambda level=level: peers.by_moviepy(clip, out, CUTS, level, font))  # type: ignore[misc]
            times, ratios = bench.beside(*sides, turns=min(3, bench.turns))
            rows.append(_row(f"{what}, s (peer: MoviePy)", times[0], times[1], ratios[0], MOVIEPY if level == 3 else None))
    if absent is not None:
        rows.append({"what": f"{LEVELS[3]} beside MoviePy: {absent}"})
    times, ratios = bench.beside(
        lambda: bench.ours(bench.timeline(_segments(0))), lambda: peers.encoding_alone(clip, out, CUTS, bench.folder / "ready.y4m")
    )
    rows.append(_row("6 cuts, s (peer: encoding alone)", times[0], times[1], ratios[0], FLOOR))
    return rows


def _ass(timeline: Timeline) -> str:
    from app.editing.render.film import Span

    return words_of(timeline, {}).of(Span(0, timeline.frames)) or "[Events]\n"


def _captions(bench: Bench) -> Row:
    def words(count: int) -> Timeline:
        each = 24.0 / count
        film = [{"op": "text", "text": f"Caption number {n}", "at_s": n * each, "duration_s": each * 0.9} for n in range(count)]
        return bench.timeline(_segments(0), film)

    one, forty = words(1), words(40)
    times, ratios = bench.beside(lambda: bench.ours(forty), lambda: bench.ours(one))
    return _row("40 captions, s (peer: one caption)", times[0], times[1], ratios[0], WORDS)


def _copied(bench: Bench) -> Row:
    """Six cuts from keyframe to keyframe."""
    last = bench.clip.frame_count
    keys = [frame for frame, packet in packets_from(bench.clip, 0, last) if packet.is_keyframe and is_idr(packet)]
    spans = [(begin, end) for begin, end in pairwise(keys) if end - begin >= 12]
    rows: list[dict[str, Any]] = []
    frames = 0
    for begin, end in reversed(spans):
        if frames < 600:
            rows.append({"start_s": float(begin / bench.clip.rate), "end_s": float(end / bench.clip.rate)})
            frames += end - begin
    copied, encoded = bench.timeline(rows), bench.timeline([{**row, "operations": [{"op": "grade", "gamma": 1.0}]} for row in rows])
    assert bench.film(copied).copied == frames
    times, ratios = bench.beside(lambda: bench.ours(encoded), lambda: bench.ours(copied))
    return {
        "what": f"{len(rows)} cuts at keyframes, copied, s (peer: encoded)", "ours": times[1], "peer": times[0], "ratio": ratios[0],
        "target": f">= {COPY:g}x quicker", "met": ratios[0] >= COPY,
    }  # fmt: skip


def _changed(bench: Bench) -> Row:
    def twelve(moved: float) -> Timeline:
        rows = [{"start_s": n * 4.5, "end_s": n * 4.5 + 2.0, "operations": [{"op": "grade", "contrast": 1.1}]} for n in range(12)]
        rows[5] = {**rows[5], "start_s": rows[5]["start_s"] + moved}
        return bench.timeline(rows)

    def again(moved: float) -> tuple[float, float]:
        return bench.ours(twelve(0)), bench.ours(twelve(moved), keep=True)

    turns = [again(0.25 + turn / 24) for turn in range(bench.turns)]
    whole, part = (statistics.median(column) for column in zip(*turns, strict=True))
    ratio = statistics.median(one[1] / one[0] for one in turns)
    return _row("one of 12 segments changed, s (peer: all of it)", part, whole, ratio, CHANGED)


def _preview(bench: Bench) -> Row:
    rows = [{**row, "end_s": row["start_s"] + 5.0} for row in _segments(3)]
    timeline = bench.timeline(rows)
    taken = statistics.median(bench.ours(timeline, preview=True) for _ in range(bench.turns))
    what = f"preview of a {timeline.seconds:.0f} s plan, everything on, s"
    return {"what": what, "ours": taken, "target": f"<= {PREVIEW_S:g}", "met": taken <= PREVIEW_S}


def _exact(bench: Bench) -> list[Row]:
    """Numbered frames through every kind of time."""
    right = frames = 0
    for rate in ("24000/1001", "25", "30000/1001", "60"):
        path = write_clip(bench.folder / f"numbered-{rate.replace('/', '-')}.mp4", 240, Fraction(rate))
        clip = Bench(bench.folder / f"at-{rate.replace('/', '-')}", known("a", "video", path), 1)
        clip.folder.mkdir()
        for operations in _TIMES:
            timeline = clip.timeline(
                [{"start_s": 0.5, "end_s": 3.4, "operations": operations}, {"start_s": 1, "end_s": 2}], quality="draft"
            )
            found = read_numbers(clip.film(timeline).path)
            wanted = [frame for _, frame in timeline.planned_frames()]
            frames += max(len(wanted), len(found))
            right += sum(one == other for one, other in zip(found, wanted, strict=False))
    return [{"what": "numbered frames that are the planned ones, %", "ours": 100 * right / frames, "target": "100", "met": right == frames}]


_TIMES: tuple[list[dict[str, Any]], ...] = (
    [], [{"op": "reverse"}], [{"op": "freeze", "at_s": 1.0, "duration_s": 0.5}],
    [{"op": "ramp", "from_factor": 0.4, "to_factor": 4}], [{"op": "ramp", "from_factor": 6, "to_factor": 0.5}, {"op": "reverse"}],
    *([{"op": "speed", "factor": factor}] for factor in (0.3, 0.5, 0.9, 1.7, 2, 3.33, 7)),
)  # fmt: skip


def _random(folder: Path, count: int) -> list[Row]:
    """Plans that passed every check are rendered to their last frame."""
    import av

    inside = folder / "shelf"
    inside.mkdir()
    facts = fill(inside)
    failed, longest = 0, 0.0
    for seed in range(count):
        plan = random_plan(seed, facts, formats=("mp4", "mp4", "mov", "webm", "gif"))
        timeline = compile_plan(plan, facts)
        work = inside / f"work-{seed}"
        work.mkdir()
        began = time.perf_counter()
        try:
            made = render(timeline, work / f"film.{plan.output.format}", Materials(work, PieceCache(work / "kept")))
            with av.open(str(made.path)) as container:
                failed += sum(1 for _ in container.decode(video=0)) != timeline.frames
        except Exception as error:
            print(f"plan {seed}: {error}")
            failed += 1
        longest = max(longest, time.perf_counter() - began)
    return [{"what": f"of {count} random valid plans, failed (longest {longest:.1f} s)", "ours": failed, "target": "0", "met": failed == 0}]


def _row(what: str, ours: float, peer: float, ratio: float, most: float | None) -> Row:
    row: Row = {"what": what, "ours": ours, "peer": peer, "ratio": ratio}
    return row if most is None else {**row, "target": f"<= {most:g}", "met": ratio <= most}
