"""Real files of every kind that a plan may use: uneven rates, sizes of all shapes, two tracks, no sound, a still, a tune."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

from app.editing.facts import SourceFacts
from app.editing.sources import facts_of
from app.video.ffmpeg import run
from app.video.probe import probe_video
from app.video.probe_other import look
from storage.records import Artifact
from tests.app.editing.barcode import write_clicks, write_clip

UNEVEN_S = 4


def fill(folder: Path) -> dict[str, SourceFacts]:
    """Writes the files into ``folder``; id -> facts."""
    wide = write_clip(folder / "wide.mp4", 100, Fraction(25), (320, 180), clicks=[0, 25, 50, 75])
    film = write_clip(folder / "film.mkv", 96, Fraction(24000, 1001), (192, 80), clicks=[12, 48])
    two = run(["-i", str(film), "-i", str(wide), "-map", "0:v", "-map", "0:a", "-map", "1:a", "-c", "copy"], folder / "two.mkv")
    tall = write_clip(folder / "tall.mp4", 120, Fraction(30000, 1001), (90, 160))
    tune = folder / "tune.wav"
    write_clicks(tune, range(0, 5 * 48_000, 24_000), 5 * 48_000)
    still = run(["-f", "lavfi", "-i", "testsrc2=s=201x101,format=rgba,colorchannelmixer=aa=0.6", "-frames:v", "1"], folder / "still.png")
    rows = {
        "wide": ("video", wide), "film": ("video", two), "tall": ("video", tall), "uneven": ("video", uneven(folder / "uneven.mp4", wide)),
        "still": ("image", still), "music": ("audio", tune),
    }  # fmt: skip
    return {name: known(name, kind, path) for name, (kind, path) in rows.items()}


def uneven(path: Path, source: Path) -> Path:
    """A clip whose frames come at 30 a second, with every fourth one missing and a long wait in the middle."""
    chosen = "select='gt(mod(n,4),0)*(lt(n,40)+gt(n,58))',setpts=N*0+round(PTS*TB*25)/30/TB"
    arguments = ["-i", str(source), "-vf", f"{chosen},scale=160:120", "-fps_mode", "vfr", "-enc_time_base", "1/600"]
    return run([*arguments, "-c:v", "libx264", "-preset", "ultrafast", "-g", "12", "-pix_fmt", "yuv420p", "-c:a", "aac"], path)


def known(name: str, kind: str, path: Path) -> SourceFacts:
    """What the studio would know of a file that it takes in."""
    probe = probe_video(path).model_dump(mode="json") if kind == "video" else look(path, kind)
    artifact = Artifact(
        id=f"artifact-{name}", name=path.name, kind=kind, role="source", media_type="", size_bytes=path.stat().st_size,
        content_hash=f"{name}-{path.stat().st_size}", path=path, external=True, missing=False, project_id="default", job_id=None,
        created_at=0.0, meta={"probe": probe},
    )  # fmt: skip
    return facts_of(name, artifact)
