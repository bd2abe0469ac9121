"""The files that a ranking leaves: a table, a report to read, a contact sheet."""

from __future__ import annotations

import base64
import csv
import io
from collections.abc import Mapping
from html import escape
from pathlib import Path
from string import Template

from app.video.rank_models import RankedTake, Ranking
from app.video.rank_score import QUIET, faults
from jobs.context import JobContext

_TEMPLATE = Path(__file__).with_name("rank_report.html")
_PICTURE_PX = 400
_COLUMNS = (
    "mean_coherence", "worst_coherence", "flicker_levels", "flicker_hz", "flicker_share", "colour_swing_levels", "jumps", "extra_cuts",
    "frozen_frames", "repeated_frames", "motion_smoothness", "ssim", "temporal_flickering", "hsv_stability",
)  # fmt: skip


def write_outputs(job: JobContext, ranking: Ranking) -> None:
    """Writes and keeps ranking.csv, ranking.html and contact-sheet.jpg."""
    from app.video.rank_sheet import contact_sheet, small_jpeg

    takes = [take.artifact_id for take in ranking.takes if take.artifact_id]
    ids = [i for take in ranking.takes if take.worst for i in (take.worst.before_id, take.worst.picture_id, take.worst.after_id) if i]
    paths = {i: job.made(i).path for i in ids}
    pictures = {i: base64.b64encode(small_jpeg(path, _PICTURE_PX)).decode() for i, path in paths.items()}
    files = {
        "ranking.csv": ("data", "text/csv", to_csv(ranking)),
        "ranking.html": ("document", "text/html", to_html(ranking, pictures)),
    }
    for name, (kind, media_type, text) in files.items():
        path = job.work_dir / name
        path.write_text(text, encoding="utf-8", newline="")
        job.save(name, path, kind=kind, media_type=media_type, inputs=takes)
    sheet = job.work_dir / "contact-sheet.jpg"
    contact_sheet(ranking, paths, sheet)
    job.save(sheet.name, sheet, kind="image", media_type="image/jpeg", inputs=takes)


def to_csv(ranking: Ranking) -> str:
    """One row a take, best first; what cannot be opened as a formula by a spreadsheet."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(
        ["place", "name", "score", *_COLUMNS, "worst_frame", "worst_time_s", "worst_timecode", "worst_why", "width", "height", "fps",
         "frame_count", "duration_s", "remarks", "tie", "failed"]
    )  # fmt: skip
    for take in ranking.takes:
        parts, worst = take.parts, take.worst
        row = [take.place, take.name, take.score, *(getattr(parts, name, None) for name in _COLUMNS)]
        row += [worst.frame, worst.time_s, worst.timecode, worst.why] if worst else [None] * 4
        row += [take.width, take.height, take.fps, take.frame_count, take.duration_s, " ".join(take.remarks), take.tie, take.failed]
        writer.writerow([_plain(cell) for cell in row])
    return out.getvalue()


def _plain(cell: object) -> object:
    """Text that a spreadsheet would take for a formula gets an apostrophe before it."""
    return f"'{cell}" if isinstance(cell, str) and cell[:1] in ("=", "+", "-", "@", "\t", "\r") else cell


def to_html(ranking: Ranking, pictures: Mapping[str, str]) -> str:
    """The whole page; ``pictures``: artifact id -> base64 of a JPEG. It refers to nothing outside itself."""
    good = [take for take in ranking.takes if take.score is not None]
    lead = f"{good[0].name} holds together best" if good else "No take could be analysed"
    if len(good) > 1 and good[1].tie:
        lead += f", level with {good[1].name}"
    return Template(_TEMPLATE.read_text(encoding="utf-8")).substitute(
        title=escape(f"{len(ranking.takes)} takes, ranked"),
        lead=escape(f"{lead}."),
        remarks="".join(f"<li>{escape(remark)}</li>" for remark in ranking.remarks),
        remarks_class="" if ranking.remarks else "none",
        takes="".join(_take(take, pictures) for take in ranking.takes),
        method=escape(ranking.method),
        engine=escape(ranking.engine),
        generator=escape(ranking.generator),
    )


def _take(take: RankedTake, pictures: Mapping[str, str]) -> str:
    notes = [note for note in (take.tie, *take.remarks) if note]
    said = "".join(f"<p>{escape(note)}</p>" for note in notes)
    head = f'<h2><span class="place">{take.place}</span>{escape(take.name)}</h2>'
    if take.score is None or take.parts is None or take.worst is None:
        return f'<section class="take failed"><div class="facts">{head}<p class="why">{escape(take.failed or "")}</p>{said}</div></section>'
    parts, worst = take.parts, take.worst
    found = ", ".join(faults(parts)) or "no fault found"
    quiet = worst.why == QUIET
    why = "Nothing stands out; a frame of it:" if quiet else f"Worst at {worst.timecode}, frame {worst.frame}: {worst.why}"
    rows = (
        ("Mean of the frames", f"{parts.mean_coherence:.3f}"),
        ("Worst frame", f"{parts.worst_coherence:.3f}"),
        ("Motion smoothness", f"{parts.motion_smoothness:.4f}"),
        ("SSIM", f"{parts.ssim:.3f}"),
        ("Picture", f"{take.width} × {take.height}"),
        ("Length", f"{take.frame_count} frames, {take.fps:g} fps"),
    )
    table = "".join(f"<tr><th>{label}</th><td>{value}</td></tr>" for label, value in rows)
    shown = (
        (worst.before_id, worst.frame - 1, ""),
        (worst.picture_id, worst.frame, "" if quiet else "worst"),
        (worst.after_id, worst.frame + 1, ""),
    )
    figures = "".join(_figure(pictures[i], frame, take.name, kind) for i, frame, kind in shown if i and i in pictures)
    return (
        f'<section class="take"><div class="facts">{head}<div class="score"><b>{100 * take.score:.1f}</b><i>'
        f'<em style="width:{100 * take.score:.1f}%"></em></i></div><p class="found">{escape(found)}</p><table>{table}</table>{said}</div>'
        f'<div><p class="why">{escape(why)}</p>'
        f'<div class="frames">{figures}</div></div></section>'
    )


def _figure(data: str, frame: int, name: str, kind: str) -> str:
    return (
        f'<figure class="{kind}"><img src="data:image/jpeg;base64,{data}" alt="{escape(name)}, frame {frame}">'
        f"<figcaption>{frame}</figcaption></figure>"
    )
