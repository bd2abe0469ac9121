"""The scheduler without a GPU: a million random events, a busy day beside first come first served, what is learned, memory that runs out.

`python -m tests.benchmarks.scheduler` runs it by itself.
"""

from __future__ import annotations

import gc
import json
import random
import statistics
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

from backends.effects import resident, trim_heap
from backends.learning import Learner
from backends.scheduler import BYPASS_LIMIT
from backends.simulate import busy_day, first_come, play
from backends.simulate_optimum import fewest_switches
from backends.slabs_layout import lay_out, pinned_apart
from tests.backends.rooms import make_room
from tests.backends.storm import Storm

Row = dict[str, Any]
TRACES = Path(__file__).parents[1] / "backends" / "memory_traces.json"
MIB = 2**20


def run(quick: bool) -> list[Row]:
    """Every row; a quick run uses a fiftieth of the events."""
    rows = storm_rows(20_000 if quick else 1_000_000)
    rows += day_rows(1000)  # a shorter day has too few switches to compare
    rows += learning_rows()
    rows += waste_rows()
    rows += switch_rows(50 if quick else 500)
    rows += overhead_rows(200 if quick else 2000)
    return rows


def storm_rows(events: int) -> list[Row]:
    """Random events on a machine with a GPU and on one without, half each; every promise is checked after each event."""
    began = time.monotonic()
    with ProcessPoolExecutor(2) as pool:
        storms = list(pool.map(_storm, ((1, False, events // 2), (2, True, events // 2))))
    took = time.monotonic() - began
    bypassed = max(most for most, _ in storms)
    return [
        {"what": f"random events without a broken promise ({events:,} asked)", "ours": sum(n for _, n in storms), "target": events,
         "met": sum(n for _, n in storms) >= events},
        {"what": "most younger requests that went before one and held it back", "ours": bypassed, "target": BYPASS_LIMIT,
         "met": bypassed <= BYPASS_LIMIT},
        {"what": "us per event, deciding and checking", "ours": 2e6 * took / events},
    ]  # fmt: skip


def _storm(chosen: tuple[int, bool, int]) -> tuple[int, int]:
    seed, shared, events = chosen
    storm = Storm(seed, shared)
    storm.run(events)
    return storm.most_bypassed, events


def day_rows(jobs: int) -> list[Row]:
    """A busy day (eight sittings at once of chat, pictures, voice) beside first come, first served and the exact optimum."""
    trace = busy_day(1, jobs)
    ours, fifo, best = play(trace), first_come(trace), fewest_switches(trace)
    return [
        {"what": f"models brought to the device over {jobs} jobs (peer: first come, first served)", "ours": ours.switches,
         "peer": fifo.switches, "ratio": ours.switches / fifo.switches, "target": "<= 0.25", "met": ours.switches <= 0.25 * fifo.switches},
        {"what": "the same beside the fewest any order could need (exact)", "ours": ours.switches, "peer": best,
         "ratio": ours.switches / best, "target": "<= 1.1", "met": ours.switches <= 1.1 * best},
        {"what": "mean wait, s", "ours": ours.mean_wait_s, "peer": fifo.mean_wait_s, "ratio": ours.mean_wait_s / fifo.mean_wait_s},
        {"what": "longest wait, s", "ours": ours.longest_wait_s, "peer": fifo.longest_wait_s},
        {"what": "whole day, s", "ours": ours.makespan_s, "peer": fifo.makespan_s},
    ]  # fmt: skip


def learning_rows() -> list[Row]:
    """Peaks of calls on full-size models, recorded operator by operator: error after three observations, over many orders."""
    traces = json.loads(TRACES.read_text(encoding="utf-8"))["traces"]
    errors = sorted(error for trace in traces for seed in range(50) for error in _errors(trace, seed))
    p95 = 100 * errors[int(0.95 * len(errors))]
    return [
        {
            "what": f"p95 error of predicted peaks after 3 observations, % ({len(errors)} predictions)",
            "ours": p95,
            "target": 5,
            "met": p95 <= 5,
        }
    ]


def _errors(trace: dict[str, Any], seed: int) -> list[float]:
    calls = list(trace["calls"])
    random.Random(seed).shuffle(calls)
    learner = Learner()
    for call in calls[:3]:
        learner.peak("key", trace["operation"], call["shape"], 0, call["peak_bytes"])
    return [abs(learner.predict("key", trace["operation"], c["shape"], 0)[0] / c["peak_bytes"] - 1) for c in calls[3:]]


def waste_rows() -> list[Row]:
    """Slabs beside pinning each tensor of an SDXL-like list by itself."""
    from tests.backends.test_slabs_layout import sdxl

    sizes = sdxl()
    slab = 100 * lay_out(list(enumerate(sizes)), 2).waste
    apart = 100 * (pinned_apart([2 * size for size in sizes]) / (2 * sum(sizes)) - 1)
    return [
        {"what": "pinned memory beyond the weights, % (peer: tensor by tensor)", "ours": slab, "peer": apart, "target": 3, "met": slab <= 3}
    ]


def switch_rows(switches: int) -> list[Row]:
    """Resident memory of this process over many switches of two small torch models; left out where torch is not installed."""
    try:
        import torch  # noqa: F401
    except ImportError:
        return [{"what": "resident memory over switches: torch is not installed here"}]
    from tests.backends.switching import switch

    drift = switch(switches) / MIB
    return [
        {"what": f"resident memory after {switches} switches of small models, MiB more", "ours": drift, "target": 200, "met": drift <= 200}
    ]


def overhead_rows(calls: int) -> list[Row]:
    """What a lease of a resident model costs."""
    made = make_room()
    made.room.load("embed")
    gc.collect()
    times = []
    for _ in range(calls):
        began = time.perf_counter()
        with made.room.lease("embed", "work", {}):
            pass
        times.append(1e3 * (time.perf_counter() - began))
    made.room.close()
    trim_heap()
    return [
        {"what": "a lease of a resident model, ms (median)", "ours": statistics.median(times), "rss_mib": (resident("VmRSS") or 0) // MIB}
    ]


if __name__ == "__main__":
    for row in run("--quick" in sys.argv):
        print(row)
