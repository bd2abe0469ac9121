"""Artifacts: the rows that give blobs and given files their names, their makers and their ancestors."""

from __future__ import annotations

import json
import mimetypes
import re
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Row, bindparam, delete, func, insert, select, text, update

from configs.errors import BadInput, BadMedia, NotFound, Unavailable
from storage.blobs import BlobStore, content_hash
from storage.database import Database
from storage.ids import is_id, new_id
from storage.records import ROLES, SOURCE, Artifact, Json, Page
from storage.tables import artifact_inputs, artifacts, board_items, favourites, reviews

KINDS = ("video", "audio", "image", "lut", "subtitles", "document", "timeline", "data")


@dataclass(frozen=True, kw_only=True)
class NewArtifact:
    """What is known of an artifact before it has a row."""

    name: str
    kind: str
    role: str
    size_bytes: int
    content_hash: str
    project_id: str
    media_type: str | None = None
    external_path: Path | None = None
    modified_ns: int | None = None
    job_id: str | None = None
    meta: dict[str, Json] = field(default_factory=dict)
    inputs: Sequence[str] = ()


class ArtifactStore:
    """Finds, lists, adds and removes artifacts; the only writer of their rows."""

    def __init__(self, database: Database, blobs: BlobStore) -> None:
        self.database, self.blobs = database, blobs
        # Adopting a blob and deleting one must not interleave: the bytes might go just as a new row names them.
        self._files = threading.Lock()

    def add_blob(self, new: NewArtifact, staged: Path, allow: Callable[[Connection], None] | None = None) -> Artifact:
        """Gives a staged file its place and its row; the same name in the same job returns the first one.

        ``allow`` is asked inside the transaction and raises when the caller may no longer write.
        """
        with self._files:
            try:
                return self._place(new, staged, allow)
            except OSError as error:
                reason = error.strerror or error
                raise Unavailable(f"{new.name} could not be kept: {reason}.", "Free some disk space and repeat.", "disk_full") from error

    def _place(self, new: NewArtifact, staged: Path, allow: Callable[[Connection], None] | None) -> Artifact:
        try:
            with self.database.write() as connection:
                if allow is not None:
                    allow(connection)
                found = self._of_job(connection, new)
                if found is not None:
                    staged.unlink(missing_ok=True)
                    return found
                self.blobs.adopt(staged, new.content_hash)
                return self._insert(connection, new)
        except BaseException:  # the row did not come to be: its bytes must not stay, unless another row names them
            if not self.is_known_blob(new.content_hash):
                self.blobs.remove(new.content_hash)
            raise
        finally:
            self.blobs.confirm(new.content_hash)

    def add_file(self, path: Path, kind: str, project_id: str, meta: dict[str, Json]) -> Artifact:
        """Refers to a file that stays where it is; the same unchanged file gives the same artifact."""
        known = self.find_file(path, project_id)
        if known is not None:
            return known
        stat = path.stat()
        new = NewArtifact(
            name=path.name, kind=kind, role=SOURCE, size_bytes=stat.st_size, content_hash=content_hash(path),
            project_id=project_id, external_path=path, modified_ns=stat.st_mtime_ns, meta=meta,
        )  # fmt: skip
        with self.database.write() as connection:
            return self._insert(connection, new)

    def find_file(self, path: Path, project_id: str) -> Artifact | None:
        """The artifact that already refers to this very file, unchanged since."""
        stat = path.stat()
        query = select(artifacts).where(
            artifacts.c.external_path == str(path), artifacts.c.size_bytes == stat.st_size,
            artifacts.c.modified_ns == stat.st_mtime_ns, artifacts.c.project_id == project_id,
        )  # fmt: skip
        with self.database.read() as connection:
            row = connection.execute(query.order_by(artifacts.c.seq.desc())).first()
            return None if row is None else self._artifact(connection, row)

    def find_upload(self, name: str, sha256: str, project_id: str) -> Artifact | None:
        """An earlier upload of the same bytes under the same name."""
        query = select(artifacts).where(
            artifacts.c.content_hash == sha256, artifacts.c.name == name, artifacts.c.role == SOURCE,
            artifacts.c.external_path.is_(None), artifacts.c.project_id == project_id,
        )  # fmt: skip
        with self.database.read() as connection:
            row = connection.execute(query).first()
            return None if row is None else self._artifact(connection, row)

    def get(self, artifact_id: str) -> Artifact:
        """One artifact; raises `NotFound`."""
        with self.database.read() as connection:
            row = connection.execute(_BY_ID, {"id": artifact_id}).first()
            if row is None and not is_id("a-", artifact_id):
                said = f"{artifact_id!r} is no artifact id."
                raise NotFound(said, "Upload the file, or add its path (POST /api/artifacts/path), and give the id it gets.")
            if row is None:
                raise NotFound(f"There is no artifact {artifact_id!r}.", "It may have been deleted; see the Library.")
            return self._artifact(connection, row)

    def several(self, artifact_ids: Sequence[str]) -> tuple[Artifact, ...]:
        """Those of these artifacts that there are, in the order they were asked for."""
        with self.database.read() as connection:
            rows = connection.execute(select(artifacts).where(artifacts.c.id.in_(artifact_ids))).all()
            found = {artifact.id: artifact for artifact in self._artifacts(connection, rows)}
        return tuple(found[name] for name in artifact_ids if name in found)

    def require_file(self, artifact: Artifact) -> Artifact:
        """The artifact, with its bytes there and unchanged; raises `BadMedia` saying what happened to them."""
        if not artifact.path.exists():
            raise BadMedia(
                f"{artifact.name} is no longer at {artifact.path}.", "Relink it in the Library, or add it again.", "media_missing"
            )
        if artifact.external and artifact.path.stat().st_size != artifact.size_bytes:
            raise BadMedia(f"{artifact.path} has changed since it was added.", "Add it again.", "media_changed")
        return artifact

    def of_job(self, job_id: str) -> tuple[Artifact, ...]:
        """What a job has saved, in the order of saving."""
        with self.database.read() as connection:
            rows = connection.execute(select(artifacts).where(artifacts.c.job_id == job_id).order_by(artifacts.c.seq)).all()
            return self._artifacts(connection, rows)

    def page(
        self, *, kind: str | None = None, role: str | None = None, job_id: str | None = None, project_id: str | None = None,
        query: str | None = None, limit: int = 50, before: int | None = None,
    ) -> Page:  # fmt: skip
        """Artifacts, newest first. ``query`` finds any part of a name, of three letters or more by index."""
        conditions: list[Any] = [] if before is None else [artifacts.c.seq < before]
        for column, value in (
            (artifacts.c.kind, kind),
            (artifacts.c.role, role),
            (artifacts.c.job_id, job_id),
            (artifacts.c.project_id, project_id),
        ):
            if value is not None:
                conditions.append(column == value)
        if query:
            conditions.append(_name_matches(query))
        statement = select(artifacts).where(*conditions).order_by(artifacts.c.seq.desc()).limit(limit)
        with self.database.read() as connection:
            rows = connection.execute(statement).all()
            items = self._artifacts(connection, rows)
        return Page(items=items, next_before=rows[-1].seq if len(rows) == limit else None)

    def children(self, artifact_id: str) -> tuple[Artifact, ...]:
        """Artifacts made from this one."""
        query = select(artifacts).join(artifact_inputs, artifact_inputs.c.artifact_id == artifacts.c.id)
        with self.database.read() as connection:
            rows = connection.execute(query.where(artifact_inputs.c.input_id == artifact_id).order_by(artifacts.c.seq)).all()
            return self._artifacts(connection, rows)

    def named(self, job_id: str, name: str) -> Artifact | None:
        """What a job saved under this name."""
        with self.database.read() as connection:
            row = connection.execute(select(artifacts).where(artifacts.c.job_id == job_id, artifacts.c.name == name)).first()
            return None if row is None else self._artifact(connection, row)

    def newest_child(self, artifact_id: str, name: str) -> Artifact | None:
        """The newest artifact of this name that was made from this one."""
        query = select(artifacts).join(artifact_inputs, artifact_inputs.c.artifact_id == artifacts.c.id)
        query = query.where(artifact_inputs.c.input_id == artifact_id, artifacts.c.name == name).order_by(artifacts.c.seq.desc()).limit(1)
        with self.database.read() as connection:
            row = connection.execute(query).first()
            return None if row is None else self._artifact(connection, row)

    def set_meta(self, artifact_id: str, meta: dict[str, Json]) -> None:
        """Replaces what is known about the content."""
        with self.database.write() as connection:
            connection.execute(update(artifacts).where(artifacts.c.id == artifact_id).values(meta=json.dumps(meta)))

    def relink(self, artifact_id: str, path: Path) -> Artifact:
        """Points a moved file's artifact at its new place, if it is the same file."""
        artifact = self.get(artifact_id)
        if not artifact.external:
            raise BadInput(f"{artifact.name} is kept by the studio itself.", "Only media given by path can be relinked.")
        if not path.is_file():
            raise BadMedia(f"{path} is not a file.", "Give the path of the moved file.")
        if path.stat().st_size != artifact.size_bytes or content_hash(path) != artifact.content_hash:
            raise BadInput(f"{path} is not the file that {artifact.name} was.", "Add it as a new file instead.", "different_file")
        change = {"external_path": str(path), "modified_ns": path.stat().st_mtime_ns}
        with self.database.write() as connection:
            connection.execute(update(artifacts).where(artifacts.c.id == artifact_id).values(**change))
        return self.get(artifact_id)

    def delete(self, artifact_id: str) -> int:
        """Forgets an artifact; its blob goes when no other artifact holds the same bytes. Returns the bytes freed."""
        artifact = self.get(artifact_id)
        with self._files:
            with self.database.write() as connection:
                connection.execute(delete(artifact_inputs).where(artifact_inputs.c.artifact_id == artifact_id))
                for table in (reviews, board_items, favourites):
                    connection.execute(delete(table).where(table.c.artifact_id == artifact_id))
                connection.execute(delete(artifacts).where(artifacts.c.id == artifact_id))
                shared = connection.execute(_SAME_BLOB, {"sha": artifact.content_hash}).first() is not None
            return 0 if shared or artifact.external else self.blobs.remove(artifact.content_hash)

    def is_known_blob(self, sha256: str) -> bool:
        """Whether any artifact holds this blob."""
        with self.database.read() as connection:
            return connection.execute(_SAME_BLOB, {"sha": sha256}).first() is not None

    def total_bytes(self) -> int:
        """Bytes of all blobs, each counted once."""
        each = (
            select(func.max(artifacts.c.size_bytes).label("size"))
            .where(artifacts.c.external_path.is_(None))
            .group_by(artifacts.c.content_hash)
        )
        with self.database.read() as connection:
            return int(connection.execute(select(func.coalesce(func.sum(each.subquery().c.size), 0))).scalar_one())

    def _insert(self, connection: Connection, new: NewArtifact) -> Artifact:
        if new.kind not in KINDS or new.role not in ROLES:
            raise BadInput(
                f"Artifact {new.name!r} has kind {new.kind!r} and role {new.role!r}.",
                f"Kinds: {', '.join(KINDS)}; roles: {', '.join(ROLES)}.",
            )
        artifact_id = new_id("a-")
        row = {
            "id": artifact_id, "name": new.name, "kind": new.kind, "role": new.role, "size_bytes": new.size_bytes,
            "media_type": new.media_type or mimetypes.guess_type(new.name)[0] or "application/octet-stream",
            "content_hash": new.content_hash, "external_path": str(new.external_path) if new.external_path else None,
            "modified_ns": new.modified_ns, "project_id": new.project_id, "job_id": new.job_id,
            "meta": json.dumps(new.meta), "created_at": time.time(),
        }  # fmt: skip
        connection.execute(insert(artifacts), row)
        if new.inputs:
            pairs = [{"artifact_id": artifact_id, "input_id": i} for i in dict.fromkeys(new.inputs)]
            connection.execute(insert(artifact_inputs), pairs)
        return self._artifact(connection, connection.execute(_BY_ID, {"id": artifact_id}).one())

    def _of_job(self, connection: Connection, new: NewArtifact) -> Artifact | None:
        if new.job_id is None:
            return None
        row = connection.execute(select(artifacts).where(artifacts.c.job_id == new.job_id, artifacts.c.name == new.name)).first()
        return None if row is None else self._artifact(connection, row)

    def _artifact(self, connection: Connection, row: Row[Any]) -> Artifact:
        return self._artifacts(connection, [row])[0]

    def _artifacts(self, connection: Connection, rows: Sequence[Row[Any]]) -> tuple[Artifact, ...]:
        ids = [row.id for row in rows]
        inputs: dict[str, list[str]] = {}
        for owner, source in connection.execute(
            select(artifact_inputs.c.artifact_id, artifact_inputs.c.input_id).where(artifact_inputs.c.artifact_id.in_(ids))
        ):
            inputs.setdefault(owner, []).append(source)
        return tuple(self._record(row, tuple(inputs.get(row.id, ()))) for row in rows)

    def _record(self, row: Row[Any], inputs: tuple[str, ...]) -> Artifact:
        values = dict(row._mapping)
        external = values.pop("external_path")
        for name in ("seq", "modified_ns"):
            values.pop(name)
        path = Path(external) if external else self.blobs.path(values["content_hash"])
        values["meta"] = json.loads(values["meta"])
        return Artifact(**values, path=path, external=external is not None, missing=not path.exists(), inputs=inputs)


_BY_ID = select(artifacts).where(artifacts.c.id == bindparam("id"))
_SAME_BLOB = select(artifacts.c.seq).where(artifacts.c.content_hash == bindparam("sha"), artifacts.c.external_path.is_(None)).limit(1)


def _name_matches(query: str) -> Any:
    words = re.findall(r"\S+", query)
    if any(len(word) < 3 for word in words):  # a trigram index cannot answer for fewer than three letters
        return artifacts.c.name.icontains(query, autoescape=True)
    phrase = " ".join('"' + word.replace('"', '""') + '"' for word in words)
    return artifacts.c.seq.in_(text("SELECT rowid FROM artifact_search WHERE artifact_search MATCH :phrase").bindparams(phrase=phrase))
