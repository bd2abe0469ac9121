"""Media coming in: uploads and paths, probed before they are acknowledged, leaving nothing behind when they are refused."""

from __future__ import annotations

import errno
import shutil
from collections.abc import Callable
from pathlib import Path, PurePath
from typing import Any

from configs.errors import BadInput, BadMedia, TooLarge, Unavailable
from storage import projects
from storage.artifacts import ArtifactStore, NewArtifact
from storage.blobs import Staged
from storage.records import SOURCE, Artifact

NAME_LIMIT = 200
PROBED_KINDS = ("video", "image", "audio", "lut", "subtitles", "media")  # media: whichever of these it is
Probe = Callable[[Path, str], dict[str, Any]]  # (path, kind) -> what is in it; all but a video says its ``kind``


class Upload:
    """A file being received. Leaving its ``with`` block without `finish` removes every trace."""

    def __init__(self, intake: Intake, name: str) -> None:
        self.name = clean_name(name)
        self._intake = intake
        self._staged: Staged | None = intake.stage()

    def write(self, data: bytes) -> None:
        """Appends bytes; raises `TooLarge` or, on a full disk, `Unavailable`."""
        assert self._staged is not None
        limit = self._intake.max_bytes
        if self._staged.size_bytes + len(data) > limit:
            self.abort()
            raise TooLarge(
                f"{self.name} is larger than {limit:,} bytes, the most this studio takes by upload.",
                "Open it by its path on the studio's own machine, or raise max_upload_bytes in the settings.",
            )
        try:
            self._staged.write(data)
        except OSError as error:
            self.abort()
            raise _explain(error, self.name) from error

    def finish(self, kind: str = "video", project_id: str | None = None) -> Artifact:
        """Probes what has come and makes it an artifact; the same bytes under the same name give the same one."""
        assert self._staged is not None
        try:
            return self._intake.keep(self._staged, self.name, kind, project_id)
        finally:
            self.abort()

    def received(self) -> Path:
        """What has come, for somebody who reads it before the ``with`` block ends."""
        assert self._staged is not None
        try:
            self._staged.finish()
        except OSError as error:
            self.abort()
            raise _explain(error, self.name) from error
        return self._staged.path

    def abort(self) -> None:
        """Removes what has been received, unless it has become an artifact."""
        if self._staged is not None:
            self._staged.discard()
            self._staged = None

    def __enter__(self) -> Upload:
        return self

    def __exit__(self, *_: object) -> None:
        self.abort()


class Intake:
    """Takes media in for one studio."""

    def __init__(self, artifacts: ArtifactStore, probe: Probe, *, max_bytes: int, min_free_bytes: int, default_project: str) -> None:
        self.artifacts, self.max_bytes = artifacts, max_bytes
        self._probe, self._min_free_bytes, self._default_project = probe, min_free_bytes, default_project

    def stage(self) -> Staged:
        """A file to receive into; refused when the disk is nearly full."""
        self.require_space()
        try:
            return self.artifacts.blobs.stage()
        except OSError as error:
            raise _explain(error, "The upload") from error

    def require_space(self) -> None:
        """Raises `Unavailable` when less is free than the studio needs to end what it has begun."""
        root = self.artifacts.blobs.root
        root.mkdir(parents=True, exist_ok=True)
        free = shutil.disk_usage(root).free
        if free < self._min_free_bytes:
            raise Unavailable(
                f"Only {free >> 20} MiB are free on the disk of {root}; the studio keeps {self._min_free_bytes >> 20} MiB in reserve.",
                "Free some space (the Library shows what is large), then repeat; queued jobs are kept.", "disk_full",
            )  # fmt: skip

    def keep(self, staged: Staged, name: str, kind: str, project_id: str | None) -> Artifact:
        """Makes a received file an artifact."""
        project = projects.require(self.artifacts.database, project_id or self._default_project).id
        _require_kind(kind)
        try:
            sha256 = staged.finish()
        except OSError as error:
            raise _explain(error, name) from error
        known = self.artifacts.find_upload(name, sha256, project)
        if known is not None:
            return known
        meta = self._examine(staged.path, kind, shown_as=name)
        kind = kind_of(meta)
        new = NewArtifact(
            name=name, kind=kind, role=SOURCE, size_bytes=staged.size_bytes, content_hash=sha256, project_id=project, meta=meta
        )
        return self.artifacts.add_blob(new, staged.path)

    def add_path(self, path: str | Path, kind: str, project_id: str | None) -> Artifact:
        """Refers to a file where it lies."""
        project = projects.require(self.artifacts.database, project_id or self._default_project).id
        _require_kind(kind)
        if "\0" in str(path) or not str(path).strip():
            raise BadMedia(f"{str(path)!r} is not a path.", "Give the path of a media file.")
        full = Path(path).expanduser().absolute()
        try:
            known = self.artifacts.find_file(full, project) if full.is_file() else None
        except OSError as error:
            raise BadMedia(f"{full} cannot be read: {error.strerror or error}.", "Check its permissions.") from error
        if known is not None and kind in (known.kind, "media"):
            return known
        meta = self._examine(full, kind, shown_as=full.name)
        return self.artifacts.add_file(full, kind_of(meta), project, meta)

    def _examine(self, path: Path, kind: str, shown_as: str) -> dict[str, Any]:
        try:
            return {"probe": self._probe(path, kind)}
        except BadMedia as error:  # a received file lies under a random name; the person knows it by its own
            raise BadMedia(error.message.replace(path.name, shown_as), error.remedy, error.code) from None


def clean_name(name: str) -> str:
    """The last part of a client's file name, printable and of a sane length."""
    last = PurePath(name.replace("\\", "/")).name
    printable = "".join(c for c in last if c.isprintable()).strip().strip(".") or "unnamed"
    if len(printable) <= NAME_LIMIT:
        return printable
    suffix = PurePath(printable).suffix[:16]
    return printable[: NAME_LIMIT - len(suffix)] + suffix


def kind_of(meta: dict[str, Any]) -> str:
    """The kind of file that was examined."""
    return str(meta["probe"].get("kind", "video"))


def _require_kind(kind: str) -> None:
    if kind not in PROBED_KINDS:
        raise BadInput(f"Files of kind {kind!r} cannot be taken in.", f"Kinds: {', '.join(PROBED_KINDS)}.")


def _explain(error: OSError, name: str) -> Unavailable:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return Unavailable(f"{name} does not fit on the disk.", "Free some space, then repeat; nothing half-written stays.", "disk_full")
    if error.errno in (errno.EROFS, errno.EACCES, errno.EPERM):
        return Unavailable(
            f"{name} cannot be kept: the data folder is not writable.", "Make it writable, or give another with --data-dir.", "read_only"
        )
    return Unavailable(f"{name} cannot be kept: {error.strerror or error}.", "Check the disk of the data folder.")
