"""What the gateway adds to a call: 50 chats at once beside the same calls without HTTP, and answers from the cache.

The model is a stand-in in the real model process: 20 pieces, one every 50 ms, each stamped with the time at which it was made. What a
caller waits beyond that is the way of the question to the model plus the way of the last piece back. It is measured twice: by clients
of the HTTP API, in a process of their own on raw sockets, and by threads of the studio's process that ask the desk through the model
process's pipe. 50 callers are always under way; they begin spread over a second. Percentiles are those of the typical second.
"""

from __future__ import annotations

import asyncio
import json
import random
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import psutil

from tests.benchmarks.gateway_process import CARD, CLIENTS, PACE_S, PIECES, WORDS
from tests.benchmarks.queue_rows import percentile

Row = dict[str, Any]
OVERHEAD_MS, HIT_MS = 5, 2
SHARES = (("p50", 0.5), ("p95", 0.95))
COMMAND = (sys.executable, "-m", "tests.benchmarks.gateway_process")


def run(quick: bool) -> list[Row]:
    """Every row; a quick run asks once instead of ten times per client."""
    rounds = 1 if quick else 10
    plain, beside_ms = _direct(rounds)
    with _serving() as (url, process):
        before = _cpu_s(process)
        streamed = asyncio.run(_clients(url, rounds, stream=True))
        between = _cpu_s(process)
        whole = asyncio.run(_clients(url, rounds, stream=False))
        spent_ms = [(between - before) / len(streamed) * 1000, (_cpu_s(process) - between) / len(whole) * 1000]
        hits = asyncio.run(_hits(url, 50 if quick else 1000))
    processor: list[Row] = [
        {"what": f"{kind}: processor time of the studio per chat, ms (peer: without HTTP)", "ours": ours, "peer": beside_ms}
        for kind, ours in zip(("streamed", "whole"), spent_ms, strict=True)
    ]
    return [*_rows("streamed", streamed, plain), *_rows("whole", whole, plain), *_first(streamed, plain), *_cache(hits), *processor]


def _cpu_s(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)


def typical(times: Sequence[float], share: float) -> float:
    """The median over windows of `CLIENTS` calls, in their order, of the share's percentile: a moment of other load is one window."""
    windows = [sorted(times[start : start + CLIENTS]) for start in range(0, len(times), CLIENTS)]
    return statistics.median(percentile(window, share) for window in windows)


def _rows(kind: str, ours: Sequence[tuple[float, float]], plain: Sequence[tuple[float, float]]) -> list[Row]:
    rows: list[Row] = []
    for named, share in SHARES:
        through, beside = (typical([added for _, added in times], share) for times in (ours, plain))
        rows.append({"what": f"{kind}: waited beyond the model, {named}, ms (peer: without HTTP)", "ours": through, "peer": beside})
    added = rows[1]["ours"] - rows[1]["peer"]
    what = f"{kind}: added by the gateway at {CLIENTS} at once, p95, ms"
    rows.append({"what": what, "ours": added, "target": f"<= {OVERHEAD_MS}", "met": added <= OVERHEAD_MS})
    worst = [percentile(sorted(added for _, added in times), 0.95) for times in (ours, plain)]
    rows.append({"what": f"{kind}: the same, p95 of all calls, other load included", "ours": worst[0], "peer": worst[1]})
    return rows


def _first(ours: Sequence[tuple[float, float]], plain: Sequence[tuple[float, float]]) -> list[Row]:
    return [
        {
            "what": f"streamed: question sent to first token, {named}, ms (peer: without HTTP)",
            "ours": typical([first for first, _ in ours], share),
            "peer": typical([first for first, _ in plain], share),
        }
        for named, share in SHARES
    ]


def _cache(hits: Sequence[float]) -> list[Row]:
    p50, p95 = (percentile(sorted(hits), share) for _, share in SHARES)
    return [
        {"what": "an answer from the cache, one client, p50, ms", "ours": p50, "target": f"<= {HIT_MS}", "met": p50 <= HIT_MS},
        {"what": "an answer from the cache, one client, p95, ms", "ours": p95},
    ]


def judged(asked: float, first: float, last: float, stamps: Sequence[float]) -> tuple[float, float]:
    """(first token after the question, all waiting that was not the model's), ms; times in seconds of one clock.

    ``stamps``: when the model began, which is also its first piece, and when it made each further one.
    """
    return (first - asked) * 1000, ((stamps[0] - asked) + (last - stamps[-1])) * 1000


def _direct(rounds: int) -> tuple[list[tuple[float, float]], float]:
    """(what `judged` says of each call, the studio's processor time per call in ms)."""
    done = subprocess.run([*COMMAND, "direct", "--rounds", str(rounds)], capture_output=True, text=True, check=True, timeout=300)
    found = []
    told = json.loads(done.stdout)
    for row in told["timings"]:
        asked, heard, ended, stamps = row[0], row[1 : PIECES + 2], row[PIECES + 2], row[PIECES + 3 :]
        found.append(judged(asked, heard[0], ended, stamps))
    return found, told["cpu_s"] / len(found) * 1000


@contextmanager
def _serving() -> Iterator[tuple[str, psutil.Process]]:
    with subprocess.Popen([*COMMAND, "serve"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdin is not None
        yield process.stdout.readline().strip(), psutil.Process(process.pid)
        process.stdin.close()
        process.wait(20)


class Client:
    """A connection that is kept; HTTP by hand, so that the clients cost little."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._host, self._port = str(parts.hostname), int(parts.port or 80)

    async def ask(self, **more: Any) -> tuple[float, float, float, bytes]:
        """(sent, first text, end, body), times in seconds."""
        if not hasattr(self, "_reader"):
            self._reader, self._writer = await asyncio.open_connection(self._host, self._port)
        body = json.dumps({"model": CARD.name, "messages": [{"role": "user", "content": WORDS}], **more}).encode()
        head = f"POST /v1/chat/completions HTTP/1.1\r\nHost: {self._host}:{self._port}\r\nContent-Type: application/json\r\n"
        sent = time.monotonic()
        self._writer.write(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body)
        answered = await self._reader.readuntil(b"\r\n\r\n")
        assert answered.startswith(b"HTTP/1.1 200"), answered
        fields = dict(line.lower().split(b": ", 1) for line in answered.split(b"\r\n")[1:-2])
        if b"content-length" in fields:
            whole = await self._reader.readexactly(int(fields[b"content-length"]))
            return sent, time.monotonic(), time.monotonic(), whole
        return await self._chunks(sent)

    async def _chunks(self, sent: float) -> tuple[float, float, float, bytes]:
        said, first = b"", 0.0
        while size := int(await self._reader.readline(), 16):
            said += (await self._reader.readexactly(size + 2))[:-2]
            if not first and b'"content":"' in said.partition(b'"content":""')[2]:
                first = time.monotonic()
        end = time.monotonic()
        await self._reader.readline()
        return sent, first, end, said


def text_of(body: bytes) -> str:
    """What the model said, streamed or whole."""
    if body.startswith(b"{"):
        return str(json.loads(body)["choices"][0]["message"]["content"])
    events = [json.loads(line[6:]) for line in body.split(b"\n") if line.startswith(b"data: {")]
    return "".join(event["choices"][0]["delta"].get("content", "") for event in events)


async def _clients(url: str, rounds: int, *, stream: bool) -> list[tuple[float, float]]:
    async def client() -> list[tuple[float, float]]:
        connection = Client(url)
        await asyncio.sleep(random.random() * PIECES * PACE_S)
        found = []
        for _ in range(rounds):
            sent, first, end, body = await connection.ask(stream=stream)
            found.append(judged(sent, first, end, [float(stamp) for stamp in text_of(body).split()]))
        return found

    found = await asyncio.gather(*(client() for _ in range(CLIENTS)))
    return [times for turn in zip(*found, strict=True) for times in turn]


async def _hits(url: str, count: int) -> list[float]:
    connection = Client(url)
    await connection.ask(seed=1)
    await asyncio.sleep(1)  # it is kept just after it was sent
    times = []
    for _ in range(count):
        sent, _, end, _ = await connection.ask(seed=1)
        times.append((end - sent) * 1000)
    return times
