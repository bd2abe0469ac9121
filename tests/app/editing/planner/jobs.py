"""A job context whose studio is a few dictionaries, for capabilities that plan."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from configs.errors import NotFound, StudioError
from jobs.context import JobContext, artifact_to_json
from jobs.order import Order
from storage.records import Artifact, Json


@dataclass
class Link:
    """Answers from dictionaries; ``told`` has every message of progress."""

    artifacts: dict[str, Artifact] = field(default_factory=dict)
    named: dict[tuple[str, str], Artifact] = field(default_factory=dict)
    results: dict[str, Json] = field(default_factory=dict)
    parts: dict[str, Any] = field(default_factory=dict)
    ran: list[tuple[str, str, Mapping[str, Json]]] = field(default_factory=list)
    told: list[str] = field(default_factory=list)

    def call(self, verb: str, **fields: Json) -> Json:
        """An artifact by its id, or by its job and name."""
        if verb == "named":
            found = self.named.get((fields["job_id"], fields["name"]))
            return None if found is None else artifact_to_json(found)
        if fields["id"] not in self.artifacts:
            raise NotFound(f"There is no artifact {fields['id']}.", "Name another.")
        return artifact_to_json(self.artifacts[fields["id"]])

    def tell(self, verb: str, **fields: Json) -> None:
        """Keeps the words."""
        self.told.append(str(fields.get("message", verb)))

    def stage_blob(self, path: Path) -> tuple[str, str, int]:
        """Nothing is kept."""
        raise StudioError("nothing is kept here")

    def start_child(self, key: str, capability: str, request: Mapping[str, Json]) -> None:
        """Notes it."""
        self.ran.append((key, capability, request))

    def run_child(self, key: str, capability: str, request: Mapping[str, Json]) -> Json:
        """Its result, or the error that was put there."""
        self.ran.append((key, capability, request))
        found = self.results[capability]
        if isinstance(found, Exception):
            raise found
        return found

    def part(self, name: str) -> Any:
        """As the io lane does it."""
        return self.parts[name]


def artifact(artifact_id: str, kind: str = "video", path: Path = Path("walk.mp4"), **changes: Any) -> Artifact:
    """An artifact that stands for a file."""
    values: dict[str, Any] = {
        "id": artifact_id, "name": path.name, "kind": kind, "role": "source", "media_type": "video/mp4", "size_bytes": 1,
        "content_hash": f"hash of {artifact_id}", "path": path, "external": False, "missing": False, "project_id": "default",
        "job_id": None, "created_at": 0.0,
    }  # fmt: skip
    return Artifact(**{**values, **changes})


def context(link: Link, folder: Path, media: Mapping[str, Artifact]) -> JobContext:
    """The job's view of it."""
    order = Order(
        job_id="j-1", attempt=1, capability="video.plan", request={}, project_id="default", work_dir=str(folder), blob_dir=str(folder),
        cache_dir=str(folder), steps={}, checkpoint=None, media={key: artifact_to_json(value) for key, value in media.items()},
    )  # fmt: skip
    return JobContext(order, link, lambda: False)
