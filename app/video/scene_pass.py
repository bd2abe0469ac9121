"""The one pass over the pictures: curves, cuts and keyframes together, each scene kept and shown once it is complete."""

from __future__ import annotations

import os
import time
from array import array
from collections.abc import Generator
from contextlib import closing, nullcontext
from dataclasses import astuple, dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.video.analysers import ANALYSERS
from app.video.analysers.interlacing import Interlacing, judge
from app.video.clock import FilmClock
from app.video.crew import Crew, GoneError, OutOfStepError
from app.video.curve_finder import CurveFinder
from app.video.decode import Decoder, Picture, Place
from app.video.keyframes import Candidate, Shortlist, appeal, choose, write_jpeg
from app.video.looking import Look, Looker, looks_at
from app.video.memory import Alike, lighten
from app.video.models import AnalyzeVideo, Keyframe, MediaInfo, Scene
from app.video.quality import FrameQuality, measure_frame, summarize
from app.video.scenes import Cut, SceneFinder, make_detector
from app.video.segments import process_count
from app.video.table import Table
from jobs.context import JobContext, OnStep
from storage.records import SUPPORT

if TYPE_CHECKING:
    from app.video.decode import Image

STATE_VERSION = 4
_PROGRESS_EVERY_S = 0.1
_CHECKPOINT_EVERY_S = 3.0  # of work
_CHECKPOINT_FRAMES = 24  # and of film
_SAMPLE_WIDTH = 1 + len(fields(FrameQuality))


@dataclass(frozen=True)
class PassResult:
    """What the pass found."""

    scenes: list[Scene]
    files: dict[str, str]  # keyframe name -> path of its picture
    frame_count: int
    duration_s: float
    damaged: int
    table: Table
    interlacing: Interlacing


class OpenScene:
    """The scene that has begun and not yet ended: its sampled quality and the frames that may become keyframes."""

    def __init__(self, start: Cut, wanted: int) -> None:
        self.start = start
        self.shortlist = Shortlist(wanted)
        self._samples = array("d")  # frame, then the figures, of one sample after the other

    def look(self, look: Look) -> None:
        """Takes note of a frame, when it is one that was sampled."""
        if look.quality is not None:
            self._samples.extend((look.index, *astuple(look.quality)))
            self.shortlist.add(Candidate(look.index, look.stamp, look.time_s, look.quality, look.show))

    def split(self, cut: Cut) -> tuple[dict[int, FrameQuality], list[Candidate]]:
        """Ends the scene at ``cut``; what was sampled behind it belongs to the next."""
        samples = {frame: quality for frame, quality in self.samples().items() if frame < cut.frame}
        self._samples = self._samples[len(samples) * _SAMPLE_WIDTH :]
        self.start = cut
        return samples, self.shortlist.split(cut.frame)

    def samples(self) -> dict[int, FrameQuality]:
        """Frame number -> quality, in order."""
        rows = range(0, len(self._samples), _SAMPLE_WIDTH)
        return {int(self._samples[at]): FrameQuality(*self._samples[at + 1 : at + _SAMPLE_WIDTH]) for at in rows}

    def restore(self, rows: list[list[float]], grid: tuple[int, int], candidates: list[Candidate]) -> None:
        """Goes back to an earlier state; a row is a frame number and its quality."""
        self._samples = array("d", [number for row in rows for number in row])
        self.shortlist.restore(grid, candidates)


class ScenePass:
    """Runs the pass for one job, from the start or from where an earlier attempt was."""

    def __init__(self, job: JobContext, request: AnalyzeVideo, path: Path, info: MediaInfo, on_step: OnStep, processes: int = 1) -> None:
        """``processes`` look at the film at once; 0: as many as suit the machine."""
        self._processes = processes
        self._crew: Crew | None = None
        self._job, self._request, self._path, self._info, self._on_step = job, request, path, info, on_step
        self._clock = FilmClock.of(info.video)
        self._table = Table(ANALYSERS, info.video.fps)
        self._finder = self._make_finder()
        self._decoder = Decoder(path, 1.0 / info.video.fps)
        self._scenes: list[Scene] = []
        self._alike: Alike = {}
        self._files: dict[str, str] = {}
        self._open: OpenScene | None = None
        self._chunks: list[str] = []
        self._looker = Looker(ANALYSERS, info)
        self._leans: dict[int, float | None] = {}
        self._unkept: list[list[float]] = []  # sampled quality since the last checkpoint
        self._told_at = self._kept_at = time.monotonic()

    def run(self) -> PassResult:
        """Looks at every frame once; saves keyframes, keeps and publishes scenes.

        Raises:
            JobCancelled: the job was cancelled. BadMedia: no frame can be decoded.
        """
        import cv2

        cv2.setNumThreads(1)  # frames are small: handing parts of them to threads costs more than it saves
        place = self._resume()
        self._crew = self._make_crew()
        with self._crew or nullcontext(), closing(self._looks(place)) as looks:
            for look in looks:
                self._job.raise_if_cancelled()
                self._take(look)
                self._tell(look.time_s)
            end = self._end()
            for cut in self._finder.finish():
                self._close(cut)
            self._close(end)
        leans = list(self._leans.values())
        return PassResult(self._scenes, self._files, end.frame, end.time_s, self._decoder.damaged, self._table, judge(leans))

    def _make_crew(self) -> Crew | None:
        """Several processes, where that is wanted and possible: PySceneDetect's detectors must see every picture here."""
        count = process_count(self._processes, os.cpu_count() or 1, self._info) if isinstance(self._finder, CurveFinder) else 1
        return Crew(self._path, self._info, count, self._job.raise_if_cancelled) if count > 1 else None

    def _looks(self, place: Place | None) -> Generator[Look, None, None]:
        if self._crew is not None:
            try:
                yield from self._crew.looks(place, len(self._table), self._looker.memory, self._wanted)
            except OutOfStepError as why:
                self._crew.close()
                self._job.log(f"{why} Going on in one process.")
                place = self._place()
            else:
                return
        yield from looks_at(self._decoder.pictures(place), self._looker, len(self._table))

    def _wanted(self) -> list[int]:
        return [] if self._open is None else [c.frame for c in self._open.shortlist.candidates()]

    def _place(self) -> Place | None:
        """Where to start so that the next row is that of the next frame."""
        first = max(0, len(self._table) - self._table.memory)
        return Place(first, self._table.stamp(first), self._table.stamp(0)) if len(self._table) else None

    def _make_finder(self) -> CurveFinder | SceneFinder:
        request = self._request
        if request.detector == "studio":
            return CurveFinder(self._table, request.threshold, request.shortest_scene)
        return SceneFinder(make_detector(request), self._clock.fps, self._info.video.vfr)

    def _take(self, look: Look) -> None:
        self._table.append(look.row, look.sample, look.time_s, look.stamp)
        if look.lean is not None:
            self._leans[look.index] = look.lean[0]
        if self._open is None:
            self._decoder.origin = look.stamp
            self._open = self._opening(Cut(look.index, look.time_s, look.stamp))
        for cut in self._feed(look):
            self._close(cut)
        self._open.look(look)
        if look.quality is not None:
            self._unkept.append([look.index, *astuple(look.quality)])
        self._keep()

    def _feed(self, look: Look) -> list[Cut]:
        if isinstance(self._finder, CurveFinder):
            return self._finder.feed()
        assert look.picture is not None
        return self._finder.feed(look.picture)

    def _opening(self, start: Cut) -> OpenScene:
        return OpenScene(start, self._request.frames_per_scene)

    def _end(self) -> Cut:
        """One past the last frame; it is shown for one nominal frame, or as long as the file says."""
        last = len(self._table) - 1
        last_s = self._table.time_s(last)
        end_s = last_s + 1.0 / self._info.video.fps
        if self._info.video.vfr and not self._info.video.frame_count_estimated:
            end_s = max(end_s, min(self._info.duration_s, last_s + 10.0))
        return Cut(last + 1, end_s, self._table.stamp(last) + 1)

    def _close(self, cut: Cut) -> None:
        """Ends the open scene before ``cut``: picks its keyframes, keeps it, shows it."""
        assert self._open is not None
        start = self._open.start
        samples, candidates = self._open.split(cut)
        if isinstance(self._finder, CurveFinder):
            candidates = [c for c in candidates if c.frame not in self._finder.flashed] or candidates
        if not candidates:
            samples, candidates = self._look_again(start)
        draft = _Draft(len(self._scenes), start, cut, samples, candidates)
        name = _step_name(draft.index)
        kept = self._job.step(name, lambda: self._make(draft))
        self._job.publish(name, kept["scene"])
        self._remember(kept)
        self._job.forget(name)

    def _remember(self, kept: dict[str, Any]) -> None:
        scene = Scene.model_validate(kept["scene"])
        lighten(scene, self._alike)
        self._scenes.append(scene)
        self._files.update(kept["files"])

    def _look_again(self, start: Cut) -> tuple[dict[int, FrameQuality], list[Candidate]]:
        """A scene so short that none of its frames was sampled: decodes its first one anew."""
        picture = self._fetch(start)
        quality = measure_frame(picture.raw)
        return {start.frame: quality}, [Candidate(start.frame, start.stamp, start.time_s, quality, self._looker.show(picture))]

    def _fetch(self, at: Cut) -> Picture:
        """Decodes one frame anew."""
        assert self._decoder.origin is not None
        again = Decoder(self._path, 1.0 / self._info.video.fps)
        return next(again.pictures(Place(at.frame, at.stamp, self._decoder.origin)))

    def _make(self, draft: _Draft) -> dict[str, Any]:
        chosen = choose(draft.candidates, draft.start.frame, draft.end.frame, self._request.frames_per_scene)
        best = max(chosen, key=lambda c: appeal(c.quality))
        files: dict[str, str] = {}
        keyframes = [self._save(draft.index, place, c, c is best, files) for place, c in enumerate(chosen, start=1)]
        scene = Scene(
            index=draft.index,
            start_frame=draft.start.frame,
            end_frame=draft.end.frame,
            start_s=draft.start.time_s,
            end_s=draft.end.time_s,
            start_timecode=self._clock.timecode(draft.start.frame, draft.start.time_s),
            end_timecode=self._clock.timecode(draft.end.frame, draft.end.time_s),
            keyframes=keyframes,
            quality=summarize(list(draft.samples.values())),
        )
        return {"scene": scene.model_dump(mode="json"), "files": files}

    def _save(self, index: int, place: int, candidate: Candidate, best: bool, files: dict[str, str]) -> Keyframe:
        image = self._draw(candidate)
        name = f"keyframes/scene-{index + 1:04d}-{place}.jpg"
        path = self._job.work_dir / f"scene-{index + 1:04d}-{place}.jpg"
        write_jpeg(image, path)
        size = {"width": int(image.shape[1]), "height": int(image.shape[0])}
        meta = {**size, "frame": candidate.frame, "time_s": candidate.time_s, "scene": index}
        artifact = self._job.save(
            name, path, kind="image", role=SUPPORT, media_type="image/jpeg", meta=meta,
            inputs=[self._request.video], thumbnail=index == 0 and best,
        )  # fmt: skip
        path.unlink(missing_ok=True)
        files[name] = str(artifact.path)
        return Keyframe(
            frame=candidate.frame,
            time_s=candidate.time_s,
            timecode=self._clock.timecode(candidate.frame, candidate.time_s),
            name=name,
            artifact_id=artifact.id,
            sharpness=round(candidate.quality.sharpness, 2),
            **size,
        )

    def _draw(self, candidate: Candidate) -> Image:
        assert candidate.show is not None
        try:
            return candidate.show()
        except GoneError:
            return self._looker.show(self._fetch(Cut(candidate.frame, candidate.time_s, candidate.stamp)))()

    def _tell(self, time_s: float) -> None:
        now = time.monotonic()
        if now - self._told_at < _PROGRESS_EVERY_S:
            return
        self._told_at = now
        count = len(self._scenes)
        found = f"{count} scene{'s' if count != 1 else ''} so far"
        self._on_step(min(1.0, time_s / self._info.duration_s), f"Finding scenes: {found}")

    def _keep(self) -> None:
        """A checkpoint every few seconds of work. What is new in the table is kept as a step, so each row is written once."""
        now = time.monotonic()
        if now - self._kept_at < _CHECKPOINT_EVERY_S or self._table.unpacked < _CHECKPOINT_FRAMES or self._open is None:
            return
        self._kept_at = now
        packed = self._table.pack_new()
        if packed is None:
            return
        name, chunk = packed
        quality = self._unkept
        self._job.step(name, lambda: {**chunk, "quality": quality})
        self._job.forget(name)
        self._chunks.append(name)
        self._unkept = []
        start = self._open.start
        self._job.checkpoint({
            "version": STATE_VERSION,
            "chunks": self._chunks,
            "scenes": len(self._scenes),
            "start": [start.frame, start.time_s, start.stamp],
            "origin": self._decoder.origin,
            "finder": self._finder.state(),
            "candidates": [c.frame for c in self._open.shortlist.candidates()],
            "grid": self._open.shortlist.grid(),
            "fields": list(self._leans.items()),
        })  # fmt: skip

    def _resume(self) -> Place | None:
        """Takes up an earlier attempt's checkpoint; None when there is none to go on from."""
        state = self._job.saved
        if not isinstance(state, dict) or state.get("version") != STATE_VERSION:
            return None
        try:
            chunks = [self._job.step(name, _not_kept) for name in state["chunks"]]
            for index in range(state["scenes"]):
                self._remember(self._job.step(_step_name(index), _not_kept))
        except LookupError:
            self._scenes, self._files = [], {}
            return None
        self._chunks = list(state["chunks"])
        for chunk in chunks:
            self._table.unpack(chunk)
        for name in (*self._chunks, *(_step_name(index) for index in range(state["scenes"]))):
            self._job.forget(name)
        self._decoder.origin = state["origin"]
        self._leans = {int(frame): lean for frame, lean in state["fields"]}
        self._reopen(state, [row for chunk in chunks for row in chunk["quality"]])
        return self._place()

    def _reopen(self, state: dict[str, Any], quality: list[list[float]]) -> None:
        """The open scene and the finder as they were."""
        frame, time_s, stamp = state["start"]
        self._finder.restore(state["finder"])
        if isinstance(self._finder, SceneFinder):
            for index in range(frame, len(self._table)):
                self._finder.remember(index, self._table.time_s(index), self._table.stamp(index))
        self._open = self._opening(Cut(frame, time_s, stamp))
        rows = [row for row in quality if row[0] >= frame]
        self._open.restore(rows, tuple(state["grid"]), self._fetch_all(state["candidates"], {int(row[0]): row[1:] for row in rows}))

    def _fetch_all(self, frames: list[int], figures: dict[int, list[float]]) -> list[Candidate]:
        """Decodes the frames that may become keyframes anew, in one go."""
        assert self._decoder.origin is not None
        if not frames:
            return []
        wanted, found = set(frames), []
        again = Decoder(self._path, 1.0 / self._info.video.fps)
        for picture in again.pictures(Place(frames[0], self._table.stamp(frames[0]), self._decoder.origin)):
            if picture.index in wanted:
                quality = FrameQuality(*figures[picture.index])
                found.append(Candidate(picture.index, picture.stamp, picture.time_s, quality, self._looker.show(picture)))
            if picture.index >= frames[-1]:
                break
        return found


@dataclass(frozen=True)
class _Draft:
    index: int
    start: Cut
    end: Cut
    samples: dict[int, FrameQuality]
    candidates: list[Candidate]


def _step_name(index: int) -> str:
    return f"scene/{index + 1:04d}"


def _not_kept() -> Any:
    raise LookupError("the earlier attempt did not keep this scene")
