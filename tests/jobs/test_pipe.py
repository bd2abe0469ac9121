"""Whole messages or none."""

from __future__ import annotations

import os
import threading

from jobs.pipe import Pipe


def pair() -> tuple[Pipe, Pipe]:
    a_reads, b_writes = os.pipe()
    b_reads, a_writes = os.pipe()
    return Pipe(os.fdopen(a_reads, "rb"), os.fdopen(a_writes, "wb")), Pipe(os.fdopen(b_reads, "rb"), os.fdopen(b_writes, "wb"))


def test_messages_arrive_whole_whoever_writes() -> None:
    ours, theirs = pair()
    threads = [threading.Thread(target=lambda n=n: [ours.send({"n": n, "text": "ü\n" * 50}) for _ in range(20)]) for n in range(4)]
    for thread in threads:
        thread.start()
    messages = iter(theirs)
    found = [next(messages) for _ in range(80)]
    for thread in threads:
        thread.join()
    assert sorted(m["n"] for m in found) == [n for n in range(4) for _ in range(20)]
    ours.close()
    theirs.close()


def test_a_message_cut_short_is_not_delivered() -> None:
    reads, writes = os.pipe()
    os.write(writes, b'{"whole": 1}\n{"half": ')
    os.close(writes)
    pipe = Pipe(os.fdopen(reads, "rb"), open(os.devnull, "wb"))  # noqa: SIM115 - closed by the pipe
    assert list(pipe) == [{"whole": 1}]
    pipe.close()


def test_sending_to_nobody_says_so() -> None:
    ours, theirs = pair()
    theirs.close()
    assert not ours.send({"n": 1})
    ours.close()
