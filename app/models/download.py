"""Downloads one file: goes on where it stopped, checks its hash, tries again when the network fails, and can be stopped at any moment."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import queue
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from configs.errors import NotFound, StudioError, Unavailable

if TYPE_CHECKING:
    import httpx

HALF = ".incomplete"
CHUNK = 1 << 20
LOOK_EVERY_S = 0.2  # how often a download that stands still looks whether it should stop
TRIES = 8  # in a row without a single byte
LONGEST_PAUSE_S = 30.0
AGAIN = (408, 425, 429, 500, 502, 503, 504)

OnBytes = Callable[[int], None]  # how many bytes of the file are here; raises to stop
Pause = Callable[[float], None]  # waits; raises to stop


@dataclass(frozen=True)
class Wanted:
    """A file to be fetched; a hash that is None is not checked."""

    url: str
    target: Path
    size_bytes: int
    sha256: str | None = None
    git_sha1: str | None = None


class Stalled(Exception):
    """The connection failed or ended early; trying again may help. ``wait_s``: how long the server asked to wait."""

    def __init__(self, why: str, wait_s: float = 0.0) -> None:
        super().__init__(why)
        self.wait_s = wait_s


def new_client() -> httpx.Client:
    """An HTTP client for downloads: follows redirects, and sends its token only to the host it is for."""
    import httpx

    return httpx.Client(follow_redirects=True, timeout=httpx.Timeout(30.0, connect=15.0))


def fetch(wanted: Wanted, client: httpx.Client, headers: Mapping[str, str], on_bytes: OnBytes, pause: Pause) -> str:
    """Brings the file to its target and returns its SHA-256.

    What arrived before an interruption lies beside the target and is gone on from, if the server still has the same file.

    Raises:
        Unavailable: the network failed again and again (what is here is kept), or the disk is full.
        NotFound, Refused: the server does not give the file.
        StudioError: it arrived twice with another hash than the hub names.
        Whatever ``on_bytes`` and ``pause`` raise; what is here is kept then.
    """
    if wanted.target.exists() and wanted.target.stat().st_size == wanted.size_bytes:
        found = Sums.of(wanted.target, on_bytes)
        if found.agree_with(wanted):
            return found.sha256
    part = Part(wanted)
    for attempt in (1, 2):
        sums = _whole(part, client, headers, on_bytes, pause)
        if sums.agree_with(wanted):
            part.finish()
            return sums.sha256
        part.forget()  # damaged on its way, or the file behind the address changed: once more from the start
        if attempt == 2:
            break
    raise StudioError(
        f"{wanted.target.name} arrived twice with another hash than the hub names.",
        "Something between the hub and this machine changes files; try another network or mirror.",
        "wrong_hash",
    )


def _whole(part: Part, client: httpx.Client, headers: Mapping[str, str], on_bytes: OnBytes, pause: Pause) -> Sums:
    failures = 0
    sums = part.resume(on_bytes)
    while sums.count < part.wanted.size_bytes or not part.half.exists():
        before = sums.count
        try:
            sums = _some(part, sums, client, headers, on_bytes)
        except Stalled as stalled:
            now = part.half.stat().st_size if part.half.exists() else 0
            failures = 1 if now > before else failures + 1
            if failures >= TRIES:
                raise Unavailable(
                    f"The download of {part.wanted.target.name} failed {TRIES} times in a row ({stalled}).",
                    "Check the network and try again; it goes on where it stopped.", "network",
                ) from None  # fmt: skip
            pause(min(LONGEST_PAUSE_S, max(stalled.wait_s, 0.5 * 2 ** (failures - 1))))
            sums = part.resume(on_bytes)
    return sums


def _some(part: Part, sums: Sums, client: httpx.Client, headers: Mapping[str, str], on_bytes: OnBytes) -> Sums:
    """One request; returns the sums of what is on the disk after it. Raises `Stalled` when it ended early."""
    import httpx

    asked = {**headers, "Accept-Encoding": "identity", **part.range_headers(sums.count)}
    try:
        with client.stream("GET", part.wanted.url, headers=asked) as response:
            start = part.accept(response, sums.count)
            if start != sums.count:
                sums = Sums(part.wanted.size_bytes)
            _receive(response, part, sums, on_bytes)
    except httpx.InvalidURL as error:
        raise NotFound(f"{part.wanted.url} is no address: {error}.", "Mend `hub_endpoint`.") from None
    except httpx.HTTPError as error:
        raise Stalled(type(error).__name__) from None
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise Unavailable(
                f"The disk became full while {part.wanted.target.name} was being downloaded.",
                "Free some space and try again; it goes on where it stopped.", "disk_full",
            ) from None  # fmt: skip
        raise
    if sums.count < part.wanted.size_bytes:
        raise Stalled(f"it ended after {sums.count} of {part.wanted.size_bytes} bytes")
    return sums


def _receive(response: httpx.Response, part: Part, sums: Sums, on_bytes: OnBytes) -> None:
    """Writes what comes; a thread of its own reads, so that a connection that stands still can be left at once."""
    reader = _Reader(response)
    with part.half.open("r+b" if part.half.exists() else "w+b") as file:
        file.seek(sums.count)
        file.truncate()
        try:
            for chunk in reader.chunks(lambda: on_bytes(sums.count)):
                file.write(chunk)
                sums.add(chunk)
                on_bytes(sums.count)
                if sums.count > part.wanted.size_bytes:
                    raise Stalled("more came than the hub says the file has")
        finally:
            reader.stop()


class _Reader:
    """Reads a response on a thread of its own, at most a few chunks ahead."""

    def __init__(self, response: httpx.Response) -> None:
        self._response, self._stopped = response, threading.Event()
        self._chunks: queue.Queue[bytes | BaseException | None] = queue.Queue(maxsize=8)
        self._thread = threading.Thread(target=self._read, name="download", daemon=True)
        self._thread.start()

    def chunks(self, on_wait: Callable[[], None]) -> Any:
        """The chunks in order; ``on_wait`` is called while none comes, and may raise."""
        while True:
            try:
                item = self._chunks.get(timeout=LOOK_EVERY_S)
            except queue.Empty:
                on_wait()
                continue
            if item is None:
                return
            if isinstance(item, BaseException):
                raise item
            yield item

    def stop(self) -> None:
        """The reading thread ends with the next chunk, or when its connection is closed."""
        self._stopped.set()

    def _read(self) -> None:
        try:
            for chunk in self._response.iter_raw(CHUNK):
                if not self._put(chunk):
                    return
            self._put(None)
        except BaseException as error:
            self._put(error)

    def _put(self, item: bytes | BaseException | None) -> bool:
        while not self._stopped.is_set():
            try:
                self._chunks.put(item, timeout=LOOK_EVERY_S)
                return True
            except queue.Full:
                continue
        return False


class Sums:
    """SHA-256, and git's SHA-1 of a blob, of bytes as they come."""

    def __init__(self, size_bytes: int) -> None:
        self.count = 0
        self._sha256 = hashlib.sha256()
        self._git = hashlib.sha1(b"blob %d\0" % size_bytes, usedforsecurity=False)
        self._size = size_bytes

    @classmethod
    def of(cls, path: Path, on_bytes: OnBytes) -> Sums:
        """Of a file that is here; git's counts only where it is whole."""
        sums = cls(path.stat().st_size)
        with path.open("rb") as file:
            while chunk := file.read(CHUNK):
                sums.add(chunk)
                on_bytes(sums.count)
        return sums

    def add(self, chunk: bytes) -> None:
        """Takes the next bytes."""
        self.count += len(chunk)
        self._sha256.update(chunk)
        if self._size <= CHUNK:  # only small files are checked that way
            self._git.update(chunk)

    @property
    def sha256(self) -> str:
        """Of all bytes so far."""
        return self._sha256.hexdigest()

    def agree_with(self, wanted: Wanted) -> bool:
        """Whether these are the bytes the hub speaks of."""
        if self.count != wanted.size_bytes:
            return False
        if wanted.sha256 is not None:
            return self.sha256 == wanted.sha256
        return wanted.git_sha1 is None or self._size > CHUNK or self._size != wanted.size_bytes or self._git.hexdigest() == wanted.git_sha1


class Part:
    """The half of a file that is here, and which version of it the server gave."""

    def __init__(self, wanted: Wanted) -> None:
        self.wanted = wanted
        self.half = wanted.target.with_name(wanted.target.name + HALF)
        self._note = wanted.target.with_name(wanted.target.name + HALF + ".json")
        wanted.target.parent.mkdir(parents=True, exist_ok=True)

    def resume(self, on_bytes: OnBytes) -> Sums:
        """The sums of what is here to go on from; small files begin anew, which costs less than a request for the rest."""
        here = self.half.stat().st_size if self.half.exists() else 0
        if not here or here > self.wanted.size_bytes or self.wanted.size_bytes <= CHUNK:
            self.forget()
            return Sums(self.wanted.size_bytes)
        return Sums.of(self.half, on_bytes)

    def range_headers(self, start: int) -> dict[str, str]:
        """What asks for the rest, provided that it is still the same file."""
        if not start:
            return {}
        etag = self._read_note()
        return {"Range": f"bytes={start}-", **({"If-Range": etag} if etag else {})}

    def accept(self, response: httpx.Response, asked: int) -> int:
        """Where the bytes of this answer begin; raises for an answer that is no file."""
        status = response.status_code
        if status == 206:
            said = response.headers.get("content-range", "")
            if said.startswith(f"bytes {asked}-"):
                return asked
            self.forget()
            raise Stalled(f"the server gave {said or 'an unnamed range'} instead of what was asked for")
        if status == 200:
            self._write_note(response.headers.get("etag", ""))
            return 0
        if status == 416:
            self.forget()
            raise Stalled("the server has no such range")
        if status in AGAIN:
            raise Stalled(f"the server answered {status}", _seconds(response.headers.get("retry-after", "")))
        raise self._refusal(response)

    def finish(self) -> None:
        """Gives the whole file its name."""
        with self.half.open("rb") as file:
            os.fsync(file.fileno())
        os.replace(self.half, self.wanted.target)
        self._note.unlink(missing_ok=True)

    def forget(self) -> None:
        """Begins from the start next time."""
        self.half.unlink(missing_ok=True)
        self._note.unlink(missing_ok=True)

    def _refusal(self, response: httpx.Response) -> StudioError:
        from app.models.hub import gated

        status, name = response.status_code, self.wanted.target.name
        if status in (401, 403):
            host = f"{response.request.url.scheme}://{response.request.url.netloc.decode()}"
            repo = self.wanted.url.removeprefix(host).strip("/").split("/resolve/")[0]
            return gated(repo, host)
        if status in (404, 410):
            return NotFound(f"The hub has no file {name} any more.", "Install again; if that does not help, mend the card.", "no_file")
        return Unavailable(f"The hub answered {status} for {name}.", "Try again in a while.", "hub_trouble")

    def _read_note(self) -> str:
        try:
            etag = json.loads(self._note.read_text(encoding="utf-8"))["etag"]
        except (OSError, ValueError, KeyError, TypeError):
            return ""
        return etag if isinstance(etag, str) and not etag.startswith("W/") else ""  # a weak one does not promise the same bytes

    def _write_note(self, etag: str) -> None:
        self._note.write_text(json.dumps({"etag": etag}), encoding="utf-8")


def _seconds(text: str) -> float:
    return min(LONGEST_PAUSE_S, float(text)) if text.isdigit() else 0.0
