"""Clips made with ffmpeg, and a job context whose studio is a few dictionaries."""

from __future__ import annotations

import hashlib
import json
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from app.video.ffmpeg import executable
from app.video.probe import probe_video
from configs.errors import StudioError
from jobs.context import JobContext, artifact_to_json
from jobs.order import Order
from storage.records import Artifact, Json

# Three plain scenes of half a second that no detector can miss, then a moving test picture.
FOUR_SCENES = (
    "color=0x204060:s={size}:r={rate}:d=1[a];color=0xE0C040:s={size}:r={rate}:d=1[b];"
    "color=0x903020:s={size}:r={rate}:d=1[c];testsrc2=s={size}:r={rate}:d=1[d];[a][b][c][d]concat=n=4:v=1"
)


def ffmpeg(*arguments: str) -> None:
    """Runs ffmpeg quietly; its complaint is the test's failure."""
    done = subprocess.run([executable(), "-v", "error", "-y", "-nostdin", *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="session")
def clips(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """``clips("a.mp4", *ffmpeg_arguments, size="160x90", rate="24")`` -> path; made once per session.

    Without arguments the picture is `FOUR_SCENES` in H.264; ``sound`` adds a tone.
    """
    folder = tmp_path_factory.mktemp("clips")
    made: dict[str, Path] = {}

    def make(name: str, *arguments: str, size: str = "160x90", rate: str = "24", sound: bool = False, graph: str = FOUR_SCENES) -> Path:
        key = json.dumps([name, arguments, size, rate, sound, graph])
        if key not in made:
            path = folder / f"{len(list(folder.iterdir())):03d}" / name
            path.parent.mkdir()
            inputs = ["-f", "lavfi", "-i", graph.format(size=size, rate=rate) + ("[out0]" if graph is FOUR_SCENES else "")]
            if sound:
                inputs += ["-f", "lavfi", "-t", "4", "-i", "sine=frequency=440:sample_rate=48000"]
            ffmpeg(*inputs, *arguments, str(path))
            made[key] = path
        return made[key]

    return make


class FakeStudio:
    """Keeps what a job's context sends: the studio's side of the link, in memory."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.steps: dict[str, Json] = {}
        self.saved: Json = None
        self.published: dict[str, Json] = {}
        self.artifacts: dict[str, Artifact] = {}
        self.progress: list[tuple[float, str]] = []
        self.calls: list[tuple[str, dict[str, Json]]] = []
        self.after_call: Callable[[str, Mapping[str, Json]], None] = lambda verb, fields: None
        self.cancelled = False
        self.review: Json = None
        self.attempts = 0
        self.media: tuple[Artifact, ...] = ()

    def call(self, verb: str, **fields: Json) -> Json:
        fields = json.loads(json.dumps(fields))
        self.calls.append((verb, fields))
        answer = getattr(self, f"_{verb}")(fields)
        self.after_call(verb, fields)
        return answer

    def tell(self, verb: str, **fields: Json) -> None:
        if verb == "progress":
            self.progress.append((fields["fraction"], fields["message"]))

    def stage_blob(self, path: Path) -> tuple[str, str, int]:
        data = path.read_bytes()
        digest = hashlib.sha256(data).hexdigest()
        (self.folder / digest).write_bytes(data)
        return str(self.folder / digest), digest, len(data)

    def start_child(self, key: str, capability: str, request: Mapping[str, Json]) -> None:
        raise StudioError("a job of this lane has no children")

    def run_child(self, key: str, capability: str, request: Mapping[str, Json]) -> Json:
        raise StudioError("a job of this lane has no children")

    def context(self, *media: Artifact) -> JobContext:
        """A new attempt, which knows what the earlier ones kept."""
        self.attempts += 1
        self.media = media
        work_dir = self.folder / f"work-{self.attempts}"
        work_dir.mkdir()
        order = Order(
            job_id="job", attempt=self.attempts, capability="test", request={}, project_id="default", work_dir=str(work_dir), blob_dir="",
            steps=dict(self.steps), checkpoint=json.loads(json.dumps(self.saved)), media={m.id: artifact_to_json(m) for m in media},
        )  # fmt: skip
        return JobContext(order, self, lambda: self.cancelled)

    def results(self) -> list[str]:
        return sorted(a.name for a in self.artifacts.values() if a.role == "result")

    def read(self, name: str) -> str:
        return self.artifacts[name].path.read_text(encoding="utf-8")

    def _step(self, fields: dict[str, Json]) -> None:
        assert fields["name"] not in self.steps, "a step was done twice"
        self.steps[fields["name"]] = fields["value"]

    def _checkpoint(self, fields: dict[str, Json]) -> None:
        self.saved = fields["state"]

    def _review(self, fields: dict[str, Json]) -> Json:
        return self.review

    def _artifact(self, fields: dict[str, Json]) -> Json:
        return artifact_to_json(next(a for a in [*self.artifacts.values(), *self.media] if a.id == fields["id"]))

    def _publish(self, fields: dict[str, Json]) -> None:
        self.published[fields["key"]] = fields["value"]

    def _save(self, fields: dict[str, Json]) -> Json:
        name = fields["name"]
        if name not in self.artifacts:
            self.artifacts[name] = Artifact(
                id=f"artifact-{len(self.artifacts)}", name=name, kind=fields["kind"], role=fields["role"],
                media_type=fields["media_type"] or "application/octet-stream", size_bytes=fields["size_bytes"],
                content_hash=fields["sha256"], path=self.folder / fields["sha256"], external=False, missing=False,
                project_id="default", job_id="job", created_at=0.0, meta=fields["meta"], inputs=tuple(fields["inputs"]),
            )  # fmt: skip
        return artifact_to_json(self.artifacts[name])


@pytest.fixture
def studio(tmp_path: Path) -> FakeStudio:
    folder = tmp_path / "studio"
    folder.mkdir()
    return FakeStudio(folder)


@pytest.fixture
def new_studio(tmp_path: Path) -> Callable[[], FakeStudio]:
    """Several studios in one test."""
    count = iter(range(100))

    def make() -> FakeStudio:
        folder = tmp_path / f"studio-{next(count)}"
        folder.mkdir()
        return FakeStudio(folder)

    return make


@pytest.fixture
def media_of() -> Callable[..., Artifact]:
    """``media_of(path)`` -> the artifact that the file becomes when it is given by path."""

    def make(path: Path, *, probe: bool = True, name: str | None = None, external: bool = True) -> Artifact:
        return Artifact(
            id="clip", name=name or path.name, kind="video", role="source", media_type="video/mp4", size_bytes=path.stat().st_size,
            content_hash="0" * 64, path=path, external=external, missing=False, project_id="default", job_id=None, created_at=0.0,
            meta={"probe": probe_video(path).model_dump(mode="json")} if probe else {},
        )  # fmt: skip

    return make


@pytest.fixture
def analyse(media_of: Callable[..., Artifact], new_studio: Callable[[], FakeStudio]) -> Callable[..., tuple[Any, FakeStudio]]:
    """``analyse(path, review=None, **settings)`` -> (VideoAnalysis, the studio it was kept in)."""
    from app.video.analyze import analyze_video
    from app.video.models import AnalyzeVideo
    from app.video.review_document import to_state

    def run(path: Path, review: Any = None, **settings: Any) -> tuple[Any, FakeStudio]:
        studio = new_studio()
        studio.review = None if review is None else to_state(review)
        return analyze_video(AnalyzeVideo(video="clip", **settings), studio.context(media_of(path))), studio

    return run


@pytest.fixture(scope="session")
def run_ffmpeg() -> Callable[..., None]:
    return ffmpeg
