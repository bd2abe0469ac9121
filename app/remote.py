"""A running studio, spoken to over HTTP with the standard library."""

from __future__ import annotations

import contextlib
import http.client
import json
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from app.character_desk import RemoteCharacters
from app.file_form import FileForm
from configs.errors import BadInput, BadMedia, Conflict, NotFound, Refused, StudioError, TooLarge, Unavailable

Json = dict[str, Any]

TIMEOUT_S = 60.0
LOADING_S = 900.0  # a large model from a slow disk
STREAM_TIMEOUT_S = 45.0  # three heartbeats
PATIENCE_S = 30.0  # how long a studio may be away, while it restarts, before a watcher gives up
AGAIN_S = 0.5
_BY_STATUS: dict[int, type[StudioError]] = {404: NotFound, 413: TooLarge, 422: BadInput, 403: Refused, 409: Conflict, 503: Unavailable}


class Gone(Unavailable):
    """The studio does not answer, or stopped answering."""

    code = "studio_gone"


class RemoteSession:
    """Hands everything to the studio at ``url``."""

    lasting = True

    def __init__(self, url: str, token: str, data_dir: Path) -> None:
        self.url, self._token, self._data_dir = url, token, data_dir

    def submit(
        self, capability: str, request: Mapping[str, Any], *, project_id: str | None = None, priority: int = 0, reuse: bool = True
    ) -> Json:
        """The job; it carries ``reused: true`` when an earlier one answers the request."""
        query = _query(project_id=project_id, priority=priority, reuse=str(reuse).lower())
        return self._object("POST", f"/api/capabilities/{quote(capability)}{query}", request)

    def job(self, job_id: str) -> Json:
        """One job with result, artifacts, published values and log."""
        return self._object("GET", f"/api/jobs/{quote(job_id, safe='')}")

    def jobs(self, **filters: Any) -> Json:
        """A page of jobs."""
        return self._object("GET", f"/api/jobs{_query(**filters)}")

    def counts(self) -> dict[str, int]:
        """Jobs per state."""
        return self._object("GET", "/api/jobs/counts")

    def cancel(self, job_id: str) -> Json:
        """Cancels a job."""
        return self._object("POST", f"/api/jobs/{quote(job_id, safe='')}/cancel")

    def retry(self, job_id: str) -> Json:
        """Queues an ended job again."""
        return self._object("POST", f"/api/jobs/{quote(job_id, safe='')}/retry")

    def run_next(self, job_id: str) -> Json:
        """Moves a queued job to the front."""
        return self._object("POST", f"/api/jobs/{quote(job_id, safe='')}/next")

    def follow(self, job_id: str) -> Iterator[tuple[str, Json]]:
        """(kind, data) of the job's events; a studio that restarts meanwhile is found again."""
        patience_ends = time.monotonic() + PATIENCE_S
        while True:
            try:
                for kind, data in self._stream(f"/api/jobs/{quote(job_id, safe='')}/events"):
                    patience_ends = time.monotonic() + PATIENCE_S
                    yield kind, data
                    if kind == "end":
                        return
            except Gone:
                if time.monotonic() > patience_ends:
                    raise
            time.sleep(AGAIN_S)
            self._find_again()

    def artifacts(self, **filters: Any) -> Json:
        """A page of artifacts."""
        renamed = {("q" if name == "query" else name): value for name, value in filters.items()}
        return self._object("GET", f"/api/artifacts{_query(**renamed)}")

    def artifact(self, artifact_id: str) -> Json:
        """One artifact."""
        return self._object("GET", f"/api/artifacts/{quote(artifact_id, safe='')}")

    def lineage(self, artifact_id: str) -> Json:
        """What made it and what was made from it."""
        return self._object("GET", f"/api/artifacts/{quote(artifact_id, safe='')}/lineage")

    def add_path(self, path: str, kind: str = "video", project_id: str | None = None) -> Json:
        """Takes a file in where it lies."""
        return self._object("POST", "/api/artifacts/path", {"path": path, "kind": kind, "project_id": project_id})

    def fetch(self, artifact_id: str, target: Path) -> None:
        """Writes the artifact's bytes to ``target``, which must not exist."""
        with self._request("GET", f"/api/artifacts/{quote(artifact_id, safe='')}/content") as answer, target.open("xb") as copy:
            try:
                while piece := answer.read(1 << 20):
                    copy.write(piece)
            except (OSError, http.client.HTTPException) as error:
                raise _gone(self.url, error) from None

    def delete_artifact(self, artifact_id: str) -> int:
        """Forgets an artifact; returns the bytes freed."""
        return int(self._object("DELETE", f"/api/artifacts/{quote(artifact_id, safe='')}")["freed_bytes"])

    def relink(self, artifact_id: str, path: str) -> Json:
        """Says where a moved file lies now."""
        return self._object("POST", f"/api/artifacts/{quote(artifact_id, safe='')}/relink", {"path": path})

    def review(self, artifact_id: str) -> Json:
        """A clip's review."""
        return self._object("GET", f"/api/artifacts/{quote(artifact_id, safe='')}/review")

    def change_review(self, artifact_id: str, operation: Mapping[str, Any]) -> Json:
        """Carries out one operation; the review after it."""
        return self._object("POST", f"/api/artifacts/{quote(artifact_id, safe='')}/review", operation)

    def turn_review(self, artifact_id: str, way: str) -> Json:
        """``undo`` or ``redo``; the review after it."""
        return self._object("POST", f"/api/artifacts/{quote(artifact_id, safe='')}/review/{way}")

    @property
    def characters(self) -> RemoteCharacters:
        """The characters."""
        return RemoteCharacters(self._json, self._request)

    def models(self) -> list[Json]:
        """Every model, installed or not."""
        found: list[Json] = self._json("GET", "/api/models")
        return found

    def model(self, name: str) -> Json:
        """One model."""
        return self._object("GET", f"/api/models/{quote(name, safe='')}")

    def model_files(self) -> list[Json]:
        """Weights in the folders of other programs."""
        found: list[Json] = self._json("GET", "/api/models/files")
        return found

    def memory(self) -> Json:
        """What models occupy, and for whom."""
        return self._object("GET", "/api/models/memory")

    def change_model(self, name: str, what: str) -> Json:
        """``load``, ``unload``, ``pin`` or ``unpin``; the memory after it."""
        with self._request("POST", f"/api/models/{quote(name, safe='')}/{what}", timeout_s=LOADING_S) as answer:
            found: Json = json.loads(answer.read())
            return found

    def free_memory(self, host: bool) -> Json:
        """Gives the device's memory back, and RAM with ``host``."""
        return self._object("POST", f"/api/models/free{_query(host=str(host).lower())}")

    def adapters(self, kind: str | None = None, query: str = "") -> Json:
        """LoRAs, ControlNets ... of this machine."""
        return self._object("GET", f"/api/adapters{_query(kind=kind, q=query or None)}")

    def picture_settings(self, image: str) -> Json:
        """How a picture was made."""
        return self._object("POST", "/api/images/settings", {"image": image})

    def projects(self) -> list[Json]:
        """Every project."""
        found: list[Json] = self._json("GET", "/api/projects")
        return found

    def create_project(self, name: str) -> Json:
        """A new project."""
        return self._object("POST", "/api/projects", {"name": name})

    def keys(self) -> list[Json]:
        """API keys, without their text."""
        found: list[Json] = self._json("GET", "/api/keys")
        return found

    def create_key(self, name: str) -> Json:
        """A new API key, with its text."""
        return self._object("POST", "/api/keys", {"name": name})

    def revoke_key(self, key_id: str) -> None:
        """Makes an API key worthless."""
        self._json("DELETE", f"/api/keys/{quote(key_id, safe='')}")

    def status(self) -> Json:
        """Machine, workers and queue."""
        return self._object("GET", "/api/status")

    def __enter__(self) -> RemoteSession:
        return self

    def __exit__(self, *_: object) -> None:
        return None

    def _object(self, method: str, path: str, body: Any = None) -> Json:
        found: Json = self._json(method, path, body)
        return found

    def _json(self, method: str, path: str, body: Any = None) -> Any:
        with self._request(method, path, body) as answer:
            try:
                return json.loads(answer.read())
            except (OSError, ValueError, http.client.HTTPException) as error:
                raise _gone(self.url, error) from None

    def _stream(self, path: str) -> Iterator[tuple[str, Json]]:
        with self._request("GET", path, timeout_s=STREAM_TIMEOUT_S) as answer:
            try:
                yield from read_events(answer)
            except (OSError, http.client.HTTPException) as error:
                raise _gone(self.url, error) from None

    @contextlib.contextmanager
    def _request(self, method: str, path: str, body: Any = None, timeout_s: float = TIMEOUT_S) -> Iterator[http.client.HTTPResponse]:
        """One exchange on a connection of its own; raises what the studio answered as the error it stands for."""
        address = urlsplit(self.url)
        connection = http.client.HTTPConnection(address.hostname or "127.0.0.1", address.port, timeout=timeout_s)
        headers = {"authorization": f"Bearer {self._token}", "accept": "application/json", "content-type": "application/json"}
        try:
            try:
                if isinstance(body, FileForm):
                    connection.request(method, path, body.pieces(), {**headers, **body.headers()})
                else:
                    connection.request(method, path, None if body is None else json.dumps(body), headers)
                answer = connection.getresponse()
                failure = answer.read() if answer.status >= 400 else b""
            except (OSError, http.client.HTTPException) as error:
                raise _gone(self.url, error) from None
            if answer.status >= 400:
                raise error_of(answer.status, failure)
            yield answer
        finally:
            connection.close()

    def _find_again(self) -> None:
        """After a restart the studio has a new token and perhaps a new port."""
        found = find_running(self._data_dir)
        if found is not None:
            self.url, self._token = found.url, found._token


def find_running(data_dir: Path) -> RemoteSession | None:
    """The studio that serves this data folder, if one does and takes our token."""
    try:
        url = json.loads((data_dir / "studio.json").read_text(encoding="utf-8")).get("url")
        token = (data_dir / "studio.token").read_text(encoding="utf-8").strip()
    except (OSError, ValueError, AttributeError):
        return None
    if not isinstance(url, str) or not token:
        return None
    session = RemoteSession(url, token, data_dir)
    try:
        session.counts()
    except StudioError:  # what a studio that was killed left behind, or another program on its port
        return None
    return session


def read_events(lines: Iterator[bytes] | http.client.HTTPResponse) -> Iterator[tuple[str, Json]]:
    """Server-sent events of a byte stream: (kind, data), comments left out."""
    kind, data = "message", ""
    for raw in lines:
        line = raw.decode("utf-8").rstrip("\r\n")
        if not line:
            if data:
                yield kind, json.loads(data)
            kind, data = "message", ""
        elif line.startswith("event:"):
            kind = line[6:].strip()
        elif line.startswith("data:"):
            data += line[5:].strip()


def error_of(status: int, body: bytes) -> StudioError:
    """The error an answer stands for, with its code, so that exit codes are the same near and far."""
    try:
        said = json.loads(body)["error"]
        code, message, remedy = str(said["code"]), str(said["message"]), str(said["remedy"])
    except (ValueError, KeyError, TypeError):
        return StudioError(f"The studio answered with status {status}.", "See the studio's log.")
    kind = BadMedia if status == 422 and code.startswith(("bad_media", "media_")) else _BY_STATUS.get(status, StudioError)
    return kind(message, remedy, code)


def _gone(url: str, error: Exception) -> Gone:
    reason = getattr(error, "strerror", None) or type(error).__name__
    return Gone(f"The studio at {url} stopped answering ({reason}).", "Start it again; its jobs go on where they were.")


def _query(**values: Any) -> str:
    def plain(value: Any) -> str:
        return ",".join(map(str, value)) if isinstance(value, Sequence) and not isinstance(value, str) else str(value)

    present = {name: plain(value) for name, value in values.items() if value is not None and value != ()}
    return f"?{urlencode(present)}" if present else ""
