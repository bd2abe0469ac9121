"""The files an analysis leaves: a table of writers, and the pictures with their composition drawn on."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from app.video.analysers.changes import Changes
from app.video.analysers.subjects import SubjectTrack
from app.video.clock import FilmClock
from app.video.curves import Curves
from app.video.document import VideoAnalysis
from app.video.document_json import document_json
from app.video.export_camera import camera_csv, has_moves
from app.video.export_chapters import to_ffmetadata, to_youtube
from app.video.export_csv import to_csv
from app.video.export_edl import to_edl
from app.video.export_fcpxml import to_fcpxml
from app.video.export_frames_csv import frames_csv
from app.video.export_marker_edl import Marker, to_marker_edl
from app.video.export_markers import RESOLVE_COLOURS, markers_csv, place_of, title_of
from app.video.export_otio import to_otio
from app.video.memory import give_back
from app.video.report import html_pieces
from app.video.review_document import AppliedMarker
from app.video.stored import CURVES, DOCUMENT, SAMPLES, Samples
from jobs.context import JobContext
from storage.records import RESULT, SUPPORT

AUTHOR = "Animation AI Studio"
_LARGE_PX = 960  # keyframes from this width on have their composition drawn at half the size
_FAR = {name for name in Changes.columns if name[1:].isdecimal() and name not in ("d1", "h1")}


@dataclass(frozen=True)
class Tables:
    """The numbers of every frame, and of the sampled ones."""

    curves: Curves
    samples: Samples


@dataclass
class Outputs:
    """What the writers write from. ``pictures``: keyframe name -> path; ``tables``: let go of when no file needs them any more."""

    analysis: VideoAnalysis
    pictures: Mapping[str, str]
    tables: Tables | None

    @property
    def curves(self) -> Curves:
        """Every frame's numbers; only for the files that are written first."""
        assert self.tables is not None
        return self.tables.curves


@dataclass(frozen=True)
class Output:
    """One file: its name, what it is, and who writes it. ``tabled``: it is written from the tables, and so before the others."""

    name: str
    kind: str
    media_type: str
    write: Callable[[Outputs], str | Iterator[str]]
    role: str = RESULT
    wanted: Callable[[Outputs], bool] = lambda found: True
    tabled: bool = False


OUTPUTS: tuple[Output, ...] = (
    Output("analysis.json", "data", "application/json", lambda f: document_json(f.analysis)),
    Output("scenes.csv", "data", "text/csv", lambda f: to_csv(f.analysis)),
    Output("frames.csv", "data", "text/csv", lambda f: frames_csv(for_people(f.curves), f.analysis.media.info.video), tabled=True),
    Output(
        "camera.csv", "data", "text/csv", lambda f: camera_csv(f.analysis, f.curves), wanted=lambda f: has_moves(f.analysis), tabled=True
    ),
    Output("scenes.edl", "timeline", "text/plain", lambda f: to_edl(f.analysis)),
    Output("markers.edl", "timeline", "text/plain", lambda f: to_marker_edl(f.analysis, all_markers(f.analysis))),
    Output("markers.csv", "data", "text/csv", lambda f: markers_csv(f.analysis), wanted=lambda f: bool(hand_made(f.analysis))),
    Output("scenes.otio", "timeline", "application/vnd.pixar.opentimelineio+json", lambda f: to_otio(f.analysis)),
    Output("scenes.fcpxml", "timeline", "application/xml", lambda f: to_fcpxml(f.analysis)),
    Output("chapters.ffmeta", "timeline", "text/plain", lambda f: to_ffmetadata(f.analysis)),
    Output("chapters.txt", "document", "text/plain", lambda f: to_youtube(f.analysis)),
    Output("report.html", "document", "text/html", lambda f: html_pieces(f.analysis, f.pictures)),
    Output("lanes.json", "data", "application/json", lambda f: _lanes(f), SUPPORT, tabled=True),
)


def write_outputs(job: JobContext, found: Outputs) -> None:
    """Writes and keeps the tables and every file of `OUTPUTS`, then the pictures with their composition.

    A long film's tables and documents together would need much memory: the tables go once what is written from them is.
    """
    assert found.tables is not None
    source = [found.analysis.media.artifact_id]
    stored = [_store(job, name, table.pack(), source) for name, table in ((CURVES, found.tables.curves), (SAMPLES, found.tables.samples))]
    for output in (output for output in OUTPUTS if output.tabled):
        _write(job, found, output, source)
    found.tables = None
    for output in (output for output in OUTPUTS if not output.tabled):
        # the way from an analysis to what it was decided from
        _write(job, found, output, [*source, *stored] if output.name == DOCUMENT else source)
    _draw_compositions(job, found)


def _write(job: JobContext, found: Outputs, output: Output, inputs: list[str]) -> None:
    if not output.wanted(found):
        return
    path = job.work_dir / output.name
    text = output.write(found)
    with path.open("w", encoding="utf-8", newline="") as file:
        file.writelines([text] if isinstance(text, str) else text)
    about = {"clip": found.analysis.media.name} if output.name == DOCUMENT else {}
    job.save(output.name, path, kind=output.kind, role=output.role, media_type=output.media_type, inputs=inputs, meta=about)
    path.unlink()
    give_back()


def _store(job: JobContext, name: str, data: bytes, inputs: list[str]) -> str:
    """Keeps what later questions need; returns its id."""
    path = job.work_dir / name
    path.write_bytes(data)
    saved = job.save(name, path, kind="data", role=SUPPORT, media_type="application/octet-stream", inputs=inputs)
    path.unlink()
    return saved.id


def for_people(curves: Curves) -> Curves:
    """The curves without the distances to frames farther back, which only the detector reads."""
    return Curves(curves.fps, curves.times_s, {name: column for name, column in curves.columns.items() if name not in _FAR})


def worst_moments(analysis: VideoAnalysis) -> list[Marker]:
    """Red markers where the picture holds together worst."""
    return [
        Marker(frame=m.frame, colour="Red", note=m.why, author=AUTHOR, name=f"Coherence {m.coherence:.2f}", time_s=m.time_s)
        for m in analysis.coherence.worst
    ]


def hand_made(analysis: VideoAnalysis) -> list[AppliedMarker]:
    """The markers that people set, by frame."""
    return [] if analysis.review is None else analysis.review.markers


def all_markers(analysis: VideoAnalysis) -> list[Marker]:
    """Those of people, and the worst moments."""
    clock = FilmClock.of(analysis.media.info.video)
    notes = [
        Marker(
            frame=m.frame, colour=RESOLVE_COLOURS.get(m.colour, m.colour), note=m.note, author=m.author, name=title_of(m),
            time_s=m.time_s, frames=place_of(m, clock)[1],
        )
        for m in hand_made(analysis)
    ]  # fmt: skip
    return [*notes, *worst_moments(analysis)]


def _lanes(found: Outputs) -> str:
    from app.video.lanes import make_lanes

    return make_lanes(found.analysis, found.curves).model_dump_json()


def _draw_compositions(job: JobContext, found: Outputs) -> None:
    """Each scene's best keyframe with thirds, power points and the subject's box."""
    import cv2

    from app.video.analysers.composition_overlay import at_frame, overlay
    from app.video.keyframes import write_jpeg

    tracks: Sequence[SubjectTrack | None] = found.analysis.subjects.shots or [None] * len(found.analysis.scenes)
    for scene, composition, track in zip(found.analysis.scenes, found.analysis.composition.shots, tracks, strict=True):
        keyframe = scene.keyframe
        size = cv2.IMREAD_COLOR if keyframe is None or keyframe.width < _LARGE_PX else cv2.IMREAD_REDUCED_COLOR_2
        picture = None if keyframe is None else cv2.imread(found.pictures[keyframe.name], size)
        if keyframe is None or picture is None:
            continue
        path = job.work_dir / "composition.jpg"
        write_jpeg(overlay(picture, at_frame(composition, track, keyframe.frame)), path)  # type: ignore[arg-type]
        job.save(
            f"composition/scene-{scene.index + 1:04d}.jpg", Path(path), kind="image", role=SUPPORT, media_type="image/jpeg",
            meta={"scene": scene.index, "frame": keyframe.frame}, inputs=[found.analysis.media.artifact_id, keyframe.artifact_id],
        )  # fmt: skip
        path.unlink()
