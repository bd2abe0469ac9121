"""The files an analysis leaves: a table of writers, and the pictures with their composition drawn on."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from app.video.analysers.changes import Changes
from app.video.curves import Curves
from app.video.document import VideoAnalysis
from app.video.export_chapters import to_ffmetadata, to_youtube
from app.video.export_csv import to_csv
from app.video.export_edl import to_edl
from app.video.export_fcpxml import to_fcpxml
from app.video.export_frames_csv import frames_csv
from app.video.export_marker_edl import Marker, to_marker_edl
from app.video.export_otio import to_otio
from app.video.report import to_html
from jobs.context import JobContext
from storage.records import RESULT, SUPPORT

AUTHOR = "Animation AI Studio"
_FAR = {name for name in Changes.columns if name[1:].isdecimal() and name not in ("d1", "h1")}


@dataclass(frozen=True)
class Findings:
    """What the writers write from. ``pictures``: keyframe name -> path."""

    analysis: VideoAnalysis
    curves: Curves
    pictures: Mapping[str, str]


@dataclass(frozen=True)
class Output:
    """One file: its name, what it is, and who writes it."""

    name: str
    kind: str
    media_type: str
    write: Callable[[Findings], str | Iterator[str]]
    role: str = RESULT


OUTPUTS: tuple[Output, ...] = (
    Output("analysis.json", "data", "application/json", lambda f: f.analysis.model_dump_json(indent=2)),
    Output("scenes.csv", "data", "text/csv", lambda f: to_csv(f.analysis)),
    Output("frames.csv", "data", "text/csv", lambda f: frames_csv(for_people(f.curves), f.analysis.media.info.video)),
    Output("scenes.edl", "timeline", "text/plain", lambda f: to_edl(f.analysis)),
    Output("markers.edl", "timeline", "text/plain", lambda f: to_marker_edl(f.analysis, worst_moments(f.analysis))),
    Output("scenes.otio", "timeline", "application/vnd.pixar.opentimelineio+json", lambda f: to_otio(f.analysis)),
    Output("scenes.fcpxml", "timeline", "application/xml", lambda f: to_fcpxml(f.analysis)),
    Output("chapters.ffmeta", "timeline", "text/plain", lambda f: to_ffmetadata(f.analysis)),
    Output("chapters.txt", "document", "text/plain", lambda f: to_youtube(f.analysis)),
    Output("report.html", "document", "text/html", lambda f: to_html(f.analysis, f.pictures)),
    Output("lanes.json", "data", "application/json", lambda f: _lanes(f), SUPPORT),
)


def write_outputs(job: JobContext, found: Findings) -> None:
    """Writes and keeps every file of the table, then the curves and the pictures with their composition."""
    source = [found.analysis.media.artifact_id]
    for output in OUTPUTS:
        path = job.work_dir / output.name
        text = output.write(found)
        with path.open("w", encoding="utf-8", newline="") as file:
            file.writelines([text] if isinstance(text, str) else text)
        job.save(output.name, path, kind=output.kind, role=output.role, media_type=output.media_type, inputs=source)
        path.unlink()
    path = job.work_dir / "curves.npz"
    path.write_bytes(found.curves.pack())
    job.save(path.name, path, kind="data", role=SUPPORT, media_type="application/octet-stream", inputs=source)
    path.unlink()
    _draw_compositions(job, found)


def for_people(curves: Curves) -> Curves:
    """The curves without the distances to frames farther back, which only the detector reads."""
    return Curves(curves.fps, curves.times_s, {name: column for name, column in curves.columns.items() if name not in _FAR})


def worst_moments(analysis: VideoAnalysis) -> list[Marker]:
    """Red markers where the picture holds together worst."""
    return [
        Marker(frame=m.frame, colour="Red", note=m.why, author=AUTHOR, name=f"Coherence {m.coherence:.2f}", time_s=m.time_s)
        for m in analysis.coherence.worst
    ]


def _lanes(found: Findings) -> str:
    from app.video.lanes import make_lanes

    return make_lanes(found.analysis, found.curves).model_dump_json()


def _draw_compositions(job: JobContext, found: Findings) -> None:
    """Each scene's best keyframe with thirds, power points and the subject's box."""
    import cv2

    from app.video.analysers.composition_overlay import overlay
    from app.video.keyframes import write_jpeg

    for scene, composition in zip(found.analysis.scenes, found.analysis.composition.shots, strict=True):
        keyframe = scene.keyframe
        picture = None if keyframe is None else cv2.imread(found.pictures[keyframe.name])
        if keyframe is None or picture is None:
            continue
        path = job.work_dir / "composition.jpg"
        write_jpeg(overlay(picture, composition), path)  # type: ignore[arg-type]
        job.save(
            f"composition/scene-{scene.index + 1:04d}.jpg", Path(path), kind="image", role=SUPPORT, media_type="image/jpeg",
            meta={"scene": scene.index, "frame": keyframe.frame}, inputs=[found.analysis.media.artifact_id, keyframe.artifact_id],
        )  # fmt: skip
        path.unlink()
