"""A table of small capabilities that do on purpose what real ones do by accident."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from pydantic import BaseModel

from app.capability import Capability, capability
from app.media_fields import VideoRef
from jobs.attempt import Table
from jobs.context import JobContext
from storage.records import Json


class Ask(BaseModel):
    """What the test capabilities are asked."""

    steps: int = 3
    text: str = "hello"
    seconds: float = 0.0
    marks: str = ""  # a folder that gets one file per unit of work really done
    clip: VideoRef | None = None


class Answer(BaseModel):
    """What they answer."""

    values: list[Json]


def mark(request: Ask, name: str) -> None:
    """Leaves a trace of work done, so that redone work can be counted."""
    if request.marks:
        path = Path(request.marks) / name
        with path.open("a") as file:
            file.write(f"{os.getpid()}\n")


@capability("test.nothing", lane="cpu", title="Nothing")
def nothing(request: Ask, job: JobContext) -> Answer:
    """Answers at once."""
    return Answer(values=[request.text])


@capability("test.steps", lane="cpu", title="Steps")
def steps(request: Ask, job: JobContext) -> Answer:
    """Does units of work, each kept, each publishing, and saves one artifact per unit."""
    values = []
    for number in range(request.steps):

        def unit(number: int = number) -> int:
            mark(request, f"{job.job_id}-{number}")
            time.sleep(request.seconds)
            return number * number

        values.append(job.step(f"unit-{number}", unit))
        path = job.work_dir / "out.txt"
        path.write_text(f"{job.job_id} {number}")
        job.save(f"out/{number}.txt", path, kind="data")
        job.publish(f"unit/{number}", values[-1])
        job.progress((number + 1) / request.steps, f"unit {number}")
    return Answer(values=values)


@capability("test.checkpoint", lane="cpu", title="Checkpoint")
def checkpoint(request: Ask, job: JobContext) -> Answer:
    """Counts on from its last checkpoint."""
    start = job.saved or 0
    for number in range(start, request.steps):
        mark(request, f"{job.job_id}-{number}")
        time.sleep(request.seconds)
        job.checkpoint(number + 1)
    return Answer(values=[start, request.steps])


@capability("test.fail", lane="cpu", title="Fail")
def fail(request: Ask, job: JobContext) -> Answer:
    """Raises."""
    job.log("about to fail")
    raise ZeroDivisionError(request.text)


@capability("test.suicide", lane="cpu", title="Suicide")
def suicide(request: Ask, job: JobContext) -> Answer:
    """Kills its own worker, every time."""
    mark(request, job.job_id)
    os.kill(os.getpid(), signal.SIGKILL)
    return Answer(values=[])


@capability("test.patient", lane="cpu", title="Patient")
def patient(request: Ask, job: JobContext) -> Answer:
    """Works for long, and notices when it is cancelled."""
    end = time.monotonic() + request.seconds
    while time.monotonic() < end:
        job.progress(0.5, "working")
        time.sleep(0.005)
    return Answer(values=[])


@capability("test.deaf", lane="cpu", title="Deaf")
def deaf(request: Ask, job: JobContext) -> Answer:
    """Works for long without ever looking whether it is cancelled."""
    mark(request, job.job_id)
    time.sleep(request.seconds)
    return Answer(values=[])


@capability("test.child_process", lane="cpu", title="Child process")
def child_process(request: Ask, job: JobContext) -> Answer:
    """Starts a long-lived child, tells its pid, and waits for it."""
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    job.publish("pid", child.pid)
    child.wait()
    return Answer(values=[])


@capability("test.read", lane="cpu", title="Read", reusable=True)
def read(request: Ask, job: JobContext) -> Answer:
    """Says how large its clip is."""
    assert request.clip is not None
    return Answer(values=[job.artifact(request.clip).path.stat().st_size])


@capability("test.noisy", lane="cpu", title="Noisy")
def noisy(request: Ask, job: JobContext) -> Answer:
    """Prints to standard output, from Python and from below it, and logs and emits."""
    print("printed by python")
    os.write(1, b"written below python\n")
    job.log("one\ntwo")
    job.emit("token", {"text": request.text})
    return Answer(values=[])


@capability("test.family", lane="io", title="Family")
def family(request: Ask, job: JobContext) -> Answer:
    """Waits for children, one after the other."""
    return Answer(values=[job.run(f"child-{n}", "test.steps", {"steps": 1, "marks": request.marks}) for n in range(request.steps)])


@capability("test.stored", lane="cpu", title="Stored", reusable=True)
def stored(request: Ask, job: JobContext) -> Answer:
    """The same result each time, so a stored one serves; saves a file whose id it tells."""
    mark(request, "stored")
    path = job.work_dir / "stored.txt"
    path.write_text(request.text)
    return Answer(values=[job.save("stored.txt", path, kind="data").id])


@capability("test.twins", lane="io", title="Twins")
def twins(request: Ask, job: JobContext) -> Answer:
    """Starts children, then waits for them; reads what they made."""
    asked = {f"twin-{n}": {"text": f"{request.text} {n}", "marks": request.marks} for n in range(request.steps)}
    for key, child in asked.items():
        job.start(key, "test.stored", child)
    results = [job.run(key, "test.stored", child) for key, child in asked.items()]
    return Answer(values=[job.made(result["values"][0]).path.read_text() for result in results])


@capability("test.mirror", lane="io", title="Mirror", reusable=True)
def mirror(request: Ask, job: JobContext) -> Answer:
    """Asks for itself, word for word."""
    return Answer(values=[job.run("again", "test.mirror", request.model_dump(mode="json"))])


@capability("test.ancestors", lane="io", title="Ancestors")
def ancestors(request: Ask, job: JobContext) -> Answer:
    """Has a child like itself, for ever."""
    return Answer(values=[job.run("next", "test.ancestors", {})])


@capability("test.bad_family", lane="io", title="Bad family")
def bad_family(request: Ask, job: JobContext) -> Answer:
    """Has a child that does what ``text`` says."""
    return Answer(values=[job.run("bad", request.text, {"seconds": 60})])


@capability("test.impatient", lane="cpu", title="Impatient")
def impatient(request: Ask, job: JobContext) -> Answer:
    """Wants a child although it runs in a worker."""
    return Answer(values=[job.run("next", "test.nothing", {})])


@capability("test.undecodable", lane="cpu", title="Undecodable")
def undecodable(request: Ask, job: JobContext) -> Answer:
    """Publishes, logs and fails with a file name that is no text, as `os.listdir` gives it."""
    name = os.fsdecode(b"half \xff.mp4")
    job.progress(0.5, name)
    job.publish("name", name)
    job.log(name)
    raise ValueError(name)


@capability("test.gate", lane="cpu", title="Gate")
def gate(request: Ask, job: JobContext) -> Answer:
    """Makes no headway until a file called ``open`` appears in ``marks``."""
    mark(request, job.job_id)
    while not (Path(request.marks) / "open").exists():
        job.raise_if_cancelled()
        time.sleep(0.005)
    return Answer(values=[])


@capability("test.encode", lane="cpu", title="Encode")
def encode(request: Ask, job: JobContext) -> Answer:
    """Has the studio's own ffmpeg encode for ``seconds``, at the speed of a clock."""
    from app.video import ffmpeg

    source = f"testsrc2=size=64x64:rate=10:duration={request.seconds}"
    out = ffmpeg.run(["-re", "-f", "lavfi", "-i", source], job.work_dir / "out.mp4", duration_s=request.seconds, on_step=job.progress)
    job.save("out.mp4", out, kind="video")
    return Answer(values=[])


@capability("test.large", lane="cpu", title="Large")
def large(request: Ask, job: JobContext) -> Answer:
    """Keeps one step, then saves a file of ``steps`` MiB."""
    job.step("small", lambda: mark(request, job.job_id))
    path = job.work_dir / "large.bin"
    with path.open("wb") as file:
        for _ in range(request.steps):
            file.write(b"\0" * 2**20)
    job.save("large.bin", path, kind="data")
    return Answer(values=[])


@capability("test.io_gate", lane="io", title="Gate on a thread of the studio")
def io_gate(request: Ask, job: JobContext) -> Answer:
    """The same in the io lane."""
    return gate(request, job)


@capability("test.exit", lane="cpu", title="Exit")
def leave(request: Ask, job: JobContext) -> Answer:
    """Calls `sys.exit`, as a library made for the command line may do."""
    sys.exit("usage: see the manual")


@capability("test.nan", lane="cpu", title="NaN")
def nan(request: Ask, job: JobContext) -> Answer:
    """Answers with numbers that JSON does not know."""
    job.publish("worst", float("inf"))
    return Answer(values=[float("nan"), 1.5])


@capability("test.clock", lane="cpu", title="Clock")
def clock(request: Ask, job: JobContext) -> Answer:
    """Tells when it began, in Unix seconds."""
    return Answer(values=[time.time()])


TABLE: tuple[Capability[Ask, Answer], ...] = (
    nothing, steps, checkpoint, fail, suicide, patient, deaf, child_process, read, noisy, family, stored, twins, mirror, ancestors,
    bad_family, impatient,
    undecodable, gate, encode, large, io_gate, clock, leave, nan,
)  # fmt: skip


def build() -> Table:
    """The same, for a worker process."""
    return {row.name: row for row in TABLE}


def build_slowly() -> Table:
    """A table that never comes, as when an import waits for a network that is not there."""
    time.sleep(600)
    return build()
