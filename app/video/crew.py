"""Several processes that look at one film, a segment each, and hand over what they saw in the order of the film."""

from __future__ import annotations

import contextlib
import itertools
import os
import pickle
import queue
import subprocess
import sys
import threading
from array import array
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.video.decode import Place
from app.video.looking import Look
from app.video.models import MediaInfo
from app.video.quality import FrameQuality
from app.video.segments import LEAST_FRAMES, Segment, plan
from jobs import host

if TYPE_CHECKING:
    from app.video.decode import Image
    from app.video.segment_worker import Packed, Print

ROOT = Path(__file__).resolve().parents[2]
_AT_ONCE = 2  # segments given to a process: one it looks at, one that it can go on with
_WAIT_S = 0.1


class OutOfStepError(Exception):
    """The processes cannot go on, or do not see the same film; what was handed over so far is right."""


class GoneError(Exception):
    """A picture is no longer held by the process that saw it."""


class _Member:
    """One process."""

    def __init__(self, inbox: queue.SimpleQueue[tuple[_Member, tuple[Any, ...] | None]]) -> None:
        self._inbox = inbox
        self.segments = 0  # given and not yet looked at to the end
        self.alive = True
        self._popen = subprocess.Popen(
            [sys.executable, "-m", "app.video.segment_worker", str(os.getpid())],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=host.worker_environment("cpu", ROOT, os.environ),
        )  # fmt: skip
        self.pid = self._popen.pid
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def send(self, *order: Any) -> None:
        """Never waits for an answer; an order to a dead process is lost, and its death is told."""
        assert self._popen.stdin is not None
        with contextlib.suppress(OSError):
            pickle.dump(order, self._popen.stdin, protocol=5)
            self._popen.stdin.flush()

    def end(self) -> None:
        """Ends the process now."""
        self._popen.kill()
        self._popen.wait()
        self._reader.join()
        for pipe in (self._popen.stdin, self._popen.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()

    def _read(self) -> None:
        assert self._popen.stdout is not None
        with contextlib.suppress(EOFError, OSError, pickle.UnpicklingError):
            while True:
                self._inbox.put((self, pickle.load(self._popen.stdout)))
        self._inbox.put((self, None))


@dataclass
class _Progress:
    """What has come of one segment."""

    segment: Segment
    member: _Member
    batches: deque[list[Packed]] = field(default_factory=deque)
    began: list[Print] = field(default_factory=list)
    ended: list[Print] | None = None


class Crew:
    """Used as a context manager; leaving it ends its processes. They also die with the thread that made them."""

    def __init__(self, path: Path, info: MediaInfo, processes: int, check: Callable[[], None], least: int = LEAST_FRAMES) -> None:
        """``check`` is called while waiting; what it raises is raised on."""
        self._path, self._check, self._least = path, check, least
        self._inbox: queue.SimpleQueue[tuple[_Member, tuple[Any, ...] | None]] = queue.SimpleQueue()
        self._stash: deque[tuple[_Member, tuple[Any, ...] | None]] = deque()
        self._members = [_Member(self._inbox) for _ in range(processes)]
        self._under_way: dict[int, _Progress] = {}
        self._owners: list[tuple[int, _Member]] = []  # first frame of a segment, and who looked at it
        threads = max(1, (os.cpu_count() or 2) // processes)
        for member in self._members:
            member.send("film", str(path), info.model_dump(mode="json"), threads)

    def __enter__(self) -> Crew:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def segments(self) -> list[int]:
        """First frames of the segments given out so far."""
        return [first for first, _ in self._owners]

    @property
    def pids(self) -> list[int]:
        """Of the processes."""
        return [member.pid for member in self._members]

    def close(self) -> None:
        """Ends the processes."""
        for member in self._members:
            member.alive = False
            member.end()

    def looks(self, since: Place | None, first: int, memory: int, wanted: Callable[[], Sequence[int]]) -> Iterator[Look]:
        """Looks at every frame from ``first`` on, in order.

        Args:
            since: where to start decoding, ``memory`` frames earlier; None for the beginning.
            wanted: frames whose pictures may still be asked for, of those handed over.

        Raises:
            OutOfStepError: a process died, or two of them do not agree on the frames that both saw.
        """
        segments = plan(self._path, memory, since, first, self._least)
        before: list[Print] | None = None
        for number in itertools.count():
            self._assign(segments, number)
            current = self._under_way.get(number)
            if current is None:
                return
            expected = current.segment.first
            while current.ended is None or current.batches:
                if not current.batches:
                    self._receive()
                    self._assign(segments, number)
                    continue
                batch = current.batches.popleft()
                if before is not None and current.began != before:
                    raise OutOfStepError(f"Segments do not fit together at frame {expected}.")
                before = None
                for packed in batch:
                    if packed[0] != expected:
                        raise OutOfStepError(f"Frame {expected} is missing.")
                    expected += 1
                    yield self._look(packed)
            if current.segment.end is not None and expected != current.segment.end:
                raise OutOfStepError(f"The film ends at frame {expected}, before its packets do.")
            before = current.ended if current.segment.end is not None else None
            del self._under_way[number]
            self._settle(expected, wanted())

    def picture(self, frame: int) -> Image:
        """A sampled frame as it is displayed.

        Raises:
            GoneError: nobody holds it any more.
        """
        owner = next((member for start, member in reversed(self._owners) if start <= frame), None)
        if owner is None or not owner.alive:
            raise GoneError
        owner.send("picture", frame)
        while True:
            member, message = self._next()
            if message is not None and message[:2] == ("picture", frame):
                if message[2] is None:
                    raise GoneError
                image: Image = message[2]
                return image
            self._stash.append((member, message))
            if member is owner and message is None:
                raise GoneError

    def _look(self, packed: Packed) -> Look:
        index, stamp, time_s, row, sample, quality, lean = packed
        figures = None if quality is None else FrameQuality(*quality)
        show = None if quality is None else partial(self.picture, index)
        return Look(index, stamp, time_s, array("f", row), sample, figures, show, lean)

    def _assign(self, segments: Iterator[Segment], current: int) -> None:
        """Gives the next segments to whoever has least to do; not farther ahead of ``current`` than all can hold."""
        given = len(self._owners)
        while given < current + _AT_ONCE * len(self._members):
            member = min(self._members, key=lambda m: m.segments)
            segment = next(segments, None) if member.segments < _AT_ONCE else None
            if segment is None:
                return
            member.segments += 1
            self._under_way[segment.number] = _Progress(segment, member)
            self._owners.append((segment.first, member))
            member.send("segment", segment)
            given += 1

    def _receive(self) -> None:
        """Takes the next message; waits for it."""
        member, message = self._stash.popleft() if self._stash else self._next()
        if message is None:
            member.alive = False
            raise OutOfStepError("A process that looked at the film has ended.")
        verb, number, *what = message
        if verb == "failed":
            raise OutOfStepError(f"A segment could not be looked at ({what[0]}).")
        progress = self._under_way[number]
        if verb == "rows":
            progress.began += what[0]
            progress.batches.append(what[1])
        elif verb == "end":
            progress.ended = what[0]
            member.segments -= 1

    def _next(self) -> tuple[_Member, tuple[Any, ...] | None]:
        while True:
            self._check()
            with contextlib.suppress(queue.Empty):
                return self._inbox.get(timeout=_WAIT_S)

    def _settle(self, before: int, wanted: Sequence[int]) -> None:
        for member in self._members:
            member.send("settled", before, list(wanted))
