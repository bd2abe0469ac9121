"""Pictures for tests of what is done to pictures, and a job context to do it in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageDraw

from configs.errors import NotFound
from jobs.context import JobContext, artifact_to_json
from jobs.order import Order
from storage.records import Artifact


def disc(width: int = 96, height: int = 64, *, clear: bool = False) -> Image.Image:
    """A red disc with a smooth edge on a pale ground, or on nothing."""
    large = Image.new("L", (width * 4, height * 4), 0)
    radius = min(width, height) * 4 * 0.35
    middle = (width * 2, height * 2)
    ImageDraw.Draw(large).ellipse((middle[0] - radius, middle[1] - radius, middle[0] + radius, middle[1] + radius), fill=255)
    mask = large.resize((width, height), Image.Resampling.BOX)
    subject = Image.new("RGB", (width, height), (190, 40, 30))
    if clear:
        subject.putalpha(mask)
        return subject
    return Image.composite(subject, Image.new("RGB", (width, height), (210, 225, 235)), mask)


def noise(width: int = 80, height: int = 60, seed: int = 1) -> Image.Image:
    """Smooth blotches of colour."""
    import cv2

    rough = np.random.default_rng(seed).integers(0, 256, (height, width, 3), np.uint8)
    return Image.fromarray(cv2.normalize(cv2.GaussianBlur(rough, (0, 0), 2.5), None, 0, 255, cv2.NORM_MINMAX))  # type: ignore[call-overload]


def source(path: Path, image: Image.Image, **save: Any) -> Artifact:
    """The picture as a file that was uploaded."""
    image.save(path, **save)
    probe = {"kind": "image", "width": image.width, "height": image.height, "has_alpha": image.mode == "RGBA"}
    return Artifact(
        id="a-1", name=path.name, kind="image", role="source", media_type="image/png", size_bytes=path.stat().st_size, content_hash="0",
        path=path, external=False, missing=False, project_id="p", job_id=None, created_at=0.0, meta={"probe": probe},
    )  # fmt: skip


class Recorder:
    """A link that keeps what a job saves."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.saved = folder, list[dict[str, Any]]()
        self.told = list[tuple[str, dict[str, Any]]]()

    def call(self, verb: str, **fields: Any) -> Any:
        if verb != "save":
            return None
        self.saved.append(fields)
        path = Path(fields["staged"])
        made = source_like(path, fields)
        return artifact_to_json(made)

    def tell(self, verb: str, **fields: Any) -> None:
        self.told.append((verb, fields))

    def stage_blob(self, path: Path) -> tuple[str, str, int]:
        kept = self.folder / f"kept-{len(self.saved)}-{path.name}"
        kept.write_bytes(path.read_bytes())
        return str(kept), "0", kept.stat().st_size


def source_like(path: Path, fields: Mapping[str, Any]) -> Artifact:
    """The artifact that a saved file becomes."""
    return Artifact(
        id=f"a-{path.name}", name=fields["name"], kind=fields["kind"], role=fields["role"], media_type="image/png",
        size_bytes=path.stat().st_size, content_hash="0", path=path, external=False, missing=False, project_id="p", job_id="j-1",
        created_at=0.0, meta=fields["meta"], inputs=tuple(fields["inputs"]),
    )  # fmt: skip


class FakeRoom:
    """Lends the engines it was given, by name."""

    def __init__(self, engines: Mapping[str, tuple[Any, Any]]) -> None:
        self.engines = engines
        self.calls: list[tuple[str, str, dict[str, int]]] = []

    def installed(self, model: str) -> Any:
        if model not in self.engines:
            raise NotFound(f"There is no model {model!r}.", "Install it.")
        return self.engines[model][0]

    def call(self, model: str, operation: str, shape: Mapping[str, int], work: Callable[[Any], Any], **_: Any) -> Any:
        self.calls.append((model, operation, dict(shape)))
        return work(self.engines[model][1])


def job_for(
    folder: Path, artifact: Artifact, room: Any = None, is_cancelled: Callable[[], bool] = lambda: False
) -> tuple[JobContext, Recorder]:
    """A context whose media is one picture."""
    work = folder / "work"
    with suppress(FileExistsError):
        work.mkdir()
    order = Order(
        job_id="j-1", attempt=1, capability="image.test", request={}, project_id="p", work_dir=str(work), blob_dir=str(folder),
        media={artifact.id: artifact_to_json(artifact)},
    )  # fmt: skip
    link = Recorder(folder)
    return JobContext(order, link, is_cancelled, room), link
